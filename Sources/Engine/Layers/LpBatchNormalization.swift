import Kernels
import Vocabulary

/// Normalization of each channel by an average ℓp norm over the batch (Santurkar, Tsipras, Ilyas & Mądry 2018, §3.3):
///
///     x̂ = (x − μ)/√(N² + ε),   N = (mean |u|^p)^(1/p), for p = ∞ max |u|,   y = γx̂ + β
///
/// with the batch's mean μ. The paper shifts the mean to 0 as batch normalization does and divides by “the average of their
/// ℓp-norm (before shifting the mean)”, p = 1, 2, ∞, and gives no formula. Read to the letter, u = x: that is `of: values`, the
/// default. It also is the only reading in which p = 2 differs from batch normalization, beside which the paper plots it. With
/// `of: deviations`, u = x − μ, and p = 2 is batch normalization, bit by bit. Where N² + ε has its root, and ε itself, are
/// batch normalization's.
///
/// The gradient is exact, μ and N depending on the input; where a norm has none (|u| at 0, equal greatest values) it is 0
/// and the first one's. Inference tracks the mean of μ and of N², which takes the variance's place in
/// ``NormalizationState``. Of deviations, N² for p = 1 and 2 is made unbiased by m/(m − 1), which for p = 1 is right where
/// values are normal; of values there is no bias, and for p = ∞ no correction that does not depend on the distribution.
public struct LpBatchNormalization: TrackedNormalization {
    public enum Order: String, ConfigurationWord {
        /// The mean of absolute values.
        case one = "1"
        /// The root of the mean square.
        case two = "2"
        /// The greatest absolute value.
        case infinity
    }

    /// What the norm is taken of.
    public enum Subject: String, ConfigurationWord {
        /// u = x, before the mean is shifted: the paper's words.
        case values
        /// u = x − μ.
        case deviations
    }

    public var p = Order.one
    public var subject = Subject.values
    /// ε, added to N² inside the root.
    public var epsilon = 1e-5
    public var fraction = 0.999
    public var scaleAndShift = ScaleAndShift()

    public static let kind = "lp-batch-norm"
    public static let summary =
        "Batch normalization by the mean and an ℓp norm of each channel in place of the variance (Santurkar et al. 2018)."
    public static let fields: [Field<Self>] =
        [
            Field("p", \.p, "The norm: mean absolute value, root mean square, or greatest absolute value."),
            Field(
                "of", \.subject,
                "What it is the norm of: the `values` before the mean is shifted (the paper), or their `deviations` from it."
            ),
        ] + trackedFields

    public init() {}
    public init(p: Order, of subject: Subject = .values, epsilon: Double = 1e-5, scale: Bool = true, shift: Bool = true)
    {
        self.p = p
        self.subject = subject
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    /// β takes the place of a bias where that does not change the norm.
    public var traits: LayerTraits {
        trackedTraits.with { $0.absorbsBias = scaleAndShift.shift && subject == .deviations }
    }

    /// What batch normalization books, with what the norm remembers.
    public struct Workspace: TrackedNormalizationWorkspace {
        /// What batch normalization books; N² in place of the variance.
        public let tracked: TrackedNormalizationSlots
        /// p = 1: N. p = ∞: the u of the greatest |u|.
        let norm: VectorSlot
        /// p = 1: the mean of sgn u. p = ∞: the row of the greatest |u|.
        let detail: VectorSlot
        /// What is subtracted from every dz.
        let common: VectorSlot
        /// The factor of what differs from row to row.
        let factor: VectorSlot
        /// What the gradient adds at the row of the greatest |u|.
        let summand: VectorSlot
        let scratch: VectorSlot
    }

    /// Five vectors of one value a channel besides batch normalization's, and scratch.
    public func book(_ booking: inout Booking) -> Workspace {
        let channels = booking.input.channels
        let rows = booking.batch * booking.input.positions
        return Workspace(
            tracked: TrackedNormalizationSlots(&booking),
            norm: booking.vector("norm", count: channels, .untilBackward),
            detail: booking.vector("norm's detail", count: channels, .untilBackward),
            common: booking.vector("gradient in common", count: channels, .backward),
            factor: booking.vector("gradient factor", count: channels, .backward),
            summand: booking.vector("gradient at the greatest", count: channels, .backward),
            scratch: booking.vector(
                "norm scratch", count: p == .two ? 0 : LpNorm.scratch(rows: rows, columns: channels), .forward))
    }

    /// μ and N² of the batch.
    public func batchStatistics(_ workspace: Workspace) -> BatchStatistics? {
        BatchStatistics(
            mean: workspace.tracked.mean, variance: workspace.tracked.variance,
            isUnbiased: subject == .values || p == .infinity)
    }

    /// With batch statistics, μ = mean x, N² by p, x̂ = (x − μ)/√(N² + ε), y = f(γx̂ + β). With estimates, y = f(affine x).
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        if appliesEstimates(pass, workspace) { return }
        let slots = workspace.tracked
        slots.takeMoments(pass)
        takeNorm(pass, workspace)
        slots.takeInverseDeviation(pass, epsilon: epsilon)
        slots.normalize(pass, slots.normalization(pass))
    }

