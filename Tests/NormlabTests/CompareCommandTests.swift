import Foundation
import Testing

/// `normlab compare` as a user runs it.
@Suite struct CompareCommandTests {
    private let laboratory: TemporaryLaboratory

    init() throws {
        laboratory = try TemporaryLaboratory(["tiny": TemporaryLaboratory.tiny, "other": TemporaryLaboratory.tiny])
        for arguments in [["tiny", "--seeds", "1-2"], ["tiny", "--arms", "baseline", "--set", "batch=8"]] {
            #expect(try laboratory.program.run(["run", "-p", "smoke"] + arguments).code == 0)
        }
    }

    private func compare(_ arguments: String...) throws -> Program.Outcome {
        try laboratory.program.run(["compare", "-p", "smoke"] + arguments)
    }

    @Test func everythingWithResultsIsComparedInOneTable() throws {
        let outcome = try compare("--threshold", "0.05", "--csv")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let table = try StrictCSV(Data(outcome.output.utf8))
        #expect(try table.column("experiment") == ["tiny", "tiny"])
        #expect(try table.column("arm") == ["baseline", "batch-norm"])
        #expect(try table.column("normalization") == ["none", "batch-norm"])
        #expect(try table.numbers("n") == [2, 2])
        #expect(try table.column("target") == ["0.05", "0.05"])
        let runs = try StrictCSV(Data(contentsOf: laboratory.file("Results/smoke/tiny/runs.csv")))
        let values = try runs.numbers("test-accuracy").compactMap(\.self)
        let means = try table.numbers("final-mean").compactMap(\.self)
        #expect(means.count == 2)
        #expect(abs(means[0] - (values[0] + values[1]) / 2) < 1e-12)
    }

    @Test func aVariationIsNamedByItsFolder() throws {
        let outcome = try compare("tiny/baseline", "tiny@batch=8/baseline")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines[1].contains("batch"))
        #expect(lines[3].contains("tiny          baseline  16"))
        #expect(lines[4].contains("tiny@batch=8  baseline  8"))
    }

    @Test func theFormsAreThoseOfTheirReaders() throws {
        let markdown = try compare("tiny", "--markdown").output.split(separator: "\n")
        #expect(markdown[1].hasPrefix("| experiment | arm | normalization |"))
        #expect(markdown[2].allSatisfy { "|-:".contains($0) })
        let json = try compare("tiny", "--json", "--threshold", "best-of(baseline)").output
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(object?["target"] as? String == "best-of(baseline)")
        #expect((object?["arms"] as? [Any])?.count == 2)
    }

    @Test func whatIsMissingOrWrongIsSaid() throws {
        let missing = try compare("other")
        #expect(missing.code == 1)
        #expect(
            missing.errors.contains("other/baseline") && missing.errors.contains("normlab reproduce other -p smoke"))
        #expect(try compare("tiny", "--threshold", "best").code == 64)
        #expect(try compare("tiny", "--csv", "--json").code == 64)
        let wrong = try compare("tiny/batch")
        #expect(wrong.code == 65)
        #expect(wrong.errors.contains("unknown arm 'batch' of 'tiny'"))
        #expect(try laboratory.program.run("compare", "-p", "paper").code == 1)
    }
}
