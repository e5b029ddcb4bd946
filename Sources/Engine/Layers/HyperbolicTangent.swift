import Kernels
import Vocabulary

/// The hyperbolic tangent: y = tanh x.
public struct HyperbolicTangent: Layer {
    /// The word `tanh`.
    public static let kind = "tanh"
    /// One sentence for the reference.
    public static let summary = "The hyperbolic tangent."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = []
    /// A nonlinearity.
    public static let role = LayerRole.nonlinearity
    /// Nothing.
    public typealias Workspace = NoWorkspace

    /// The layer.
    public init() {}

    /// The shape of the input.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// The derivative is a function of the output.
    public var backwardReads: BackwardReads { .output }

    /// This one.
    public var nonlinearity: Nonlinearity? { .tanh }
    /// Every element depends on one.
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
