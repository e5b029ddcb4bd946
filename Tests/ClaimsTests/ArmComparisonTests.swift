import Declarations
import Foundation
import Testing

@testable import Claims
@testable import Results

struct ArmComparisonTests {
    /// Arm a reaches 0.8 at 20 and 30, b never and at 30, low diverges once, normalized has two statistics.
    private static func runs() throws -> SyntheticRuns {
        let runs = try SyntheticRuns()
        try runs.add("a", seed: 1, accuracy: [0.1, 0.5, 0.8, 0.7])
        try runs.add("a", seed: 2, accuracy: [0.1, 0.5, 0.7, 0.9])
        try runs.add("b", seed: 1, accuracy: [0.1, 0.2, 0.3, 0.4])
        try runs.add("b", seed: 2, accuracy: [0.1, 0.2, 0.6, 0.8])
        try runs.add("tuned-low", seed: 1, accuracy: [0.1, 0.9], divergedAt: 17)
        try runs.add("tuned-low", seed: 2, accuracy: [0.1, 0.9, 0.9, 0.6])
        try runs.add(
            "normalized", seed: 1, accuracy: [0.5, 0.9, 0.9, 1], statistics: ["moving-average", "population"])
        return runs
    }

    private func comparison(
        _ names: [String], target: String? = nil, metric: Metric = .testAccuracy, _ made: SyntheticRuns? = nil
    ) throws -> ArmComparison {
        let synthetic = try made ?? Self.runs()
        let runs = try synthetic.runs()
        return try ArmComparison(
            [.init(runs, arms: try names.map { name in try #require(runs.experiment.arms.first { $0.name == name }) })],
            metric: metric, target: target.map { try #require(ComparisonTarget($0)) })
    }

    @Test func onlyWhatDiffersIsShown() throws {
        let two = try comparison(["a", "b"])
        #expect(two.keys == ["optimizer.sgd.rate"])
        #expect(two.rows.map(\.settings) == [["0.2"], ["0.1"]])
        let three = try comparison(["a", "b", "normalized"])
        #expect(three.keys.sorted() == ["normalization", "optimizer.sgd.rate"])
        #expect(try comparison(["a"]).keys.isEmpty)
    }

    @Test func numbersAreThoseOfTheRuns() throws {
        let rows = try comparison(["a", "normalized"]).rows
        let final = try #require(rows[0].final)
        #expect(final.count == 2 && abs(final.mean - 0.8) < 1e-12)
        // √(((0.7 − 0.8)² + (0.9 − 0.8)²) / 1)
        #expect(abs((final.deviation ?? 0) - 0.02.squareRoot()) < 1e-12)
        #expect(abs((rows[0].best?.mean ?? 0) - 0.85) < 1e-12)
        #expect(rows[0].bestStep?.mean == 25)
        #expect(rows[1].final?.mean == 1, "of the population statistics")
        #expect(rows[1].final?.deviation == nil, "one seed")
        #expect(rows[0].stepsTo == nil, "without a target")
    }

    @Test func aRunThatDivergedIsSaidAndIsNoPartOfAMean() throws {
        let comparison = try comparison(["a", "tuned-low"], target: "0.9")
        let row = comparison.rows[1]
        #expect(row.count == 2 && row.diverged == [.init(seed: 1, step: 17)])
        #expect(row.final?.count == 1 && row.final?.mean == 0.6)
        #expect(row.stepsTo?.reached == [.init(seed: 2, step: 10)])
        #expect(row.stepsTo?.missed == [1], "though it had been there: as in claims")
        #expect(comparison.header.last == "diverged")
        #expect(comparison.cells.map { $0.last } == ["no", "1 of 2 (at step 17)"])
    }

    @Test func stepsToAValue() throws {
        let comparison = try comparison(["a", "b"], target: "0.8")
        let (a, b) = (try #require(comparison.rows[0].stepsTo), try #require(comparison.rows[1].stepsTo))
        #expect(a.reached == [.init(seed: 1, step: 20), .init(seed: 2, step: 30)] && a.missed.isEmpty)
        #expect(a.steps == SampleStatistics([20, 30]))
        // Not reached counts as all hundred steps.
        #expect(b.reached == [.init(seed: 2, step: 30)] && b.missed == [1])
        #expect(b.steps == SampleStatistics([100, 30]))
        #expect(comparison.header.suffix(2) == ["steps to 0.8", "reached at step"])
        #expect(comparison.cells[0].suffix(2) == ["25 ± 7.071 (2)", "20, 30"])
        #expect(comparison.cells[1].suffix(2) == ["≥ 65 ± 49.5 (1 of 2)", "30"])
    }

    @Test(arguments: ["best-of(b)", "best-of(tiny/b)"])
    func stepsToTheBestOfAnArmAreSeedBySeed(target: String) throws {
        // The best of b: 0.4 with seed 1, 0.8 with seed 2; seed 3 is not there.
        let made = try Self.runs()
        try made.add("a", seed: 3, accuracy: [0.1, 0.9, 0.9])
        let row = try comparison(["a"], target: target, made).rows[0]
        #expect(row.stepsTo?.reached == [.init(seed: 1, step: 10), .init(seed: 2, step: 30)])
        #expect(row.count == 3 && row.stepsTo?.steps.count == 2)
    }

    @Test func lossesAreBetterWhereTheyAreLess() throws {
        let comparison = try comparison(["a", "b"], target: "0.5", metric: .testLoss)
        #expect(abs((comparison.rows[0].best?.mean ?? 0) - 0.15) < 1e-12)
        #expect(comparison.rows[0].stepsTo?.reached.map(\.step) == [10, 10])
        #expect(comparison.cells[0][4].hasPrefix("0.2 ± 0.1414 (2)"), "not in percent")
    }

    @Test func whatIsMissingIsAnError() throws {
        let error = #expect(throws: MissingResults.self) { try comparison(["a", "tuned-high"]) }
        #expect(error?.arms == [.init(experiment: "tiny", arm: "tuned-high")])
        #expect(error?.description.contains("normlab reproduce tiny -p quick") == true)
        #expect(throws: MissingResults.self) { try comparison(["a"], target: "best-of(tuned-high)") }
        let unknown = #expect(throws: ConfigurationErrors.self) { try comparison(["a"], target: "best-of(tuned-lw)") }
        #expect(unknown?.description.contains("did you mean 'tuned-low'?") == true)
        #expect(throws: ConfigurationErrors.self) { try comparison(["a"], target: "best-of(other/a)") }
    }

    @Test(arguments: ["", "best", "best-of()", "best-of(/a)", "best-of(a/)", "nan", "best-of(a"])
    func otherTargetsAreNone(text: String) { #expect(ComparisonTarget(text) == nil) }

    @Test func manySettingsAreAListOfDifferences() throws {
        let settings = [
            "batch": "13", "activation": "tanh", "initializer": "he", "rate-policy": "fixed", "input": "scale",
            "observe.taps": "[]",
        ]
        let arms = [("one", settings), ("two", settings.mapValues { "other \($0)" })]
        let synthetic = try SyntheticRuns(arms: arms)
        for (name, _) in arms { try synthetic.add(name, seed: 1, accuracy: [0.5]) }
        let runs = try synthetic.runs()
        let comparison = try ArmComparison(
            [.init(runs, arms: runs.experiment.arms)], metric: .testAccuracy, target: nil)
        #expect(comparison.wordColumns == 3)
        #expect(comparison.cells[0][2] == "–")
        #expect(comparison.cells[1][2].contains("activation=other tanh"))
        #expect(comparison.cells[1][2].contains("batch=other 13"))
        #expect(!comparison.cells[1][2].contains("observe."))
    }

    @Test func theDocumentHasTheColumns() throws {
        let document = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/formats.md")
        let header = try comparison(["a"]).csvText.prefix { $0 != "\n" }
        #expect(try String(contentsOf: document, encoding: .utf8).contains("    \(header)\n"))
    }

    @Test func csvAndJSONHoldTheSameNumbers() throws {
        let comparison = try comparison(["a", "tuned-low"], target: "0.9")
        let reader = try CSVTable(bytes: Array("\(comparison.csvText)\n".utf8), name: "compare")
        let rows = try reader.rows(["arm", "n", "diverged", "final-mean", "reached-at", "optimizer.sgd.rate"])
        #expect(rows[0].fields == ["a", "2", "0", "0.8", "2:30", "0.2"])
        #expect(rows[1].fields == ["tuned-low", "2", "1", "0.6", "2:10", "0.01"])
        let object = try JSONSerialization.jsonObject(with: Data(comparison.json.utf8)) as? [String: Any]
        let arms = try #require(object?["arms"] as? [[String: Any]])
        #expect((arms[0]["final"] as? [String: Any])?["mean"] as? Double == 0.8)
        #expect((arms[1]["diverged"] as? [[String: Int]]) == [["seed": 1, "step": 17]])
        #expect((arms[1]["missed"] as? [Int]) == [1])
    }
}
