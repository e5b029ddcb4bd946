@testable import Engine
import Testing

@Suite("Rate policies")
struct RatePolicyTests {
    private func rates(_ policy: any RatePolicy, _ steps: [Int], base: Double = 0.01, of total: Int = 100) -> [Double] {
        steps.map { policy.rate(base: base, step: $0, of: total) }
    }

    private func isClose(_ found: [Double], _ expected: [Double], within tolerance: Double = 1e-13) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * abs($1) }
    }

    @Test("inv is Caffe's: 0.00992565 at step 100, 0.00594604 at step 10,000")
    func inverse() {
        let policy = InverseRate(factor: 1e-4, power: 0.75)
        #expect(rates(policy, [0]) == [0.01])
        #expect(isClose(rates(policy, [100, 10_000]), [0.00992565, 0.00594604], within: 1e-6))
        #expect(isClose(rates(policy, [100]), [0.01 * DoubleMath.power(1.01, -0.75)]))
    }

    @Test("the others are Caffe's")
    func others() {
        #expect(rates(FixedRate(), [0, 99]) == [0.01, 0.01])
        #expect(isClose(rates(StepRate(factor: 0.5, every: 10), [0, 9, 10, 25]), [0.01, 0.01, 0.005, 0.0025]))
        #expect(
            isClose(
                rates(MultistepRate(factor: 0.1, at: [20, 10]), [9, 10, 19, 20, 50]),
                [0.01, 0.001, 0.001, 0.0001, 0.0001]))
        #expect(
            isClose(
                rates(ExponentialRate(factor: 0.99), [0, 1, 50]), [0.01, 0.0099, 0.01 * DoubleMath.power(0.99, 50)]))
        #expect(isClose(rates(PolynomialRate(power: 1), [0, 50]), [0.01, 0.005]))
        #expect(isClose(rates(PolynomialRate(power: 0.5), [36]), [0.008]))
        #expect(rates(PolynomialRate(power: 0.5), [100, 150]) == [0, 0])
    }

    @Test("exponential is a power of the part of the run that is over, of the same shape for every length")
    func relativeExponential() {
        let policy = RelativeExponentialRate(remaining: 0.1)
        let fast = RelativeExponentialRate(remaining: 0.1, speed: 6)
        for total in [7, 100, 5_000, 123_457] {
            let steps = [0, 1, total / 3, total / 2, total - 1, total]
            for (rate, speed) in [(policy, 1.0), (fast, 6.0)] {
                let expected = steps.map { 0.01 * DoubleMath.power(0.1, speed * Double($0) / Double(total)) }
                #expect(isClose(rates(rate, steps, of: total), expected))
            }
        }
        #expect(isClose(rates(policy, [100]), [0.001]))
        #expect(isClose(rates(fast, [100]), [1e-8]))
        #expect(isClose(rates(fast, [10]), rates(policy, [60])))
        #expect(isClose(rates(fast, [100], of: 1_000), rates(fast, [2_000], of: 20_000)))
        #expect(rates(RelativeExponentialRate(remaining: 1), [0, 50, 100]) == [0.01, 0.01, 0.01])
    }

    @Test(
        "have kinds of their own, which a configuration can set field by field",
        arguments: RatePolicyCatalogue.all.indices)
    func fields(index: Int) {
        func check<P: RatePolicy>(_ type: P.Type) {
            var policy = P()
            for field in P.fields {
                // What is not required has a default that works.
                #expect(field.isRequired || field.get(policy).asNumber?.isFinite == true)
                switch field.type {
                case .integer: field.set(&policy, .integer(3))
                case .number: field.set(&policy, .number(0.5))
                case .list: field.set(&policy, .list([.integer(3), .integer(5)]))
                default: Issue.record("a field of another type")
                }
            }
            let rate = policy.rate(base: 1, step: 5, of: 10)
            #expect(rate > 0 && rate <= 1)
        }
        check(RatePolicyCatalogue.all[index])
        #expect(
            RatePolicyCatalogue.all.map { $0.kind } == [
                "fixed", "step", "multistep", "exp", "exponential", "inv", "poly",
            ])
    }

    @Test("a required field that nobody set makes itself noticed")
    func unset() {
        #expect(StepRate().rate(base: 1, step: 5, of: 10).isNaN)
        #expect(RelativeExponentialRate().rate(base: 1, step: 5, of: 10).isNaN)
        #expect(InverseRate().rate(base: 1, step: 5, of: 10).isNaN)
    }
}

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
