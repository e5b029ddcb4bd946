import Foundation
import Testing

@testable import Claims

struct ClaimsLedgerTests {
    private static let claims = """
        - id: faster
          statement: "With a the network ends higher | than b."
          source: "“… higher accuracy” (§4.1)"
          disputed-by: "Somebody 2018, §2: it does not"
          measure: { final: test-accuracy }
          arm: a
          compared-with: b
          expect: above
        - id: large
          statement: "Large batches end higher."
          source: "(§2)"
          measure: { final: test-accuracy }
          arm: large
          compared-with: b
          expect: above
        """

    private func summary(withRuns: Bool) throws -> ExperimentSummary {
        let runs = try SyntheticRuns(claims: Self.claims)
        if withRuns {
            for seed in 1...3 as ClosedRange<UInt64> {
                try runs.add("a", seed: seed, accuracy: [0.1, 0.9])
                try runs.add("b", seed: seed, accuracy: [0.1, 0.5])
            }
        }
        return try runs.summary()
    }

    @Test func countsWhatCameOutAndWhatDidNot() throws {
        let with = try ClaimsLedger([summary(withRuns: true)])
        #expect(with.count == "2 claims of 1 experiment, 1 disputed: 1 reproduced, 1 no result")
        let both = try ClaimsLedger([summary(withRuns: true), summary(withRuns: false)])
        #expect(both.count == "4 claims of 2 experiments, 2 disputed: 1 reproduced, 3 no result")
        #expect(ClaimsLedger([]).count == "0 claims of 0 experiments, 0 disputed: no claims")
    }

    @Test(arguments: [60, 100, 160])
    func theTerminalHasEveryClaimWithItsSourcesAndVerdict(width: Int) throws {
        let text = try ClaimsLedger([summary(withRuns: true)]).text(width: width)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.contains { $0.hasPrefix("faster") && $0.hasSuffix("  reproduced") })
        #expect(lines.contains { $0.hasPrefix("large") && $0.hasSuffix("  no result") })
        #expect(lines.allSatisfy { $0.last != " " })
        let words = text.split { $0 == " " || $0 == "\n" }
        for part in ["disputed", "Somebody", "2018,", "“…", "(§2)", "Large"] {
            #expect(words.contains(Substring(part)))
        }
        #expect(text.hasSuffix("2 claims of 1 experiment, 1 disputed: 1 reproduced, 1 no result\n"))
    }

    @Test func markdownHasARowForEachClaimBelowOneForItsExperiment() throws {
        let ledger = try ClaimsLedger([summary(withRuns: true)])
        let brief = ledger.markdown(isBrief: true, link: { "Experiments/paper/\($0).yaml" }).split(separator: "\n")
        let title = ledger.parts[0].title
        let source = ledger.parts[0].source
        #expect(
            brief == [
                "| claim | source | verdict |", "|---|---|---|",
                "| **[`tiny`](Experiments/paper/tiny.yaml)** \(title) | \(source) | 1 reproduced, 1 no result |",
                "| With a the network ends higher \\| than b. | “… higher accuracy” (§4.1)<br>*Disputed by* Somebody 2018, §2: it does not | **reproduced** |",
                "| Large batches end higher. | (§2) | **no result** |",
                "2 claims of 1 experiment, 1 disputed: 1 reproduced, 1 no result.",
            ])
        let full = ledger.markdown(isBrief: false, link: { _ in nil }).split(separator: "\n")
        #expect(full.count == brief.count)
        #expect(full[0] == "| name | claim | source | measured | verdict |")
        #expect(full[2].contains("| **`tiny`** \(title) |"))
        #expect(
            full[3].hasPrefix("| `faster` |") && full[3].contains("| final test-accuracy: a 90 ± 0%, b 50 ± 0% (n = 3)")
        )
        // Every row has as many cells as the heading.
        for row in full.dropLast() {
            #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 6, "\(row)")
        }
    }
}
