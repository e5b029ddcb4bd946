import Kernels

/// Means and variances of the channels of every product's output on one batch, layer by layer.
///
/// Without normalization both grow with depth at initialization, with batch normalization they do not (Bjorck et al. 2018,
/// §3 and Figure 5). Nothing of the model that is measured changes.
///
/// Complexity: one forward pass.
public final class ChannelStatistics {
    /// What one layer came to, before any normalization of its output.
    public struct Layer: Equatable, Sendable {
        /// The product.
        public let name: String
        /// The products from the input to it, itself included, on the longest path.
        public let depth: Int
        /// The mean over the channels of μ², μ a channel's mean over images and positions.
        public let squaredMean: Double
        /// The mean over the channels of σ², with divisor n.
        public let variance: Double

        /// The mean square of all values: μ² + σ².
        public var meanSquare: Double { squaredMean + variance }
    }

    private let observer: Observer
    private let depths: [Int]
    private let moments: [Scratch]

    /// The memory for the moments of one tap.
    private struct Scratch {
        let storage: Storage
        let rows: Int
        let columns: Int

        init(rows: Int, columns: Int) {
            (self.rows, self.columns) = (rows, columns)
            storage = Storage(count: 2 * columns + BlockMoments.scratch(rows: rows, columns: columns))
        }

        /// The mean and the variance of each column.
        func moments(of matrix: Matrix, team: Team) -> (mean: Vector, variance: Vector) {
            let mean = storage.vector(offset: 0, count: columns)
            let variance = storage.vector(offset: columns, count: columns)
            let scratch = storage.vector(offset: 2 * columns, count: storage.count - 2 * columns)
            let moments = BlockMoments(rows: rows, columns: columns, scratch: scratch)
            moments.gather(matrix, team: team)
            moments.join(mean: mean, variance: variance)
            return (mean, variance)
        }
    }

    /// A measurement of every product of a model, with statistics of the batch and without dropout, as an ``Observer`` reads
    /// them.
    public init(_ model: Model, batch: Int, team: Team) {
        let network = model.network
        let taps = network.taps.filter { $0.address == "\(network.nodes[$0.node].name)/preactivation" }
        observer = Observer(model: model, batch: batch, taps: taps, team: team)
        let depth = NetworkDepth(network)
        depths = taps.map { depth.nodes[$0.node] }
        moments = taps.map { Scratch(rows: batch * $0.shape.positions, columns: $0.shape.channels) }
    }

    /// Measures the model as it is on one batch.
    ///
    /// - Parameter fill: fills the inputs, [batch·positions × channels].
    /// - Returns: the layers in the network's order.
    public func measure(fill: (Matrix) -> Void) -> [Layer] {
        observer.observe(fill: fill)
        return observer.taps.indices.map { index in
            let tap = observer.taps[index]
            let (mean, variance) = moments[index].moments(of: observer.tensor(tap), team: observer.team)
            var sum = 0.0
            for channel in 0..<variance.count { sum += Double(variance[channel]) }
            return Layer(
                name: observer.model.network.nodes[tap.node].name, depth: depths[index],
                squaredMean: VectorArithmetic.dot(mean, mean) / Double(mean.count),
                variance: sum / Double(variance.count))
        }
    }

    /// By how much the logarithm of a quantity grows from one layer to the next, by least squares: 0 where it stays. NaN
    /// where it is zero or no number somewhere.
    public static func growth(_ layers: some Sequence<Layer>, of quantity: KeyPath<Layer, Double>) -> Double {
        let layers = Array(layers)
        return NetworkDepth.growth(of: layers.map { $0[keyPath: quantity] }, at: layers.map(\.depth))
    }
}
