import Kernels
import Vocabulary

/// The greatest value of each window of each channel; padding never wins.
public struct MaxPooling: Layer {
    /// The window.
    public var options = PoolingOptions()

    /// The word `max-pool`.
    public static let kind = "max-pool"
    /// One sentence for the reference.
    public static let summary = "The greatest value of each window of each channel."
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

    /// Where each window's greatest value was.
    public struct Workspace: Sendable {
        let input: Shape
        let winners: MatrixSlot
    }

    /// The winners, until the backward pass.
    public func book(_ booking: inout Booking) -> Workspace {
        Workspace(
            input: booking.input,
            winners: booking.matrix(
                "winners", rowsPerImage: booking.output.positions, columns: booking.output.channels, .untilBackward))
    }

    /// The backward pass reads the places, not the values.
    public var backwardReads: BackwardReads { [] }

    /// y[p, c] = max over the window at p of x[·, c]
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        Pooling.max(
            options.geometry(workspace.input, images: pass.images), pass.input, into: pass.output,
            winners: pass[workspace.winners], team: pass.team)
    }

    /// dx[q, c] = Σ of dy[p, c] over the windows p that q won
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pooling.maxGradient(
            options.geometry(workspace.input, images: pass.images), pass.outputGradient,
            winners: pass[workspace.winners], into: inputGradient, team: pass.team)
    }
}
