import Kernels

/// How large parameters are, and how fast directions turn.
///
/// Where a normalization follows, a weight's length changes nothing but how far a step turns it: gradient descent at the
/// rate η moves the direction W/‖W‖ as the rate η/‖W‖² would move a weight of length 1 (van Laarhoven 2017, §3). Weight
/// decay then regularizes nothing; it raises that rate.
///
/// Complexity: one pass over the parameters.
public struct WeightNorms: Equatable, Sendable {
    /// One parameter.
    public struct Entry: Equatable, Sendable {
        /// `<node>.<suffix>`, such as `conv1.weight`.
        public let name: String
        /// The node that owns it.
        public let node: String
        /// What it is to its layer: a weight, a bias, γ or β.
        public let kind: ParameterKind
        /// ‖·‖₂ of all elements: Frobenius's norm of a weight.
        public let norm: Double
        /// The number of elements.
        public let count: Int
        /// η · the parameter's own factor on it.
        public let rate: Double

        /// The root of the mean square of the elements: 1 for γ at the start.
        public var rootMeanSquare: Double { norm / Double(count).squareRoot() }
        /// η/‖W‖²; infinite for a parameter of zeros.
        public var effectiveRate: Double { rate / (norm * norm) }
    }

    /// The parameters in the network's order.
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
