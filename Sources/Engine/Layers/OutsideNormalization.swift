import Kernels
import Vocabulary

/// Normalization outside the gradient: the experiment of Ioffe & Szegedy 2015, §2, and known to be wrong.
///
/// The forward pass centres each channel by the batch's mean, and scales it by 1/√(σ² + ε) where `scale` says so, as batch
/// normalization without γ and β. The backward pass takes the statistics for constants, as if they did not depend on the
/// input, so that gradient descent knows nothing of the normalization. A bias b before it then gets the gradient Σ dy and
/// grows, while output and loss stay what they were: u + (b + Δb) − E[u + (b + Δb)] = u + b − E[u + b]. Since that is
/// what is to be seen, the layer absorbs no bias.
///
/// It is for that experiment only: to normalize, use ``BatchNormalization``.
public struct OutsideNormalization: TrackedNormalization {
    /// Whether it divides by √(σ² + ε); otherwise it subtracts the mean only, as in the paper's example.
    public var scale = true
    public var epsilon = 1e-5
    public var fraction = 0.999
    /// None: γ is 1 and β is 0.
    public var scaleAndShift = ScaleAndShift(scale: false, shift: false)

    public static let kind = "outside-normalization"
    public static let summary =
        "Normalization by the batch whose gradient is wrong on purpose: statistics count as constants "
        + "(Ioffe and Szegedy 2015, §2), for experiments on what that does."
    public static let fields: [Field<Self>] = [
        Field("scale", \.scale, "Whether it divides by √(σ² + ε); otherwise it subtracts the mean only."),
        epsilonField,
        Field("fraction", \.fraction, 0...1, "How much of the earlier steps the moving average keeps."),
    ]

    public init() {}
    public init(scale: Bool, epsilon: Double = 1e-5, fraction: Double = 0.999) {
        self.scale = scale
        self.epsilon = epsilon
        self.fraction = fraction
    }

    /// It does where `scale` says so.
    public var dividesByDeviation: Bool { scale }

    /// What batch normalization books, and zeros.
    public struct Workspace: TrackedNormalizationWorkspace {
        public let tracked: TrackedNormalizationSlots
        let zeros: VectorSlot
    }

    public func book(_ booking: inout Booking) -> Workspace {
        Workspace(
            tracked: TrackedNormalizationSlots(&booking),
            zeros: booking.vector("zeros", count: booking.input.channels, .backward))
    }

    /// The backward pass reads nothing but gradients: to it the statistics are constants.
    public var traits: LayerTraits {
        trackedTraits.with {
            $0.backwardReads = []
            $0.epilogue = .nonlinearity
        }
    }

    /// With batch statistics, x̂ = (x − μ)/√(σ² + ε), or x − μ without `scale`, and y = f(x̂); else y = f(affine x).
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        if appliesEstimates(pass, workspace) { return }
        let slots = workspace.tracked
        slots.takeMoments(pass)
        if scale {
            slots.takeInverseDeviation(pass, epsilon: epsilon)
        } else {
            pass[slots.inverseDeviation].fill(1)
        }
        slots.normalize(pass, slots.normalization(pass))
    }

    /// dx = dy/√(σ² + ε), or dy without `scale`: what is missing are the two means of batch normalization's gradient.
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        pass[workspace.zeros].fill(0)
        ColumnAffine(scale: pass[workspace.tracked.inverseDeviation], shift: pass[workspace.zeros])
            .apply(pass.outputGradient, into: inputGradient, team: pass.team)
    }
}
