import Kernels
import Vocabulary

/// Dropout (Srivastava et al. 2014) in its inverted form, which is also Caffe's: in training an element is dropped with
/// the given probability and otherwise scaled by 1/(1 − ratio); inference does nothing.
///
/// The mask of step k is the stream `dropout/<node>/step-<k>`, so it depends on nothing but the seed and the step, and the
/// backward pass draws it again instead of keeping it.
public struct Dropout: Layer {
    /// The probability of an element to be dropped.
    public var ratio = 0.5

    /// The word `dropout`.
    public static let kind = "dropout"
    /// One sentence for the reference.
    public static let summary = "Drops elements in training and scales the rest by 1/(1 − ratio)."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("ratio", \.ratio, 0...0.999, "Probability of an element to be dropped.")
    ]
    /// A regularization.
    public static let role = LayerRole.regularization

    /// Half of the elements.
    public init() {}
    /// The given ratio.
    public init(ratio: Double) { self.ratio = ratio }

    /// The shape of the input.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape {
        guard ratio >= 0, ratio < 1 else {
            throw LayerError(field: "ratio", found: "ratio \(ratio)", expected: "a ratio from 0 to below 1")
        }
        return inputs[0]
    }

    /// What the masks' streams are called, without the step.
    public struct Workspace: Sendable {
        let streams: String
    }

    /// Nothing but a name.
    public func book(_ booking: inout Booking) -> Workspace { Workspace(streams: "dropout/\(booking.node)/step-") }

    /// The backward pass reads nothing but gradients.
    public var backwardReads: BackwardReads { [] }

    /// Every element depends on one.
    public static let overwritesGradient = true

    /// y = x · mask / (1 − ratio) in training, y = x in inference
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        drop(pass.input, into: pass.output, pass, workspace)
    }

    /// dx = dy · mask / (1 − ratio)
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        drop(pass.outputGradient, into: inputGradient, pass, workspace)
    }

    private func drop(_ source: Matrix, into target: Matrix, _ pass: Pass, _ workspace: Workspace) {
        guard case .training(let step, let seed) = pass.phase else {
            Pointwise.copy(source, into: target, team: pass.team)
            return
        }
        Pointwise.drop(
            source, ratio: Float(ratio), stream: RandomStream(seed: seed, workspace.streams, step), into: target,
            team: pass.team)
    }
}
