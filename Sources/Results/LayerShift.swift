import Foundation

/// How far the pooled distribution of each observed tensor moves, between observations and to the last of them: the part of
/// the distribution shift that is a function of `layers.csv` and `histograms.csv`.
struct LayerShift {
    /// The distances of one observation; nil where there is none, or nothing to measure it by.
    struct Value: Equatable {
        /// To the observation before, in units of the running deviation.
        var wasserstein: Double?
        var kolmogorovSmirnov: Double?
        /// To the last observation, in units of the running deviation there.
        var wassersteinToEnd: Double?
        var kolmogorovSmirnovToEnd: Double?
    }

    let taps: [String]
    let values: [String: [Int: Value]]

    /// Compares the observations of a run up to the first that is not finite. O(rows); two numbers are kept for each bin.
    init(_ observations: LayerObservations, histograms url: URL) throws(CSVError) {
        let functions = try Self.functions(observations, url)
        taps = observations.taps
        var values: [String: [Int: Value]] = [:]
        for tap in taps {
            let layers = observations.layers[tap] ?? []
            values[tap] = Self.values(layers, functions[tap] ?? [:])
        }
        self.values = values
    }

    private static func values(
        _ layers: [LayerObservations.Layer], _ functions: [Int: DistributionFunction]
    ) -> [Int: Value] {
        var values: [Int: Value] = [:]
        guard let last = layers.last, let end = functions[last.step] else { return values }
        let scale = layers.reduce(0) { $0 + $1.deviation } / Double(layers.count)
        var deviations = 0.0
        var previous: DistributionFunction?
        for (index, layer) in layers.enumerated() {
            deviations += layer.deviation
            let running = deviations / Double(index + 1)
            guard let function = functions[layer.step] else { continue }
            var value = Value()
            if let previous {
                if running > 0 { value.wasserstein = function.wasserstein(to: previous) / running }
                value.kolmogorovSmirnov = function.kolmogorovSmirnov(to: previous)
            }
            if index < layers.count - 1 {
                if scale > 0 { value.wassersteinToEnd = function.wasserstein(to: end) / scale }
                value.kolmogorovSmirnovToEnd = function.kolmogorovSmirnov(to: end)
            }
            values[layer.step] = value
            previous = function
        }
        return values
    }

    private static func functions(
        _ observations: LayerObservations, _ url: URL
    ) throws(CSVError) -> [String: [Int: DistributionFunction]] {
        let layers = observations.layers.mapValues { layers in
            Dictionary(layers.map { ($0.step, $0) }, uniquingKeysWith: { first, _ in first })
        }
        var functions: [String: [Int: DistributionFunction]] = [:]
        var histogram: (step: Int, tap: String, edges: [Double], counts: [Int])?
        func finish() {
            guard let ended = histogram, let layer = layers[ended.tap]?[ended.step],
                ended.counts.contains(where: { $0 > 0 })
            else { return }
            functions[ended.tap, default: [:]][ended.step] = DistributionFunction(
                minimum: layer.minimum, maximum: layer.maximum,
                percentiles: zip(layer.percentiles, LayerObservations.shares).map { ($0, $1) },
                edges: ended.edges.dropLast(), counts: ended.counts)
        }
        try CSVTable(whole: url).forEachRow(["step", "tap", "right", "count"]) { row throws(CSVError) in
            let step = try row.integer(0)
            if histogram?.step != step || histogram?.tap != row[1] {
                finish()
                histogram = (step, row[1], [], [])
            }
            let (edge, count) = (try row.number(2) ?? .nan, try row.integer(3))
            histogram?.edges.append(edge)
            histogram?.counts.append(count)
        }
        finish()
        for tap in observations.taps {
            for layer in observations.layers[tap] ?? [] where functions[tap]?[layer.step] == nil {
                throw .missingHistogram(file: url.path, tap: tap, step: layer.step)
            }
        }
        return functions
    }
}

