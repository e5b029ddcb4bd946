import Testing

@testable import Datasets

@Suite struct InputStatisticsTests {
    @Test func byHand() throws {
        let set = InputNormalizationTests.pixels([0, 0, 0, 255])
        let statistics = try fit(.unit, to: set).statistics(of: set)
        #expect(statistics.images == 4)
        #expect(statistics.mean == 0.25)
        #expect(statistics.deviation == 0.1875.squareRoot())
        #expect((statistics.minimum, statistics.maximum) == (0, 1))
        #expect(statistics.fractionWithinOne == 1)
        // A Bernoulli variable of p = ¼ has the skewness (1 − 2p)/√(p(1−p)) and the excess kurtosis (1 − 6p(1−p))/(p(1−p)).
        #expect(abs(statistics.skewness - 0.5 / 0.1875.squareRoot()) < 1e-12)
        #expect(abs(statistics.excessKurtosis - (1 - 6 * 0.1875) / 0.1875) < 1e-12)
    }

    /// "After z-score values lie in −1…1" is false: some values always lie outside, unless all have the same magnitude.
    @Test func zScoresDoNotLieInTheUnitInterval() throws {
        let train = InputNormalizationTests.train
        let statistics = try fit(.zScore(.global), to: train).statistics(of: train)
        #expect(abs(statistics.mean) < 1e-6)
        #expect(abs(statistics.deviation - 1) < 1e-6)
        #expect(statistics.fractionWithinOne < 0.95)
        #expect(statistics.maximum > 2)
    }

    /// P(|z| ≤ 1) = 0.6827 for values that are nearly normal.
    @Test func normalValuesHaveTheNormalFraction() throws {
        var draws = Draws(stream: SeededStream(seed: 1, "normal"), block: 0)
        let set = InputNormalizationTests.pixels((0..<9000).map { _ in UInt8(128.5 + 35 * draws.noise()) })
        let statistics = try fit(.zScore(.global), to: set).statistics(of: set)
        #expect(abs(statistics.fractionWithinOne - 0.6827) < 0.02)
        #expect(abs(statistics.skewness) < 0.1)
        #expect(abs(statistics.excessKurtosis) < 0.4)
    }

    @Test func aConstantInputHasNoShape() throws {
        let set = InputNormalizationTests.pixels([9, 9])
        let statistics = try fit(.identity, to: set).statistics(of: set)
        #expect(statistics.deviation == 0)
        #expect(statistics.skewness == 0 && statistics.excessKurtosis == 0)
        #expect(statistics.fractionWithinOne == 0)
    }

    /// MNIST alternates between two groups of writers: a sample at even distances would be of one group.
    @Test func samplesOfAlternatingImagesAreFair() throws {
        let set = InputNormalizationTests.pixels((0..<6000).map { $0.isMultiple(of: 2) ? 0 : 200 })
        let statistics = try fit(.identity, to: set).statistics(of: set, limit: 1000)
        #expect(statistics.images == 1000)
        #expect(abs(statistics.mean - 100) < 10)
    }

    @Test(.enabled(if: RealDataTests.has("mnist"))) func samplesOfMNISTAreFair() throws {
        let train = try DatasetCatalogue.source("mnist").load(from: RealDataTests.search).train
        let statistics = try fit(.zScore(.global), to: train).statistics(of: train)
        #expect(abs(statistics.mean) < 0.005)
        #expect(abs(statistics.deviation - 1) < 0.005)
    }
}
