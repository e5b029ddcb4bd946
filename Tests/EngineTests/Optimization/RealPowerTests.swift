import Testing

@testable import Engine

@Suite("Powers in double precision")
struct RealPowerTests {
    @Test("agree with the C library to 10⁻¹⁴")
    func accuracy() {
        var numbers = Numbers(seed: 2)
        for _ in 0..<2_000 {
            let base = DoubleMath.exp(8 * numbers.symmetric())
            let exponent = 3 * numbers.symmetric()
            let expected = DoubleMath.power(base, exponent)
            #expect(abs(RealPower.power(base, exponent) - expected) <= 1e-14 * expected)
            #expect(abs(RealPower.logarithm(base) - DoubleMath.log(base)) <= 1e-15 * max(1, abs(DoubleMath.log(base))))
        }
        for whole in [0, 1, 2, 7, 50, 10_000] {
            let expected = DoubleMath.power(0.9995, Double(whole))
            #expect(abs(RealPower.power(0.9995, whole: whole) - expected) <= 1e-12 * expected)
        }
    }

    @Test("have the usual corners")
    func corners() {
        #expect(RealPower.power(0, 0) == 1)
        #expect(RealPower.power(0, 0.5) == 0)
        #expect(RealPower.power(0, -0.5) == .infinity)
        #expect(RealPower.power(1, 123.4) == 1)
        #expect(RealPower.power(.nan, 0.5).isNaN && RealPower.power(2, .nan).isNaN)
        #expect(RealPower.power(4, -2) == 1.0 / 16)
        #expect(RealPower.exponential(0) == 1)
        #expect(RealPower.exponential(1_000) == .infinity)
        #expect(RealPower.exponential(-1_000) == 0)
    }
}
