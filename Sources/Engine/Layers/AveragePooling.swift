import Kernels
import Vocabulary

/// The mean of each window of each channel; padding counts as zeros (Caffe's divisor: the window's size in the padded map).
public struct AveragePooling: Layer {
    /// The window.
    public var options = PoolingOptions()

    /// The word `average-pool`.
    public static let kind = "average-pool"
    /// One sentence for the reference.
    public static let summary = "The mean of each window of each channel; padding counts as zeros."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = PoolingOptions.fields.within(\.options)
    /// A pooling.
    public static let role = LayerRole.pooling

    /// Without its required kernel.
    public init() {}
    /// The given window; without a stride, windows lie side by side.
    public init(kernel: Int, stride: Int? = nil, pad: Int = 0, rounding: PoolingGeometry.Rounding = .ceil) {
        options = PoolingOptions(kernel: kernel, stride: stride ?? kernel, pad: pad, rounding: rounding)
    }

    /// One position a window.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { try options.outputShape(inputs[0]) }

    /// The shape that the windows move over.
    public struct Workspace: Sendable {
        let input: Shape
    }

    /// Nothing but the shape.
    public func book(_ booking: inout Booking) -> Workspace { Workspace(input: booking.input) }

    /// The backward pass reads nothing but gradients.
    public var backwardReads: BackwardReads { [] }

    /// y[p, c] = Σ over the window at p of x[·, c] / the window's size
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        Pooling.average(
            options.geometry(workspace.input, images: pass.images), pass.input, into: pass.output, team: pass.team)
    }

    /// dx[q, c] = Σ over the windows p that contain q of dy[p, c] / the window's size
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pooling.averageGradient(
            options.geometry(workspace.input, images: pass.images), pass.outputGradient, into: inputGradient,
            team: pass.team)
    }
}
