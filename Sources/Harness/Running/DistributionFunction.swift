/// The distribution function F(x) of observed values, known at some points and linear between them.
///
/// A histogram gives the share of the values below each of its edges, exactly; percentiles give the value below which a
/// share lies. Together they are points of F from the minimum, where it leaves 0, to the maximum, where it reaches 1: the
/// values between two points are taken as evenly spread. The edges see a wide distribution finely and a narrow one, which
/// lies between two of them, not at all; percentiles see both alike. Where several percentiles are one value, as the zero
/// behind a ReLU, F jumps, and what lies between that value and the points next to it is taken to be of that value too.
struct DistributionFunction: Equatable {
    /// The points in ascending order, neither coordinate decreasing: from (minimum, 0) to (maximum, 1).
    private let values: [Double]
    private let shares: [Double]

    /// The function of a histogram with percentiles. O(n log n) in the number of points.
    ///
    /// Percentiles that are interpolated between two values may contradict an edge by the share of one value: the greater
    /// share holds.
    ///
    /// - Parameters:
    ///   - minimum: the least value, finite.
    ///   - maximum: the greatest value, finite.
    ///   - percentiles: values and the shares below them, in any order.
    ///   - edges: the edges between the bins, ascending; those outside minimum…maximum say nothing.
    ///   - counts: the values in each bin, `edges.count + 1` of them: below the first edge, between each two, at or above
    ///     the last. At least one value.
    init(
        minimum: Double, maximum: Double, percentiles: [(value: Double, share: Double)], edges: [Double], counts: [Int]
    ) {
        precondition(counts.count == edges.count + 1, "\(counts.count) bins between \(edges.count) edges")
        let total = Double(counts.reduce(0, +))
        precondition(total > 0, "a histogram of no values")
        let quantiles =
            [(value: minimum, share: 0)]
            + percentiles.filter { $0.value >= minimum && $0.value <= maximum }.sorted { $0.share < $1.share }
            + [(value: maximum, share: 1)]
        var points = quantiles.map { Point(value: $0.value, share: min(max($0.share, 0), 1), isEdge: false) }
        var below = 0
        for (edge, count) in zip(edges, counts) {
            below += count
            if edge > minimum, edge <= maximum {
                points.append(Point(value: edge, share: Double(below) / total, isEdge: true))
            }
        }
        points.sort { ($0.value, $0.share) < ($1.value, $1.share) }
        for index in points.indices.dropFirst() {
            points[index].share = max(points[index].share, points[index - 1].share)
        }
        for (one, next) in zip(quantiles, quantiles.dropFirst()) where one.value == next.value {
            Self.widenJump(at: one.value, &points)
        }
        values = points.map(\.value)
        shares = points.map(\.share)
    }

    private struct Point {
        let value: Double
        var share: Double
        let isEdge: Bool
    }

    /// Lets the function jump from the point before a value to the point behind it. An edge at the value knows what is below.
    private static func widenJump(at value: Double, _ points: inout [Point]) {
        guard let first = points.firstIndex(where: { $0.value == value }),
            let last = points.lastIndex(where: { $0.value == value })
        else { return }
        if last + 1 < points.count { points[last].share = points[last + 1].share }
        if first > 0, !points[first].isEdge { points[first].share = points[first - 1].share }
    }

    /// The first Wasserstein distance, ∫|F − G| dx: how far a value must be moved on average to turn one distribution into
    /// the other, in the unit of the values. Exact for the two functions; O(points).
    func wasserstein(to other: Self) -> Double {
        var sum = 0.0
        var last: (value: Double, difference: Double)?
        forEachPoint(with: other) { value, before, after in
            if let last { sum += (value - last.value) * Self.meanMagnitude(last.difference, before) }
            last = (value, after)
        }
        return sum
    }

    /// The Kolmogorov–Smirnov distance, sup|F − G|, from 0 to 1. Of piecewise linear functions it lies at a point of one
    /// of them. O(points).
    func kolmogorovSmirnov(to other: Self) -> Double {
        var greatest = 0.0
        forEachPoint(with: other) { _, before, after in greatest = max(greatest, abs(before), abs(after)) }
        return greatest
    }

    /// The mean of |d| where d runs evenly from `first` to `last`.
    private static func meanMagnitude(_ first: Double, _ last: Double) -> Double {
        let (a, b) = (abs(first), abs(last))
        return first * last >= 0 ? (a + b) / 2 : (a * a + b * b) / (2 * (a + b))
    }

    /// Calls `body` with every value at which one of the functions has a point, ascending, and with F − G just before
    /// and just after it.
    private func forEachPoint(with other: Self, _ body: (Double, Double, Double) -> Void) {
        var (mine, theirs) = (Cursor(of: self), Cursor(of: other))
        while let value = [mine.next, theirs.next].compactMap(\.self).min() {
            let (f, g) = (mine.advance(to: value), theirs.advance(to: value))
            body(value, f.before - g.before, f.after - g.after)
        }
    }

    /// A place in the function that only moves up.
    private struct Cursor {
        private let function: DistributionFunction
        /// The first point that was not passed.
        private var index = 0

        init(of function: DistributionFunction) { self.function = function }

        /// The value of the next point; nil behind the last.
        var next: Double? { index < function.values.count ? function.values[index] : nil }

        /// The limits of F from below and from above at a value that is at most the next point's.
        mutating func advance(to value: Double) -> (before: Double, after: Double) {
            let (values, shares) = (function.values, function.shares)
            guard index < values.count else { return (1, 1) }
            guard value == values[index] else {
                guard index > 0 else { return (0, 0) }
                // Between two points that differ: the earlier was passed with all that are equal to it.
                let part = (value - values[index - 1]) / (values[index] - values[index - 1])
                let share = shares[index - 1] + part * (shares[index] - shares[index - 1])
                return (share, share)
            }
            let before = shares[index]
            while index < values.count, values[index] == value { index += 1 }
            return (before, shares[index - 1])
        }
    }
}
