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
    /// Every optimizer that a configuration can name.
    public static let all: [any Optimizer.Type] = [StochasticGradientDescent.self]
}
