import Kernels

/// The hyperbolic tangent: y = tanh x.
public struct HyperbolicTangent: Layer {
    public static let kind = "tanh"
    public static let summary = "The hyperbolic tangent."
    public static let fields: [Field<Self>] = []
    public static let role = LayerRole.nonlinearity
    public typealias Workspace = NoWorkspace

    /// The layer.
    public init() {}

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// The derivative is a function of the output.
    public var backwardReads: BackwardReads { .output }

    /// y = tanh x
    public func forward(_ pass: Pass, _ workspace: NoWorkspace) {
        Pointwise.tanh(pass.input, into: pass.output, team: pass.team)
    }

    /// dx = dy · (1 − y²)
    public func backward(_ pass: Pass, _ workspace: NoWorkspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pointwise.tanhGradient(
            output: pass.output, outputGradient: pass.outputGradient, into: inputGradient, team: pass.team)
    }
}
