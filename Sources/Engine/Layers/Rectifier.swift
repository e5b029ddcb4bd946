import Kernels
import Vocabulary

/// The rectified linear unit: y = max(x, 0).
public struct Rectifier: Layer {
    /// The word `relu`.
    public static let kind = "relu"
    /// One sentence for the reference.
    public static let summary = "The rectified linear unit: max(x, 0)."
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

    /// The output tells where the input was positive.
    public var backwardReads: BackwardReads { .output }

    /// This one.
    public var nonlinearity: Nonlinearity? { .rectifier }
    /// Every element depends on one.
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
