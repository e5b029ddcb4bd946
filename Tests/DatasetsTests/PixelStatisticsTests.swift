import Testing

@testable import Datasets

@Suite struct PixelStatisticsTests {
    @Test func summariesOfAllScopes() {
        let set = ImageSet(
            name: "x", shape: ImageShape(height: 1, width: 2, channels: 2), images: [0, 10, 4, 20, 8, 30, 12, 60],
            labels: [0, 0], classes: ["a"])
        let global = PixelStatistics.global(set)
        #expect(global.mean == 18)
        #expect(global.variance == (0 + 100 + 16 + 400 + 64 + 900 + 144 + 3600) / 8.0 - 324)
        #expect((global.minimum, global.maximum) == (0, 60))
        let channels = PixelStatistics.channels(set)
        #expect(channels.map(\.mean) == [6, 30])
        #expect(channels.map(\.variance) == [20, 350])
        let features = PixelStatistics.features(set)
        #expect(features.map(\.mean) == [4, 20, 8, 40])
        #expect(features.map(\.variance) == [16, 100, 16, 400])
        #expect(features.map(\.maximum) == [8, 30, 12, 60])
    }

    /// E[x²] − E[x]² in floating point would lose this variance.
    @Test func smallVariancesAreExact() {
        let count = 40_000
        let bytes = (0..<count).map { $0 == 17 ? 254 as UInt8 : 255 }
        let global = PixelStatistics.global(InputNormalizationTests.pixels(bytes))
        let share = 1 / Double(count)
        #expect(abs(global.variance / (share * (1 - share)) - 1) < 1e-12)
    }
}
