import Datasets
import Engine
import Foundation
import TestSupport

@testable import Experiments
@testable import Running
@testable import Results

/// A small experiment with a folder of its own: a convolution, dropout and momentum, so that a run has every kind of state.
final class TinyExperiment {
    let folder: TemporaryFolder
    let experiment: Experiment
    let dataset: Dataset

    static let yaml = """
        title: A tiny experiment
        source: "none"
        question: "Does it work?"
        dataset: [glyphs]
        profiles:
          smoke: { steps: 30, seeds: [1, 2] }
          quick: { steps: 60, seeds: [1, 2, 3] }
          paper: { steps: 90, seeds: [1, 2, 3] }
        base:
          model:
            - name: conv
              convolution: { channels: 3, kernel: 3 }
            - normalize
            - activate
            - dropout: { ratio: 0.2 }
            - name: output
              dense: { units: 10 }
          activation: sigmoid
          batch: 12
          optimizer: { sgd: { rate: 0.3, momentum: 0.9 } }
          rate-policy: { poly: { power: 0.5 } }
          evaluate: { every: 10, population-batches: 3, examples: 25 }
          observe: { every: 7, probe: 8, bins: 12 }
        arms:
          baseline: { label: Without BN }
          batch-norm: { label: With BN, normalization: batch-norm }
          unobserved: { normalization: batch-norm, observe: { taps: [] } }
          explosive: { optimizer: { sgd: { rate: 1000, decay: 100 } } }
        figures: [accuracy-over-steps, { activation-quantiles: { tap: conv/activation-input, arms: [baseline, batch-norm] } }]
        claims:
          - id: faster
            statement: "It is faster."
            source: "It is, \\u201Cmuch\\u201D (§1)."
            measure: { steps-to: { metric: test-accuracy, target: best-of(baseline) } }
            arm: batch-norm
            compared-with: baseline
            expect: below
            factor: 2
          - id: better
            statement: "It ends higher."
            source: "It ends higher (§2)."
            measure: { final: test-accuracy }
            arm: batch-norm
            compared-with: baseline
            expect: above
            by: 0.01
          - id: explodes
            statement: "A huge rate ends lower."
            source: "It diverges (§3)."
            measure: { final: test-accuracy }
            arm: explosive
            compared-with: baseline
            expect: below
            by: 0.05
          - id: steadier
            statement: "It moves less."
            source: "It is steadier (§4)."
            measure: { drift: conv/activation-input }
            arm: batch-norm
            compared-with: baseline
            expect: below
        """

    init(_ yaml: String = TinyExperiment.yaml) throws {
        folder = try TemporaryFolder()
        let models = folder.file("Experiments/Models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        try AtomicFile.write(yaml + "\n", to: folder.file("Experiments/tiny.yaml"))
        experiment = try ExperimentLibrary(root: folder.url).load("tiny")
        dataset = Self.images()
    }

    /// The folder of all results.
    var results: URL { folder.file("Results") }

    /// The folder of the experiment's results.
    func experimentFolder(_ profile: String = "smoke") -> URL {
        RunFolder.experiment(root: results, profile: profile, name: "tiny")
    }

    func plan(_ arm: String, seed: UInt64 = 1, profile: String = "smoke") throws -> RunPlan {
        try experiment.runs(profile: profile, seeds: [seed], arms: [arm])[0]
    }

    func runFolder(_ arm: String, seed: UInt64 = 1, profile: String = "smoke") -> RunFolder {
        RunFolder(root: results, profile: profile, experiment: "tiny", arm: arm, seed: seed)
    }

    func executor(
        _ plan: RunPlan, dataset: Dataset? = nil, threads: Int = 1, checkpoints: Set<Int> = [],
        progress: any ProgressReporter = SilentProgress(), interruption: Interruption = Interruption(),
        savesEvery steps: Int = 1000
    ) -> RunExecutor {
        let executor = RunExecutor(
            plan: plan, dataset: dataset ?? self.dataset, resultsRoot: results, team: Team(threads: threads),
            checkpointSteps: checkpoints, progress: progress, interruption: interruption)
        executor.saving = .steps(steps)
        return executor
    }

    /// Images of 6 × 6 pixels: a bright line whose place is the class, and noise.
    static func images(seed: UInt64 = 9) -> Dataset {
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 40
        }
        func set(_ name: String, count: Int) -> ImageSet {
            var images: [UInt8] = []
            var labels: [UInt8] = []
            for index in 0..<count {
                let label = index % 10
                labels.append(UInt8(label))
                for pixel in 0..<36 {
                    let isBright = label < 5 ? pixel / 6 == label : pixel % 6 == label - 5
                    images.append(UInt8((isBright ? 120 : 0) + next() % 130))
                }
            }
            return ImageSet(
                name: name, shape: ImageShape(height: 6, width: 6, channels: 1), images: images, labels: labels,
                classes: (0..<10).map(String.init))
        }
        return Dataset(
            name: "lines", train: set("lines/train", count: 127), test: set("lines/test", count: 31),
            checksum: "seed-\(seed)", origin: "embedded", isSynthetic: true)
    }
}

extension RunFolder {
    /// The bytes of every file whose contents are determined by the plan alone.
    var determinedFiles: [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where !["run.json", "run.log"].contains(name) {
            files[name] = (try? AtomicFile.read(file(name))) ?? []
        }
        return files
    }
}

/// Tells nobody.
final class SilentProgress: ProgressReporter {
    func took(_ event: RunEvent, of name: String) {}
}

/// Calls a closure after each step.
final class StepHook: ProgressReporter {
    private let body: (RunProgress) -> Void
    var began: [(step: Int, reason: String)] = []
    var endings: [String] = []

    init(_ body: @escaping (RunProgress) -> Void = { _ in }) { self.body = body }

    func took(_ event: RunEvent, of name: String) {
        switch event {
        case .began(let step, let reason): began.append((step, reason))
        case .advanced(let progress): body(progress)
        case .ended(let summary): endings.append(summary)
        case .closed: break
        }
    }
}
