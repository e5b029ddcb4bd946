import Foundation

/// The difference or the ratio of two arms, taken within seeds: runs of one seed start alike and see the same batches.
struct PairedEffect: Equatable, Sendable {
    /// What the value says about the true one.
    enum Bound: Equatable, Sendable {
        /// It is the value.
        case exact
        /// It is this or greater.
        case atLeast
        /// It is this or smaller.
        case atMost
        /// Nothing: there are bounds on both sides, or no pairs.
        case unknown
    }

    /// The numbers of one seed. One that is not known is a lower bound.
    struct Pair: Equatable, Sendable {
        let first: Double
        let second: Double
        let isFirstKnown: Bool
        let isSecondKnown: Bool

        init(_ first: Double, _ second: Double, isFirstKnown: Bool = true, isSecondKnown: Bool = true) {
            self.first = first
            self.second = second
            self.isFirstKnown = isFirstKnown
            self.isSecondKnown = isSecondKnown
        }
    }

    /// How many seeds both arms have.
    let count: Int
    /// The mean difference, or the geometric mean of the ratios; NaN without pairs.
    let value: Double
    /// Student's 95 % interval, from three seeds on: over two it is thirteen times as wide as their distance.
    let interval: ClosedRange<Double>?
    /// Whether the value is a bound.
    let bound: Bound

    fileprivate init(_ pairs: [Pair], effect: (Pair) -> Double, reported: (Double) -> Double) {
        let statistics = SeedStatistics(pairs.map(effect))
        count = pairs.count
        value = reported(statistics.mean)
        let reach = count >= 3 ? statistics.confidenceHalfWidth : nil
        interval = reach.map { reported(statistics.mean - $0)...reported(statistics.mean + $0) }
        let mayBeGreater = pairs.contains { !$0.isFirstKnown }
        let mayBeSmaller = pairs.contains { !$0.isSecondKnown }
        bound =
            pairs.isEmpty || (mayBeGreater && mayBeSmaller)
            ? .unknown : mayBeGreater ? .atLeast : mayBeSmaller ? .atMost : .exact
    }

    private init(count: Int, value: Double, interval: ClosedRange<Double>?, bound: Bound) {
        self.count = count
        self.value = value
        self.interval = interval
        self.bound = bound
    }

    /// One by the ratio: how many times fewer, where it said how many times more.
    var inverse: PairedEffect {
        let bound: Bound = bound == .atLeast ? .atMost : bound == .atMost ? .atLeast : bound
        return PairedEffect(
            count: count, value: 1 / value, interval: interval.map { (1 / $0.upperBound)...(1 / $0.lowerBound) },
            bound: bound)
    }

    /// The sign that stands before the number: `≥ ` or `≤ ` where it is a bound.
    var sign: String {
        switch bound {
        case .exact, .unknown: ""
        case .atLeast: "≥ "
        case .atMost: "≤ "
        }
    }
}

extension [PairedEffect.Pair] {
    /// First less second.
    var difference: PairedEffect { PairedEffect(self, effect: { $0.first - $0.second }, reported: { $0 }) }
    /// First by second; both are positive.
    var ratio: PairedEffect { PairedEffect(self, effect: { log($0.first / $0.second) }, reported: exp) }
}