/// What `layers.csv` has of each observed tensor, up to the first observation that is not finite.
struct LayerObservations {
    struct Layer: Equatable {
        let step: Int
        let deviation: Double
        let minimum: Double
        let maximum: Double
        /// The percentiles at ``LayerObservations/shares``.
        let percentiles: [Double]
    }

    /// The shares of the values that lie below the percentiles of `layers.csv`.
    static let shares = [0.07, 0.16, 0.31, 0.50, 0.69, 0.84, 0.93]

    private(set) var taps: [String] = []
    private(set) var layers: [String: [Layer]] = [:]

    /// Reads the observations of a run. O(rows).
    init(_ url: URL) throws(CSVError) {
        let percentiles = Self.shares.map { "p\(Int(($0 * 100).rounded()))" }
        var firstNonFinite = Int.max
        let columns = ["step", "tap", "deviation", "minimum"] + percentiles + ["maximum"]
        try CSVTable(whole: url).forEachRow(columns) { row throws(CSVError) in
            let step = try row.integer(0)
            let tap = row[1]
            var numbers: [Double] = []
            for index in 2..<columns.count { numbers.append(try row.number(index) ?? .nan) }
            guard numbers.allSatisfy(\.isFinite) else {
                firstNonFinite = min(firstNonFinite, step)
                return
            }
            if layers[tap] == nil { taps.append(tap) }
            layers[tap, default: []].append(
                Layer(
                    step: step, deviation: numbers[0], minimum: numbers[1], maximum: numbers[numbers.count - 1],
                    percentiles: Array(numbers[2..<(numbers.count - 1)])))
        }
        cut(before: firstNonFinite)
    }

    /// Forgets the observations from a step on.
    mutating func cut(before step: Int) { layers = layers.mapValues { $0.filter { $0.step < step } } }

    /// Every step that was observed, ascending.
    var steps: [Int] { Set(layers.values.joined().map(\.step)).sorted() }
}

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

/// The bins of every histogram: the same for all taps, arms, seeds and experiments with the same number of bins.
///
/// Fixed bins make distributions comparable between arms and over training, and a resumed run identical to one that was
/// not. A single range would serve either pre-activations of ±0.05 at the start or of ±30 at the end; so the edges are
/// evenly spaced in asinh(x / 0.1): even in x around zero, even in log|x| further out, symmetric, up to ±100. They are
/// rounded to three significant digits, which makes them the same numbers on every machine. Two more bins count what lies
/// below and above.
public struct HistogramEdges: Equatable, Sendable {
    /// The largest edge.
    public static let limit = 100.0
    /// Where the spacing turns from even to logarithmic.
    public static let scale = 0.1

    /// The edges in ascending order. Bin 0 lies below `edges[0]`, bin i covers `edges[i - 1] ..< edges[i]`, and the last,
    /// bin `edges.count`, lies at or above the last edge.
    public let edges: [Float]

    /// The edges of a number of bins, not counting the two outside.
    ///
    /// - Parameter bins: at least 2.
    public init(bins: Int) {
        precondition(bins >= 2, "\(bins) bins; at least 2 are needed")
        let extent = asinh(Self.limit / Self.scale)
        edges = (0...bins).map { index in
            // Numbers the edges from the middle outwards, so that both halves are each other's mirror image.
            let position = Double(2 * index - bins) / Double(bins)
            let magnitude = Self.scale * sinh(extent * abs(position))
            return Float((position < 0 ? -1 : 1) * Self.rounded(magnitude))
        }
    }

    /// The left and right end of a bin; infinite for the outer two.
    public func ends(of bin: Int) -> (left: Float, right: Float) {
        (bin == 0 ? -.infinity : edges[bin - 1], bin == edges.count ? .infinity : edges[bin])
    }

    /// The value with three significant digits.
    private static func rounded(_ value: Double) -> Double {
        Double(String(format: "%.2e", value)) ?? value
    }
}
