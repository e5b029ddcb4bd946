import Foundation
import Testing

@testable import Results

struct DistributionFunctionTests {
    // MARK: Closed forms

    /// Φ, by the C library.
    private static func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

    /// The value below which a share of a standard normal distribution lies, by bisection.
    private static func quantile(_ share: Double) -> Double {
        var (low, high) = (-10.0, 10.0)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if normal(middle) < share { low = middle } else { high = middle }
        }
        return low
    }

    /// A normal distribution as an observation records it, with 10¹⁵ values.
    private static func gaussian(_ mean: Double, _ deviation: Double, bins: Int, extent: Double = 8)
        -> DistributionFunction
    {
        let edges = HistogramEdges(bins: bins).edges.map(Double.init)
        let below = [0] + edges.map { normal(($0 - mean) / deviation) } + [1]
        return DistributionFunction(
            minimum: mean - extent * deviation, maximum: mean + extent * deviation,
            percentiles: LayerObservations.shares.map { (mean + deviation * quantile($0), $0) }, edges: edges,
            counts: zip(below, below.dropFirst()).map { Int((($1 - $0) * 1e15).rounded()) })
    }

    @Test(arguments: [(60, 0.03), (600, 3e-4), (6000, 1e-4)])
    func shiftedGaussians(bins: Int, tolerance: Double) {
        for (shift, deviation) in [(0.1, 1), (0.5, 1), (2, 1), (-1, 3), (0.02, 0.05), (4, 0.5)] as [(Double, Double)] {
            let first = Self.gaussian(0.3, deviation, bins: bins)
            let second = Self.gaussian(0.3 + shift, deviation, bins: bins)
            #expect(abs(first.wasserstein(to: second) / abs(shift) - 1) < tolerance, "\(shift), \(deviation)")
            let supremum = 2 * Self.normal(abs(shift) / deviation / 2) - 1
            #expect(abs(first.kolmogorovSmirnov(to: second) - supremum) < tolerance, "\(shift), \(deviation)")
        }
    }

    @Test(arguments: [(60, 0.03), (600, 3e-4), (6000, 1e-4)])
    func widenedGaussians(bins: Int, tolerance: Double) {
        for (first, second) in [(1, 1.1), (1, 2), (0.2, 3), (5, 2)] as [(Double, Double)] {
            let distance = Self.gaussian(0, first, bins: bins).wasserstein(
                to: Self.gaussian(0, second, bins: bins))
            let expected = abs(first - second) * (2 / Double.pi).squareRoot()
            #expect(abs(distance / expected - 1) < tolerance, "\(first), \(second)")
        }
    }

    // MARK: Other computations

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            return mixed ^ (mixed >> 27)
        }
    }

    /// Values as an observation records them; percentiles are interpolated linearly.
    private static func recorded(_ values: [Double], bins: Int = 60) -> DistributionFunction {
        let sorted = values.sorted()
        let edges = HistogramEdges(bins: bins).edges.map(Double.init)
        var counts = [Int](repeating: 0, count: edges.count + 1)
        for value in values { counts[edges.firstIndex { value < $0 } ?? edges.count] += 1 }
        let percentiles = LayerObservations.shares.map { share in
            let place = share * Double(sorted.count - 1)
            let (low, high) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
            return (low + (high - low) * (place - place.rounded(.down)), share)
        }
        return DistributionFunction(
            minimum: sorted[0], maximum: sorted[sorted.count - 1], percentiles: percentiles, edges: edges,
            counts: counts)
    }

    /// Of two samples of one size, W₁ is the mean distance of the sorted values, and the supremum is at a value.
    @Test func ofSamplesTheyAreThoseOfTheSortedValues() {
        var generator = Generator(state: 5)
        func sample(_ body: (Double, Double) -> Double) -> [Double] {
            (0..<1000).map { _ in
                body(.random(in: 0..<1, using: &generator), .random(in: 0..<1, using: &generator))
            }
        }
        let samples = [
            sample { $0 + $1 }, sample { 3 * $0 * $1 - 1 }, sample { max(0, 4 * $0 - 1 - 2 * $1) },
            sample { u, _ in -log(1 - u) * 0.01 }, sample { u, v in u < 0.3 ? v : 50 + v },
        ]
        for a in samples {
            for b in samples {
                let (x, y) = (a.sorted(), b.sorted())
                let distance = zip(x, y).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(x.count)
                func share(_ values: [Double], upTo limit: Double) -> Double {
                    Double(values.count { $0 <= limit }) / Double(values.count)
                }
                var supremum = 0.0
                for index in stride(from: 0, to: 1000, by: 5) {
                    for limit in [x[index], y[index]] {
                        supremum = max(supremum, abs(share(x, upTo: limit) - share(y, upTo: limit)))
                    }
                }
                let (first, second) = (Self.recorded(a), Self.recorded(b))
                #expect(abs(first.wasserstein(to: second) - distance) < 0.04 * distance + 1e-3)
                #expect(abs(first.kolmogorovSmirnov(to: second) - supremum) < 0.05)
            }
        }
    }

    /// Sums |F − G| over a fine grid, with functions that are evaluated by a search of their own.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func agreesWithASumOverAFineGrid(seed: UInt64) {
        var generator = Generator(state: seed)
        func random() -> (function: DistributionFunction, points: [(Double, Double)]) {
            let count = Int.random(in: 1...6, using: &generator)
            // Different values on a coarse lattice, some of which both functions have.
            let lattice = (-8...8).shuffled(using: &generator).prefix(count + 2)
            let values = lattice.sorted().map { Double($0) / 4 }
            let shares = (0..<(count - 1)).map { _ in Double.random(in: 0...1, using: &generator) }.sorted()
            let levels = [0] + shares + [1]
            let inside = values.dropFirst().dropLast()
            // A function that runs through the points, or one that jumps at them and is level between.
            let percentiles =
                Bool.random(using: &generator)
                ? zip(inside, levels).map { (value: $0, share: $1) }
                : zip(inside, zip(levels, levels.dropFirst())).flatMap { value, jump in
                    [(value: value, share: jump.0), (value: value, share: jump.1)]
                }
            let inner: [(Double, Double)] = percentiles.map { ($0.value, $0.share) }
            let points: [(Double, Double)] = [(values[0], 0.0)] + inner + [(values[count + 1], 1.0)]
            let function = DistributionFunction(
                minimum: values[0], maximum: values[count + 1], percentiles: percentiles.shuffled(using: &generator),
                edges: [], counts: [1])
            return (function, points)
        }
        func share(_ points: [(Double, Double)], below x: Double) -> Double {
            guard let next = points.first(where: { $0.0 > x }) else { return 1 }
            guard let last = points.last(where: { $0.0 <= x }) else { return 0 }
            return last.1 + (x - last.0) / (next.0 - last.0) * (next.1 - last.1)
        }
        let (first, second) = (random(), random())
        let count = 50_000
        let differences = (0..<count).map { index in
            let x = -2.5 + 5 * (Double(index) + 0.5) / Double(count)
            return abs(share(first.points, below: x) - share(second.points, below: x))
        }
        let sum = differences.reduce(0, +) * 5 / Double(count)
        #expect(abs(first.function.wasserstein(to: second.function) - sum) < 1e-4)
        let greatest = differences.max() ?? 0
        let supremum = first.function.kolmogorovSmirnov(to: second.function)
        // One sided limits at a jump may stand out of the grid's maximum, never the other way round.
        #expect(supremum >= greatest - 1e-12 && supremum <= 1)
        #expect(second.function.wasserstein(to: first.function) == first.function.wasserstein(to: second.function))
        #expect(second.function.kolmogorovSmirnov(to: first.function) == supremum)
        #expect(first.function.wasserstein(to: first.function) == 0)
        #expect(first.function.kolmogorovSmirnov(to: first.function) == 0)
    }

    // MARK: Scale

    /// Edges at powers of two: twice the values are the same counts one bin further out.
    @Test func followsTheBinsGeometry() {
        let edges = (-3...6).map { pow(2, Double($0)) }
        func function(_ counts: [Int], scale: Int) -> DistributionFunction {
            let shifted = [Int](repeating: 0, count: scale) + counts
            let minimum = pow(2, Double(scale - 3)), maximum = pow(2, Double(scale + counts.count - 4))
            return DistributionFunction(
                minimum: minimum, maximum: maximum, percentiles: [], edges: edges,
                counts: shifted + [Int](repeating: 0, count: edges.count + 1 - shifted.count))
        }
        let (a, b) = ([0, 3, 5, 9, 1], [0, 7, 1, 2, 8])
        let distance = function(a, scale: 0).wasserstein(to: function(b, scale: 0))
        let supremum = function(a, scale: 0).kolmogorovSmirnov(to: function(b, scale: 0))
        #expect(distance > 0.1)
        for scale in 1...5 {
            #expect(
                function(a, scale: scale).wasserstein(to: function(b, scale: scale)) == distance * pow(2, Double(scale))
            )
            #expect(function(a, scale: scale).kolmogorovSmirnov(to: function(b, scale: scale)) == supremum)
        }
    }

    /// A distribution far narrower than a bin: percentiles see what edges do not.
    @Test(arguments: [1e-2, 1e-4, 1e-8])
    func aNarrowDistributionIsSeen(scale: Double) {
        func gaussian(_ mean: Double, _ deviation: Double) -> DistributionFunction {
            Self.gaussian(mean * scale, deviation * scale, bins: 60, extent: 4)
        }
        let shift = gaussian(0, 1).wasserstein(to: gaussian(0.5, 1)) / scale
        #expect(abs(shift / 0.5 - 1) < 0.03)
        let widening = gaussian(0, 1).wasserstein(to: gaussian(0, 2)) / scale
        // Beyond the outer percentiles, at 1.5 deviations, only the extremes are known: tails are too heavy.
        #expect(abs(widening / (2 / Double.pi).squareRoot() - 1) < 0.2)
        let supremum = gaussian(0, 1).kolmogorovSmirnov(to: gaussian(0.5, 1))
        #expect(abs(supremum - (2 * Self.normal(0.25) - 1)) < 0.02)
    }

    // MARK: Jumps

    @Test func constantsAreAsFarApartAsTheyAre() {
        func constant(_ value: Double) -> DistributionFunction { Self.recorded([value, value, value]) }
        #expect(constant(3).wasserstein(to: constant(5)) == 2)
        #expect(constant(3).kolmogorovSmirnov(to: constant(5)) == 1)
        #expect(constant(0).wasserstein(to: constant(0)) == 0)
        // Both lie in one bin.
        #expect(abs(constant(0.011).wasserstein(to: constant(0.012)) - 0.001) < 1e-15)
    }

    @Test func zerosOfARectifierAreAJump() {
        // Half of the values are 0; the others are spread over 0…1 or over 0…2.
        func rectified(_ extent: Double) -> DistributionFunction {
            Self.recorded((0..<1000).map { max(0, (Double($0) - 499.5) / 500) * extent })
        }
        #expect(abs(rectified(1).wasserstein(to: rectified(2)) - 0.25) < 0.01)
        #expect(abs(rectified(1).kolmogorovSmirnov(to: rectified(2)) - 0.25) < 0.01)
        #expect(abs(rectified(1).wasserstein(to: Self.recorded([0, 0])) - 0.25) < 0.01)
        #expect(abs(rectified(1).kolmogorovSmirnov(to: Self.recorded([0, 0])) - 0.5) < 0.03)
        // 49 and 51 % of zeros: percentiles fall on different sides of the jump's end.
        func share(_ zeros: Double) -> DistributionFunction {
            Self.recorded((0..<1000).map { max(0, Double($0) / 1000 - zeros) })
        }
        #expect(abs(share(0.49).kolmogorovSmirnov(to: share(0.51)) - 0.02) < 0.03)
        // A value in the middle that is as frequent.
        func middle(_ value: Double) -> DistributionFunction {
            Self.recorded((0..<1000).map { abs($0 - 500) < 250 ? value : Double($0) / 1000 })
        }
        #expect(abs(middle(0.5).kolmogorovSmirnov(to: middle(0.6)) - 0.5) < 0.03)
        #expect(abs(middle(0.5).wasserstein(to: middle(0.6)) - 0.05) < 0.005)
    }
}
