import Datasets
import Engine
import Foundation
import Testing

@testable import Experiments
@testable import Running
@testable import Results

/// A run that was stopped in any way ends with the same bytes as one that was not.
struct ResumptionTests {
    private static func uninterrupted(_ arm: String) throws -> [String: [UInt8]] {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan(arm), checkpoints: [0, 9, 20]).run()
        return tiny.runFolder(arm).determinedFiles
    }

    @Test(arguments: [0, 1, 9, 10, 17, 29])
    func afterAnInterruption(step: Int) throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan("batch-norm")
        let interruption = Interruption()
        if step == 0 { interruption.request() }
        let hook = StepHook { if $0.step == step { interruption.request() } }
        let first = try tiny.executor(plan, checkpoints: [0, 9, 20], progress: hook, interruption: interruption).run()
        #expect(first.isInterrupted)
        #expect(try Manifest(tiny.runFolder("batch-norm").manifest).status == .interrupted)

        let again = StepHook()
        let second = try tiny.executor(plan, checkpoints: [0, 9, 20], progress: again).run()
        #expect(second.state == .interrupted(step: step))
        #expect(again.began.first?.step == step)
        #expect(second.manifest.status == .finished)
        #expect(second.manifest.resumptions == 1)
        #expect(try tiny.runFolder("batch-norm").determinedFiles == Self.uninterrupted("batch-norm"))
    }

    @Test func afterManyInterruptions() throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan("batch-norm")
        for _ in 0..<6 {
            let interruption = Interruption()
            var steps = 0
            let hook = StepHook { _ in
                steps += 1
                if steps == 4 { interruption.request() }
            }
            _ = try tiny.executor(
                plan, threads: 2, checkpoints: [0, 9, 20], progress: hook, interruption: interruption
            ).run()
        }
        let outcome = try tiny.executor(plan, checkpoints: [0, 9, 20]).run()
        #expect(outcome.manifest.resumptions == 6)
        #expect(try tiny.runFolder("batch-norm").determinedFiles == Self.uninterrupted("batch-norm"))
    }

    /// What `kill -9` leaves: the folder as it is at some step, tables that have grown since the last save, half a row, and
    /// files that were being written.
    @Test(arguments: [3, 8, 12, 25], ["batch-norm", "baseline"])
    func afterBeingKilled(step: Int, arm: String) throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan(arm)
        let folder = tiny.runFolder(arm)
        let corpse = tiny.folder.file("corpse")
        let hook = StepHook {
            if $0.step == step { try? FileManager.default.copyItem(at: folder.url, to: corpse) }
        }
        _ = try tiny.executor(plan, checkpoints: [0, 9, 20], progress: hook, savesEvery: 6).run()
        try FileManager.default.removeItem(at: folder.url)
        try FileManager.default.moveItem(at: corpse, to: folder.url)
        for table in RunFolder.Table.allCases {
            let handle = try FileHandle(forWritingTo: folder.file(table.rawValue))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("31,0,0.1,nonsense\n32,0".utf8))
            try handle.close()
        }
        try AtomicFile.write("half", to: folder.file("resume.safetensors.partial"))
        try AtomicFile.write("999999999\n", to: folder.file("run.lock"))

        let again = StepHook()
        let outcome = try tiny.executor(plan, checkpoints: [0, 9, 20], progress: again, savesEvery: 6).run()
        let saved = step <= 6 ? 0 : (step - 1) / 6 * 6
        #expect(again.began.first?.step == saved)
        #expect(outcome.manifest.status == .finished)
        var files = folder.determinedFiles
        files["resume.safetensors.partial"] = nil
        #expect(try files == Self.uninterrupted(arm))
    }

    private static let zScores = TinyExperiment.yaml.replacing(
        "  batch: 12\n", with: "  batch: 12\n  input: { z-score: { scope: feature } }\n")

    @Test func aRunWithAFittedInputGoesOn() throws {
        let whole = try TinyExperiment(Self.zScores)
        _ = try whole.executor(whole.plan("baseline")).run()
        let tiny = try TinyExperiment(Self.zScores)
        let plan = try tiny.plan("baseline")
        let interruption = Interruption()
        let hook = StepHook { if $0.step == 15 { interruption.request() } }
        _ = try tiny.executor(plan, progress: hook, interruption: interruption).run()
        #expect(try tiny.executor(plan).run().state == .interrupted(step: 15))
        #expect(tiny.runFolder("baseline").determinedFiles == whole.runFolder("baseline").determinedFiles)
    }

    /// The numbers of the input normalization are in the state and in the checkpoint, bit for bit those of the training set,
    /// and a state with others is not continued.
    @Test func fittedInputsSurvive() throws {
        let tiny = try TinyExperiment(Self.zScores)
        let plan = try tiny.plan("baseline")
        let folder = tiny.runFolder("baseline")
        let fitted = try plan.configuration.input.fit(to: tiny.dataset.train).tensors
        #expect(fitted.map(\.name) == ["input/center", "input/scale"])
        let interruption = Interruption()
        let hook = StepHook { if $0.step == 15 { interruption.request() } }
        _ = try tiny.executor(plan, progress: hook, interruption: interruption).run()
        let state = try #require(try SavedState(folder))
        #expect(fitted.allSatisfy(state.tensors.contains))

        let other = state.tensors.map { tensor in
            tensor.name == "input/scale"
                ? NamedTensor(name: tensor.name, shape: tensor.shape, values: (tensor.values ?? []).map { $0 * 2 })
                : tensor
        }
        let spoilt = SavedState(
            hash: state.hash, step: state.step, lengths: state.lengths, seconds: state.seconds, tensors: other)
        try AtomicFile.write(spoilt.encoded(), to: folder.savedState)
        let outcome = try tiny.executor(plan).run()
        guard case .stale(let reason) = outcome.state else {
            Issue.record("continued with another input normalization")
            return
        }
        #expect(reason == "the saved state's input normalization is not that of the training set")
        let checkpoint = try Safetensors(decoding: AtomicFile.read(folder.checkpoint)).namedTensors
        #expect(fitted.allSatisfy(checkpoint.contains))
    }

    @Test func aDamagedStateIsGivenUpWithTheReason() throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan("baseline")
        let folder = tiny.runFolder("baseline")
        try interrupt(tiny, at: 15)
        let good = try AtomicFile.read(folder.savedState)
        for (old, new, message) in [
            ("\"step\":\"15\"", "\"step\":\"14\"", "do not fit its check value"),
            ("normlab-state-2", "normlab-state-1", "its format is normlab-state-1"),
            ("\"checksum\"", "\"checksux\"", "do not fit its check value"),
        ] {
            var changed = good
            changed.replaceSubrange(try #require(good.firstRange(of: Array(old.utf8))), with: Array(new.utf8))
            let error = #expect(throws: (any Error).self) { try SavedState(decoding: changed) }
            #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
        }
        var bytes = good
        bytes[bytes.count - 5] ^= 1
        try AtomicFile.write(bytes, to: folder.savedState)

        let again = StepHook()
        let outcome = try tiny.executor(plan, checkpoints: [0, 9, 20], progress: again).run()
        #expect(again.began.first?.step == 0)
        #expect(
            outcome.state.reason == "the saved state is damaged: its contents do not fit its check value")
        #expect(try folder.determinedFiles == Self.uninterrupted("baseline"))
    }

    @Test func aTableThatLostRowsIsGivenUpWithTheReason() throws {
        let tiny = try TinyExperiment()
        let folder = tiny.runFolder("baseline")
        try interrupt(tiny, at: 15)
        let bytes = try AtomicFile.read(folder.train)
        try AtomicFile.write(Array(bytes.dropLast(10)), to: folder.train)
        let outcome = try tiny.executor(tiny.plan("baseline"), checkpoints: [0, 9, 20]).run()
        #expect(outcome.state.reason == "train.csv is shorter than when the state was saved")
        #expect(try folder.determinedFiles == Self.uninterrupted("baseline"))
    }

    @Test func killedBetweenTheManifestAndTheEndItIsComplete() throws {
        let tiny = try TinyExperiment()
        let folder = tiny.runFolder("baseline")
        _ = try tiny.executor(tiny.plan("baseline")).run()
        try AtomicFile.write("left over", to: folder.savedState)
        #expect(try tiny.executor(tiny.plan("baseline")).run().state == .upToDate)
        #expect(!folder.has(folder.savedState))
    }

    private func interrupt(_ tiny: TinyExperiment, at step: Int) throws {
        let interruption = Interruption()
        let hook = StepHook { if $0.step == step { interruption.request() } }
        _ = try tiny.executor(
            tiny.plan("baseline"), checkpoints: [0, 9, 20], progress: hook, interruption: interruption
        ).run()
    }
}
