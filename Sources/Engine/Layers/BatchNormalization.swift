import Kernels
import Vocabulary

/// Batch normalization of each channel over the images and positions of the batch (Ioffe & Szegedy 2015).
///
/// Training uses Algorithm 1 with the batch's mean and *biased* variance, ε inside the root, and its exact gradient, in
/// which the statistics depend on the input. Inference uses the affine map of Algorithm 2 with the *unbiased* variance,
/// m/(m − 1), estimated by the moving average or by a population pass: see ``NormalizationState``. For a map m is
/// images · positions, with one γ and β a channel (§3.2); whether these decay, see ``ScaleAndShift``.
public struct BatchNormalization: TrackedNormalization {
    /// ε, added to the variance inside the root.
    public var epsilon = 1e-5
    /// α of the moving average: how much of the earlier steps a step keeps (Caffe's moving_average_fraction).
    public var fraction = 0.999
    /// γ and β.
    public var scaleAndShift = ScaleAndShift()

    /// The word `batch-norm`.
    public static let kind = "batch-norm"
    /// One sentence for the reference.
    public static let summary = "Batch normalization of each channel over the batch (Ioffe and Szegedy 2015)."
    /// What a configuration can say.
    public static let fields = trackedFields

    /// ε = 10⁻⁵, α = 0.999, with γ and β.
    public init() {}
    /// The given ε and α, with or without γ and β.
    public init(epsilon: Double = 1e-5, fraction: Double = 0.999, scale: Bool = true, shift: Bool = true) {
        self.epsilon = epsilon
        self.fraction = fraction
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    /// The batch's statistics, and small vectors of one value a channel.
    public func book(_ booking: inout Booking) -> TrackedNormalizationSlots { TrackedNormalizationSlots(&booking) }

    /// With batch statistics, Algorithm 1: μ = mean x, σ² = mean (x − μ)², x̂ = (x − μ)/√(σ² + ε), y = f(γx̂ + β).
    /// With estimates, y = f(affine x).
    public func forward(_ pass: Pass, _ workspace: TrackedNormalizationSlots) {
        if appliesEstimates(pass, workspace) { return }
        workspace.takeMoments(pass)
        workspace.takeInverseDeviation(pass, epsilon: epsilon)
        workspace.normalize(pass)
    }

    /// With dz = dy · f′: dβ = Σ dz,  dγ = Σ dz·x̂,
    /// dx = γ/√(σ² + ε) · (dz − mean dz − x̂ · mean(dz·x̂)): the paper's chain rule (§3) in closed form.
    public func backward(_ pass: Pass, _ workspace: TrackedNormalizationSlots) {
        let standardization = workspace.standardization(pass)
        workspace.takeSums(pass, standardization)
        workspace.storeParameterGradients(pass)
        workspace.storeInputGradient(pass, standardization)
    }
}
