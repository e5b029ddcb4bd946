import Kernels
import Vocabulary

/// How large the loss's gradient by the hidden values is, layer by layer: whether it explodes or vanishes on its way back.
///
/// At initialization, with batch normalization and rectifiers, wide layers and large batches, the squared norm grows by the
/// factor π/(π − 1) = 1.467 a layer on its way to the input (Yang et al. 2019); He's initialization without normalization
/// keeps it. Nothing of the model that is measured changes.
///
/// Complexity: one forward and backward pass.
public final class GradientNorms {
    /// What one layer came to.
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
            guard type(of: node.layer).role == .linear,
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
    /// above 0 gradients explode on their way to the input, below they vanish. NaN where a gradient is zero or no number.
    ///
    /// - Parameter layers: all layers of a measurement, or those in the middle, where neither end shows.
    public static func growth(_ layers: some Sequence<Layer>) -> Double {
        let layers = Array(layers)
        return -NetworkDepth.growth(of: layers.map(\.perUnit), at: layers.map(\.depth))
    }
}
