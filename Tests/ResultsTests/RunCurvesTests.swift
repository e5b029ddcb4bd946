import Testing
import Vocabulary

@testable import Results

struct RunCurvesTests {
    private func evaluations(_ rows: String) throws -> [StatisticsSource?: Curve] {
        try CSVTable(bytes: Array("step,statistics,loss,accuracy\n\(rows)".utf8), name: "eval.csv")
            .testCurves(.testAccuracy)
    }

    // MARK: Which statistics count

    /// Evaluations at steps 0, 10, 20, … under statistics, each from a first to a last of them.
    private func curves(_ steps: [StatisticsSource?: ClosedRange<Int>]) -> [StatisticsSource?: Curve] {
        steps.mapValues { range in Curve(steps: range.map { 10 * $0 }, values: range.map { _ in 0.5 }) }
    }

    @Test func theFirstThatCoversTheStepsCounts() {
        #expect(StatisticsSource.covering([curves([.movingAverage: 1...9, .population: 0...9])]) == .population)
        #expect(StatisticsSource.covering([curves([.movingAverage: 1...9, .population: 9...9])]) == .movingAverage)
        #expect(StatisticsSource.covering([curves([.plainAverage: 1...9, .batch: 0...9])]) == .plainAverage)
        // One evaluation may be missing in each run, not in all of them together.
        let run = curves([.plainAverage: 1...9, .batch: 0...9])
        #expect(StatisticsSource.covering([run, run, run]) == .plainAverage)
        #expect(StatisticsSource.covering([curves([.batch: 0...9])]) == .batch)
        #expect(StatisticsSource.covering([curves([nil: 0...9])]) == nil)
        #expect(StatisticsSource.covering([]) == nil)
    }

    @Test func itIsOneForAllRunsOfAnArm() {
        // A run that diverged early has few evaluations of any kind, and no say.
        let whole = curves([.movingAverage: 1...9, .population: 9...9])
        let early = curves([.movingAverage: 1...1, .population: 1...1])
        #expect(StatisticsSource.covering([early]) == .population)
        #expect(StatisticsSource.covering([whole, early]) == .movingAverage)
    }

    @Test func aTableOfANetworkWithoutBatchNormalizationSaysNone() throws {
        #expect(try evaluations("0,none,1,0.5\n10,none,1,nan\n")[nil]?.steps == [0, 10])
        let both = try evaluations("0,batch,1,0.5\n10,batch,1,0.75\n10,population,1,\n")
        #expect(both[.batch] == Curve(steps: [0, 10], values: [0.5, 0.75]))
        #expect(both[.population]?.values[0].isNaN == true)
        let error = CSVError.unknownWord(
            file: "eval.csv", line: 3, column: "statistics", found: "lot",
            expected: ["population", "moving-average", "plain-average", "batch", "none"])
        #expect(throws: error) { try evaluations("0,none,1,0.5\n10,lot,1,0.5\n") }
    }

    // MARK: Curves

    @Test func theBestIsTheFirstOfEqualsAndFinite() {
        let curve = Curve(steps: [0, 1, 2, 3, 4], values: [.nan, 2, 5, 5, .infinity])
        #expect(curve.best(isHigherBetter: true)?.step == 2)
        #expect(curve.best(isHigherBetter: false)?.step == 1)
        #expect(curve.lastFinite?.step == 3 && curve.last?.step == 4)
        #expect(Curve().best(isHigherBetter: true) == nil && Curve().first == nil)
    }

    @Test func meansStandAtTheLastStepOfTheirWindow() {
        let curve = Curve(steps: [0, 10, 20, 30], values: [1, 2, 6, .nan])
        #expect(curve.movingMean(2).steps == [10, 20, 30])
        #expect(Array(curve.movingMean(2).values.prefix(2)) == [1.5, 4])
        #expect(curve.movingMean(1).steps == curve.steps)
        #expect(Curve(steps: [0, 10], values: [1, 3]).movingMean(5) == Curve(steps: [10], values: [2]))
        #expect(MovingMean.full([1, .infinity, 3, 5], window: 2).last == 4, "only windows that hold it are spoiled")
        #expect(MovingMean.full([1], window: 2).isEmpty)
    }

    @Test func aGoalIsReachedBetweenTwoEvaluations() throws {
        let curve = Curve(steps: [0, 10, 30], values: [0.1, 0.5, 0.9])
        let later = try #require(curve.reaching(0.6, isHigherBetter: true))
        #expect(later.step == 30 && later.resolution == 20)
        let second = try #require(curve.reaching(0.5, isHigherBetter: true))
        #expect(second.step == 10 && second.resolution == 9)
        // Before the first step counts as the first.
        let first = try #require(curve.reaching(0.1, isHigherBetter: true))
        #expect(first.step == 1 && first.resolution == 0)
        #expect(curve.reaching(0.95, isHigherBetter: true) == nil)
        #expect(curve.reaching(0.5, isHigherBetter: false)?.step == 1)
    }
}
