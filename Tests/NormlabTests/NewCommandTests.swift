import Foundation
import Testing

/// `normlab new` writes what runs; `list` shows it.
@Suite struct NewCommandTests {
    @Test func theStartingPointRunsWhereverItIs() throws {
        let laboratory = try TemporaryLaboratory([:])
        #expect(try laboratory.program.run("new", "./mine.yaml").code == 0)
        let root = Program.repository.path
        let outcome = try laboratory.program.run(
            "reproduce", "./mine.yaml", "-p", "smoke", "--root", root, "--results", laboratory.root.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let files = try laboratory.files("smoke/mine@dataset=glyphs")
        #expect(files.keys.contains("activation-quantiles.png"))
        #expect(files.keys.contains("batch-norm-fast/seed-1/run.json"))
    }

    @Test func nothingIsOverwrittenAndNamesAreChecked() throws {
        let laboratory = try TemporaryLaboratory()
        #expect(try laboratory.program.run("new", "mine").code == 0)
        let written = try laboratory.text("Experiments/mine.yaml")
        #expect(written.hasPrefix("# yaml-language-server: $schema=schema.json\n"))
        for (name, message) in [
            ("mine", "there is an experiment 'mine' already: Experiments/mine.yaml"),
            ("Mine", "'Mine' cannot name an experiment; use lower case letters, digits and '-'"),
            ("nowhere/other", "there is no folder"), ("Models/other", "Experiments/Models is for models"),
        ] {
            let outcome = try laboratory.program.run("new", name)
            #expect(outcome.code == 64)
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
        try FileManager.default.createDirectory(
            at: laboratory.file("Experiments/first"), withIntermediateDirectories: true)
        try laboratory.write(TemporaryLaboratory.tiny, experiment: "first/one")
        #expect(try laboratory.program.run("new", "first").errors.contains("is the name of a suite"))
        #expect(try laboratory.text("Experiments/mine.yaml") == written)
    }

    @Test func suitesAreListedAndRunByTheirNames() throws {
        let laboratory = try TemporaryLaboratory([:])
        try FileManager.default.createDirectory(
            at: laboratory.file("Experiments/first"), withIntermediateDirectories: true)
        try Data("# The first suite\n".utf8).write(to: laboratory.file("Experiments/first/README.md"))
        try laboratory.write(TemporaryLaboratory.tiny, experiment: "first/one")
        try laboratory.write(TemporaryLaboratory.tiny, experiment: "own")
        let list = try laboratory.program.run("list").output
        #expect(list.contains("━━ first: The first suite\n\none: "))
        #expect(list.contains("━━ not in a suite\n\nown: "))
        let outcome = try laboratory.program.run("run", "first", "-p", "smoke", "--dry-run")
        #expect(outcome.output.contains("one: 2 runs on glyphs"))
        #expect(!outcome.output.contains("own: "))
    }
    /// Whatever shows results takes the names that `reproduce` takes.
    @Test(arguments: ["first", "first/one", "one", "Experiments/first/one.yaml"])
    func resultsAreFoundByEveryName(name: String) throws {
        let laboratory = try TemporaryLaboratory([:])
        try FileManager.default.createDirectory(
            at: laboratory.file("Experiments/first"), withIntermediateDirectories: true)
        try laboratory.write(TemporaryLaboratory.tiny, experiment: "first/one")
        #expect(try laboratory.program.run("reproduce", name, "-p", "smoke").code == 0)
        for command in ["figures", "compare", "claims", "verify", "list"] {
            let outcome = try laboratory.program.run(command, name, "-p", "smoke")
            #expect(outcome.code == 0 && !outcome.output.isEmpty, "\(command): \(outcome.errors)")
        }
    }

    @Test func theLedgerLinksToFilesThatAreThere() throws {
        let laboratory = try TemporaryLaboratory([:])
        let outcome = try laboratory.program.run(
            "claims", "--markdown", "--brief", "--links", "Experiments", "--root", Program.repository.path)
        let links = outcome.output.matches(of: /\]\((Experiments\/[^)]*)\)/).map { String($0.1) }
        #expect(links.count > 20)
        for link in links {
            let path = Program.repository.appending(path: link).path
            #expect(FileManager.default.fileExists(atPath: path), "\(link)")
        }
    }
}
