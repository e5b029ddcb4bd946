import Foundation
import Testing

@testable import Kernels

@Suite("Random streams")
struct RandomStreamTests {
    /// The known answers of Random123's `kat_vectors` for philox4x32, 10 rounds.
    @Test(
        "Philox gives the known answers",
        arguments: [
            ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt32], [UInt32], [UInt32])])
    func knownAnswers(counter: [UInt32], key: [UInt32], expected: [UInt32]) {
        let block = Philox.block(
            key: (key[0], key[1]), counter: SIMD4(counter[0], counter[1], counter[2], counter[3]))
        #expect([block[0], block[1], block[2], block[3]] == expected)
    }

    @Test("seed and path name a stream")
    func names() {
        let stream = RandomStream(seed: 7, "init/conv1/weight")
        #expect(stream == RandomStream(seed: 7, "init/conv1/weight"))
        let words = (0..<8).map { stream.bits(at: UInt64($0)) }
        #expect(Set(words).count == 8)
        for other in [
            RandomStream(seed: 8, "init/conv1/weight"), RandomStream(seed: 7, "init/conv1/bias"),
            RandomStream(seed: 7, ""), RandomStream(seed: 0, "init/conv1/weight"),
        ] {
            #expect((0..<8).map { other.bits(at: UInt64($0)) } != words)
        }
    }

    /// What a stream gives is part of every result: this changes only together with `Numerics.version`.
    @Test("streams do not change")
    func stability() {
        let stream = RandomStream(seed: 1, "test")
        #expect(Numerics.version == 3)
        #expect(
            [0, 1, 4, 1 << 40].map { stream.bits(at: $0) } == [
                1_113_372_876, 564_696_924, 3_444_425_767, 3_805_721_539,
            ])
        #expect(stream.permutation(of: 10) == [8, 0, 5, 4, 3, 1, 7, 6, 9, 2])
        #expect([0, 1, 2].map { stream.normal(at: $0) } == [-0.64572936, -0.52026355, 0.8486712])
    }

    @Test("uniform numbers are uniform")
    func uniform() {
        let stream = RandomStream(seed: 3, "uniform")
        let count = 20_000
        var bins = [Int](repeating: 0, count: 20)
        var sum = 0.0
        for index in 0..<count {
            let value = stream.uniform(at: UInt64(index))
            #expect(value >= 0 && value < 1)
            bins[Int(value * 20)] += 1
            sum += Double(value)
        }
        // Standard error of the mean: 1 / √(12·count) = 0.002.
        #expect(abs(sum / Double(count) - 0.5) < 0.008)
        // χ² with 19 degrees of freedom exceeds 43.8 once in a thousand streams.
        let expected = Double(count) / 20
        let chi = bins.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(chi < 43.8)
    }

    @Test("normal deviates have the moments of the normal distribution")
    func normal() {
        let stream = RandomStream(seed: 4, "normal")
        let count = 40_000
        let values = (0..<count).map { Double(stream.normal(at: UInt64($0))) }
        let mean = values.reduce(0, +) / Double(count)
        let moments = (2...4).map { power in
            values.reduce(0) { $0 + pow($1, Double(power)) } / Double(count)
        }
        #expect(abs(mean) < 0.02)
        #expect(abs(moments[0] - 1) < 0.03)
        #expect(abs(moments[1]) < 0.06)
        #expect(abs(moments[2] - 3) < 0.2)
        let inside = Double(values.count { abs($0) <= 1 }) / Double(count)
        #expect(abs(inside - 0.6827) < 0.01)
    }

    /// Wichura 1988, table of test values, and tables of the normal distribution.
    @Test(
        "the normal distribution's quantiles",
        arguments: [
            (0.25, -0.674_489_750_196_081_7), (0.001, -3.090_232_306_167_813_5), (1e-20, -9.262_340_089_798_408),
            (0.5, 0), (0.975, 1.959_963_984_540_054), (0.841_344_746_068_542_9, 1),
        ])
    func quantiles(probability: Double, expected: Double) {
        #expect(abs(NormalDistribution.quantile(probability) - expected) <= 1e-12 * max(1, abs(expected)))
    }

    @Test("the quantiles invert the distribution function")
    func inverse() {
        for step in 1..<2000 {
            let probability = Double(step) / 2000
            let x = NormalDistribution.quantile(probability)
            #expect(abs(erfc(-x / 2.0.squareRoot()) / 2 - probability) < 1e-13)
        }
    }

    @Test("permutations hold every number once", arguments: [0, 1, 2, 3, 10, 1000])
    func permutation(count: Int) {
        let order = RandomStream(seed: 5, "shuffle/epoch-0").permutation(of: count)
        #expect(order.sorted() == Array(0..<count))
        if count >= 1000 {
            #expect(order != Array(0..<count))
            #expect(order != RandomStream(seed: 5, "shuffle/epoch-1").permutation(of: count))
        }
    }

    @Test("every permutation of three is equally likely")
    func fairness() {
        var counts: [[Int]: Int] = [:]
        for seed in 0..<6000 {
            counts[RandomStream(seed: UInt64(seed), "fair").permutation(of: 3), default: 0] += 1
        }
        #expect(counts.count == 6)
        // Standard deviation of each count: 29.
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 120 })
    }

    @Test("bulk fills are the single numbers")
    func fills() {
        let stream = RandomStream(seed: 6, "fill")
        let vector = TestVector(count: 37)
        stream.fill(vector.view, mean: 1, deviation: 0.5)
        #expect(vector.view.elements == (0..<37).map { Float(1).addingProduct(0.5, stream.normal(at: $0)) })
        stream.fill(vector.view, uniform: -0.25..<0.25)
        #expect(vector.view.elements == (0..<37).map { Float(-0.25).addingProduct(0.5, stream.uniform(at: $0)) })
        #expect(vector.view.elements.allSatisfy { $0 >= -0.25 && $0 < 0.25 })
    }

    @Test("sixteen uniform numbers at once, from any index")
    func lanes() {
        let stream = RandomStream(seed: 8, "lane")
        for start in [0, 1, 2, 3, 4, 50, 1 << 33] as [UInt64] {
            let lane = stream.uniformLane(at: start)
            for place in 0..<16 {
                #expect(lane[place] == stream.uniform(at: start + UInt64(place)))
            }
        }
    }
}
