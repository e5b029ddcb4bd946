import Kernels
import Vocabulary

/// Batch renormalization (Ioffe 2017, arXiv 1702.03275): batch normalization that training and inference agree on.
///
/// In training the batch's statistics are corrected towards the moving averages μ and σ, which inference uses:
///
///     x̂ = (x − μ_B)/σ_B · r + d,   r = clip(σ_B/σ, 1/r_max … r_max),   d = clip((μ_B − μ)/σ, −d_max … d_max)
///
/// (Algorithm 1). r and d are constants to the gradient; unclipped they would make x̂ = (x − μ)/σ. The averages are those of
/// the steps before. In the first step, and in inference with statistics of a batch (as in a population pass), r = 1 and
/// d = 0, which is batch normalization; an observation shows the network as the next training step sees it, corrected. The
/// limits follow the paper's schedule (§3): r_max = 1 and d_max = 0 during the warm-up, then each rises linearly to its
/// maximum.
///
/// What departs from the paper: it averages σ_B, biased; here, as for every normalization, the *unbiased* variance is
/// averaged in Caffe's bias-corrected form, and σ = √(Var + ε); see ``NormalizationState``. Its α of 0.01 is a fraction of
/// 0.99. The schedule counts steps of the run, and a short run needs a short one.
public struct BatchRenormalization: TrackedNormalization {
    public var maximumR = 3.0
    public var maximumD = 5.0
    public var warmup = 5_000
    public var rSteps = 40_000
    public var dSteps = 25_000
    public var epsilon = 1e-5
    public var fraction = 0.99
    public var scaleAndShift = ScaleAndShift()

    public static let kind = "batch-renorm"
    public static let summary =
        "Batch renormalization: batch statistics corrected towards the moving averages that inference uses (Ioffe 2017)."
    public static let fields: [Field<Self>] =
        [
            Field(
                "maximum-r", \.maximumR, 1...1_000, "r_max at its greatest: how far a scale is corrected, as a ratio."),
            Field("maximum-d", \.maximumD, 0...1_000, "d_max at its greatest: how far a mean is corrected, in σ."),
            Field("warmup", \.warmup, 0...1_000_000_000, "Steps of plain batch normalization: r_max = 1, d_max = 0."),
            Field(
                "r-steps", \.rSteps, 0...1_000_000_000,
                "The step from which r_max is `maximum-r`, rising linearly from the end of the warm-up."),
            Field(
                "d-steps", \.dSteps, 0...1_000_000_000,
                "The step from which d_max is `maximum-d`, rising linearly from the end of the warm-up."),
        ] + trackedFields

    /// The paper's schedule: 5000 steps of batch normalization, r_max = 3 at 40,000 and d_max = 5 at 25,000.
    public init() {}
    public init(
        maximumR: Double = 3, maximumD: Double = 5, warmup: Int, rSteps: Int, dSteps: Int, fraction: Double = 0.99
    ) {
        self.maximumR = maximumR
        self.maximumD = maximumD
        self.warmup = warmup
        self.rSteps = rSteps
        self.dSteps = dSteps
        self.fraction = fraction
    }

    /// r_max and d_max at a step, from 0. A rise that would end before it begins is a jump at the end of the warm-up.
    func limits(step: Int) -> (r: Double, d: Double) {
        func fraction(_ end: Int) -> Double {
            if step < warmup { return 0 }
            return step >= end ? 1 : Double(step - warmup) / Double(end - warmup)
        }
        return (1 + (maximumR - 1) * fraction(rSteps), maximumD * fraction(dSteps))
    }

    /// What batch normalization books, with r and d, what they make of γ and β, and the averages that they come from.
    public struct Workspace: TrackedNormalizationWorkspace {
        public let tracked: TrackedNormalizationSlots
        let r: VectorSlot
        let d: VectorSlot
        let scale: VectorSlot
        let shift: VectorSlot
        let averageMean: VectorSlot
        let averageVariance: VectorSlot
    }

    /// Six vectors of one value a channel besides batch normalization's.
    public func book(_ booking: inout Booking) -> Workspace {
        let channels = booking.input.channels
        return Workspace(
            tracked: TrackedNormalizationSlots(&booking), r: booking.vector("r", count: channels, .untilBackward),
            d: booking.vector("d", count: channels, .untilBackward),
            scale: booking.vector("corrected scale", count: channels, .untilBackward),
            shift: booking.vector("corrected shift", count: channels, .untilBackward),
            averageMean: booking.vector("average mean", count: channels, .forward),
            averageVariance: booking.vector("average variance", count: channels, .forward))
    }

    /// With x̃ = (x − μ_B)/√(σ_B² + ε): x̂ = x̃·r + d and y = f(γx̂ + β) = f(γr · x̃ + (γd + β)). With estimates, y = f(affine x).
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        if appliesEstimates(pass, workspace) { return }
        let slots = workspace.tracked
        slots.takeMoments(pass)
        slots.takeInverseDeviation(pass, epsilon: epsilon)
        takeCorrection(pass, workspace)
        correction(pass, workspace).fold(
            gamma: pass.vectorParameter(.scale), beta: pass.vectorParameter(.shift),
            into: ColumnAffine(scale: pass[workspace.scale], shift: pass[workspace.shift]))
        slots.normalize(pass, normalization(pass, workspace))
        if let normalized = pass.observed(slots.normalized) {
            ColumnAffine(scale: pass[workspace.r], shift: pass[workspace.d])
                .apply(normalized, into: normalized, team: pass.team)
        }
    }

    private func correction(_ pass: Pass, _ workspace: Workspace) -> Renormalization {
        Renormalization(r: pass[workspace.r], d: pass[workspace.d])
    }

    /// r and d, from the moving averages before this step.
    private func takeCorrection(_ pass: Pass, _ workspace: Workspace) {
        guard let step = pass.phase.step, let state = pass.state, state.steps > 0 else {
            pass[workspace.r].fill(1)
            pass[workspace.d].fill(0)
            return
        }
        let (mean, variance) = (pass[workspace.averageMean], pass[workspace.averageVariance])
        state.readEstimates(.movingAverage, mean: mean, variance: variance)
        correction(pass, workspace).correct(
            mean: pass[workspace.tracked.mean], variance: pass[workspace.tracked.variance], trackedMean: mean,
            trackedVariance: variance, epsilon: epsilon, limits: limits(step: step))
    }

    /// With dz = dy · f′: dβ = Σ dz,  dγ = Σ dz·x̂ = r · Σ dz·x̃ + d · Σ dz,
    /// dx = γr/√(σ_B² + ε) · (dz − mean dz − x̃ · mean(dz·x̃)): r and d are constants.
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        let slots = workspace.tracked
        let normalization = normalization(pass, workspace)
        slots.takeSums(pass, normalization)
        pass.vectorGradient(.shift)?.copy(from: pass[slots.sum])
        if let gradient = pass.vectorGradient(.scale) {
            correction(pass, workspace).scaleGradient(
                sum: pass[slots.sum], productSum: pass[slots.productSum], into: gradient)
        }
        slots.storeInputGradient(pass, normalization)
    }

    /// The normalization by the batch's statistics, with what r and d make of γ and β.
    private func normalization(_ pass: Pass, _ workspace: Workspace) -> Normalization {
        var normalization = workspace.tracked.normalization(pass)
        normalization.scale = pass[workspace.scale]
        normalization.shift = pass[workspace.shift]
        return normalization
    }
}
