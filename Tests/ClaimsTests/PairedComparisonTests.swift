import Foundation
import Testing

@testable import Claims

struct PairedComparisonTests {
    private func compare(
        _ arm: [Double], _ other: [Double], _ expectation: ExpectedDirection, _ effect: MinimumEffect
    ) -> PairedComparison {
        compare(arm.map { MeasuredValue($0) }, other.map { MeasuredValue($0) }, expectation, effect)
    }

    private func compare(
        _ arm: [MeasuredValue], _ other: [MeasuredValue], _ expectation: ExpectedDirection, _ effect: MinimumEffect
    ) -> PairedComparison {
        func bySeed(_ values: [MeasuredValue]) -> [UInt64: MeasuredValue] {
            Dictionary(uniqueKeysWithValues: values.enumerated().map { (UInt64($0 + 1), $1) })
        }
        return PairedComparison(arm: bySeed(arm), other: bySeed(other), expectation: expectation, effect: effect)
    }

    @Test func theIntervalIsStudentsOfThePairedDifferences() throws {
        // scipy: d = [0.02, 0.03, 0.025]; t.interval(0.95, 2, loc=mean, scale=sem)
        let result = compare([0.97, 0.98, 0.975], [0.95, 0.95, 0.95], .above, .margin(0.005))
        #expect(abs(result.difference - 0.025) < 1e-15)
        let interval = try #require(result.interval)
        #expect(abs(interval.lowerBound - 0.012579311441248357) < 1e-12)
        #expect(abs(interval.upperBound - 0.03742068855875165) < 1e-12)
        #expect(result.verdict == .reproduced)
        #expect(result.seeds == [1, 2, 3])
    }

    @Test func aFactorComparesLogarithms() throws {
        let result = compare([100, 120, 90], [400, 500, 350], .below, .factor(2))
        let ratios = [log(0.25), log(0.24), log(90.0 / 350)]
        #expect(abs(result.difference - exp(ratios.reduce(0, +) / 3)) < 1e-12)
        #expect(result.threshold == 0.5)
        #expect(result.verdict == .reproduced)
        let interval = try #require(result.interval)
        #expect(interval.contains(result.difference) && interval.upperBound < 0.5)
    }

    @Test func tooSmallAnEffectIsNotReproduced() {
        #expect(compare([300, 310, 305], [400, 410, 405], .below, .factor(2)).verdict == .notReproduced)
        #expect(compare([0.90, 0.91, 0.9], [0.95, 0.95, 0.95], .above, .margin(0)).verdict == .notReproduced)
    }

    @Test func anIntervalAroundTheMinimumEffectDecidesNothing() {
        #expect(compare([0.96, 0.94, 0.99], [0.95, 0.95, 0.95], .above, .margin(0.005)).verdict == .inconclusive)
    }

    @Test func exactlyTheMinimumEffectInEverySeedIsEnough() {
        #expect(compare([200, 400], [400, 800], .below, .factor(2)).verdict == .reproduced)
        #expect(compare([0.98, 0.96], [0.97, 0.95], .above, .margin(0.01)).verdict == .reproduced)
    }

    @Test func whereAnyDifferenceCountsNoneIsNotOne() {
        #expect(compare([0.9, 0.9], [0.9, 0.9], .above, .margin(0)).verdict == .notReproduced)
        #expect(compare([500, 500], [500, 500], .below, .factor(1)).verdict == .notReproduced)
        #expect(compare([0.91, 0.92], [0.9, 0.91], .above, .margin(0)).verdict == .reproduced)
    }

    /// Evaluated every 80 steps, 240 and 320 may be 239 and 241 apart by almost nothing or by 159.
    @Test func aResolutionWidensTheIntervalAndDecidesNothingByItself() throws {
        func seen(_ steps: [Double], every gap: Double = 80) -> [MeasuredValue] {
            steps.map { MeasuredValue($0, resolution: gap) }
        }
        let near = compare(seen([240, 240]), seen([320, 320]), .below, .margin(0))
        #expect(near.difference == -80)
        #expect(near.interval == -160...0)
        #expect(near.verdict == .inconclusive)
        #expect(compare(seen([320, 320]), seen([320, 320]), .below, .margin(0)).verdict == .inconclusive)
        #expect(compare(seen([320, 320]), seen([320, 320], every: 0), .above, .margin(0)).verdict == .notReproduced)
        let far = compare(seen([240, 240]), seen([480, 480]), .below, .factor(1.5))
        #expect(far.verdict == .reproduced)
        let ends = try #require(far.interval)
        #expect(abs(ends.lowerBound - 160.0 / 480) < 1e-12 && abs(ends.upperBound - 240.0 / 400) < 1e-12)
        // A target that was never met is refuted only where the latest that it may be compared with is too early.
        let never = [MeasuredValue](repeating: MeasuredValue(400, bound: .atLeast), count: 2)
        #expect(compare(never, seen([400, 400]), .below, .margin(50)).verdict == .notReproduced)
        #expect(compare(never, seen([400, 400]), .below, .margin(-50)).verdict == .inconclusive)
    }

    @Test func oneSeedDecidesNothing() {
        let result = compare([10], [1000], .below, .factor(2))
        #expect(result.verdict == .inconclusive)
        #expect(result.interval == nil)
        #expect(result.remarks == ["one seed: an interval needs two"])
        #expect(compare([Double](), [], .below, .factor(2)).verdict == .inconclusive)
    }

    @Test func onlySeedsThatBothArmsHaveAreCompared() {
        let result = PairedComparison(
            arm: [1: MeasuredValue(1), 3: MeasuredValue(3)],
            other: [2: MeasuredValue(7), 3: MeasuredValue(4), 1: MeasuredValue(2)], expectation: .below,
            effect: .margin(0))
        #expect(result.seeds == [1, 3])
        #expect(result.other.mean == 3)
    }

    @Test func aBoundThatCouldOnlyStrengthenTheClaimStands() {
        let never = MeasuredValue(5000, bound: .atLeast, remark: "never")
        let result = compare([MeasuredValue(100), MeasuredValue(110)], [never, never], .below, .factor(2))
        #expect(result.verdict == .reproduced)
        #expect(result.remarks == ["never (seeds 1, 2)"])
    }

    @Test func aBoundThatCouldWeakenTheClaimIsNeverCalledReproduced() {
        let never = MeasuredValue(5000, bound: .atLeast)
        let other = [MeasuredValue](repeating: MeasuredValue(1e9), count: 4)
        let arm = [MeasuredValue(5000), MeasuredValue(5001), MeasuredValue(5002), never]
        #expect(compare(arm, other, .below, .factor(2)).verdict == .inconclusive)
        // Somewhere behind 5000 it may still have been before the other.
        #expect(compare([never, never, never, never], other, .below, .factor(2)).verdict == .inconclusive)
        let early = [MeasuredValue](repeating: MeasuredValue(1000), count: 4)
        #expect(compare([never, never, never, never], early, .below, .factor(2)).verdict == .notReproduced)
        // Neither got there: which would have been first is not known.
        #expect(compare([never, never], [never, never], .below, .factor(1)).verdict == .inconclusive)
    }

    @Test func aRatioOfNumbersThatAreNotPositiveDecidesNothing() {
        let result = compare([0, 1], [1, 2], .below, .factor(2))
        #expect(result.verdict == .inconclusive)
        #expect(result.remarks == ["some numbers cannot be compared"])
    }
}
