import Foundation
import Testing

@testable import Experiments
@testable import Running
@testable import Results

/// What training features do to whole runs: to which tables, and to which they must not.
struct AugmentedRunTests {
    /// The tiny experiment with more keys in its base.
    private static func tiny(_ keys: [String]) throws -> TinyExperiment {
        try TinyExperiment(
            TinyExperiment.yaml.replacing("batch: 12", with: (["batch: 12"] + keys).joined(separator: "\n  ")))
    }

    private static let augmentation =
        "augmentation: { geometric: { strength: 1, shift: 2 }, photometric: { strength: 0.7 } }"

    private static func files(_ arm: String, _ keys: [String] = [], threads: Int = 1) throws -> [String: [UInt8]] {
        let tiny = try tiny(keys)
        _ = try tiny.executor(tiny.plan(arm), threads: threads).run()
        return tiny.runFolder(arm).determinedFiles
    }

    @Test(arguments: [1, 13])
    func aRunContinuesToTheSameBytes(step: Int) throws {
        let keys = [Self.augmentation, "batch-order: fixed"]
        let tiny = try Self.tiny(keys)
        let interruption = Interruption()
        let hook = StepHook { if $0.step == step { interruption.request() } }
        let first = try tiny.executor(tiny.plan("batch-norm"), progress: hook, interruption: interruption).run()
        #expect(first.isInterrupted)
        let second = try tiny.executor(tiny.plan("batch-norm"), threads: 3).run()
        #expect(second.state == .interrupted(step: step))
        #expect(try tiny.runFolder("batch-norm").determinedFiles == Self.files("batch-norm", keys))
    }

    @Test func theThreadsDoNotChangeAByte() throws {
        let one = try Self.files("batch-norm", [Self.augmentation])
        #expect(try Self.files("batch-norm", [Self.augmentation], threads: 3) == one)
    }

    @Test func withoutStrengthNothingChangesButTheSettings() throws {
        var plain = try Self.files("batch-norm")
        var off = try Self.files(
            "batch-norm", ["augmentation: { geometric: { shift: 1 }, photometric: { contrast: 1 } }"])
        #expect(plain["config.yaml"] != off["config.yaml"])
        (plain["config.yaml"], off["config.yaml"]) = (nil, nil)
        #expect(off == plain)
    }

    /// A network that never changes shows which images it was given: training batches and those of the population pass are
    /// distorted, the test set and the probe images are not.
    @Test func onlyTrainingBatchesAreDistorted() throws {
        let frozen = "rate-multiplier: 0"
        let plain = try Self.files("baseline", [frozen])
        let distorted = try Self.files("baseline", [frozen, Self.augmentation])
        #expect(plain["train.csv"] != distorted["train.csv"])
        for table in ["eval.csv", "activations.csv", "layers.csv"] { #expect(plain[table] == distorted[table]) }

        func population(_ keys: [String]) throws -> [[String]] {
            let tiny = try Self.tiny(keys)
            _ = try tiny.executor(tiny.plan("batch-norm")).run()
            return try CSVTable(whole: tiny.runFolder("batch-norm").evaluations).rows([
                "statistics", "loss", "accuracy",
            ])
            .map(\.fields).filter { $0[0] == "population" }
        }
        let (before, after) = (try population([frozen]), try population([frozen, Self.augmentation]))
        #expect(before.count == 4 && after.count == 4)
        // The same images in the same distortion at every evaluation, and other statistics than without.
        #expect(Set(before).count == 1 && Set(after).count == 1)
        #expect(before[0] != after[0])
    }

    @Test func multipliersAreFactorsOfTheOptimizersRateAndDecay() throws {
        func train(_ optimizer: String, _ keys: String) throws -> [UInt8]? {
            let tiny = try TinyExperiment(
                TinyExperiment.yaml.replacing("rate: 0.3, momentum: 0.9", with: optimizer)
                    .replacing("batch: 12", with: "batch: 12\n  \(keys)"))
            _ = try tiny.executor(tiny.plan("batch-norm")).run()
            return tiny.runFolder("batch-norm").determinedFiles["train.csv"]
        }
        let expected = try train("rate: 0.25, decay: 0.0625", "rate-multiplier: 1")
        #expect(try train("rate: 0.0625, decay: 0.0625", "rate-multiplier: 4") == expected)
        #expect(try train("rate: 0.25, decay: 0.25", "decay-multiplier: 0.25") == expected)
        #expect(try train("rate: 0.25, decay: 0.0625", "decay-multiplier: 0.25") != expected)
    }

    @Test func anImpossibleShiftIsAnErrorThatNamesTheRun() throws {
        let tiny = try Self.tiny(["augmentation: { geometric: { strength: 1, shift: 6 } }"])
        let error = #expect(throws: RunError.self) { try tiny.executor(tiny.plan("baseline")).run() }
        #expect(error?.description.contains("tiny/baseline seed 1") == true)
        #expect(error?.description.contains("less than 6") == true)
    }

    /// The arms of one experiment may have batches of their own: they start from the same weights.
    @Test func armsOfOtherBatchesStartAlike() throws {
        let tiny = try TinyExperiment(
            TinyExperiment.yaml.replacing("baseline: {", with: "baseline: { batch: 24,"))
        func start(_ arm: String) throws -> Safetensors.Tensor {
            _ = try tiny.executor(tiny.plan(arm), checkpoints: [0]).run()
            let file = try Safetensors(decoding: AtomicFile.read(tiny.runFolder(arm).checkpoint(step: 0)))
            return try #require(file.tensors["output.weight"])
        }
        #expect(try start("baseline") == start("batch-norm"))
        #expect(try CSVTable(whole: tiny.runFolder("baseline").train).rows(["epoch"]).map { $0[0] }.last == "5")
        #expect(try CSVTable(whole: tiny.runFolder("batch-norm").train).rows(["epoch"]).map { $0[0] }.last == "2")
    }
}
