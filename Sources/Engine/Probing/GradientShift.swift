import Kernels

/// Internal covariate shift as Santurkar et al. 2018 define it (Definition 2.1): how much a layer's gradient changes when
/// the layers below it are updated.
///
///     G_i  = ∇_{W_i} L(W_1ᵗ, …, W_kᵗ; xᵗ, yᵗ)
///     G′_i = ∇_{W_i} L(W_1ᵗ⁺¹, …, W_{i−1}ᵗ⁺¹, W_iᵗ, …, W_kᵗ; xᵗ, yᵗ)
///
/// on the same batch and with its statistics, Wᵗ⁺¹ being what the run's own optimizer makes of Wᵗ at this step. "Below" are
/// the layers from which a path leads to layer i, with their biases, γ and β. Layers with nothing below are left out: their
/// G′ is G. Nothing of the model that is measured changes.
///
/// Complexity: one forward and backward pass a layer, and one more.
public final class GradientShift {
    /// What one layer came to.
    public struct Layer: Equatable, Sendable {
        /// The product whose weights they are.
        public let name: String
        /// ‖G‖₂.
        public let norm: Double
        /// ‖G − G′‖₂: 0 where there is no shift.
        public let shift: Double
        /// cos(G, G′): 1 where there is no shift. NaN where one of them is 0.
        public let cosine: Double
    }

    private let surface: LossSurface
    private let optimizer: any Optimizer
    private let layers: [MeasuredLayer]
    private let before: (storage: Storage, vector: Vector)
    private let after: (storage: Storage, vector: Vector)
    private let unshifted: (storage: Storage, vector: Vector)

    /// A product and what lies below it.
    private struct MeasuredLayer {
        let name: String
        let weights: Range<Int>
        /// The parameters of the layers below, as ranges of the slab.
        let below: [Range<Int>]
    }

    /// A measurement of every product's weights.
    ///
    /// - Parameters:
    ///   - surface: the network's loss; shared with other measurements, which take their own parameters and batch.
    ///   - optimizer: what updates the layers below.
    public init(_ surface: LossSurface, optimizer: any Optimizer) {
        self.surface = surface
        self.optimizer = optimizer
        before = surface.vector()
        after = surface.vector()
        unshifted = surface.vector()
        let (network, model) = (surface.network, surface.model)
        layers = network.nodes.indices.compactMap { index in
            guard type(of: network.nodes[index].layer).role == .linear,
                let weights = network.nodes[index].parameters.first(where: { network.parameters[$0].kind == .weight })
            else { return nil }
            let below = network.ancestors(of: index).flatMap { network.nodes[$0].parameters.map(model.range) }
            if below.isEmpty { return nil }
            return MeasuredLayer(name: network.nodes[index].name, weights: model.range(weights), below: below)
        }
    }

    /// Measures the shift of one training step that a model is about to make.
    ///
    /// The surface must have taken the step's batch.
    ///
    /// - Parameter rate: the step's learning rate.
    /// - Returns: the layers in the network's order.
    public func measure(_ model: Model, rate: Double) -> [Layer] {
        surface.take(model)
        surface.descend()
        before.vector.copy(from: surface.parameters)
        unshifted.vector.copy(from: surface.gradient)
        for update in surface.model.updates { optimizer.update(update, rate: rate, team: surface.team) }
        after.vector.copy(from: surface.parameters)
        return layers.map(measure)
    }

    private func measure(_ layer: MeasuredLayer) -> Layer {
        surface.parameters.copy(from: before.vector)
        for range in layer.below { surface.parameters.range(range).copy(from: after.vector.range(range)) }
        surface.descend()
        let (old, new) = (unshifted.vector.range(layer.weights), surface.gradient.range(layer.weights))
        let (oldNorm, newNorm) = (VectorArithmetic.norm(old), VectorArithmetic.norm(new))
        return Layer(
            name: layer.name, norm: oldNorm, shift: VectorArithmetic.squaredDistance(old, new).squareRoot(),
            cosine: VectorArithmetic.dot(old, new) / (oldNorm * newNorm))
    }
}

extension Model {
    /// Where a parameter lies in the slabs.
    func range(_ index: Int) -> Range<Int> {
        places[index].offset..<places[index].offset + network.parameters[index].count
    }
}

extension Network {
    /// The nodes from which a path leads to a node, in the network's order.
    func ancestors(of node: Int) -> [Int] {
        var isAncestor = Array(repeating: false, count: nodes.count)
        // Every node stands after what it reads, so one look at each is enough.
        for index in (0...node).reversed() where index == node || isAncestor[index] {
            for value in nodes[index].inputs where value > 0 { isAncestor[value - 1] = true }
        }
        return nodes.indices.filter { isAncestor[$0] }
    }
}
