import Foundation
import Testing

@testable import Experiments
@testable import Running
@testable import Results

struct RunExecutorTests {
    @Test func aFinishedRunHasEveryFileAndRowsAtTheDeclaredSteps() throws {
        let tiny = try TinyExperiment()
        let outcome = try tiny.executor(tiny.plan("batch-norm"), checkpoints: [0, 7]).run()
        #expect(outcome.state == .missing)
        #expect(outcome.manifest.status == .finished)
        let folder = tiny.runFolder("batch-norm")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == [
                "activations.csv", "checkpoint-0.safetensors", "checkpoint-7.safetensors", "checkpoint.safetensors",
                "config.yaml", "drift.csv", "eval.csv", "histograms.csv", "layers.csv", "measures.csv", "run.json",
                "run.log", "shift.csv", "train.csv",
            ])
        let train = try CSVTable(whole: folder.train).rows(["step", "epoch", "rate", "loss", "accuracy"])
        #expect(train.map { $0[0] } == (1...30).map(String.init))
        // 127 images in batches of 12: ten steps an epoch.
        #expect(train.map { $0[1] } == (0..<30).map { "\($0 / 10)" })
        #expect(train[0][2] == "0.3")
        let evaluations = try CSVTable(whole: folder.evaluations).rows(["step", "statistics"]).map(\.fields)
        #expect(
            evaluations == [["0", "population"]]
                + [10, 20, 30].flatMap { [["\($0)", "moving-average"], ["\($0)", "population"]] })
        let layers = try CSVTable(whole: folder.layers).rows(["step", "tap"])
        #expect(
            layers.map { $0[0] }.reduce(into: []) { if $0.last != $1 { $0.append($1) } } == [
                "0", "7", "14", "21", "28", "30",
            ])
        #expect(Set(layers.map { $0[1] }).contains("conv/normalized"))
    }

    @Test func theTablesAddUp() throws {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("batch-norm")).run()
        let folder = tiny.runFolder("batch-norm")
        // 8 probe images of 4 × 4 positions and 3 channels.
        var counts: [String: Int] = [:]
        for row in try CSVTable(whole: folder.histograms).rows(["step", "tap", "count"]) {
            counts["\(row[0]) \(row[1])", default: 0] += try row.integer(2)
        }
        #expect(counts["7 conv/preactivation"] == 8 * 16 * 3)
        #expect(counts["30 output/preactivation"] == 8 * 10)
        // x̂ has mean 0 and variance 1 in every channel, whatever the weights are.
        for row in try CSVTable(whole: folder.activations).rows(["tap", "mean", "deviation"]) {
            guard row[0] == "conv/normalized" else { continue }
            let mean = try #require(try row.number(1))
            let deviation = try #require(try row.number(2))
            #expect(abs(mean) < 1e-5 && abs(deviation - 1) < 1e-2)
        }
        let drift = try Drift(activations: folder.activations)
        for tap in Set(drift.units.map(\.tap)) {
            #expect(drift.units.count { $0.tap == tap && $0.isTypical } == 1)
        }
        let manifest = try Manifest(folder.manifest)
        let accuracy = try #require(
            manifest.metrics.first { $0.name == "test-accuracy" && $0.statistics == "population" })
        #expect(accuracy.last.step == 30)
        #expect(try #require(accuracy.best).value > 0.5)
        #expect(manifest.dataset.classes == 10)
        #expect(manifest.settings["optimizer.sgd.rate"] == "0.3")
    }

    @Test(arguments: [2, 3])
    func theThreadsDoNotChangeAByte(threads: Int) throws {
        let one = try TinyExperiment()
        _ = try one.executor(one.plan("batch-norm"), threads: 1).run()
        let many = try TinyExperiment()
        _ = try many.executor(many.plan("batch-norm"), threads: threads).run()
        #expect(one.runFolder("batch-norm").determinedFiles == many.runFolder("batch-norm").determinedFiles)
    }

    @Test func observingDoesNotChangeAByteOfTraining() throws {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("batch-norm")).run()
        _ = try tiny.executor(tiny.plan("unobserved")).run()
        let observed = tiny.runFolder("batch-norm")
        let unobserved = tiny.runFolder("unobserved")
        #expect(try AtomicFile.read(observed.train) == AtomicFile.read(unobserved.train))
        #expect(try AtomicFile.read(observed.evaluations) == AtomicFile.read(unobserved.evaluations))
        #expect(
            try Safetensors(decoding: AtomicFile.read(observed.checkpoint)).tensors
                == Safetensors(decoding: AtomicFile.read(unobserved.checkpoint)).tensors)
        #expect(try CSVTable(whole: unobserved.activations).rows(["step"]).isEmpty)
    }

    @Test func aDivergedRunIsAResult() throws {
        let tiny = try TinyExperiment()
        let hook = StepHook()
        let outcome = try tiny.executor(tiny.plan("explosive"), progress: hook).run()
        let step = try #require(outcome.manifest.divergedAt)
        #expect(outcome.manifest.status == .diverged)
        #expect(step < 30)
        let folder = tiny.runFolder("explosive")
        let train = try CSVTable(whole: folder.train).rows(["step", "loss", "accuracy"])
        #expect(try train.last?.integer(0) == step)
        let loss = try #require(try train.last?.number(1))
        #expect(!loss.isFinite)
        #expect(train.last?[2] == "nan")
        #expect(try train.dropLast().allSatisfy { try $0.number(1)?.isFinite == true })
        let evaluation = try #require(try CSVTable(whole: folder.evaluations).rows(["step", "loss", "accuracy"]).last)
        #expect(evaluation.fields == ["\(step)", "nan", "nan"])
        #expect(folder.has(folder.drift) && folder.has(folder.checkpoint))
        #expect(hook.endings.first?.contains("diverged at step \(step)") == true)
        // A result is not computed again.
        #expect(try tiny.executor(tiny.plan("explosive")).run().state == .upToDate)
    }

    @Test func aTestLossThatIsNoNumberIsDivergenceToo() throws {
        let tiny = try TinyExperiment(TinyExperiment.yaml.replacing("decay: 100", with: "decay: 10"))
        let outcome = try tiny.executor(tiny.plan("explosive")).run()
        #expect(outcome.manifest.status == .diverged)
        #expect(outcome.manifest.divergedAt == 10)
        let folder = tiny.runFolder("explosive")
        #expect(try CSVTable(whole: folder.train).rows(["loss"]).last?.number(0)?.isFinite == true)
        #expect(try CSVTable(whole: folder.evaluations).rows(["step", "accuracy"]).last?.fields == ["10", "nan"])
    }

    @Test func aFinishedRunIsNotRunAgain() throws {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("baseline")).run()
        let before = try AtomicFile.read(tiny.runFolder("baseline").manifest)
        let hook = StepHook { _ in Issue.record("a step was made") }
        #expect(try tiny.executor(tiny.plan("baseline"), progress: hook).run().state == .upToDate)
        #expect(try AtomicFile.read(tiny.runFolder("baseline").manifest) == before)
    }

    @Test func twoExecutorsDoNotShareAFolder() throws {
        let tiny = try TinyExperiment()
        let lockedFolder = tiny.runFolder("baseline").url
        try FileManager.default.createDirectory(at: lockedFolder, withIntermediateDirectories: true)
        let lock = try FolderLock(lockedFolder)
        let error = #expect(throws: RunError.self) { try tiny.executor(tiny.plan("baseline")).run() }
        #expect(error?.description.contains("is in use by process") == true)
        withExtendedLifetime(lock) {}
    }

    /// Another process may be at work on what is to be made again.
    @Test func whatIsMadeAgainIsRemovedUnderTheLockOnly() throws {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("baseline")).run()
        let folder = tiny.runFolder("baseline")
        let before = try AtomicFile.read(folder.train)
        do {
            let lock = try FolderLock(folder.url)
            #expect(throws: RunError.self) { try tiny.executor(tiny.plan("baseline")).run(again: true) }
            withExtendedLifetime(lock) {}
        }
        #expect(try AtomicFile.read(folder.train) == before)
        #expect(try tiny.executor(tiny.plan("baseline")).run(again: true).state == .missing)
        #expect(try AtomicFile.read(folder.train) == before)
    }

    @Test func aStreamOfItsOwnIsAnotherRun() throws {
        let tables = try [0, 1, 2].map { stream in
            let tiny = try TinyExperiment(
                TinyExperiment.yaml.replacing("batch: 12", with: "batch: 12\n  random-stream: \(stream)"))
            let plan = try tiny.plan("baseline")
            #expect((plan.randomSeed == plan.seed) == (stream == 0))
            _ = try tiny.executor(plan).run()
            return try AtomicFile.read(tiny.runFolder("baseline").evaluations)
        }
        #expect(Set(tables).count == 3)
    }

    @Test func aBatchLargerThanTheTrainingSetIsAnErrorThatNamesTheRun() throws {
        let tiny = try TinyExperiment(TinyExperiment.yaml.replacing("batch: 12", with: "batch: 128"))
        let error = #expect(throws: RunError.self) { try tiny.executor(tiny.plan("baseline")).run() }
        #expect(error?.description.contains("tiny/baseline seed 1") == true)
        #expect(error?.description.contains("127") == true)
    }
}
