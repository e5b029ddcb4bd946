import Kernels

/// The loss of a network on one batch as a function of all its parameters: for procedures that evaluate the loss and its
/// gradient at other parameters than the model's.
///
/// It has a model and memory of its own. Taking a model's parameters and evaluating changes nothing of that model, so a run
/// has the same bits with and without. Every evaluation is that of the training step whose number is given: statistics of the
/// batch, and the masks and noise of that step.
public final class LossSurface {
    public let batch: Int
    let network: Network
    let team: Team
    /// The parameters at which the loss is evaluated, and their gradient.
    let model: Model
    private let program: Program
    private let input: Storage
    private var labels: [Int32]
    private var phase = Phase.inference(.batch)

    /// A surface of a network's loss on batches of a size.
    ///
    /// - Parameters:
    ///   - network: the network.
    ///   - batch: images of a batch, at least one.
    ///   - team: who computes.
    public init(_ network: Network, batch: Int, team: Team) {
        self.network = network
        self.batch = batch
        self.team = team
        model = Model(network, seed: 0)
        program = Program(model, batch: batch, purpose: .training(inputGradient: false))
        input = Storage(count: batch * network.input.count)
        labels = Array(repeating: 0, count: batch)
    }

    // MARK: The point and the batch

    /// Takes the parameters, statistics and optimizer's history of a model of an equal network.
    public func take(_ source: Model) { model.copy(from: source) }

    /// Takes a batch.
    ///
    /// - Parameters:
    ///   - step: the training step, from 0: with the seed it names the masks and the noise.
    ///   - seed: the run's.
    ///   - fill: fills the inputs, [batch·positions × channels], and the labels.
    public func take(step: Int, seed: UInt64, fill: (Matrix, inout [Int32]) -> Void) {
        phase = .training(step: step, seed: seed)
        fill(inputMatrix, &labels)
    }

    private var inputMatrix: Matrix {
        input.matrix(rows: batch * network.input.positions, columns: network.input.channels)
    }

    // MARK: The loss and its gradient

    /// All parameters as one vector, to be read and set: in the order of ``Network/parameters``, with zeros between them.
    var parameters: Vector { model.all(model.values) }
    /// The gradient of the last ``descend()`` by ``parameters``.
    var gradient: Vector { model.all(model.gradients) }

    /// The mean loss of the batch at the present parameters. O(one forward pass).
    public func loss() -> Double {
        program.input(images: batch).copy(from: inputMatrix)
        program.forward(images: batch, phase: phase, team: team)
        return program.loss(labels: labels, images: batch).loss / Double(batch)
    }

    /// The mean loss at the present parameters, and its gradient in ``gradient``. O(one forward and backward pass).
    @discardableResult
    public func descend() -> Double {
        let loss = loss()
        program.backward(images: batch, phase: phase, team: team)
        return loss
    }

    /// A vector as long as ``parameters``.
    func vector() -> (storage: Storage, vector: Vector) {
        let storage = Storage(count: model.values.count)
        return (storage, model.all(storage))
    }
}

/// The loss and its gradient along the gradient's own direction (Santurkar et al. 2018, §3.1, Figure 4; Bjorck et al. 2018):
/// at θ(s) = θ − s·∇L(θ) for step lengths s, all on one batch and with its statistics.
///
/// It is a walk along one line in the space of the parameters, and not a comparison of runs with different rates. Nothing
/// of the model that is measured changes.
public final class GradientLandscape {
    /// What was found at one step length.
    public struct Point: Equatable, Sendable {
        /// s: how many gradients were subtracted.
        public let length: Double
        /// L(θ(s)).
        public let loss: Double
        /// ‖∇L(θ(s)) − ∇L(θ)‖₂: small where the gradient predicts the one at θ(s). NaN where only losses were computed.
        public let gradientChange: Double
    }

    /// What was found along one line.
    public struct Line: Equatable, Sendable {
        /// L(θ).
        public let loss: Double
        /// ‖∇L(θ)‖₂.
        public let gradientNorm: Double
        /// The points, in the order of the step lengths.
        public let points: [Point]

        /// The effective β-smoothness: max over the points of ‖∇L(θ(s)) − ∇L(θ)‖ / ‖θ(s) − θ‖; infinite where a gradient
        /// was not a number.
        public var smoothness: Double {
            points.reduce(0) { largest, point in
                let ratio = point.gradientChange / (point.length * gradientNorm)
                return ratio.isFinite ? max(largest, ratio) : .infinity
            }
        }
    }

    private let surface: LossSurface
    private let start: (storage: Storage, vector: Vector)
    private let direction: (storage: Storage, vector: Vector)

    /// A measurement of a network's loss.
    ///
    /// - Parameter surface: shared with other measurements, which take their own parameters and batch.
    public init(_ surface: LossSurface) {
        self.surface = surface
        start = surface.vector()
        direction = surface.vector()
    }

    /// Walks along the gradient at a model's parameters. The surface must have taken a batch.
    ///
    /// - Parameters:
    ///   - lengths: the step lengths.
    ///   - gradients: whether gradients are computed at the points, which takes three times as long.
    public func measure(_ model: Model, lengths: [Double], gradients: Bool = true) -> Line {
        surface.take(model)
        let loss = surface.descend()
        start.vector.copy(from: surface.parameters)
        direction.vector.copy(from: surface.gradient)
        let points = lengths.map { length in
            VectorArithmetic.add(
                direction.vector, times: Float(-length), to: start.vector, into: surface.parameters)
            let loss = gradients ? surface.descend() : surface.loss()
            let change =
                gradients
                ? VectorArithmetic.squaredDistance(surface.gradient, direction.vector).squareRoot() : .nan
            return Point(length: length, loss: loss, gradientChange: change)
        }
        return Line(loss: loss, gradientNorm: VectorArithmetic.norm(direction.vector), points: points)
    }
}

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
    /// The measurement of one layer.
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
            guard network.nodes[index].layer.traits.role == .linear,
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
        regions[index].offset..<regions[index].offset + network.parameters[index].count
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
