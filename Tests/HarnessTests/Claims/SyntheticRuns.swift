import Foundation

@testable import Experiments
@testable import Running
@testable import Results

/// Run folders of an experiment with tables that a test writes down, so that verdicts are known.
final class SyntheticRuns {
    let tiny: TinyExperiment
    let profile = "quick"

    /// An experiment with the given claims and figures and arms `a`, `b`, `tuned-…`; `pair` is an ensemble of `a` and `b`.
    init(claims: String = "[]", figures: String = "[]") throws {
        let yaml = """
            title: Synthetic
            source: "none"
            question: "?"
            dataset: [mnist]
            profiles:
              smoke: { steps: 100, seeds: [1] }
              quick: { steps: 100, seeds: [1, 2, 3] }
              paper: { steps: 100, seeds: [1, 2, 3] }
            base:
              model:
                - name: hidden
                  dense: { units: 4 }
                - normalize
                - activate
                - name: output
                  dense: { units: 10 }
              batch: 10
              optimizer: { sgd: { rate: 0.1 } }
              evaluate: { predictions: true }
            arms:
              a: { optimizer: { sgd: { rate: 0.2 } } }
              b: {}
              tuned-low: { optimizer: { sgd: { rate: 0.01 } } }
              tuned-high: { optimizer: { sgd: { rate: 0.9 } } }
              normalized: { normalization: batch-norm }
              large: { batch: 40 }
            ensembles: { pair: [a, b] }
            figures: \(figures)
            claims:

            """
        let indented = claims.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        tiny = try TinyExperiment(claims.isEmpty ? yaml.replacing("claims:\n", with: "") : yaml + indented)
    }

    /// A run's evaluations: accuracies at steps 0, 10, 20, …
    func add(
        _ arm: String, seed: UInt64, accuracy: [Double], statistics: [String] = ["none"], divergedAt: Int? = nil,
        drift: [Double] = [1, 2, 3, 4], spread: Double = 1, status: RunStatus? = nil
    ) throws {
        let plan = try tiny.plan(arm, seed: seed, profile: profile)
        let folder = tiny.runFolder(arm, seed: seed, profile: profile)
        try AtomicFile.createFolder(folder.url)
        var manifest = ManifestTests.example()
        manifest.experiment = "tiny"
        manifest.arm = arm
        manifest.seed = seed
        manifest.profile = profile
        manifest.steps = plan.steps
        manifest.batch = plan.configuration.batch
        manifest.settings = plan.flatSettings
        manifest.status = status ?? (divergedAt == nil ? .finished : .diverged)
        manifest.divergedAt = divergedAt
        manifest.step = divergedAt ?? 100
        try AtomicFile.write(manifest.encoded(), to: folder.manifest)

        var rows: [[CSVField]] = [RunFolder.Table.evaluations.header.map { .text($0) }]
        for (index, value) in accuracy.enumerated() {
            for (offset, word) in statistics.enumerated() {
                let value = value - 0.2 * Double(statistics.count - 1 - offset)
                rows.append([.integer(10 * index), .text(word), .number(1 - value), .number(value)])
            }
        }
        if let divergedAt {
            rows.append([.integer(divergedAt), .text(statistics[0]), .number(.nan), .number(.nan)])
        }
        try AtomicFile.write(CSVField.bytes(rows: rows), to: folder.evaluations)
        let train: [[CSVField]] = (1...manifest.step).map {
            [.integer($0), .integer(0), .number(0.1), .number(1 / Double($0)), .number(0.5)]
        }
        try AtomicFile.write(
            CSVField.bytes(rows: [RunFolder.Table.train.header.map { .text($0) }] + train), to: folder.train)
        let units: [[CSVField]] = drift.enumerated().map { channel, value in
            [
                .text("hidden/activation-input"), .integer(channel), .number(value),
                .text(channel == 1 ? "true" : "false"),
            ]
        }
        try AtomicFile.write(CSVField.bytes(rows: [Drift.header.map { .text($0) }] + units), to: folder.drift)
        let observations: [[CSVField]] = [0, 50, 100].flatMap { step in
            (0..<4).map { channel in
                [
                    .integer(step), .text("hidden/activation-input"), .integer(channel), .number(0), .number(1),
                    .number(-spread), .number(0), .number(spread * Double(step) / 100 + Double(channel - 1)),
                ]
            }
        }
        try AtomicFile.write(
            CSVField.bytes(rows: [RunFolder.Table.activations.header.map { .text($0) }] + observations),
            to: folder.activations)
    }

    /// What a run's final network says: for each image a row of probabilities, with the labels.
    func predict(_ arm: String, seed: UInt64, _ probabilities: [[Float]], labels: [Int32]) throws {
        let predictions = Predictions(
            classes: probabilities[0].count, probabilities: Array(probabilities.joined()), labels: labels)
        try AtomicFile.write(
            PredictionsFile(predictions, metadata: [:]).encoded(),
            to: tiny.runFolder(arm, seed: seed, profile: profile).predictions)
    }

    func results() throws -> [ClaimResult] {
        let runs = try runs()
        return try ClaimEvaluator(runs, EnsembleAccuracies(runs)).results()
    }

    func runs() throws -> ExperimentRuns {
        try ExperimentRuns(tiny.experiment, profile: profile, resultsRoot: tiny.results)
    }
}
