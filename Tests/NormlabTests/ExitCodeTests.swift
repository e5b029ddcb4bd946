import Foundation
import Testing

/// The exit code says what kind of trouble it was, and standard error says where.
@Suite struct ExitCodeTests {
    // MARK: 0 done

    @Test(arguments: [
        ["--help"], ["--version"], ["list"], ["show", "tiny", "--layers", "--set", "width=0.5"], ["data", "list"],
        ["claims"], ["claims", "tiny", "--markdown"], ["claims", "--markdown", "--brief", "--links", "Experiments"],
    ])
    func doneIs0(arguments: [String]) throws {
        let laboratory = try TemporaryLaboratory()
        let outcome = try laboratory.program.run(arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!outcome.output.isEmpty)
        #expect(outcome.errors.isEmpty)
    }

    // MARK: 1 failed

    @Test func aResultsFolderThatCannotBeIs1() throws {
        let laboratory = try TemporaryLaboratory()
        try Data("a file".utf8).write(to: laboratory.file("taken"))
        let outcome = try laboratory.program.run("run", "tiny", "-p", "smoke", "--results", "taken")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("taken"))
    }

    @Test(arguments: [
        ["figures"], ["figures", "tiny"], ["verify"], ["verify", "tiny"], ["compare"], ["compare", "tiny"],
    ])
    func nothingToShowIs1AndSaysWhatToRun(arguments: [String]) throws {
        let laboratory = try TemporaryLaboratory()
        let outcome = try laboratory.program.run(arguments + ["-p", "smoke"])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("normlab reproduce"))
    }

    @Test func resultsThatCannotBePrintedAre1() throws {
        let laboratory = try TemporaryLaboratory()
        let outcome = try laboratory.program.shell("list > /dev/full")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("standard output"))
    }

    // MARK: 2 a claim was not reproduced

    /// A claim that a dozen steps cannot miss, or cannot meet: an accuracy above a share of 0.001, or above 0.999.
    private static func claim(above value: Double) -> String {
        """
        claims:
          - id: bold
            statement: It ends above \(value).
            source: "“…”"
            measure: { final: test-accuracy }
            arm: batch-norm
            value: \(value)
            expect: above
        """
    }

    @Test(arguments: [(0.001, 0, "reproduced"), (0.999, 2, "not reproduced")])
    func aClaimThatFailsIs2(value: Double, code: Int32, verdict: String) throws {
        let experiment = TemporaryLaboratory.experiment(
            steps: 12, every: 12, seeds: "[1, 2, 3]", claims: Self.claim(above: value))
        let laboratory = try TemporaryLaboratory(["bold": experiment])
        #expect(
            try laboratory.program.run("run", "bold", "-p", "smoke").code == 0, "what came out is no failure to run")
        let outcome = try laboratory.program.run("verify", "bold", "-p", "smoke")
        #expect(outcome.code == code)
        #expect(outcome.output.contains(verdict))
        let ledger = try laboratory.program.run("claims", "-p", "smoke", "--markdown", "--brief")
        #expect(ledger.code == 0, "a list is no judgement")
        #expect(ledger.output.contains("| It ends above \(value). | “…” | **\(verdict)** |"))
        #expect(ledger.output.hasSuffix("1 claim of 1 experiment, 0 disputed: 1 \(verdict).\n"))
        let other = try laboratory.program.run("claims", "bold", "-p", "quick")
        #expect(other.output.hasSuffix("1 claim of 1 experiment, 0 disputed: 1 no result\n\n"))
        let claims = try StrictCSV(Data(contentsOf: laboratory.file("Results/smoke/bold/claims.csv")))
        #expect(try claims.column("verdict") == [verdict])
    }

    // MARK: 64 usage

    @Test(arguments: [
        ["nonsense"], ["run"], ["run", "tiny", "--nonsense"], ["run", "tiny", "--threads", "0"],
        ["run", "tiny", "--threads", "two"], ["run", "tiny", "--seeds", "3-1"], ["run", "tiny", "--jobs", "0"],
        ["run", "tiny", "--save-every", "-1"], ["run", "tiny", "--checkpoint-at", "1,x"],
        ["claims", "--brief"], ["claims", "--links", "Experiments"],
    ])
    func wrongUsageIs64(arguments: [String]) throws {
        let laboratory = try TemporaryLaboratory()
        let outcome = try laboratory.program.run(arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("Usage:"))
        #expect(outcome.output.isEmpty)
        #expect(!laboratory.has("Results"))
    }

    // MARK: 65 bad configuration or data

    @Test func aBadExperimentIs65AndSaysWhere() throws {
        let text = TemporaryLaboratory.tiny.replacing("  batch: 16", with: "  batsh: 16")
        let laboratory = try TemporaryLaboratory(["wrong": text])
        let outcome = try laboratory.program.run("run", "wrong", "-p", "smoke")
        #expect(outcome.code == 65)
        let line = try #require(text.split(separator: "\n").firstIndex { $0.contains("batsh") }) + 1
        #expect(outcome.errors.contains("Experiments/wrong.yaml:\(line):3: error: unknown key 'batsh'"))
        #expect(outcome.errors.contains("did you mean 'batch'?"))
        #expect(outcome.errors.contains("\n      batsh: 16\n      ^~~~~\n"), "the line and a caret below the word")
        #expect(!laboratory.has("Results"), "nothing trains")
    }

    @Test func allMistakesOfAllFilesComeTogether() throws {
        let tiny = TemporaryLaboratory.tiny
        let laboratory = try TemporaryLaboratory([
            "first": tiny.replacing("batch: 16", with: "batch: off").replacing("kernel: 5", with: "kernel: 50"),
            "second": tiny.replacing("title:", with: "titel:"),
        ])
        let outcome = try laboratory.program.run("reproduce", "-p", "smoke")
        #expect(outcome.code == 65)
        #expect(outcome.errors.contains("Experiments/first.yaml:"))
        #expect(outcome.errors.contains("Experiments/second.yaml:1:1: error: unknown key 'titel'"))
    }

    @Test(arguments: [
        (["run", "tinny"], "tiny"), (["run", "tiny", "-p", "fast"], "smoke"),
        (["run", "tiny", "--arms", "batch"], "batch-norm"),
        (["run", "tiny", "--set", "optimizer.sgd.rat=1"], "did you mean 'rate'?"),
        (["run", "tiny", "--set", "batch=many"], "--set:1:7"), (["run", "tiny", "--set", "batch"], "path=value"),
        (["run", "tiny", "--dataset", "glyph"], "glyphs"),
    ])
    func aWrongNameIs65AndNamesTheRightOnes(arguments: [String], word: String) throws {
        let laboratory = try TemporaryLaboratory()
        let outcome = try laboratory.program.run(arguments)
        #expect(outcome.code == 65)
        #expect(outcome.errors.contains(word), "\(outcome.errors)")
        #expect(!laboratory.has("Results"))
    }

    @Test func badDataIs65AndIsNotTrainedOn() throws {
        let laboratory = try TemporaryLaboratory()
        let mnist = laboratory.file("no-data/mnist")
        try FileManager.default.createDirectory(at: mnist, withIntermediateDirectories: true)
        for part in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
            try Data("<!DOCTYPE html><html>404</html>".utf8).write(to: mnist.appending(path: "\(part)-ubyte"))
        }
        let outcome = try laboratory.program.run("run", "tiny", "-p", "smoke", "--dataset", "mnist")
        #expect(outcome.code == 65)
        #expect(outcome.errors.contains("html"))
        #expect(outcome.errors.contains("mnist"))
        #expect(!laboratory.has("Results/smoke/tiny@dataset=mnist/baseline/seed-1/train.csv"))
    }

    // MARK: 69 data unavailable

    @Test func dataThatAreNowhereAre69() throws {
        let laboratory = try TemporaryLaboratory()
        let outcome = try laboratory.program.run("run", "tiny", "-p", "smoke", "--dataset", "cifar-10")
        #expect(outcome.code == 69)
        #expect(outcome.errors.contains("normlab data fetch cifar-10"), "how to get them")
        #expect(!laboratory.has("Results"))
    }

    @Test func aDataFolderThatIsNotThereIsNoReasonToTakeAnother() throws {
        let laboratory = try TemporaryLaboratory()
        var program = laboratory.program
        program.environment["NORMLAB_DATA"] = laboratory.file("mistyped").path
        let outcome = try program.run("run", "tiny", "-p", "smoke", "--dataset", "mnist")
        #expect(outcome.code == 69)
        #expect(outcome.errors.contains("mistyped"))
    }
}
