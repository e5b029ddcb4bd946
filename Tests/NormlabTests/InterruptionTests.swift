import Foundation
import Testing

/// Work that is stopped in any way ends, continued, with the same bytes as work that was not.
@Suite struct InterruptionTests {
    /// Long enough to be stopped in the middle on any machine: evaluations and observations every twenty steps.
    static let long = TemporaryLaboratory.experiment(steps: 600, every: 20)
    static let reproduce = [
        "reproduce", "long", "-p", "smoke", "--results", "Results", "--threads", "1",
    ]

    private static let uninterrupted = Result {
        let laboratory = try TemporaryLaboratory(["long": long])
        let outcome = try laboratory.program.run(reproduce)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return determined(try laboratory.files("Results"))
    }

    /// Waits until the first run has been evaluated beyond its beginning.
    private func waitForProgress(_ running: RunningProgram, in laboratory: TemporaryLaboratory) {
        let table = laboratory.file("Results/smoke/long/baseline/seed-1/eval.csv").path
        running.wait {
            let attributes = try? FileManager.default.attributesOfItem(atPath: table)
            return (attributes?[.size] as? Int ?? 0) > 200
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalIs75AndTheSameCommandContinues(signal: Int32) throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let running = try laboratory.program.start(Self.reproduce)
        waitForProgress(running, in: laboratory)
        running.send(signal)
        let outcome = try running.outcome()
        #expect(outcome.code == 75, "\(outcome.errors)")
        #expect(outcome.errors.contains("The same command continues"))
        #expect(laboratory.has("Results/smoke/long/baseline/seed-1/resume.safetensors"))
        #expect(!laboratory.has("Results/smoke/long/batch-norm"), "the next run is not begun")

        let plan = try laboratory.program.run(Self.reproduce + ["--dry-run"])
        #expect(plan.output.contains("run   baseline seed 1, 600 steps: interrupted at step "))
        #expect(plan.output.contains("run   batch-norm seed 1, 600 steps: no result yet"))

        let again = try laboratory.program.run(Self.reproduce)
        #expect(again.code == 0)
        #expect(again.errors.contains("interrupted at step "))
        expectSameFiles(determined(try laboratory.files("Results")), try Self.uninterrupted.get())
    }

    /// `kill -9` at instants that nobody chose: before the first step, between saves, in the middle of a save or of a row.
    @Test(arguments: ["0.01", "20"])
    func killedAnywhereEndsInTheSameBytes(saveEvery: String) throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let arguments = Self.reproduce + ["--save-every", saveEvery]
        var delays: [UInt32] = []
        for attempt in 0..<6 {
            let running = try laboratory.program.start(arguments)
            // Half of them are sure to be in the middle of a run.
            if attempt.isMultiple(of: 2) { waitForProgress(running, in: laboratory) }
            let delay = UInt32.random(in: 0..<150_000)
            delays.append(delay)
            usleep(delay)
            running.send(SIGKILL)
            let outcome = try running.outcome()
            if attempt == 0 { #expect(outcome.signal == SIGKILL, "it has ended before it could be killed") }
        }
        let last = try laboratory.program.run(arguments)
        #expect(last.code == 0, "\(last.errors) after \(delays) µs")
        expectSameFiles(
            determined(try laboratory.files("Results")), try Self.uninterrupted.get(), "killed after \(delays) µs")
    }

    @Test func killedAfterASaveContinuesFromThere() throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let saved = laboratory.file("Results/smoke/long/baseline/seed-1/resume.safetensors")
        let running = try laboratory.program.start(Self.reproduce + ["--save-every", "0"])
        running.wait { FileManager.default.fileExists(atPath: saved.path) }
        running.send(SIGKILL)
        #expect(try running.outcome().signal == SIGKILL)
        let again = try laboratory.program.run(Self.reproduce)
        #expect(again.code == 0)
        #expect(again.errors.contains("baseline seed 1 (interrupted at step "), "\(again.errors)")
        let manifest = try JSONSerialization.jsonObject(
            with: Data(contentsOf: laboratory.file("Results/smoke/long/baseline/seed-1/run.json")))
        let fields = try #require(manifest as? [String: Any])
        #expect(fields["status"] as? String == "finished")
        #expect(fields["resumptions"] as? Int == 1)
        expectSameFiles(determined(try laboratory.files("Results")), try Self.uninterrupted.get())
    }
}
