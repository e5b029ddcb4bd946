import Kernels
import Vocabulary

/// Local response normalization: y = x · scale^−β, with scale = k + α' · Σ x² over a window of neighbours.
///
/// | mode | window | α' | k |
/// |---|---|---|---|
/// | `across-channels` | n channels | α/n | k: Caffe's form |
/// | `within-channel` | n × n positions | α/n² | 1: Caffe's form, which ignores k |
/// | `alexnet` | n channels | α | k: the paper's form (Krizhevsky et al. 2012, §3.3), with k = 2 there |
///
/// Windows are cut off at the edges and α' is not: n counts what is outside as zeros.
public struct LocalResponseNormalization: Layer {
    /// The convention for the window, α and k.
    public enum Mode: String, ConfigurationWord {
        /// Caffe's form over neighbouring channels: α is divided by n.
        case acrossChannels = "across-channels"
        /// Caffe's form over neighbouring positions: α is divided by n², and k is 1.
        case withinChannel = "within-channel"
        /// The AlexNet paper's form over neighbouring channels: α is not divided.
        case alexNet = "alexnet"
    }

    public var mode = Mode.acrossChannels
    /// n: channels, or positions each way, of a window; odd (Caffe's local_size).
    public var size = 5
    public var alpha = 1e-4
    public var beta = 0.75
    /// k, for the modes across channels; nil for the mode's own: Caffe's 1, the AlexNet paper's 2.
    public var k: Double?

    public static let kind = "lrn"
    public static let summary = "Local response normalization, in Caffe's two forms and the AlexNet paper's."
    public static let fields: [Field<Self>] = [
        Field("mode", \.mode, "The convention for the window, α and k."),
        Field("size", \.size, 1...255, "n: extent of a window, odd (Caffe's local_size)."),
        Field("alpha", \.alpha, 0...1_000, "α: weight of the sum of squares, divided or not as the mode says."),
        Field("beta", \.beta, 0...10, "β: exponent of the scale."),
        Field(
            "k", \.k, .number(0...1_000).optional,
            "k: scale without response; `none` for the mode's own (1, or 2 for `alexnet`)."),
    ]

    /// Caffe's form across five channels, with the constants of AlexNet and GoogLeNet: α = 10⁻⁴, β = 0.75.
    public init() {}
    public init(
        _ mode: Mode, size: Int = 5, alpha: Double = 1e-4, beta: Double = 0.75, k: Double? = nil
    ) {
        self.mode = mode
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
    }

    /// The backward pass needs both for its cross terms.
    public var traits: LayerTraits { LayerTraits(.response, backwardReads: [.inputs, .output]) }

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape {
        try LayerError.require("size", size, atLeast: 1)
        guard size % 2 == 1 else {
            throw LayerError(
                field: "size", found: "size \(size)", expected: "an odd size, so that a window has a middle",
                suggestion: "use \(size + 1)")
        }
        if mode == .withinChannel, let k, k != 1 {
            throw LayerError(
                field: "k", found: "k \(k) within a channel", expected: "no k: Caffe's form has 1",
                suggestion: "leave k out")
        }
        return inputs[0]
    }

    private func response(_ input: Shape) -> LocalResponse {
        let count = Double(size)
        return switch mode {
        case .acrossChannels:
            LocalResponse(
                .acrossChannels, size: size, coefficient: Float(alpha / count), beta: Float(beta), k: Float(k ?? 1))
        case .withinChannel:
            LocalResponse(
                .withinChannel(height: input.height, width: input.width), size: size,
                coefficient: Float(alpha / (count * count)), beta: Float(beta))
        case .alexNet:
            LocalResponse(
                .acrossChannels, size: size, coefficient: Float(alpha), beta: Float(beta), k: Float(k ?? 2))
        }
    }

    /// The scale of each element, and scratch of the backward pass.
    public struct Workspace: Sendable {
        let input: Shape
        let scale: MatrixSlot
        let scratch: VectorSlot
    }

    /// The scale, until the backward pass, and scratch.
    public func book(_ booking: inout Booking) -> Workspace {
        let (positions, channels) = (booking.input.positions, booking.input.channels)
        return Workspace(
            input: booking.input,
            scale: booking.matrix("scale", rowsPerImage: positions, columns: channels, .untilBackward),
            scratch: booking.vector(
                "gradient scratch",
                count: LocalResponse.gradientScratch(rows: booking.batch * positions, columns: channels), .backward))
    }

    /// y_i = x_i · s_i^−β,  s_i = k + α' Σ_{j in the window of i} x_j²
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        response(workspace.input).forward(
            pass.input, into: pass.output, scale: pass[workspace.scale], team: pass.team)
    }

    /// dx_j = dy_j · s_j^−β − 2α'β · x_j · Σ_{i whose window has j} dy_i · y_i / s_i
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        response(workspace.input).gradient(
            pass.input, output: pass.output, scale: pass[workspace.scale], outputGradient: pass.outputGradient,
            into: inputGradient, scratch: pass[workspace.scratch], team: pass.team)
    }
}
