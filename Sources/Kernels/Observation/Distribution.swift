/// Statistics of observed tensors: what is written down about activations, not what they are computed with.
public enum Distribution {
    /// Count, moments and extremes of a set of numbers.
    public struct Moments: Hashable, Sendable {
        /// The arithmetic mean.
        public var mean: Double
        /// The standard deviation with divisor n.
        public var deviation: Double
        /// The least element.
        public var minimum: Float
        /// The greatest element.
        public var maximum: Float
    }

    // MARK: Quantiles

    /// The quantiles of all elements at the given probabilities.
    ///
    /// Linear interpolation between order statistics: type 7 of Hyndman & Fan (1996), the default of R and NumPy.
    /// All are NaN if the matrix is empty or holds a NaN. Complexity: linear in the number of elements.
    public static func quantiles(_ matrix: Matrix, _ probabilities: [Double], team: Team) -> [Float] {
        RankSelection(matrix).quantiles(probabilities)
    }

    /// The quantiles of each column, as by `quantiles`: result[column][probability].
    public static func columnQuantiles(_ matrix: Matrix, _ probabilities: [Double], team: Team) -> [[Float]] {
        let results = Storage(count: matrix.columns * probabilities.count)
        let table = results.matrix(rows: matrix.columns, columns: probabilities.count)
        team.forEach(matrix.columns) { column in
            let values = RankSelection(matrix.columns(column..<column + 1)).quantiles(probabilities)
            for (index, value) in values.enumerated() {
                table[column, index] = value
            }
        }
        return withExtendedLifetime(results) {
            (0..<matrix.columns).map { table.rows($0..<$0 + 1).elements }
        }
    }

    // MARK: Moments

    /// Mean, deviation and extremes of all elements, in Double and two passes. NaN throughout if there is a NaN.
    ///
    /// - Precondition: The matrix is not empty.
    public static func moments(_ matrix: Matrix, team: Team) -> Moments {
        precondition(matrix.count > 0, "no elements")
        var (minimum, maximum) = (matrix.base[0], matrix.base[0])
        var sum = 0.0
        forEachRow(matrix) { row in
            for value in row {
                sum += Double(value)
                // Written so that a NaN is kept once it is there.
                if !(value >= minimum) && !minimum.isNaN { minimum = value }
                if !(value <= maximum) && !maximum.isNaN { maximum = value }
            }
        }
        let mean = sum / Double(matrix.count)
        var squares = 0.0
        forEachRow(matrix) { row in
            for value in row {
                let deviation = Double(value) - mean
                squares.addProduct(deviation, deviation)
            }
        }
        let deviation = (squares / Double(matrix.count)).squareRoot()
        return Moments(mean: mean, deviation: deviation, minimum: minimum, maximum: maximum)
    }

    // MARK: Histograms

    /// How many elements lie between the edges: result[0] below the first, result[i] in [edges[i − 1], edges[i]),
    /// the last at or above the last edge. NaNs are in none.
    ///
    /// - Parameter edges: In increasing order.
    public static func histogram(_ matrix: Matrix, edges: [Float], team: Team) -> [Int] {
        var counts = [Int](repeating: 0, count: edges.count + 1)
        forEachRow(matrix) { row in
            for value in row where !value.isNaN {
                var (low, high) = (0, edges.count)
                while low < high {
                    let middle = (low + high) / 2
                    if edges[middle] <= value { low = middle + 1 } else { high = middle }
                }
                counts[low] += 1
            }
        }
        return counts
    }

    private static func forEachRow(_ matrix: Matrix, _ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        for row in 0..<matrix.rows {
            body(UnsafeMutableBufferPointer(start: matrix.base + row * matrix.stride, count: matrix.columns))
        }
    }
}