    /// The norm of u, relative to μ or to 0.
    private func lpNorm(_ pass: Pass, _ workspace: Workspace) -> LpNorm {
        LpNorm(from: subject == .deviations ? pass[workspace.tracked.mean] : nil)
    }

    /// N², where σ² was; for p = 2 it is that, with μ² added for the values.
    private func takeNorm(_ pass: Pass, _ workspace: Workspace) {
        let (norm, detail) = (pass[workspace.norm], pass[workspace.detail])
        let (mean, square) = (pass[workspace.tracked.mean], pass[workspace.tracked.variance])
        switch p {
        case .one:
            lpNorm(pass, workspace).absoluteMeans(
                pass.input, norm: norm, sign: detail, scratch: pass[workspace.scratch], team: pass.team)
            LpNorm.square(norm, into: square)
        case .two:
            if subject == .values { LpNorm.meanSquare(mean: mean, variance: square, into: square) }
        case .infinity:
            lpNorm(pass, workspace).peaks(
                pass.input, peak: norm, row: detail, scratch: pass[workspace.scratch], team: pass.team)
            LpNorm.square(norm, into: square)
        }
    }

    /// With dz = dy · f′: dβ = Σ dz,  dγ = Σ dz·x̂,  and with D = √(N² + ε),
    ///
    ///     dx = γ/D · (dz − mean dz − Σ(dz·x̂) · N/D · ∂N/∂x)
    ///
    /// | p | ∂N/∂u |
    /// |---|---|
    /// | 1 | sgn(u)/m |
    /// | 2 | u/(mN) |
    /// | ∞ | sgn(u) at the greatest |u|, else 0 |
    ///
    /// and ∂N/∂x = ∂N/∂u for the values; for deviations less its mean over the batch.
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        let slots = workspace.tracked
        let normalization = slots.normalization(pass)
        slots.takeSums(pass, normalization)
        slots.storeParameterGradients(pass)
        guard let inputGradient = pass.inputGradient else { return }
        let terms = takeTerms(pass, workspace, normalization)
        if p == .one {
            normalization.gradient(
                pass.input, output: pass.output, outputGradient: pass.outputGradient,
                signsOf: lpNorm(pass, workspace), terms, into: inputGradient, team: pass.team)
        } else {
            normalization.gradient(
                pass.input, output: pass.output, outputGradient: pass.outputGradient, sum: pass[workspace.common],
                productSum: pass[workspace.factor], count: 1, into: inputGradient, team: pass.team)
        }
        if p == .infinity { LpNorm.add(pass[workspace.summand], at: pass[workspace.detail], to: inputGradient) }
    }

    /// Makes of Σ dz and Σ dz·x̂ what is subtracted from every dz, and the factor of what differs from row to row.
    private func takeTerms(_ pass: Pass, _ workspace: Workspace, _ normalization: Normalization) -> LpNorm.Terms {
        let slots = workspace.tracked
        let (terms, sums): (LpNorm.Terms, LpNorm.Sums) = (
            (pass[workspace.common], pass[workspace.factor]), (pass[slots.sum], pass[slots.productSum])
        )
        let (norm, rows) = (lpNorm(pass, workspace), pass.input.rows)
        switch p {
        case .one:
            norm.absoluteTerms(
                of: sums, rows: rows, square: pass[slots.variance], normalization, meanSign: pass[workspace.detail],
                into: terms)
        case .two: norm.squareTerms(of: sums, rows: rows, mean: pass[slots.mean], normalization, into: terms)
        case .infinity:
            norm.peakTerms(
                of: sums, rows: rows, square: pass[slots.variance], normalization, peak: pass[workspace.norm],
                summand: pass[workspace.summand], into: terms)
        }
        return terms
    }
}
