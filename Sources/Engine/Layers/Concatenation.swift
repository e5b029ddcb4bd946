import Kernels
import Vocabulary

/// Maps of equal height and width side by side: y = [x₀ | x₁ | …] along the channels.
///
/// Where the memory plan could make the inputs strided parts of the output's memory, both passes do nothing.
public struct Concatenation: Layer {
    public static let kind = "concatenation"
    public static let summary = "Its inputs side by side along the channels."
    public static let fields: [Field<Self>] = []

    public init() {}

    public var traits: LayerTraits {
        LayerTraits(.junction, backwardReads: []) {
            $0.inputCount = 2...64
            $0.joinsInputs = true
        }
    }

    /// The height and width of the inputs, and all their channels.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape {
        for (index, shape) in inputs.enumerated()
        where shape.height != inputs[0].height || shape.width != inputs[0].width {
            throw LayerError(
                found: "input \(index + 1) of \(shape.map) beside a first input of \(inputs[0].map)",
                expected: "inputs of equal height and width")
        }
        return Shape(
            height: inputs[0].height, width: inputs[0].width, channels: inputs.reduce(0) { $0 + $1.channels })
    }

    public struct Workspace: Sendable {
        let columns: [Range<Int>]
    }

    public func book(_ booking: inout Booking) -> Workspace {
        var start = 0
        return Workspace(
            columns: booking.inputs.map { shape in
                defer { start += shape.channels }
                return start..<(start + shape.channels)
            })
    }

    /// y[:, columns of i] = x_i
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        for index in 0..<workspace.columns.count where !pass.inputIsPart(index) {
            pass.output.columns(workspace.columns[index]).copy(from: pass.input(index))
        }
    }

    /// dx_i = dy[:, columns of i]
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        for index in 0..<workspace.columns.count where !pass.gradientIsPart(index) {
            pass.inputGradient(index)?.copy(from: pass.outputGradient.columns(workspace.columns[index]))
        }
    }
}
