import Kernels
import Vocabulary

/// A function of single elements: y = f(x) and dx = dy · f′(x), where f′ is computed from y.
///
/// A layer before it that can apply f to its own output does so; see ``LayerTraits/epilogue``.
public protocol Activation: Layer where Workspace == NoWorkspace {
    static var function: Nonlinearity { get }
}

extension Activation {
    public static var fields: [Field<Self>] { [] }

    public var traits: LayerTraits {
        LayerTraits(.nonlinearity, backwardReads: .output) {
            $0.nonlinearity = Self.function
            $0.overwritesGradient = true
        }
    }

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    public func forward(_ pass: Pass, _ workspace: NoWorkspace) {
        Pointwise.apply(Self.function, pass.input, into: pass.output, team: pass.team)
    }

    public func backward(_ pass: Pass, _ workspace: NoWorkspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pointwise.gradient(
            Self.function, output: pass.output, outputGradient: pass.outputGradient, into: inputGradient,
            team: pass.team)
    }
}

/// The rectified linear unit: y = max(x, 0), and dx = dy where y > 0, else 0.
public struct Rectifier: Activation {
    public static let kind = "relu"
    public static let summary = "The rectified linear unit: max(x, 0)."
    public static let function = Nonlinearity.rectifier
    public init() {}
}

/// The logistic sigmoid: y = 1 / (1 + e⁻ˣ), and dx = dy · y · (1 − y).
public struct Sigmoid: Activation {
    public static let kind = "sigmoid"
    public static let summary = "The logistic sigmoid: 1 / (1 + e^−x)."
    public static let function = Nonlinearity.sigmoid
    public init() {}
}

/// The hyperbolic tangent: y = tanh x, and dx = dy · (1 − y²).
public struct HyperbolicTangent: Activation {
    public static let kind = "tanh"
    public static let summary = "The hyperbolic tangent."
    public static let function = Nonlinearity.tanh
    public init() {}
}
