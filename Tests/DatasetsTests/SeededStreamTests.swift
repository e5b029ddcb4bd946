import Testing

@testable import Datasets

@Suite struct SeededStreamTests {
    @Test func seedsPathsAndCountersAreDistinct() {
        var seen: Set<UInt64> = []
        for seed in 0..<10 as Range<UInt64> {
            for path in ["", "a", "b", "shuffle/epoch-1", "shuffle/epoch-2"] {
                let stream = SeededStream(seed: seed, path)
                for counter in 0..<100 as Range<UInt64> { seen.insert(stream.bits(at: counter)) }
            }
        }
        #expect(seen.count == 5000)
    }

    @Test(arguments: [0, 7, 10, 99, 100, 12_345, Int.max])
    func aNumberedPathIsThatPath(number: Int) {
        let stream = SeededStream(seed: 3, "augment/step-", number)
        #expect(stream.bits(at: 5) == SeededStream(seed: 3, "augment/step-\(number)").bits(at: 5))
    }

    @Test func bitsAreEven() {
        let stream = SeededStream(seed: 7, "bits")
        var counts = [Int](repeating: 0, count: 64)
        for counter in 0..<10_000 as Range<UInt64> {
            let bits = stream.bits(at: counter)
            for position in 0..<64 where bits >> UInt64(position) & 1 == 1 { counts[position] += 1 }
        }
        // The deviation of each count is 50; five of them leave one chance in ten thousand over all 64 bits.
        #expect(counts.allSatisfy { abs($0 - 5000) < 250 })
    }

    @Test func indicesAreInRangeAndReachEveryValue() {
        let stream = SeededStream(seed: 7, "indices")
        let values = (0..<1000 as Range<UInt64>).map { stream.index(below: 7, at: $0) }
        #expect(Set(values) == Set(0..<7))
    }

    @Test func permutationsOfNothingAndOne() {
        let stream = SeededStream(seed: 7, "permutation")
        #expect(stream.permutation(of: 0) == [])
        #expect(stream.permutation(of: 1) == [0])
    }

    /// SplitMix64's published first numbers for the state 1234567.
    @Test func publishedNumbers() {
        let stream = SeededStream(key: 1_234_567)
        let expected: [UInt64] = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        #expect((0..<3 as Range<UInt64>).map { stream.bits(at: $0) } == expected)
    }

    @Test func noiseHasMeanZeroAndDeviationOne() {
        var draws = Draws(stream: SeededStream(seed: 7, "noise"), block: 3)
        let values = (0..<20_000).map { _ in draws.noise() }
        let mean = values.reduce(0, +) / 20_000
        let square = values.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(mean) < 0.03)
        #expect(abs(square - 1) < 0.03)
        #expect(values.allSatisfy { abs($0) < 3.47 })
    }
}
