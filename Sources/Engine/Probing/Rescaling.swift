import Kernels
import Vocabulary

/// What happens when a product's weight W is multiplied by a number a (Ioffe & Szegedy 2015, §3.3).
///
/// Where a batch normalization follows, BN((aW)u) = BN(Wu): the output, the loss and the gradient by u stay,
/// ∂ℓ/∂(aW) = 1/a · ∂ℓ/∂W, and ⟨W, ∂ℓ/∂W⟩ = 0, as ℓ does not change along W. All of that is exact for ε = 0; the error is of
/// the order of ε/(a²σ²). Without one none of it holds. Nothing of the model that is measured changes.
public final class Rescaling {
    /// The measurement of one factor, compared with a = 1.
    public struct Point: Equatable, Sendable {
        public let factor: Double
        /// ‖y(a) − y(1)‖ / ‖y(1)‖, y the network's output for all images.
        public let outputChange: Double
        /// |L(a) − L(1)| / L(1).
        public let lossChange: Double
        /// ‖∂L/∂u(a) − ∂L/∂u(1)‖ / ‖∂L/∂u(1)‖, u the product's input for all images.
        public let inputGradientChange: Double
        /// a · ‖∂L/∂W(a)‖ / ‖∂L/∂W(1)‖.
        public let gradientRatio: Double
        /// ⟨aW, ∂L/∂W(a)⟩ / (‖aW‖ · ‖∂L/∂W(a)‖).
        public let alignment: Double
    }

    private let differentiator: Differentiator
    private let output: Storage
    private let inputGradient: Storage
    private let gradient: Storage
    private let weight: Storage
    private let zeros: Storage

    public init(_ network: Network, batch: Int, team: Team) {
        differentiator = Differentiator(network, batch: batch, team: team)
        output = Storage(count: batch * network.classes)
        let inputs = network.nodes.map { $0.inputShapes.map(\.count).max() ?? 0 }.max() ?? 0
        inputGradient = Storage(count: batch * inputs)
        let largest = network.parameters.map(\.count).max() ?? 0
        gradient = Storage(count: largest)
        weight = Storage(count: largest)
        zeros = Storage(count: largest)
    }

    /// The names of the products whose weights can be scaled, in the network's order.
    public static func products(of network: Network) -> [String] {
        network.nodes.filter { $0.layer.traits.role == .linear }.map(\.name)
    }

    /// Measures a model of the network on one batch.
    ///
    /// Complexity: a forward and backward pass for each factor, and one more.
    ///
    /// - Parameters:
    ///   - product: the name of a product, among ``products(of:)``.
    ///   - factors: the numbers a.
    ///   - phase: what the pass is: that of a training step, or one of inference with statistics of the batch.
    ///   - fill: fills the inputs, [batch·positions × channels], and the labels.
    public func measure(
        _ model: Model, product: String, factors: [Double], phase: Phase = .inference(.batch),
        fill: (Matrix, inout [Int32]) -> Void
    ) -> [Point] {
        let network = differentiator.network
        guard let node = network.nodes.firstIndex(where: { $0.name == product }),
            let parameter = network.nodes[node].parameters.first(where: { network.parameters[$0].kind == .weight })
        else { preconditionFailure("no product '\(product)'") }
        precondition(phase.statistics == .batch, "gradients of training have the batch's statistics")
        differentiator.take(model, phase: phase, fill: fill)
        let count = network.parameters[parameter].count
        let place = differentiator.model.vector(parameter, in: differentiator.model.values)
        let weight = weight.vector(count: count)
        weight.copy(from: place)
        let origin = evaluate(node: node, parameter: parameter)
        let (output, inputGradient) = (copy(origin.output, to: output), copy(origin.inputGradient, to: inputGradient))
        let gradient = gradient.vector(count: count)
        gradient.copy(from: origin.gradient)
        let norms = (
            output: output.squaredNorm.squareRoot(), inputGradient: inputGradient.squaredNorm.squareRoot(),
            gradient: VectorArithmetic.norm(gradient)
        )
        return factors.map { factor in
            VectorArithmetic.add(
                weight, times: Float(factor), to: zeros.vector(count: count), into: place)
            let scaled = evaluate(node: node, parameter: parameter)
            let length = VectorArithmetic.norm(scaled.gradient)
            return Point(
                factor: factor, outputChange: scaled.output.squaredDistance(to: output).squareRoot() / norms.output,
                lossChange: abs(scaled.loss - origin.loss) / origin.loss,
                inputGradientChange: scaled.inputGradient.squaredDistance(to: inputGradient).squareRoot()
                    / norms.inputGradient,
                gradientRatio: factor * length / norms.gradient,
                alignment: VectorArithmetic.dot(place, scaled.gradient) / (VectorArithmetic.norm(place) * length))
        }
    }

    /// The loss, and views of what one pass computes.
    private struct Evaluation {
        let loss: Double
        let output: Matrix
        let inputGradient: Matrix
        let gradient: Vector
    }

    private func evaluate(node: Int, parameter: Int) -> Evaluation {
        differentiator.forward()
        let loss = differentiator.loss()
        // What the product reads may be overwritten by the passes behind; the gradient by it is complete before those.
        let value = differentiator.network.nodes[node].inputs[0]
        for index in (value..<differentiator.network.nodes.count).reversed() { differentiator.backward(node: index) }
        return Evaluation(
            loss: loss, output: differentiator.value(differentiator.network.nodes.count),
            inputGradient: differentiator.gradient(value),
            gradient: differentiator.model.vector(parameter, in: differentiator.model.gradients))
    }

    private func copy(_ matrix: Matrix, to storage: Storage) -> Matrix {
        let target = storage.matrix(rows: matrix.rows, columns: matrix.columns)
        target.copy(from: matrix)
        return target
    }
}

/// The norms of parameters, and how fast their directions turn.
///
/// Where a normalization follows, a weight's length changes nothing but how far a step turns it: gradient descent at the
/// rate η moves the direction W/‖W‖ as the rate η/‖W‖² would move a weight of length 1 (van Laarhoven 2017, §3). Weight
/// decay then regularizes nothing; it raises that rate.
///
/// Complexity: one pass over the parameters.
public struct WeightNorms: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        /// `<node>.<suffix>`, such as `conv1.weight`.
        public let name: String
        /// The node that owns it.
        public let node: String
        /// What it is to its layer: a weight, a bias, γ or β.
        public let kind: ParameterKind
        /// ‖·‖₂ of all elements: Frobenius's norm of a weight.
        public let norm: Double
        public let count: Int
        /// η · the parameter's own factor on it.
        public let rate: Double

        /// The root of the mean square of the elements: 1 for γ at the start.
        public var rootMeanSquare: Double { norm / Double(count).squareRoot() }
        /// η/‖W‖²; infinite for a parameter of zeros.
        public var effectiveRate: Double { rate / (norm * norm) }
    }

    public let entries: [Entry]

    /// The norms of a model's parameters.
    ///
    /// - Parameter rate: η, the learning rate of the step that follows.
    public init(_ model: Model, rate: Double) {
        entries = model.network.parameters.enumerated().map { index, parameter in
            Entry(
                name: parameter.name, node: parameter.node, kind: parameter.kind,
                norm: VectorArithmetic.norm(model.vector(index, in: model.values)), count: parameter.count,
                rate: rate * parameter.rateMultiplier)
        }
    }

    /// The parameters of a kind, in the network's order.
    public func entries(of kind: ParameterKind) -> [Entry] { entries.filter { $0.kind == kind } }
}
