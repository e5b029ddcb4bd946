import Foundation
import Testing

/// What the options of `run` and `reproduce` do to files.
@Suite struct RunOptionTests {
    private let laboratory: TemporaryLaboratory
    init() throws { laboratory = try TemporaryLaboratory() }

    private func run(_ arguments: String...) throws -> Program.Outcome {
        let outcome = try laboratory.program.run(["run", "tiny", "-p", "smoke"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome
    }

    @Test func theSecondTimeNothingIsDone() throws {
        let first = try run()
        #expect(first.output.contains("2 runs made, 0 up to date"))
        let files = try laboratory.files("Results/smoke/tiny/batch-norm")
        let second = try run()
        #expect(second.output.contains("0 runs made, 2 up to date"))
        // Manifests and logs too: nothing was written.
        expectSameFiles(try laboratory.files("Results/smoke/tiny/batch-norm"), files)
    }

    @Test func aChangedSettingIsTheReasonToRunAgain() throws {
        _ = try run()
        try laboratory.write(
            TemporaryLaboratory.tiny.replacing("rate: 0.1", with: "rate: 0.2").replacing("title:", with: "title: #\n "),
            experiment: "tiny")
        let plan = try run("--dry-run")
        #expect(
            plan.output.contains(
                "run   baseline seed 1, 12 steps: the configuration changed: optimizer.sgd.rate 0.1 → 0.2"))
        #expect(try run().output.contains("2 runs made, 0 up to date"))
        #expect(try laboratory.text("Results/smoke/tiny/baseline/seed-1/config.yaml").contains("rate: 0.2"))
    }

    @Test func aChangedCommentIsNone() throws {
        _ = try run()
        try laboratory.write("# a comment\n" + TemporaryLaboratory.tiny, experiment: "tiny")
        #expect(try run("--dry-run").output.contains("keep  baseline seed 1, 12 steps: up to date"))
    }

    @Test func whatIsForcedIsRunAgain() throws {
        _ = try run()
        #expect(try run("--force", "--dry-run").output.contains("run   baseline seed 1, 12 steps: forced"))
        #expect(try run("--force", "--arms", "baseline").output.contains("1 run made, 0 up to date"))
    }

    @Test(arguments: ["run", "reproduce"])
    func aDryRunWritesNothing(command: String) throws {
        let before = try FileManager.default.subpathsOfDirectory(atPath: laboratory.root.path).sorted()
        let outcome = try laboratory.program.run(command, "tiny", "-p", "smoke", "--dry-run", "--set", "batch=8")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("run   batch-norm seed 1, 12 steps: no result yet"))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: laboratory.root.path).sorted() == before)
    }

    @Test func changedSettingsHaveAFolderOfTheirOwn() throws {
        _ = try run("--arms", "baseline")
        let files = try laboratory.files("Results/smoke/tiny")
        _ = try run("--arms", "baseline", "--set", "batch=8", "--set", "optimizer.sgd.rate=0.2")
        expectSameFiles(try laboratory.files("Results/smoke/tiny"), files, "the experiment's own results stay")
        let changed = try laboratory.text(
            "Results/smoke/tiny@batch=8,optimizer.sgd.rate=0.2/baseline/seed-1/config.yaml")
        #expect(changed.contains("batch: 8\n"))
        #expect(changed.contains("rate: 0.2"))
    }

    @Test func armsAndSeedsAreChosen() throws {
        _ = try run("--arms", "batch*", "--seeds", "2,4-5")
        #expect(!laboratory.has("Results/smoke/tiny/baseline"))
        let seeds = try FileManager.default.contentsOfDirectory(
            atPath: laboratory.file("Results/smoke/tiny/batch-norm").path)
        #expect(seeds.sorted() == ["seed-2", "seed-4", "seed-5"])
    }

    @Test func checkpointsAreWrittenWhereAsked() throws {
        _ = try run("--arms", "batch-norm", "--checkpoint-at", "0,7,12")
        let folder = "Results/smoke/tiny/batch-norm/seed-1"
        let last = try Data(contentsOf: laboratory.file("\(folder)/checkpoint.safetensors"))
        for step in [0, 7, 12] { #expect(laboratory.has("\(folder)/checkpoint-\(step).safetensors")) }
        let seventh = try Data(contentsOf: laboratory.file("\(folder)/checkpoint-7.safetensors"))
        #expect(seventh != last)
        #expect(String(decoding: last.prefix(2000), as: UTF8.self).contains("\"conv/normalize.running_var\""))
    }

    @Test func threadsDoNotChangeABit() throws {
        var results: [[String: Data]] = []
        for threads in 1...3 {
            let outcome = try laboratory.program.run(
                "reproduce", "tiny", "-p", "smoke", "--threads", "\(threads)", "--results", "results-\(threads)")
            #expect(outcome.code == 0, "\(outcome.errors)")
            results.append(determined(try laboratory.files("results-\(threads)")))
        }
        #expect(results[0].keys.contains("smoke/tiny/accuracy-over-steps.png"))
        expectSameFiles(results[1], results[0], "2 threads against 1")
        expectSameFiles(results[2], results[0], "3 threads against 1")
    }

    @Test func aDivergedRunIsAResult() throws {
        let setting = ["--set", "optimizer.sgd.rate=1000"]
        let outcome = try laboratory.program.run(["reproduce", "tiny", "-p", "smoke"] + setting)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("diverged at step"))
        let folder = "Results/smoke/tiny@optimizer.sgd.rate=1000"
        let runs = try StrictCSV(Data(contentsOf: laboratory.file("\(folder)/runs.csv")))
        #expect(try runs.column("status").contains("diverged"))
        let losses = try StrictCSV(Data(contentsOf: laboratory.file("\(folder)/batch-norm/seed-1/train.csv"))).numbers(
            "loss")
        #expect(losses.last??.isFinite == false, "the loss that is no number is written down")
        #expect(laboratory.has("\(folder)/loss-over-steps.png"))
        #expect(try run("--set", "optimizer.sgd.rate=1000").output.contains("0 runs made, 2 up to date"))
    }

    /// The work is worth more than the words about it.
    @Test(arguments: ["2>/dev/full", "2>&-", "2>&- >&- <&-"])
    func aRunGoesOnWhereNobodyCanBeTold(redirection: String) throws {
        let outcome = try laboratory.program.shell("run tiny -p smoke \(redirection)")
        #expect(outcome.code == 0)
        for arm in ["baseline", "batch-norm"] {
            for (path, data) in try laboratory.files("Results/smoke/tiny/\(arm)") where path.hasSuffix(".csv") {
                #expect(throws: Never.self, "\(path)") { try StrictCSV(data) }
            }
        }
        #expect(try run().output.contains("0 runs made, 2 up to date"))
    }

    @Test func twoAtOnceDoNotMix() throws {
        try laboratory.write(TemporaryLaboratory.experiment(steps: 3000, every: 20), experiment: "long")
        let first = try laboratory.program.start(["run", "long", "-p", "smoke", "--threads", "1"])
        first.wait { laboratory.has("Results/smoke/long/baseline/seed-1/run.json") }
        // Held in the middle, however fast it trains.
        first.send(SIGSTOP)
        defer { first.send(SIGCONT) }
        let second = try laboratory.program.run("run", "long", "-p", "smoke", "--arms", "baseline")
        #expect(second.code == 1)
        #expect(second.errors.contains("is in use by process"))
        first.send(SIGCONT)
        #expect(try first.outcome().code == 0)
    }
}
