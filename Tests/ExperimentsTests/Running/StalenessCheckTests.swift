import Foundation
import Testing

@testable import Experiments
@testable import Running
@testable import Results

struct StalenessCheckTests {
    private func state(
        _ tiny: TinyExperiment, _ plan: RunPlan, dataset: String = "lines", checksum: String = "seed-9",
        checkpoints: Set<Int> = []
    ) -> RunState {
        StalenessCheck(plan: plan, dataset: dataset, checksum: checksum, checkpointSteps: checkpoints)
            .state(of: tiny.runFolder("baseline"))
    }

    @Test func saysWhyARunIsMade() throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan("baseline")
        #expect(state(tiny, plan).reason == "no result yet")
        _ = try tiny.executor(plan).run()
        #expect(state(tiny, plan) == .upToDate)
        #expect(!state(tiny, plan).needsRun)
        #expect(state(tiny, plan, dataset: "mnist").reason == "data set changed: lines → mnist")
        #expect(state(tiny, plan, checksum: "other").reason == "data set changed: other contents of lines")
        #expect(state(tiny, plan, checkpoints: [5]).reason == "no checkpoint at step 5 yet")

        let faster = try TinyExperiment(TinyExperiment.yaml.replacing("rate: 0.3", with: "rate: 0.25"))
        #expect(
            state(tiny, try faster.plan("baseline")).reason
                == "the configuration changed: optimizer.sgd.rate 0.3 → 0.25")
        let longer = try TinyExperiment(TinyExperiment.yaml.replacing("steps: 30", with: "steps: 40"))
        #expect(state(tiny, try longer.plan("baseline")).reason == "the configuration changed: steps 30 → 40")
        let normalized = try tiny.plan("batch-norm")
        #expect(state(tiny, normalized).reason.contains("normalization none → batch-norm"))
    }

    @Test func commentsAndTitlesDoNotMakeAResultStale() throws {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("baseline")).run()
        let yaml = TinyExperiment.yaml.replacing("title: A tiny", with: "# a comment\ntitle: Another")
            .replacing("label: Without BN", with: "label: Plain")
        #expect(state(tiny, try TinyExperiment(yaml).plan("baseline")) == .upToDate)
    }

    @Test func otherArithmeticMakesAResultStale() throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan("baseline")
        _ = try tiny.executor(plan).run()
        let folder = tiny.runFolder("baseline")
        var manifest = try Manifest(folder.manifest)
        let version = manifest.numericsVersion
        manifest.numericsVersion = version - 1
        manifest.hash = plan.hash(dataset: "lines", checksum: "seed-9", numericsVersion: version - 1)
        try AtomicFile.write(manifest.encoded(), to: folder.manifest)
        #expect(state(tiny, plan).reason == "numerics version \(version - 1) → \(version)")
    }

    @Test func filesThatAreMissingOrDamagedMakeAResultStale() throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan("baseline")
        _ = try tiny.executor(plan).run()
        let folder = tiny.runFolder("baseline")
        try AtomicFile.remove(folder.evaluations)
        #expect(state(tiny, plan).reason == "eval.csv is missing")
        try AtomicFile.write("{", to: folder.manifest)
        #expect(state(tiny, plan).reason.hasPrefix("the manifest is damaged"))
        _ = try tiny.executor(plan).run()
        #expect(state(tiny, plan) == .upToDate)
    }

    @Test func aRerunReplacesWhatAnEarlierOneLeftAndNothingElse() throws {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("baseline"), checkpoints: [3]).run()
        let folder = tiny.runFolder("baseline")
        try AtomicFile.write("mine", to: folder.file("notes.txt"))
        _ = try tiny.executor(tiny.plan("baseline"), dataset: TinyExperiment.images(seed: 10)).run()
        #expect(folder.has(folder.file("notes.txt")))
        #expect(!folder.has(folder.checkpoint(step: 3)))
        #expect(try Manifest(folder.manifest).dataset.checksum == "seed-10")
    }
}
