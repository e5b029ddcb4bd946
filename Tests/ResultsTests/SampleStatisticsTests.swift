import Testing

@testable import Results

struct SampleStatisticsTests {
    @Test func meanDeviationAndInterval() throws {
        // scipy.stats.t.interval(0.95, 4, loc=3, scale=sem([1, 2, 3, 4, 5]))
        let statistics = SampleStatistics([1, 2, 3, 4, 5])
        #expect(statistics.mean == 3)
        #expect(statistics.deviation == 2.5.squareRoot())
        let interval = try #require(statistics.interval())
        #expect(abs(interval.lowerBound - 1.0367568385224428) < 1e-12)
        #expect(abs(interval.upperBound - 4.963243161477557) < 1e-12)
        #expect(statistics.minimum == 1 && statistics.maximum == 5)
    }

    @Test func oneValueHasNoSpreadAndNoneHasNoMean() {
        #expect(SampleStatistics([2]).deviation == nil)
        #expect(SampleStatistics([2]).interval() == nil && SampleStatistics([2]).reach() == nil)
        #expect(SampleStatistics([]).mean.isNaN)
    }

    @Test func equalValuesHaveAnIntervalWithoutWidth() {
        #expect(SampleStatistics([4, 4, 4]).interval() == 4...4)
    }

    @Test func meanAndSampleDeviation() {
        let statistics = SampleStatistics([2, 4, 4, 4, 5, 5, 7, 9])
        #expect(statistics.count == 8)
        #expect(statistics.mean == 5)
        #expect(abs((statistics.deviation ?? 0) - (32.0 / 7).squareRoot()) < 1e-15)
        #expect(statistics.minimum == 2)
        #expect(statistics.maximum == 9)
        // t(0.975, 7) = 2.364624
        #expect(abs((statistics.reach() ?? 0) - 2.364624251592785 * (32.0 / 7 / 8).squareRoot()) < 1e-12)
    }
}
