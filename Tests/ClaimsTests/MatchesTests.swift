import Foundation
import TestSupport
import Testing

@testable import Claims
@testable import Results

struct MatchesTests {
    private static let rules = [
        MatchRule(baseline: "b", smoothing: 3), MatchRule(baseline: "b", smoothing: 3), MatchRule(baseline: "b"),
    ]

    private func rows(_ runs: SyntheticRuns) throws -> [[String: String]] {
        try runs.summary().write()
        let reader = try CSVTable(whole: runs.folder.appendingPathComponent("matches.csv"))
        return try reader.rows(reader.columns).map { Dictionary(uniqueKeysWithValues: zip(reader.columns, $0.fields)) }
    }

    @Test func theFirstMeanOfThreeThatIsAtLeastTheBaselinesBestOneMatches() throws {
        let runs = try SyntheticRuns(rules: Self.rules)
        // Means of three: 0.2, 0.3, 0.4, 0.375; the best of them is 0.4, of the values 0.5.
        try runs.add("b", seed: 1, accuracy: [0.125, 0.25, 0.225, 0.425, 0.55, 0.15])
        // Means of three: 0.3, 0.375, 0.425: at step 40; of the values 0.5 is never reached.
        try runs.add("a", seed: 1, accuracy: [0.2, 0.3, 0.4, 0.425, 0.45])
        try runs.add("tuned-low", seed: 1, accuracy: [0.1, 0.2])
        try runs.add("tuned-high", seed: 1, accuracy: [0.9, 0.9, 0.9], divergedAt: 30)
        try runs.add("normalized", seed: 2, accuracy: [0.9])
        let rows = try rows(runs)
        #expect(
            rows.count == 8, "one rule for two figures, another for the third; no row without a baseline of the seed")
        func row(_ arm: String, _ smoothing: String) throws -> [String: String] {
            try #require(rows.first { $0["arm"] == arm && $0["smoothing"] == smoothing })
        }
        #expect(try row("b", "3")["status"] == "matched")
        #expect(try row("b", "3")["steps"] == "40" && row("b", "1")["steps"] == "40")
        #expect(try row("a", "3")["status"] == "matched" && row("a", "3")["steps"] == "40")
        #expect(try row("a", "1")["status"] == "not-matched" && row("a", "1")["steps"] == "100")
        #expect(try row("a", "1")["target"] == "0.55" && row("a", "1")["best-accuracy"] == "0.45")
        #expect(try abs(#require(Double(row("b", "3")["target"] ?? "")) - 0.4) < 1e-12)
        // Fewer evaluations than are averaged: one mean of all.
        #expect(try abs(#require(Double(row("tuned-low", "3")["best-accuracy"] ?? "")) - 0.15) < 1e-12)
        #expect(try row("tuned-high", "3")["status"] == "diverged")
        #expect(try row("tuned-high", "3")["steps"] == "100" && row("tuned-high", "3")["best-accuracy"] == "")
    }

    @Test func theStatisticsAreThoseOfTheFigure() throws {
        let runs = try SyntheticRuns(rules: [MatchRule(baseline: "normalized", statistics: .movingAverage)])
        try runs.add("normalized", seed: 1, accuracy: [0.5, 0.75], statistics: ["moving-average", "population"])
        let row = try #require(try rows(runs).first)
        #expect(row["statistics"] == "moving-average")
        #expect(try abs(#require(Double(row["target"] ?? "")) - 0.55) < 1e-12)
    }

    /// Claims and figures stand on the same numbers.
    @Test func aClaimOfTheSameRuleHasTheSameNumbers() throws {
        let claim = """
            - id: faster
              statement: "a is faster"
              source: "It is (§1)."
              measure: { steps-to: { target: best-of(b) } }
              smoothing: 3
              arm: a
              compared-with: b
              expect: below
            """
        let runs = try SyntheticRuns(claims: claim, rules: Self.rules)
        for seed in 1...3 as ClosedRange<UInt64> {
            let shift = 0.01 * Double(seed)
            try runs.add("b", seed: seed, accuracy: [0.1, 0.25, 0.25 + shift, 0.4, 0.55, 0.5])
            try runs.add("a", seed: seed, accuracy: [0.3, 0.4 + shift, 0.4, 0.7, 0.6, 0.6])
        }
        let rows = try rows(runs).filter { $0["smoothing"] == "3" }
        func mean(_ arm: String) -> Double {
            rows.filter { $0["arm"] == arm }.compactMap { Double($0["steps"] ?? "") }.reduce(0, +) / 3
        }
        let comparison = try #require(try runs.judged().first).comparison
        #expect(comparison.arm.mean == mean("a") && comparison.other.mean == mean("b"))
        #expect(comparison.arm.mean == 30)
    }

    @Test func withoutRulesAndEnsemblesThereAreNoTables() throws {
        let folder = try TemporaryFolder()
        let summary = try ExperimentSummary(.example([("a", [:])]), claims: [], resultsRoot: folder.url)
        try summary.write()
        let files = try FileManager.default.contentsOfDirectory(atPath: summary.runs.folder.path)
        #expect(files.contains("claims.csv"))
        #expect(!files.contains("matches.csv") && !files.contains("ensembles.csv"))
    }
}
