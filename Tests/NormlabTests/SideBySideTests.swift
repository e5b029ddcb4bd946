import Foundation
import Testing

/// Runs in processes of their own end as runs in one process do, whatever happens to some of them.
@Suite struct SideBySideTests {
    private static let long = TemporaryLaboratory.experiment(steps: 3000, every: 50)

    private func command(_ names: String..., jobs: Int) -> [String] {
        ["reproduce"] + names + ["-p", "smoke", "--results", "Results", "--jobs", "\(jobs)", "--threads", "2"]
    }

    private static let alone = Result {
        let laboratory = try TemporaryLaboratory(["long": long])
        let outcome = try laboratory.program.run([
            "reproduce", "long", "-p", "smoke", "--results", "Results", "--jobs", "1", "--threads", "1",
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        return determined(try laboratory.files("Results"))
    }

    private func seed(_ arm: String, _ seed: Int = 1) -> String { "Results/smoke/long/\(arm)/seed-\(seed)" }

    /// The process that makes a run, as its lock says; nil while there is none.
    private func process(of arm: String, seed number: Int = 1, in laboratory: TemporaryLaboratory) -> Int32? {
        guard let text = try? laboratory.text("\(seed(arm, number))/run.lock") else { return nil }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Waits until both arms have been evaluated beyond their beginnings.
    private func waitForBoth(_ running: RunningProgram, in laboratory: TemporaryLaboratory) {
        let tables = ["baseline", "batch-norm"].map { laboratory.file("\(seed($0))/eval.csv").path }
        running.wait {
            tables.allSatisfy { path in
                (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0 > 200
            }
        }
    }

    // MARK: The same bytes

    @Test(arguments: [2, 3])
    func theResultsAreThoseOfOneAfterTheOther(jobs: Int) throws {
        let second = TemporaryLaboratory.experiment(steps: 15, every: 5, seeds: "[1, 2, 3]")
        var results: [[String: Data]] = []
        for jobs in [1, jobs] {
            let laboratory = try TemporaryLaboratory(["tiny": TemporaryLaboratory.tiny, "second": second])
            let outcome = try laboratory.program.run(command("tiny", "second", jobs: jobs) + ["--set", "batch=8"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("8 runs made, 0 up to date"))
            results.append(determined(try laboratory.files("Results")))
            let again = try laboratory.program.run(command("tiny", "second", jobs: jobs) + ["--set", "batch=8"])
            #expect(again.output.contains("0 runs made, 8 up to date"))
        }
        #expect(results[0].keys.contains("smoke/second@batch=8/final-accuracy.png"))
        expectSameFiles(results[1], results[0], "\(jobs) at a time against one")
    }

    @Test func optionsReachTheRuns() throws {
        let laboratory = try TemporaryLaboratory()
        let options = ["--jobs", "2", "--checkpoint-at", "0,7", "--seeds", "4-5", "--arms", "batch*"]
        let outcome = try laboratory.program.run(["run", "tiny", "-p", "smoke"] + options)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!laboratory.has("Results/smoke/tiny/baseline"))
        for seed in [4, 5] {
            #expect(laboratory.has("Results/smoke/tiny/batch-norm/seed-\(seed)/checkpoint-7.safetensors"))
        }
        let forced = try laboratory.program.run(["run", "tiny", "-p", "smoke", "--force"] + options)
        #expect(forced.output.contains("2 runs made, 0 up to date"))
    }

    // MARK: One fails

    @Test func aKilledRunIsNamedAndTheOthersGoOn() throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let running = try laboratory.program.start(command("long", jobs: 2))
        waitForBoth(running, in: laboratory)
        kill(try #require(process(of: "baseline", in: laboratory)), SIGKILL)
        let outcome = try running.outcome()
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("error: long/baseline seed 1: its process was ended by signal 9"))
        #expect(outcome.errors.hasSuffix("Failed: long/baseline seed 1\n"), "\(outcome.errors)")
        #expect(outcome.output.contains("1 run made, 0 up to date"))
        #expect(laboratory.has("\(seed("batch-norm"))/checkpoint.safetensors"))
        let again = try laboratory.program.run(command("long", jobs: 2))
        #expect(again.code == 0)
        expectSameFiles(determined(try laboratory.files("Results")), try Self.alone.get())
    }

    /// A process makes one run after the other: its end is that of one run alone.
    @Test func aKilledProcessIsReplaced() throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let running = try laboratory.program.start(command("long", jobs: 2) + ["--seeds", "1-2"])
        waitForFirst(running, in: laboratory)
        kill(try #require(process(of: "baseline", in: laboratory)), SIGKILL)
        let outcome = try running.outcome()
        #expect(outcome.code == 1)
        #expect(outcome.errors.hasSuffix("Failed: long/baseline seed 1\n"), "\(outcome.errors)")
        #expect(outcome.output.contains("3 runs made, 0 up to date"))
    }

    /// Whoever asks one process to stop takes one run from the others and not the next one too.
    @Test func aStoppedProcessMakesNoOtherRun() throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let running = try laboratory.program.start(command("long", jobs: 2) + ["--seeds", "1-2"])
        waitForFirst(running, in: laboratory)
        kill(try #require(process(of: "baseline", in: laboratory)), SIGTERM)
        let outcome = try running.outcome()
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("error: long/baseline seed 1: someone stopped its process"))
        #expect(outcome.errors.hasSuffix("Failed: long/baseline seed 1\n"), "\(outcome.errors)")
        #expect(outcome.output.contains("3 runs made, 0 up to date"))
        #expect(laboratory.has("\(seed("baseline"))/resume.safetensors"), "it was saved")
    }

    /// Data are read, and inputs fitted, once in each process and not in each run.
    @Test func aProcessMakesOneRunAfterTheOther() throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let running = try laboratory.program.start(command("long", jobs: 2) + ["--seeds", "1-2"])
        var makers: [String: Int32] = [:]
        running.wait {
            for (arm, number) in [("baseline", 1), ("baseline", 2), ("batch-norm", 1), ("batch-norm", 2)] {
                makers["\(arm) \(number)"] =
                    process(of: arm, seed: number, in: laboratory) ?? makers["\(arm) \(number)"]
            }
            return false
        }
        #expect(try running.outcome().code == 0)
        #expect(makers.count == 4 && Set(makers.values).count == 2, "\(makers)")
    }

    /// More components than pixels: found when the input is fitted to the data.
    @Test func aRunWhoseDataDoNotFitIs65AndTheOthersGoOn() throws {
        let laboratory = try TemporaryLaboratory()
        let setting = "arms.baseline.input={ zca-whitening: { components: 5000 } }"
        let outcome = try laboratory.program.run(["run", "tiny", "-p", "smoke", "--jobs", "2", "--set", setting])
        #expect(outcome.code == 65)
        #expect(outcome.errors.contains("error: tiny@\(setting)/baseline seed 1: "))
        #expect(outcome.errors.hasSuffix("Failed: tiny@\(setting)/baseline seed 1\n"))
        #expect(outcome.output.contains("1 run made, 0 up to date"))
        #expect(outcome.errors.contains("not known"), "what cannot be made cannot be measured")
    }

    /// What was planned is made: whoever makes a run is handed its settings and reads no experiment file.
    @Test func anExperimentThatChangesMeanwhileIsNotMixed() throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let running = try laboratory.program.start(command("long", jobs: 2) + ["--seeds", "1-2"])
        waitForFirst(running, in: laboratory)
        try laboratory.write("no experiment", experiment: "long")
        let outcome = try running.outcome()
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("4 runs made, 0 up to date"))
        try laboratory.write(Self.long, experiment: "long")
        let again = try laboratory.program.run(command("long", jobs: 2) + ["--seeds", "1-2"])
        #expect(again.output.contains("0 runs made, 4 up to date"))
    }

    /// What a worker says until it is done with a run that its order describes.
    private func answers(to order: String, in laboratory: TemporaryLaboratory) throws -> (code: Int32, text: String) {
        let worker = Process()
        let (orders, printed) = (Pipe(), Pipe())
        worker.executableURL = try Program.executable()
        worker.arguments = ["run-worker", "--root", laboratory.root.path]
        (worker.standardInput, worker.standardOutput, worker.standardError) = (orders, printed, printed)
        try worker.run()
        try orders.fileHandleForWriting.write(contentsOf: Data("\(order)\n".utf8))
        var text = ""
        while !text.contains("\"closed\""), case let more = printed.fileHandleForReading.availableData, !more.isEmpty {
            text += String(decoding: more, as: UTF8.self)
        }
        // Whoever gives orders is gone.
        try orders.fileHandleForWriting.close()
        worker.waitUntilExit()
        return (worker.terminationStatus, text)
    }

    /// The order to make a run of a small network with a batch.
    private func order(batch: String, in laboratory: TemporaryLaboratory) throws -> String {
        _ = try laboratory.program.run("run", "tiny", "-p", "smoke", "--arms", "baseline")
        let file = try laboratory.text("Results/smoke/tiny/baseline/seed-1/config.yaml")
        let settings = try #require(file.components(separatedBy: "base:\n").last).replacing("\n  ", with: "\n")
            .dropFirst(2)
        let run: [String: Any] = [
            "experiment": "tiny", "arm": "baseline", "profile": "other", "seed": 1, "steps": 12,
            "configuration": settings.replacing("batch: 16", with: "batch: \(batch)"),
        ]
        let order: [String: Any] = [
            "run": run, "dataset": "glyphs", "hash": "0123", "resultsRoot": laboratory.file("Results").absoluteString,
            "checkpointSteps": [Int](), "saveInterval": 20, "isForced": false, "threads": 1,
        ]
        let line = try JSONSerialization.data(withJSONObject: ["make": ["_0": order]])
        return String(decoding: line, as: UTF8.self)
    }

    @Test func aWorkerMakesNoRunButTheOneThatWasPlanned() throws {
        let laboratory = try TemporaryLaboratory()
        let (code, text) = try answers(to: order(batch: "16", in: laboratory), in: laboratory)
        #expect(text.contains("error: tiny/baseline seed 1: its data have changed since the command began"), "\(text)")
        #expect(text.contains("{\"closed\":{\"code\":65}}"), "\(text)")
        #expect(code == 75, "it waits for the next, and ends when nobody is left who could give one")
        #expect(!laboratory.has("Results/other"))
    }

    @Test(arguments: [("batch: many", "error: 'batch': expected"), ("nonsense", "error: ")])
    func anOrderThatCannotBeReadEndsTheWorker(kind: String, message: String) throws {
        let laboratory = try TemporaryLaboratory()
        let line = kind == "nonsense" ? kind : try order(batch: "many", in: laboratory)
        let (code, text) = try answers(to: line, in: laboratory)
        #expect(text.contains(message), "\(text)")
        #expect(code == (kind == "nonsense" ? 1 : 65))
    }

    private func waitForFirst(_ running: RunningProgram, in laboratory: TemporaryLaboratory) {
        running.wait {
            laboratory.has("\(seed("baseline", 1))/train.csv") && laboratory.has("\(seed("baseline", 2))/train.csv")
        }
    }

    // MARK: Interruption

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalReachesAllAndTheSameCommandContinues(signal: Int32) throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let running = try laboratory.program.start(command("long", jobs: 2))
        waitForBoth(running, in: laboratory)
        running.send(signal)
        let outcome = try running.outcome()
        #expect(outcome.code == 75, "\(outcome.errors)")
        #expect(outcome.errors.contains("The same command continues"))
        for arm in ["baseline", "batch-norm"] {
            #expect(laboratory.has("\(seed(arm))/resume.safetensors"), "it was saved")
            #expect(!laboratory.has("\(seed(arm))/run.lock"), "its process has ended")
        }
        let again = try laboratory.program.run(command("long", jobs: 2))
        #expect(again.code == 0)
        #expect(again.errors.contains("batch-norm seed 1: began (interrupted at step "))
        expectSameFiles(determined(try laboratory.files("Results")), try Self.alone.get())
    }

    @Test func whoeverIsKilledTakesItsRunsAlong() throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let arguments = command("long", jobs: 2) + ["--save-every", "0.05"]
        let running = try laboratory.program.start(arguments)
        waitForBoth(running, in: laboratory)
        let processes = try ["baseline", "batch-norm"].map { try #require(process(of: $0, in: laboratory)) }
        running.send(SIGKILL)
        #expect(try running.outcome().signal == SIGKILL)
        let limit = Date.now.addingTimeInterval(20)
        while processes.contains(where: { kill($0, 0) == 0 }), Date.now < limit { usleep(5000) }
        #expect(processes.allSatisfy { kill($0, 0) != 0 }, "nobody trains on without anybody")
        let again = try laboratory.program.run(arguments)
        #expect(again.code == 0, "\(again.errors)")
        expectSameFiles(determined(try laboratory.files("Results")), try Self.alone.get())
    }

    // MARK: What is told

    @Test func aLogHasWholeLinesAndThePlanBeforeThem() throws {
        let laboratory = try TemporaryLaboratory(["long": Self.long])
        let outcome = try laboratory.program.run(command("long", jobs: 2))
        let lines = outcome.errors.split(separator: "\n").map(String.init)
        #expect(lines[1] == "Plan: 2 runs to make, 2 at a time on 1 thread each")
        #expect(lines[4].hasPrefix("  long        glyphs (synthetic)     2        2   3000"))
        for arm in ["baseline", "batch-norm"] {
            #expect(lines.contains("long/\(arm) seed 1: began (no result yet)"))
            #expect(lines.contains { $0.hasPrefix("long/\(arm) seed 1 (no result yet): finished in ") })
        }
        #expect(lines.contains("Time for training"))
        #expect(!outcome.errors.contains("\r") && !outcome.errors.contains("{"))
    }

    @Test func aDryRunTellsTheTimeThatWillPass() throws {
        let laboratory = try TemporaryLaboratory()
        let command = ["run", "tiny", "-p", "smoke", "--dry-run"]
        let before = try laboratory.program.run(command)
        #expect(before.code == 0)
        #expect(before.output.contains("expected"))
        let row = try #require(before.output.split(separator: "\n").last { $0.hasPrefix("  tiny") })
        #expect(row.hasSuffix(" s"), "\(row)")
        _ = try laboratory.program.run("run", "tiny", "-p", "smoke")
        let after = try laboratory.program.run(command)
        #expect(after.output.contains("0 s, up to date"))
    }
}
