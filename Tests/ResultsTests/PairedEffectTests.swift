import Foundation
import Testing

@testable import Results

@Suite struct PairedEffectTests {
    private typealias Pair = PairedEffect.Pair

    @Test func aRatioIsTheGeometricMeanWithStudentsInterval() {
        // Logarithms to the base 2 of the ratios: 1, 2, 3; their deviation is 1 and t(2) = 4.302653.
        let effect = [Pair(2, 1), Pair(12, 3), Pair(40, 5)].ratio
        #expect(effect.count == 3)
        #expect(abs(effect.value - 4) < 1e-12)
        let reach = 4.302653 / 3.0.squareRoot()
        #expect(abs((effect.interval?.upperBound ?? 0) - exp2(2 + reach)) < 1e-4)
        #expect(abs((effect.interval?.lowerBound ?? 0) - exp2(2 - reach)) < 1e-5)
        #expect(effect.bound == .exact && effect.sign == "")
        let inverse = effect.inverse
        #expect(abs(inverse.value - 0.25) < 1e-12)
        #expect(abs((inverse.interval?.lowerBound ?? 0) * (effect.interval?.upperBound ?? 0) - 1) < 1e-12)
    }

    @Test func aDifferenceIsTakenWithinPairs() {
        // 0.02, 0.03, 0.04 within pairs, although the numbers themselves are far apart.
        let effect = [Pair(0.52, 0.5), Pair(0.73, 0.7), Pair(0.94, 0.9)].difference
        #expect(abs(effect.value - 0.03) < 1e-12)
        #expect(abs((effect.interval?.upperBound ?? 0) - (0.03 + 4.302653 * 0.01 / 3.0.squareRoot())) < 1e-8)
    }

    @Test func twoSeedsHaveNoIntervalAndNoneHaveNoValue() {
        #expect([Pair(1, 2), Pair(1, 3)].ratio.interval == nil)
        let none = [Pair]().difference
        #expect(none.count == 0 && none.value.isNaN && none.bound == .unknown)
    }

    @Test func whatIsNotKnownMakesABound() {
        let known = Pair(1, 2)
        let longer = Pair(5, 2, isFirstKnown: false)
        let shorter = Pair(1, 5, isSecondKnown: false)
        #expect([known, longer].ratio.bound == .atLeast)
        #expect([known, longer].ratio.inverse.bound == .atMost)
        #expect([known, shorter].ratio.bound == .atMost)
        #expect([longer, shorter].ratio.bound == .unknown)
        #expect([known, longer].ratio.sign == "≥ ")
    }
}
