import Testing

@testable import Engine

@Suite("Autocorrelation")
struct AutocorrelationTests {
    @Test("of white noise is none, of waves is theirs")
    func sequences() {
        var numbers = Numbers(seed: 12)
        let noise = numbers.list(4_096)
        for lags in [Autocorrelation.cosines(noise, lags: 10), Autocorrelation.aroundMean(noise, lags: 10)] {
            #expect(lags[0] == 1 && lags.count == 11)
            // Three standard deviations of 1/√n.
            #expect(lags[1...].allSatisfy { abs($0) < 0.047 })
        }
        let alternating = (0..<100).map { $0 % 2 == 0 ? 1.0 : -1 }
        #expect(Autocorrelation.cosines(alternating, lags: 3) == [1, -1, 1, -1])
        for (found, expected) in zip(Autocorrelation.aroundMean(alternating, lags: 2), [1, -0.99, 0.98]) {
            #expect(abs(found - expected) < 1e-12)
        }
        // A large mean is a correlation, and not around the mean.
        let shifted = noise.map { $0 + 100 }
        #expect(Autocorrelation.cosines(shifted, lags: 1)[1] > 0.999)
        #expect(abs(Autocorrelation.aroundMean(shifted, lags: 1)[1]) < 0.047)
        #expect(Autocorrelation.cosines([0, 0, 0], lags: 1).allSatisfy { $0.isNaN })
        #expect(Autocorrelation.aroundMean([2, 2, 2], lags: 1).allSatisfy { $0.isNaN })
    }
}
