import TestSupport
import Testing

@testable import Datasets

@Suite("Gaussian vectors")
struct GaussianSetTests {
    let dataset = GaussianSet().dataset(name: "gaussian")

    @Test("have the moments and quantiles of the standard normal distribution")
    func distribution() {
        let values = dataset.train.images.map { (Double($0) - 128) / GaussianSet.scale }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        // Four standard errors; rounding to 1/32 adds 1/12 of its square.
        #expect(abs(mean) < 4 / count.squareRoot())
        #expect(abs(variance - 1) < 4 * (2 / count).squareRoot() + 1 / (12 * 32 * 32))
        for (edge, share) in [(0.0, 0.5), (1.0, 0.841345), (-1.96, 0.025)] {
            let below = Double(values.count { $0 < edge }) + 0.5 * Double(values.count { $0 == edge })
            #expect(abs(below / count - share) < 0.02)
        }
    }

    @Test("are independent from value to value, and differ between the halves")
    func independence() {
        let values = dataset.train.images.map { (Double($0) - 128) / GaussianSet.scale }
        for lag in [1, 2, 10] {
            let sum = zip(values, values.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(sum / Double(values.count)) < 0.05)
        }
        #expect(dataset.train.images != dataset.test.images)
        #expect(Set(dataset.train.labels) == Set(0..<10))
    }

    @Test("are always there, and the same")
    func identity() throws {
        #expect(dataset.checksum == GaussianSet().dataset(name: "gaussian").checksum)
        #expect(!dataset.isSynthetic && dataset.train.count == GaussianSet.count)
        let source = try DatasetCatalogue.source("gaussian")
        let folder = try TemporaryFolder()
        #expect(try source.locate(in: TinyData.search(folder)) == .embedded)
    }
}
