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
        RankSelection(matrix, team: team).quantiles(probabilities)
    }

    /// The quantiles of each column, as by `quantiles`: result[column][probability].
    public static func columnQuantiles(_ matrix: Matrix, _ probabilities: [Double], team: Team) -> [[Float]] {
        let (rows, columns) = (matrix.rows, matrix.columns)
        let results = Storage(count: columns * probabilities.count)
        let table = results.matrix(rows: columns, columns: probabilities.count)
        // A panel of columns is turned into rows first: selecting from a column in place would touch all of the matrix.
        let width = Lane.width
        team.forEach((columns + width - 1) / width) { panel in
            let range = panel * width..<min((panel + 1) * width, columns)
            let storage = Storage(count: range.count * rows)
            let turned = storage.matrix(rows: range.count, columns: rows)
            Transposition.transpose(matrix.columns(range), into: turned)
            for column in range {
                let row = turned.rows(column - range.lowerBound..<column - range.lowerBound + 1)
                for (index, value) in RankSelection(row, team: team).quantiles(probabilities).enumerated() {
                    table[column, index] = value
                }
            }
            withExtendedLifetime(storage) {}
        }
        return withExtendedLifetime(results) {
            (0..<columns).map { table.rows($0..<$0 + 1).elements }
        }
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
        precondition(!edges.isEmpty && zip(edges, edges.dropFirst()).allSatisfy(<), "edges do not increase")
        let index = EdgeIndex(edges)
        return RowCounts(matrix, team: team).count(edges.count + 1) { $0.isNaN ? nil : index.bin(of: $0) }
    }
}

/// The least and the greatest element of a matrix; NaN if there is one.
private struct Extremes {
    var minimum: Float
    var maximum: Float

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
