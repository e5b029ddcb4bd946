extension Distribution {
    /// Everything that is written down about a matrix.
    public struct Summary: Sendable {
        /// The mean and the standard deviation (divisor n) of each column, as by `BlockMoments`.
        public let columnMeans, columnDeviations: [Float]
        /// The quantiles of each column, as by `columnQuantiles`.
        public let columnQuantiles: [[Float]]
        /// The moments and extremes of all elements, as by `moments`.
        public let moments: Moments
        /// The quantiles of all elements, as by `quantiles`.
        public let quantiles: [Float]
        /// How many elements lie between the edges, as by `histogram`.
        public let counts: [Int]
    }

    /// Sums up a matrix: the same bits as one function here after the other, in three passes altogether.
    ///
    /// - Precondition: The matrix is not empty.
    /// - Parameters:
    ///   - edges: In increasing order, at least one.
    ///   - scratch: Used by nobody else meanwhile.
    public static func summary(
        of matrix: Matrix, columnProbabilities: [Double], probabilities: [Double], edges: [Float],
        scratch: DistributionScratch, team: Team
    ) -> Summary {
        precondition(matrix.count > 0, "no elements")
        let columnPlaces = QuantilePlaces(columnProbabilities, count: matrix.rows)
        let places = QuantilePlaces(probabilities, count: matrix.count)
        let counting = Counting(
            matrix, columnRanks: columnPlaces.ranks, ranks: places.ranks, edges: keys(of: edges), scratch: scratch,
            team: team)

        let columns = Storage(count: 2 * matrix.columns)
        let means = columns.vector(count: matrix.columns)
        let variances = columns.vector(offset: matrix.columns, count: matrix.columns)
        let blocks = BlockMoments(rows: matrix.rows, columns: matrix.columns, scratch: scratch.moments(of: matrix))
        blocks.gather(matrix, team: team)
        blocks.join(mean: means, variance: variances)
        let all = blocks.joinAll()
        return withExtendedLifetime(columns) {
            Summary(
                columnMeans: means.elements, columnDeviations: variances.elements.map { $0.squareRoot() },
                columnQuantiles: (0..<matrix.columns).map { column in
                    columnPlaces.quantiles(columnPlaces.ranks.isEmpty ? [] : counting.columnKeys[column])
                },
                moments: moments(all, of: matrix, counting), quantiles: places.quantiles(counting.keys),
                counts: counts(counting))
        }
    }

    private static func moments(
        _ moments: (mean: Double, variance: Double), of matrix: Matrix, _ counting: Counting
    ) -> Moments {
        var (minimum, maximum) = (Float.nan, Float.nan)
        if counting.numbers == matrix.count {
            minimum = FloatKey.value(of: counting.extremes.least)
            maximum = FloatKey.value(of: counting.extremes.greatest)
            if counting.hasBothZeros && (minimum == 0 || maximum == 0) {
                // Which of the zeros is the extreme is a matter of their places.
                let extremes = Extremes(of: matrix)
                (minimum, maximum) = (extremes.minimum, extremes.maximum)
            }
        }
        return Moments(
            mean: moments.mean, deviation: moments.variance.squareRoot(), minimum: minimum, maximum: maximum)
    }
}
