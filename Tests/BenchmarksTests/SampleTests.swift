import Testing

@testable import Benchmarks

@Suite struct SampleTests {
    private static let medians: [([Double], Double)] = [
        ([3], 3), ([2, 1], 1.5), ([5, 1, 3], 3), ([4, 1, 3, 2], 2.5), ([9, 1, 1, 1, 1], 1),
    ]

    @Test(arguments: medians)
    func medianIsTheMiddle(_ values: [Double], _ median: Double) {
        let sample = Sample(values)
        #expect(sample.median == median)
        #expect(sample.minimum == values.min())
        #expect(sample.maximum == values.max())
        #expect(sample.count == values.count)
    }

    @Test func aFallingFunctionTurnsTheRange() {
        let rates = Sample([1, 2, 4]).map { 8 / $0 }
        #expect(rates == Sample([8, 4, 2]))
        #expect(rates.spread == Spread(median: 4, minimum: 2, maximum: 8, repeats: 3))
    }
}
