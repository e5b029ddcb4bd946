import Kernels
import Vocabulary

/// The rectified linear unit: y = max(x, 0).
public struct Rectifier: Layer {
    public static let kind = "relu"
    public static let summary = "The rectified linear unit: max(x, 0)."
    public static let fields: [Field<Self>] = []
    public static let role = LayerRole.nonlinearity
    public typealias Workspace = NoWorkspace

    public init() {}

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// The output tells where the input was positive.
    public var backwardReads: BackwardReads { .output }

    public var nonlinearity: Nonlinearity? { .rectifier }
    public static let overwritesGradient = true

    /// y = max(x, 0)
    public func forward(_ pass: Pass, _ workspace: NoWorkspace) {
        Pointwise.apply(.rectifier, pass.input, into: pass.output, team: pass.team)
    }

    /// dx = dy where y > 0, else 0
    public func backward(_ pass: Pass, _ workspace: NoWorkspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pointwise.gradient(
            .rectifier, output: pass.output, outputGradient: pass.outputGradient, into: inputGradient, team: pass.team)
    }
}

/// The logistic sigmoid: y = 1 / (1 + e⁻ˣ).
public struct Sigmoid: Layer {
    public static let kind = "sigmoid"
    public static let summary = "The logistic sigmoid: 1 / (1 + e^−x)."
    public static let fields: [Field<Self>] = []
    public static let role = LayerRole.nonlinearity
    public typealias Workspace = NoWorkspace

    public init() {}

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// The derivative is a function of the output.
    public var backwardReads: BackwardReads { .output }

    public var nonlinearity: Nonlinearity? { .sigmoid }
    public static let overwritesGradient = true

    /// y = 1 / (1 + e⁻ˣ)
    public func forward(_ pass: Pass, _ workspace: NoWorkspace) {
        Pointwise.apply(.sigmoid, pass.input, into: pass.output, team: pass.team)
    }

    /// dx = dy · y · (1 − y)
    public func backward(_ pass: Pass, _ workspace: NoWorkspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pointwise.gradient(
            .sigmoid, output: pass.output, outputGradient: pass.outputGradient, into: inputGradient, team: pass.team)
    }
}

/// The hyperbolic tangent: y = tanh x.
public struct HyperbolicTangent: Layer {
    public static let kind = "tanh"
    public static let summary = "The hyperbolic tangent."
    public static let fields: [Field<Self>] = []
    public static let role = LayerRole.nonlinearity
    public typealias Workspace = NoWorkspace

    public init() {}

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// The derivative is a function of the output.
    public var backwardReads: BackwardReads { .output }

    public var nonlinearity: Nonlinearity? { .tanh }
    public static let overwritesGradient = true

    /// y = tanh x
    public func forward(_ pass: Pass, _ workspace: NoWorkspace) {
        Pointwise.apply(.tanh, pass.input, into: pass.output, team: pass.team)
    }

    /// dx = dy · (1 − y²)
    public func backward(_ pass: Pass, _ workspace: NoWorkspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pointwise.gradient(
            .tanh, output: pass.output, outputGradient: pass.outputGradient, into: inputGradient, team: pass.team)
    }
}
