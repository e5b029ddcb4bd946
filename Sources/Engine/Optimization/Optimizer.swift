import Kernels
import Vocabulary

/// How gradients change parameters.
public protocol Optimizer: Configurable, Equatable {
    /// The base learning rate, which the rate policy schedules.
    var rate: Double { get }
    /// The same method with its rate and its weight decay multiplied by factors.
    func scaled(rate: Double, decay: Double) -> Self
    /// Changes one parameter by its gradient, at the scheduled rate.
    func update(_ parameter: ParameterUpdate, rate: Double, team: Team)
}

/// One parameter, or several that lie side by side, as an optimizer sees them.
public struct ParameterUpdate: Sendable {
    /// The values, to be changed.
    public let values: Vector
    /// The gradient of the loss.
    public let gradients: Vector
    /// What the optimizer remembers of earlier steps; zeros at first.
    public let history: Vector
    /// Factor on the learning rate (Caffe's `lr_mult`).
    public let rateMultiplier: Double
    /// Factor on the weight decay (Caffe's `decay_mult`).
    public let decayMultiplier: Double
}

/// The optimizers, in the order of the reference. A new one is one file and one line here.
public enum OptimizerCatalogue {
    public static let all: [any Optimizer.Type] = [StochasticGradientDescent.self]
}

/// Stochastic gradient descent with momentum and weight decay in Caffe's definition (`sgd_solver.cpp`):
/// the learning rate is inside the momentum's history, and the decay is added to the gradient.
public struct StochasticGradientDescent: Optimizer {
    public var rate = Double.nan
    /// μ: the share of the last step that is kept.
    public var momentum = 0.0
    /// The L2 weight decay λ, as it is added to the gradient: λw.
    public var decay = 0.0

    public static let kind = "sgd"
    public static let summary =
        "Stochastic gradient descent, Caffe's: h ← μh + rate·(g + decay·w), w ← w − h."
    public static let fields: [Field<Self>] = [
        Field("rate", \.rate, 0...1_000, required: true, "Base learning rate; the rate policy schedules it."),
        Field("momentum", \.momentum, 0...1, "Share of the last step that is kept."),
        Field("decay", \.decay, 0...1_000, "L2 weight decay, added to the gradient as decay·w."),
    ]

    public init() {}
    public init(rate: Double, momentum: Double = 0, decay: Double = 0) {
        self.rate = rate
        self.momentum = momentum
        self.decay = decay
    }

    /// η · rate and λ · decay.
    public func scaled(rate rateFactor: Double, decay decayFactor: Double) -> Self {
        StochasticGradientDescent(rate: rate * rateFactor, momentum: momentum, decay: decay * decayFactor)
    }

    /// h ← μh + η·η_p·(g + λ·λ_p·w);  w ← w − h, with the parameter's multipliers η_p and λ_p.
    public func update(_ parameter: ParameterUpdate, rate: Double, team: Team) {
        MomentumUpdate.apply(
            values: parameter.values, gradients: parameter.gradients, history: parameter.history,
            rate: Float(rate * parameter.rateMultiplier), momentum: Float(momentum),
            decay: Float(decay * parameter.decayMultiplier), team: team)
    }
}
