import Foundation
import Kernels
import Testing

@Suite("Elementary functions")
struct ElementaryTests {
    /// The error of a float in units in the last place of the exact value.
    private func error(_ found: Float, _ exact: Double) -> Double {
        let rounded = Float(exact)
        if rounded.isInfinite || found.isInfinite || exact.isNaN || found.isNaN {
            return rounded == found || (exact.isNaN && found.isNaN) ? 0 : .infinity
        }
        return abs(Double(found) - exact) / Double(max(rounded.ulp, .leastNonzeroMagnitude))
    }

    /// Floats from the whole range, denser near 1 and 0: every bit pattern is a candidate.
    private func worst(
        from lower: Float, through upper: Float, _ function: (SIMD16<Float>) -> SIMD16<Float>,
        _ exact: (Double) -> Double
    ) -> Double {
        var worst = 0.0
        var generator = SplitMix(seed: 99)
        for round in 0..<4000 {
            var lane = SIMD16<Float>()
            for place in 0..<16 {
                if round % 2 == 0 {
                    let share = Double(generator.next() >> 11) * 0x1p-53
                    lane[place] = Float(Double(lower) + (Double(upper) - Double(lower)) * share)
                } else {
                    var value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
                    if !(value >= lower && value <= upper) { value = lower }
                    lane[place] = value
                }
            }
            let found = function(lane)
            for place in 0..<16 {
                worst = max(worst, error(found[place], exact(Double(lane[place]))))
            }
        }
        return worst
    }

    @Test("exp is within 1.1 ulp")
    func exponential() {
        #expect(worst(from: -104, through: 89, Elementary.exp, exp) <= 1.1)
        #expect(worst(from: -1, through: 1, Elementary.exp, exp) <= 1.1)
        #expect(Elementary.exp(0) == 1)
        #expect(Elementary.exp(.infinity) == .infinity)
        #expect(Elementary.exp(-.infinity) == 0)
        #expect(Elementary.exp(1000) == .infinity)
        #expect(Elementary.exp(-1000) == 0)
        #expect(Elementary.exp(.nan).isNaN)
    }

    @Test("log is within 0.8 ulp")
    func logarithm() {
        #expect(worst(from: .leastNonzeroMagnitude, through: .greatestFiniteMagnitude, Elementary.log, log) <= 0.8)
        #expect(worst(from: 0.5, through: 2, Elementary.log, log) <= 0.8)
        #expect(Elementary.log(1) == 0)
        #expect(Elementary.log(0) == -.infinity)
        #expect(Elementary.log(.infinity) == .infinity)
        #expect(Elementary.log(-1).isNaN)
        #expect(Elementary.log(.nan).isNaN)
    }

    @Test("sigmoid is within 2.5 ulp in both tails")
    func sigmoid() {
        let exact: (Double) -> Double = { $0 >= 0 ? 1 / (1 + exp(-$0)) : exp($0) / (1 + exp($0)) }
        #expect(worst(from: -100, through: 100, Elementary.sigmoid, exact) <= 2.5)
        #expect(worst(from: -8, through: 8, Elementary.sigmoid, exact) <= 2.5)
        #expect(Elementary.sigmoid(0) == 0.5)
        #expect(Elementary.sigmoid(.infinity) == 1)
        #expect(Elementary.sigmoid(-.infinity) == 0)
        #expect(Elementary.sigmoid(.nan).isNaN)
    }

    @Test("tanh is within 1.5 ulp and odd")
    func hyperbolicTangent() {
        #expect(worst(from: -20, through: 20, Elementary.tanh, Foundation.tanh) <= 1.5)
        #expect(worst(from: -1, through: 1, Elementary.tanh, Foundation.tanh) <= 1.5)
        #expect(Elementary.tanh(.infinity) == 1)
        #expect(Elementary.tanh(-.infinity) == -1)
        #expect(Elementary.tanh(1e-20) == 1e-20)
        #expect(Elementary.tanh(-0.7) == -Elementary.tanh(0.7))
        #expect(Elementary.tanh(.nan).isNaN)
    }

    @Test("powers are within 0.51 ulp", arguments: [-0.75, 0.5, -1.75, 0.1, 3] as [Float])
    func power(exponent: Float) {
        let found = worst(from: 1e-12, through: 1e12, { Elementary.power($0, exponent) }) { pow($0, Double(exponent)) }
        #expect(found <= 0.51)
        #expect(Elementary.power(1, exponent) == 1)
        #expect(Elementary.power(.nan, exponent).isNaN)
    }

    @Test(
        "powers of zero, infinity and negative numbers are the C library's", arguments: [-2.5, -0.1, 0, 0.1, 0.75, 3.5])
    func specialPowers(exponent: Float) {
        for x in [0, -0, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1] as [Float] {
            // Of a negative zero and an exponent that is no odd number C has the power of zero.
            let expected = Float(pow(Double(x), Double(exponent)))
            #expect(
                abs(Elementary.power(x, exponent) - expected) <= expected.ulp
                    || Elementary.power(x, exponent) == expected)
        }
        for x in [-1, -0.5, -.infinity, -.leastNonzeroMagnitude, .nan] as [Float] {
            #expect(Elementary.power(x, exponent).isNaN)
        }
    }

    @Test("x^−¾ is within 1.6 ulp")
    func inverseThreeQuarters() {
        let exact: (Double) -> Double = { 1 / ($0.squareRoot() * $0.squareRoot().squareRoot()) }
        let range = (Float.leastNormalMagnitude, Float.greatestFiniteMagnitude)
        #expect(worst(from: range.0, through: range.1, Elementary.inverseThreeQuarters, exact) <= 1.6)
        // Four powers of two are all there is to it; scales are often just above 1.
        #expect(worst(from: 1, through: 16, Elementary.inverseThreeQuarters, exact) <= 1.6)
        #expect(worst(from: 1, through: 1.001, Elementary.inverseThreeQuarters, exact) <= 1.6)
        #expect(Elementary.inverseThreeQuarters(1) == 1)
        #expect(Elementary.inverseThreeQuarters(0) == .infinity)
        #expect(Elementary.inverseThreeQuarters(.leastNonzeroMagnitude) == .infinity)
        #expect(Elementary.inverseThreeQuarters(.infinity) == 0)
        #expect(Elementary.inverseThreeQuarters(-1).isNaN)
        #expect(Elementary.inverseThreeQuarters(.nan).isNaN)
    }

    @Test("one float has the bits of its lane")
    func lanes() {
        var generator = SplitMix(seed: 7)
        for _ in 0..<200 {
            var lane = SIMD16<Float>()
            for place in 0..<16 { lane[place] = 5 * generator.symmetric() }
            for place in 0..<16 {
                #expect(Elementary.exp(lane)[place] == Elementary.exp(lane[place]))
                #expect(Elementary.tanh(lane)[place] == Elementary.tanh(lane[place]))
                #expect(Elementary.sigmoid(lane)[place] == Elementary.sigmoid(lane[place]))
            }
        }
    }
}
