import Foundation
import Testing

@testable import Experiments
@testable import Running
@testable import Results

struct PredictionsFileTests {
    private static let yaml = TinyExperiment.yaml.replacing("examples: 25 }", with: "examples: 25, predictions: true }")

    @Test func aFileGivesBackWhatWasWritten() throws {
        let predictions = Predictions(classes: 2, probabilities: [0.25, 0.75, 1, 0, 0.5, 0.5], labels: [1, 0, 1])
        let file = PredictionsFile(predictions, metadata: ["seed": "3"])
        #expect(try PredictionsFile(decoding: file.encoded()) == file)
    }

    @Test func aFileThatHoldsSomethingElseIsRefused() {
        func expectRefusal(_ tensors: [String: Safetensors.Tensor], _ words: String) {
            let bytes = Safetensors(tensors: tensors).encoded()
            let error = #expect(throws: PredictionsFile.Damage.self) { try PredictionsFile(decoding: bytes) }
            #expect(error?.description.contains(words) == true)
        }
        let matrix = Safetensors.Tensor(shape: [2, 2], values: .float32([0, 1, 1, 0]))
        expectRefusal([:], "no matrix 'probabilities'")
        expectRefusal(["probabilities": .init(shape: [4], values: .float32([0, 1, 1, 0]))], "no matrix")
        expectRefusal(["probabilities": matrix], "no class")
        expectRefusal(
            ["probabilities": matrix, "labels": .init(shape: [2], values: .int64([0, 2]))], "in 'labels' for every row")
        expectRefusal(["probabilities": matrix, "labels": .init(shape: [1], values: .int64([0]))], "for every row")
    }

    @Test(arguments: ["baseline", "batch-norm"])
    func aRunWritesThoseOfTheLastEvaluationThatCounts(arm: String) throws {
        let tiny = try TinyExperiment(Self.yaml)
        _ = try tiny.executor(tiny.plan(arm)).run()
        let folder = tiny.runFolder(arm)
        let file = try PredictionsFile(folder)
        let statistics = arm == "baseline" ? "none" : "population"
        #expect(file.metadata["statistics"] == statistics)
        #expect(file.metadata["step"] == "30" && file.metadata["arm"] == arm)
        #expect(file.predictions.labels == tiny.dataset.test.labels.prefix(25).map(Int32.init))
        // The last evaluation's loss and accuracy follow from the probabilities.
        var (loss, correct) = (0.0, 0)
        for (image, label) in file.predictions.labels.enumerated() {
            let row = file.predictions.probabilities[(10 * image)..<(10 * image + 10)].map(Double.init)
            #expect(abs(row.reduce(0, +) - 1) < 1e-5)
            loss -= log(row[Int(label)])
            if row.firstIndex(of: row.max() ?? 0) == Int(label) { correct += 1 }
        }
        let last = try #require(
            try CSVTable(whole: folder.evaluations).rows(["statistics", "loss", "accuracy"]).last {
                $0[0] == statistics
            })
        #expect(abs(loss / 25 - (try last.number(1) ?? .nan)) < 1e-5)
        #expect(try last.number(2) == Double(correct) / 25)
    }

    @Test func theyChangeNothingElse() throws {
        let with = try TinyExperiment(Self.yaml)
        let without = try TinyExperiment()
        for tiny in [with, without] { _ = try tiny.executor(tiny.plan("batch-norm")).run() }
        var files = with.runFolder("batch-norm").determinedFiles
        #expect(files.removeValue(forKey: "predictions.safetensors") != nil)
        files["config.yaml"] = without.runFolder("batch-norm").determinedFiles["config.yaml"]
        #expect(files == without.runFolder("batch-norm").determinedFiles)
    }

    @Test func threadsAndInterruptionsDoNotChangeAByte() throws {
        let whole = try TinyExperiment(Self.yaml)
        _ = try whole.executor(whole.plan("batch-norm")).run()
        let tiny = try TinyExperiment(Self.yaml)
        let interruption = Interruption()
        let hook = StepHook { if $0.step == 29 { interruption.request() } }
        _ = try tiny.executor(tiny.plan("batch-norm"), progress: hook, interruption: interruption).run()
        #expect(!tiny.runFolder("batch-norm").has(tiny.runFolder("batch-norm").predictions))
        _ = try tiny.executor(tiny.plan("batch-norm"), threads: 3).run()
        #expect(tiny.runFolder("batch-norm").determinedFiles == whole.runFolder("batch-norm").determinedFiles)
    }

    @Test func withoutThemARunIsStaleUnlessItDiverged() throws {
        let tiny = try TinyExperiment(Self.yaml)
        _ = try tiny.executor(tiny.plan("baseline")).run()
        try FileManager.default.removeItem(at: tiny.runFolder("baseline").predictions)
        #expect(
            try tiny.executor(tiny.plan("baseline")).run().state
                == .stale(reason: "predictions.safetensors is missing"))
        #expect(tiny.runFolder("baseline").has(tiny.runFolder("baseline").predictions))
        try tiny.runFolder("baseline").removeResults()
        #expect(!tiny.runFolder("baseline").has(tiny.runFolder("baseline").predictions))

        _ = try tiny.executor(tiny.plan("explosive")).run()
        #expect(!tiny.runFolder("explosive").has(tiny.runFolder("explosive").predictions))
        #expect(try tiny.executor(tiny.plan("explosive")).run().state == .upToDate)
    }
}
