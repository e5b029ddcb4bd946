import Foundation

/// How two numbers of one seed are compared: by their difference, or by their ratio, whose logarithms are averaged.
public enum EffectScale: Sendable {
    case difference
    /// First by second; the mean is geometric.
    case ratio

    /// What is averaged over seeds; NaN for a ratio of numbers that are not positive.
    public func effect(_ first: Double, _ second: Double) -> Double {
        switch self {
        case .difference: first - second
        case .ratio: first > 0 && second > 0 ? log(first / second) : .nan
        }
    }

    /// An average in the form in which it is reported: a difference or a ratio.
    public func reported(_ effect: Double) -> Double {
        switch self {
        case .difference: effect
        case .ratio: exp(effect)
        }
    }

    /// The mean of effects over seeds and Student's 95 % interval around it, as they are reported; no interval with fewer than
    /// two seeds.
    package func mean(of effects: [Double]) -> (value: Double, interval: ClosedRange<Double>?) {
        let statistics = SampleStatistics(effects)
        return (
            reported(statistics.mean),
            statistics.interval().map { reported($0.lowerBound)...reported($0.upperBound) }
        )
    }
}

/// The difference or the ratio of two arms, taken within seeds: runs of one seed start alike and see the same batches.
package struct PairedEffect: Equatable, Sendable {
    package enum Bound: String, Sendable {
        case exact
        case atLeast = "at-least"
        case atMost = "at-most"
        /// Nothing: there are bounds on both sides, or no pairs.
        case unknown
    }

    /// The numbers of one seed. One that is not known is a lower bound.
    package struct Pair: Equatable, Sendable {
        package let first: Double
        package let second: Double
        package let isFirstKnown: Bool
        package let isSecondKnown: Bool

        package init(_ first: Double, _ second: Double, isFirstKnown: Bool = true, isSecondKnown: Bool = true) {
            self.first = first
            self.second = second
            self.isFirstKnown = isFirstKnown
            self.isSecondKnown = isSecondKnown
        }
    }

    package let count: Int
    /// The mean difference, or the geometric mean of the ratios; NaN without pairs.
    package let value: Double
    /// Student's 95 % interval, from three seeds on: over two it is thirteen times as wide as their distance, and says nothing
    /// that a picture could show.
    package let interval: ClosedRange<Double>?
    package let bound: Bound

    /// One by the ratio: how many times fewer, where it said how many times more.
    package var inverse: PairedEffect {
        let bound: Bound = bound == .atLeast ? .atMost : bound == .atMost ? .atLeast : bound
        return PairedEffect(
            count: count, value: 1 / value, interval: interval.map { (1 / $0.upperBound)...(1 / $0.lowerBound) },
            bound: bound)
    }

    /// The sign that stands before the number: `≥ ` or `≤ ` where it is a bound.
    package var sign: String {
        switch bound {
        case .exact, .unknown: ""
        case .atLeast: "≥ "
        case .atMost: "≤ "
        }
    }
}

extension [PairedEffect.Pair] {
    private func effect(_ scale: EffectScale) -> PairedEffect {
        let effect = scale.mean(of: map { scale.effect($0.first, $0.second) })
        let mayBeGreater = contains { !$0.isFirstKnown }
        let mayBeSmaller = contains { !$0.isSecondKnown }
        return PairedEffect(
            count: count, value: effect.value, interval: count >= 3 ? effect.interval : nil,
            bound: isEmpty || (mayBeGreater && mayBeSmaller)
                ? .unknown : mayBeGreater ? .atLeast : mayBeSmaller ? .atMost : .exact)
    }

    package var difference: PairedEffect { effect(.difference) }
    /// First by second; both are positive.
    package var ratio: PairedEffect { effect(.ratio) }
}
