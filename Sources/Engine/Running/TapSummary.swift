import Kernels

/// What an observation writes down of one tensor: every channel by itself, and all values together.
public struct TapSummary: Sendable {
    /// The values of one unit or channel, over all images and positions.
    public struct Channel: Sendable {
        /// The arithmetic mean.
        public let mean: Float
        /// The standard deviation with divisor n.
        public let deviation: Float
        /// The 15th, 50th and 85th percentile: the lines of Figure 1b and c (Ioffe & Szegedy 2015).
        public let p15, p50, p85: Float
    }

    /// The shares below the inner seven of TensorBoard's nine percentiles: those of a normal distribution at μ, ±σ/2, ±σ
    /// and ±3σ/2. The outer two are the minimum and the maximum.
    public static let shares = [0.07, 0.16, 0.31, 0.50, 0.69, 0.84, 0.93]

    /// The channels in their order.
    public let channels: [Channel]
    /// The mean of all values.
    public let mean: Double
    /// The standard deviation of all values, with divisor n.
    public let deviation: Double
    /// The least and the greatest value.
    public let minimum, maximum: Float
    /// The percentiles of all values at ``shares``.
    public let percentiles: [Float]
    /// How many values lie below the first edge, between each two, and at or above the last. Values that are not numbers
    /// lie nowhere.
    public let counts: [Int]
}

extension Observer {
    /// Sums up a tensor of the last observation.
    ///
    /// Percentiles are of type 7 (linear interpolation, as NumPy's); they and the moments are NaN where a value is. Linear
    /// in the number of values; the result does not depend on the number of threads.
    ///
    /// - Parameter edges: the edges between the bins of the histogram, in increasing order.
    public func summary(of tap: Tap, edges: [Float]) -> TapSummary {
        let tensor = tensor(tap)
        let columns = tensor.columns
        let scratch = ColumnReduction.scratch(rows: tensor.rows, columns: columns)
        let storage = Storage(count: 2 * columns + scratch)
        let mean = storage.vector(offset: 0, count: columns)
        let variance = storage.vector(offset: columns, count: columns)
        ColumnReduction.moments(
            tensor, mean: mean, variance: variance, scratch: storage.vector(offset: 2 * columns, count: scratch),
            team: team)
        let quantiles = Distribution.columnQuantiles(tensor, [0.15, 0.5, 0.85], team: team)
        let channels = quantiles.enumerated().map { column, quantiles in
            TapSummary.Channel(
                mean: mean[column], deviation: variance[column].squareRoot(), p15: quantiles[0], p50: quantiles[1],
                p85: quantiles[2])
        }
        withExtendedLifetime(storage) {}
        let moments = Distribution.moments(tensor, team: team)
        return TapSummary(
            channels: channels, mean: moments.mean, deviation: moments.deviation, minimum: moments.minimum,
            maximum: moments.maximum, percentiles: Distribution.quantiles(tensor, TapSummary.shares, team: team),
            counts: Distribution.histogram(tensor, edges: edges, team: team))
    }
}
