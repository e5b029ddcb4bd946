import Kernels
import Vocabulary

/// How deep the nodes of a network lie: the axis on which quantities of layers are followed.
struct NetworkDepth {
    /// For each node, the products (dense, convolution) on the longest path from the input to it, its own included.
    let nodes: [Int]

    init(_ network: Network) {
        var depths: [Int] = []
        for node in network.nodes {
            let before = node.inputs.map { $0 == 0 ? 0 : depths[$0 - 1] }.max() ?? 0
            depths.append(before + (node.layer.traits.role == .linear ? 1 : 0))
        }
        nodes = depths
    }

    /// By how much the natural logarithm of a quantity grows from one depth to the next: the slope of the least-squares line
    /// through (depth, log value).
    ///
    /// NaN where a value is not positive and finite, or where there are fewer than two different depths.
    static func growth(of values: [Double], at depths: [Int]) -> Double {
        precondition(values.count == depths.count, "a depth for every value")
        guard values.allSatisfy({ $0 > 0 && $0.isFinite }), !values.isEmpty else { return .nan }
        let logarithms = values.map(RealPower.logarithm)
        let meanDepth = Double(depths.reduce(0, +)) / Double(depths.count)
        let meanLogarithm = logarithms.reduce(0, +) / Double(depths.count)
        var (product, square) = (0.0, 0.0)
        for (depth, logarithm) in zip(depths, logarithms) {
            let distance = Double(depth) - meanDepth
            product += distance * (logarithm - meanLogarithm)
            square += distance * distance
        }
        return square > 0 ? product / square : .nan
    }
}

/// How large the loss's gradient by the hidden values is, layer by layer: whether it explodes or vanishes on its way back.
///
/// At initialization, with batch normalization and rectifiers, wide layers and large batches, the squared norm grows by the
/// factor π/(π − 1) = 1.467 a layer on its way to the input (Yang et al. 2019); He's initialization without normalization
/// keeps it. Nothing of the model that is measured changes.
///
/// Complexity: one forward and backward pass.
public final class GradientNorms {
    /// The measurement of one layer.
    public struct Layer: Equatable, Sendable {
        /// The product after which the tap is named.
        public let name: String
        /// The products from the input to it, itself included, on the longest path.
        public let depth: Int
        /// The values of one image at the tap.
        public let units: Int
        /// The mean over the images i of ‖∂Σℓ/∂hᵢ‖², Σℓ the sum of the images' losses, so that it does not depend on how
        /// many there are. With batch normalization that is not the gradient of the image's own loss alone, since its value
        /// changes the others' statistics.
        public let squaredNorm: Double

        /// The same for one unit: what can be compared where widths differ.
        public var perUnit: Double { squaredNorm / Double(units) }
    }

    private let differentiator: Differentiator
    private let places: [(name: String, depth: Int, value: Int, units: Int)]

    /// A measurement at the input of every product's nonlinearity (the taps `X/activation-input`), which for the last product
    /// is the class scores, or at every product's own output.
    ///
    /// - Parameter atPreactivations: whether it is at the products' own outputs (`X/preactivation`).
    public init(_ network: Network, batch: Int, atPreactivations: Bool = false, team: Team) {
        differentiator = Differentiator(network, batch: batch, team: team)
        let depth = NetworkDepth(network)
        let suffix = atPreactivations ? "/preactivation" : "/activation-input"
        places = network.nodes.enumerated().compactMap { index, node in
            guard node.layer.traits.role == .linear,
                let tap = network.taps.first(where: { $0.address == node.name + suffix })
            else { return nil }
            return (node.name, depth.nodes[index], tap.node + 1, tap.shape.count)
        }
    }

    /// Measures a model of the network on one batch.
    ///
    /// - Parameters:
    ///   - phase: what the pass is: that of a training step, or one of inference with statistics of the batch.
    ///   - fill: fills the inputs, [batch·positions × channels], and the labels.
    /// - Returns: the layers in the network's order.
    public func measure(
        _ model: Model, phase: Phase = .inference(.batch), fill: (Matrix, inout [Int32]) -> Void
    ) -> [Layer] {
        precondition(phase.statistics == .batch, "gradients of training have the batch's statistics")
        differentiator.take(model, phase: phase, fill: fill)
        differentiator.forward()
        _ = differentiator.loss()
        // The loss is the mean over the images: n times its gradient is that of the sum, and the mean of n squares n times
        // as large is n times the sum.
        var norms: [Int: Double] = [:]
        let wanted = Set(places.map(\.value))
        differentiator.backward { value, gradient in
            if wanted.contains(value) { norms[value] = Double(differentiator.batch) * gradient.squaredNorm }
        }
        return places.map { place in
            Layer(
                name: place.name, depth: place.depth, units: place.units, squaredNorm: norms[place.value] ?? .nan)
        }
    }

    /// By how much the logarithm of the squared norm of a unit grows from one layer to the one before it, by least squares:
    /// above 0 gradients explode on their way to the input, below they vanish. NaN where a gradient is zero or not a number.
    ///
    /// - Parameter layers: all layers of a measurement, or those in the middle, where neither end shows.
    public static func growth(_ layers: some Sequence<Layer>) -> Double {
        let layers = Array(layers)
        return -NetworkDepth.growth(of: layers.map(\.perUnit), at: layers.map(\.depth))
    }
}

/// Means and variances of the channels of every product's output on one batch, layer by layer.
///
/// Without normalization both grow with depth at initialization, with batch normalization they do not (Bjorck et al. 2018,
/// §3 and Figure 5). Nothing of the model that is measured changes.
///
/// Complexity: one forward pass.
public final class ChannelStatistics {
    /// The measurement of one layer, before any normalization of its output.
    public struct Layer: Equatable, Sendable {
        public let name: String
        /// The products from the input to it, itself included, on the longest path.
        public let depth: Int
        /// The mean over the channels of μ², μ a channel's mean over images and positions.
        public let squaredMean: Double
        /// The mean over the channels of σ², with divisor n.
        public let variance: Double
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
    /// where it is zero or not a number somewhere.
    public static func growth(_ layers: some Sequence<Layer>, of quantity: KeyPath<Layer, Double>) -> Double {
        let layers = Array(layers)
        return NetworkDepth.growth(of: layers.map { $0[keyPath: quantity] }, at: layers.map(\.depth))
    }
}
