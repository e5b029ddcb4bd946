import Engine
import Testing

@testable import Experiments
@testable import Running
@testable import Results

/// The key `evaluate.statistics`: under which statistics of batch normalization a run is evaluated.
struct EvaluationStatisticsTests {
    private func tiny(_ evaluate: String) throws -> TinyExperiment {
        try TinyExperiment(
            TinyExperiment.yaml.replacing("evaluate: { every: 10,", with: "evaluate: { every: 10, \(evaluate),"))
    }

    private func rows(_ tiny: TinyExperiment, _ arm: String = "batch-norm") throws -> [[String]] {
        _ = try tiny.executor(tiny.plan(arm)).run()
        return try CSVTable(whole: tiny.runFolder(arm).evaluations).rows(["step", "statistics", "loss", "accuracy"])
            .map(\.fields)
    }

    @Test func allOfThemInTheirOrderWithTheOneThatCountsLast() throws {
        let tiny = try tiny("statistics: [population, plain-average, batch, moving-average]")
        let rows = try rows(tiny)
        #expect(
            rows.map { Array($0[..<2]) }
                == [["0", "batch"], ["0", "population"]]
                + [10, 20, 30].flatMap { step in
                    ["batch", "plain-average", "moving-average", "population"].map { ["\(step)", $0] }
                })
        // They are different estimates, and none is another's copy.
        #expect(Set(rows.suffix(4).map { $0[2] }).count == 4)
        let curves = try RunCurves(tiny.runFolder("batch-norm"))
        #expect(curves.source == .population)
        #expect(curves.final(.testLoss, statistics: .batch) == Double(rows[rows.count - 4][2]))
        #expect(curves.final(.testLoss, statistics: .plainAverage) == Double(rows[rows.count - 3][2]))
        #expect(curves.final(.testLoss) == Double(rows[rows.count - 1][2]))
    }

    @Test func whatIsMeasuredBesidesChangesNothingElse() throws {
        let (all, standard) = (
            try tiny("statistics: [batch, plain-average, moving-average, population]"), try TinyExperiment()
        )
        let some = try rows(all).filter { ["moving-average", "population"].contains($0[1]) }
        #expect(some == (try rows(standard)))
        #expect(
            all.runFolder("batch-norm").determinedFiles["train.csv"]
                == standard.runFolder("batch-norm").determinedFiles["train.csv"])
    }

    @Test(arguments: ["batch", "plain-average", "moving-average", "population"])
    func oneAloneIsTheOneThatCounts(word: String) throws {
        let tiny = try tiny("statistics: [\(word)]")
        let rows = try rows(tiny)
        #expect(rows.allSatisfy { $0[1] == word })
        #expect(rows.count == (["batch", "population"].contains(word) ? 4 : 3))
        #expect(try RunCurves(tiny.runFolder("batch-norm")).source?.rawValue == word)
    }

    @Test func networksWithoutNormalizationHaveNone() throws {
        let rows = try rows(tiny("statistics: [batch]"), "baseline")
        #expect(rows.map { $0[1] } == ["none", "none", "none", "none"])
    }

    /// After ten steps the plain average is mostly its start, 0 and 1, and says so by its loss.
    @Test func thePlainAverageErrsAfterFewSteps() throws {
        let rows = try rows(tiny("statistics: [plain-average, moving-average, population]"))
        func loss(_ step: String, _ word: String) throws -> Double {
            try #require(rows.first { $0[0] == step && $0[1] == word }.flatMap { Double($0[2]) })
        }
        #expect(try abs(loss("10", "plain-average") - loss("10", "population")) > 0.01)
        #expect(
            try abs(loss("10", "moving-average") - loss("10", "population"))
                < abs(loss("10", "plain-average") - loss("10", "population")))
    }

    @Test func aListThatMeasuresNothingIsAnError() throws {
        let body = ExperimentFixture.body.replacing(
            "batch: 10", with: "batch: 10\n  evaluate: { population-batches: 0, statistics: [population] }")
        let messages = try ExperimentFixture(["x": ExperimentFixture.head + body]).messages()
        #expect(messages.contains("there are no population statistics where 'population-batches' is 0"))
        let good = body.replacing("[population]", with: "[population, moving-average]")
        #expect(try ExperimentFixture(["x": ExperimentFixture.head + good]).messages().isEmpty)
        let empty = body.replacing("[population]", with: "[]")
        #expect(try ExperimentFixture(["x": ExperimentFixture.head + empty]).messages().contains("statistics"))
        let unknown = body.replacing("[population]", with: "[moving-averag]")
        #expect(
            try ExperimentFixture(["x": ExperimentFixture.head + unknown]).messages()
                .contains("did you mean 'moving-average'?"))
    }
}
