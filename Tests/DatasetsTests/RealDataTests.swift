import Foundation
import Testing

@testable import Datasets

/// Golden facts of the real data sets, checked where the environment variable `NORMLAB_DATA` says that they are.
@Suite struct RealDataTests {
    static let search = DataSearch.standard()

    static func has(_ name: String) -> Bool {
        ProcessInfo.processInfo.environment[DataSearch.environmentVariable] != nil
            && (try? DatasetCatalogue.source(name).locate(in: search)) != nil
    }

    @Test(.enabled(if: has("mnist"))) func mnist() throws {
        let data = try DatasetCatalogue.source("mnist").load(from: Self.search)
        #expect(data.train.count == 60_000)
        #expect(data.test.count == 10_000)
        #expect(data.train.classCounts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
        #expect(data.test.classCounts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
        #expect(data.train.labels.prefix(10) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
        #expect(data.test.labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
        let pixels = PixelStatistics.global(data.train)
        #expect(abs(pixels.mean - 33.318421) < 1e-6)
        #expect(abs(pixels.deviation - 78.567490) < 1e-6)
        #expect(!data.isSynthetic)
    }

    @Test(.enabled(if: has("fashion-mnist"))) func fashionMNIST() throws {
        let data = try DatasetCatalogue.source("fashion-mnist").load(from: Self.search)
        #expect(data.train.classCounts == Array(repeating: 6000, count: 10))
        #expect(data.test.classCounts == Array(repeating: 1000, count: 10))
        #expect(data.train.labels.prefix(10) == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5])
        #expect(data.test.labels.prefix(10) == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7])
        let pixels = PixelStatistics.global(data.train)
        #expect(abs(pixels.mean - 72.940352) < 1e-6)
        #expect(abs(pixels.deviation - 90.021182) < 1e-6)
    }

    @Test(.enabled(if: has("cifar-10"))) func cifar10() throws {
        let data = try DatasetCatalogue.source("cifar-10").load(from: Self.search)
        #expect(data.train.count == 50_000)
        #expect(data.test.count == 10_000)
        #expect(data.train.classCounts == Array(repeating: 5000, count: 10))
        #expect(data.train.labels.prefix(10) == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3])
        #expect(data.test.labels.prefix(10) == [3, 8, 8, 0, 6, 6, 1, 6, 3, 1])
        let channels = PixelStatistics.channels(data.train)
        let means = [0.49139968, 0.48215841, 0.44653091]
        let deviations = [0.24703223, 0.24348513, 0.26158784]
        for (channel, summary) in channels.enumerated() {
            #expect(abs(summary.mean / 255 - means[channel]) < 1e-8)
            #expect(abs(summary.deviation / 255 - deviations[channel]) < 1e-8)
        }
    }
}
