/// Statistics of observed tensors: what is written down about activations, not what they are computed with.
///
/// Unlike the kernels of training these functions allocate.
public enum Distribution {
    // MARK: Quantiles

    /// The quantiles of all elements at the given probabilities.
    ///
    /// Linear interpolation between order statistics: type 7 of Hyndman & Fan (1996), the default of R and NumPy.
    /// All are NaN if the matrix is empty or holds a NaN. Complexity: linear in the number of elements.
    public static func quantiles(_ matrix: Matrix, _ probabilities: [Double], team: Team) -> [Float] {
        let places = QuantilePlaces(probabilities, count: matrix.count)
        return places.quantiles(
            Counting(matrix, ranks: places.ranks, scratch: DistributionScratch(), team: team).keys)
    }

    /// The quantiles of each column, as by `quantiles`: result[column][probability].
    public static func columnQuantiles(_ matrix: Matrix, _ probabilities: [Double], team: Team) -> [[Float]] {
        let places = QuantilePlaces(probabilities, count: matrix.rows)
        let counting = Counting(matrix, columnRanks: places.ranks, scratch: DistributionScratch(), team: team)
        return (0..<matrix.columns).map { places.quantiles(places.ranks.isEmpty ? [] : counting.columnKeys[$0]) }
    }

    // MARK: Moments

    /// The moments and extremes of a set of numbers.
    public struct Moments: Hashable, Sendable {
        /// The arithmetic mean.
        public var mean: Double
        /// The standard deviation, with divisor n.
        public var deviation: Double
        /// The least element.
        public var minimum: Float
        /// The greatest element.
        public var maximum: Float
    }

    /// Mean, deviation and extremes of all elements, in Double and two passes. NaN throughout if there is a NaN.
    ///
    /// - Precondition: The matrix is not empty.
    public static func moments(_ matrix: Matrix, team: Team) -> Moments {
        precondition(matrix.count > 0, "no elements")
        let storage = Storage(count: ColumnReduction.scratch(rows: matrix.rows, columns: matrix.columns))
        let extremes = Extremes(of: matrix)
        let scratch = storage.vector(count: storage.count)
        let (mean, variance) = ColumnReduction.moments(of: matrix, scratch: scratch, team: team)
        withExtendedLifetime(storage) {}
        return Moments(
            mean: mean, deviation: variance.squareRoot(), minimum: extremes.minimum, maximum: extremes.maximum)
    }

    // MARK: Histograms

    /// How many elements lie between the edges: result[0] below the first, result[i] in [edges[i − 1], edges[i]),
    /// the last at or above the last edge. NaNs are in none.
    ///
    /// Complexity: linear in the number of elements, however the edges are spaced.
    ///
    /// - Parameter edges: In increasing order, at least one.
    public static func histogram(_ matrix: Matrix, edges: [Float], team: Team) -> [Int] {
        let counting = Counting(matrix, edges: keys(of: edges), scratch: DistributionScratch(), team: team)
        return counts(counting)
    }

    /// The keys of the edges of a histogram.
    static func keys(of edges: [Float]) -> [UInt32] {
        precondition(!edges.isEmpty && zip(edges, edges.dropFirst()).allSatisfy(<), "edges do not increase")
        // −0 lies with 0.
        return edges.map { FloatKey.of($0 == 0 ? -0.0 : $0) }
    }

    /// The counts of a histogram, from the numbers of values below its edges.
    static func counts(_ counting: Counting) -> [Int] {
        zip(counting.below + [counting.numbers], [0] + counting.below).map { $0 - $1 }
    }
}

/// The least and the greatest element of a matrix; NaN if there is one.
struct Extremes {
    private(set) var minimum: Float
    private(set) var maximum: Float

    init(of matrix: Matrix) {
        var low = Lane(repeating: .infinity)
        var high = Lane(repeating: -.infinity)
        var poison = Lane()
        for row in 0..<matrix.rows {
            let start = matrix.base + row * matrix.stride
            for column in stride(from: 0, to: matrix.columns, by: Lane.width) {
                // Columns past the end repeat the first one.
                let isOutside = Lane.places .>= SIMD16(repeating: Int32(truncatingIfNeeded: matrix.columns - column))
                let lane = start.lane(at: column).replacing(with: Lane(repeating: start[0]), where: isOutside)
                low.replace(with: lane, where: lane .< low)
                high.replace(with: lane, where: lane .> high)
                poison.replace(with: Lane(repeating: .nan), where: lane .!= lane)
            }
        }
        minimum = .infinity
        maximum = -.infinity
        for place in 0..<Lane.width {
            minimum = min(minimum, low[place])
            maximum = max(maximum, high[place])
            if poison[place].isNaN {
                (minimum, maximum) = (.nan, .nan)
                return
            }
        }
    }
}
