import Testing

@testable import Claims

struct ClaimsTableTests {
    @Test(arguments: [60, 80, 100, 160])
    func everyLineFitsAndSaysEverything(width: Int) throws {
        let runs = try SyntheticRuns(
            claims: """
                - id: a-rather-long-name
                  statement: "With a the network reaches the best accuracy of b in at most half of the steps."
                  source: "“Batch Normalization helps the network train faster” (§4.1, Figure 1a)"
                  measure: { steps-to: { metric: test-accuracy, target: best-of(b) } }
                  arm: a
                  compared-with: b
                  expect: below
                  factor: 2
                - id: short
                  statement: "Another."
                  source: "(§2)"
                  measure: { final: test-accuracy }
                  arm: tuned-low
                  compared-with: b
                  expect: above
                """)
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.1, 0.95])
            try runs.add("b", seed: seed, accuracy: [0.1, 0.3, 0.5, 0.7, 0.9])
        }
        let text = try ClaimsTable(runs.judged()).text(width: width)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // Below 86 columns the measurements would have none left; the table is then wider than asked.
        #expect(lines.allSatisfy { $0.count <= max(width, 86) })
        #expect(lines[0].hasPrefix("claim"))
        #expect(lines.allSatisfy { $0.last != " " })
        #expect(lines.contains { $0.hasPrefix("a-rather-long-name") && $0.hasSuffix("reproduced") })
        #expect(lines.contains { $0.hasPrefix("short") && $0.hasSuffix("no result") })
        let words = text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        #expect(words.contains("1 reproduced, 1 no result"))
        #expect(words.contains("tuned-low"))
    }
}
