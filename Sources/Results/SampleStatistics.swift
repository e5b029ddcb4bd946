import Foundation

/// Mean, spread and extent of a few values: one for each seed.
public struct SampleStatistics: Equatable, Sendable {
    public let count: Int
    /// The arithmetic mean; NaN without values.
    public let mean: Double
    public let deviation: Double?
    public let minimum: Double
    public let maximum: Double

    /// The statistics of values; a value that is not finite makes mean and deviation NaN or infinite.
    public init(_ values: [Double]) {
        count = values.count
        // Summed as distances from the first value, so that equal values have exactly no deviation.
        let first = values.first ?? .nan
        let mean = first.isFinite ? first + values.reduce(0) { $0 + ($1 - first) } / Double(values.count) : first
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = values.count < 2 ? nil : (squares / Double(values.count - 1)).squareRoot()
        minimum = values.min() ?? .nan
        maximum = values.max() ?? .nan
    }

    /// The interval that holds the true mean with the given confidence, if the values are normally distributed
    /// (Student's t); nil with fewer than two values.
    public func interval(confidence: Double = 0.95) -> ClosedRange<Double>? {
        reach(confidence: confidence).map { (mean - $0)...(mean + $0) }
    }

    /// Half the width of that interval.
    package func reach(confidence: Double = 0.95) -> Double? {
        guard let deviation, deviation.isFinite, mean.isFinite else { return nil }
        return Student.quantile((1 + confidence) / 2, degrees: count - 1) * deviation / Double(count).squareRoot()
    }
}

/// Quantiles of samples by linear interpolation (type 7 of Hyndman & Fan 1996).
package enum Quantile {
    /// The value below which `fraction` (0 to 1) of the finite values lie; nil where there are none.
    package static func of(_ values: [Double], _ fraction: Double) -> Double? {
        let sorted = values.filter(\.isFinite).sorted()
        guard let last = sorted.last else { return nil }
        let position = fraction * Double(sorted.count - 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return last }
        return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}

/// Means of `window` consecutive values.
package enum MovingMean {
    /// The means of full windows, one for each value that ends one: element i is the mean of the values i … i + window − 1.
    /// Each is added up on its own, so that a value that is not finite spoils only the windows that hold it. O(values · window).
    package static func full(_ values: [Double], window: Int) -> [Double] {
        precondition(window >= 1, "a window of \(window) values")
        guard window <= values.count else { return [] }
        return (window...values.count).map { values[($0 - window)..<$0].reduce(0, +) / Double(window) }
    }

    /// The mean of the last `window` values at each place: element i is the mean of the elements i − window + 1 … i that exist.
    ///
    /// From the first value on that is not finite, the mean is NaN: a loss that has left the numbers does not come back.
    /// Takes time proportional to the number of values, by differences of prefix sums.
    package static func trailing(_ values: [Double], window: Int) -> [Double] {
        precondition(window >= 1, "a window of \(window) values")
        var sums: [Double] = [0]
        sums.reserveCapacity(values.count + 1)
        for value in values { sums.append((sums.last ?? 0) + value) }
        return values.indices.map { index in
            let start = max(0, index + 1 - window)
            return sums[index + 1].isFinite ? (sums[index + 1] - sums[start]) / Double(index + 1 - start) : .nan
        }
    }
}

/// Student's t distribution, for the confidence interval of a mean over few seeds.
public struct Student: Sendable {
    /// The probability that a value is at most `t`.
    ///
    /// - Parameter degrees: degrees of freedom, at least 1.
    public static func probability(below t: Double, degrees: Int) -> Double {
        precondition(degrees >= 1, "\(degrees) degrees of freedom")
        let tail = 0.5 * tails(beyond: t, degrees: degrees)
        return t < 0 ? tail : 1 - tail
    }

    /// The value that a share `p` of the distribution lies below. Relative error about 1e-12.
    ///
    /// - Parameters:
    ///   - p: between 0 and 1, both excluded.
    ///   - degrees: degrees of freedom, at least 1.
    public static func quantile(_ p: Double, degrees: Int) -> Double {
        precondition(p > 0 && p < 1, "the quantile of \(p) is not defined")
        precondition(degrees >= 1, "\(degrees) degrees of freedom")
        if p == 0.5 { return 0 }
        // The tails keep their precision where the probability itself would round to one.
        let target = 2 * min(p, 1 - p)
        var high = 1.0
        while tails(beyond: high, degrees: degrees) > target { high *= 2 }
        var low = high == 1 ? 0 : high / 2
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if tails(beyond: middle, degrees: degrees) > target { low = middle } else { high = middle }
        }
        return p < 0.5 ? -high : high
    }

    /// The probability of a value further from zero than `t`.
    private static func tails(beyond t: Double, degrees: Int) -> Double {
        let degrees = Double(degrees)
        return IncompleteBeta.regularized(degrees / 2, 0.5, at: degrees / (degrees + t * t))
    }
}

/// The regularized incomplete beta function, from which Student's distribution is made.
package enum IncompleteBeta {
    /// I_x(a, b), the share of the beta distribution's mass below x.
    ///
    /// By the continued fraction of DLMF 8.17.22 in Lentz's form, on the side where it converges quickly; about 1e-14 of
    /// relative error for the parameters of a t distribution.
    ///
    /// - Parameters:
    ///   - a: positive.
    ///   - b: positive.
    ///   - x: in 0...1.
    package static func regularized(_ a: Double, _ b: Double, at x: Double) -> Double {
        precondition(a > 0 && b > 0 && (0...1).contains(x), "I_\(x)(\(a), \(b)) is not defined")
        if x == 0 || x == 1 { return x }
        // I_x(a, b) = 1 − I_(1−x)(b, a): the fraction converges for x below the mean.
        if x > (a + 1) / (a + b + 2) { return 1 - fraction(b, a, at: 1 - x) }
        return fraction(a, b, at: x)
    }

    private static func fraction(_ a: Double, _ b: Double, at x: Double) -> Double {
        let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b)) / a
        let tiny = 1e-300
        var numerator = 1.0
        var denominator = 1 - (a + b) * x / (a + 1)
        denominator = 1 / (abs(denominator) < tiny ? tiny : denominator)
        var value = denominator
        for index in 1...500 {
            let m = Double(index)
            for coefficient in [
                m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
            ] {
                denominator = 1 + coefficient * denominator
                denominator = 1 / (abs(denominator) < tiny ? tiny : denominator)
                numerator = 1 + coefficient / numerator
                if abs(numerator) < tiny { numerator = tiny }
                value *= numerator * denominator
            }
            if abs(numerator * denominator - 1) < 1e-16 { break }
        }
        return front * value
    }

    private static func logBeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }
}

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
