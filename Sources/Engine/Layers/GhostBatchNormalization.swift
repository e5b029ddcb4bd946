import Kernels
import Vocabulary

/// Ghost batch normalization (Hoffer, Hubara & Soudry 2017, Algorithm 1): the training batch in consecutive parts, each
/// normalized by statistics of its own, so that a large batch keeps the noise of small ones.
///
/// A part has `ghost` images and the last what is left, one image more than that if a single one would be left (whose
/// statistics would be void in a dense layer). A batch of no more images than a part is batch normalization, bit by bit.
/// Inference uses tracked statistics, as batch normalization does: one step gives them the mean over its parts of μ and of
/// the *unbiased* σ², each part weighted by its images and made unbiased by its own m/(m − 1). (Hoffer et al. put the parts
/// into the moving average one after the other; with weights α^i that differ little for α near 1, and a batch of one part
/// is the same.)
public struct GhostBatchNormalization: TrackedNormalization {
    public var ghost = 32
    public var epsilon = 1e-5
    public var fraction = 0.999
    public var scaleAndShift = ScaleAndShift()

    public static let kind = "ghost-batch-norm"
    public static let summary =
        "Batch normalization of each part of the batch by its own statistics (Hoffer, Hubara and Soudry 2017)."
    public static let fields: [Field<Self>] =
        [
            Field(
                "ghost", \.ghost, 2...1_000_000,
                "Images of a part of the batch; the last part has what is left, and a single image left joins the part before."
            )
        ] + trackedFields

    public init() {}
    public init(ghost: Int, epsilon: Double = 1e-5, scale: Bool = true, shift: Bool = true) {
        self.ghost = ghost
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    func parts(images: Int) -> Int {
        let (whole, rest) = images.quotientAndRemainder(dividingBy: ghost)
        return max(1, whole + (rest > 1 ? 1 : 0))
    }

    func images(of part: Int, in images: Int) -> Range<Int> {
        part * ghost..<(part == parts(images: images) - 1 ? images : (part + 1) * ghost)
    }

    /// What batch normalization books, where the statistics are means over the parts, with the statistics and the gradients'
    /// sums of each part.
    public struct Workspace: TrackedNormalizationWorkspace {
        public let tracked: TrackedNormalizationSlots
        let positions: Int
        let means: VectorSlot
        let variances: VectorSlot
        let inverseDeviations: VectorSlot
        let sums: VectorSlot
        let productSums: VectorSlot
    }

    /// Vectors of one value a channel and part.
    public func book(_ booking: inout Booking) -> Workspace {
        let count = parts(images: booking.batch) * booking.input.channels
        return Workspace(
            tracked: TrackedNormalizationSlots(&booking), positions: booking.input.positions,
            means: booking.vector("means", count: count, .untilBackward),
            variances: booking.vector("variances", count: count, .forward),
            inverseDeviations: booking.vector("inverse deviations", count: count, .untilBackward),
            sums: booking.vector("mean gradients", count: count, .backward),
            productSums: booking.vector("mean gradients by normalized", count: count, .backward))
    }

    /// The moments are those of the parts.
    public var traits: LayerTraits { trackedTraits.with { $0.takesInputMoments = false } }

    /// The means over the parts, in which σ² is unbiased.
    public func batchStatistics(_ workspace: Workspace) -> BatchStatistics? {
        BatchStatistics(mean: workspace.tracked.mean, variance: workspace.tracked.variance, isUnbiased: true)
    }

    /// One part of a pass: its rows, its places in vectors of one value a channel and part, and what it is normalized by.
    private struct Part {
        let rows: Range<Int>
        let places: Range<Int>
        let standardization: Standardization
    }

    private func part(_ index: Int, _ pass: Pass, _ workspace: Workspace) -> Part {
        let images = images(of: index, in: pass.images)
        let places = index * pass.input.columns..<(index + 1) * pass.input.columns
        var standardization = workspace.tracked.standardization(pass)
        standardization.mean = pass[workspace.means].range(places)
        standardization.inverseDeviation = pass[workspace.inverseDeviations].range(places)
        return Part(
            rows: images.lowerBound * workspace.positions..<images.upperBound * workspace.positions, places: places,
            standardization: standardization)
    }

    /// With batch statistics, Algorithm 1 of batch normalization for each part: μ = mean x, σ² = mean (x − μ)²,
    /// x̂ = (x − μ)/√(σ² + ε), y = f(γx̂ + β). With estimates, y = f(affine x).
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        if appliesEstimates(pass, workspace) { return }
        let slots = workspace.tracked
        slots.scaleAndShift.fill(pass)
        for index in 0..<parts(images: pass.images) {
            let part = part(index, pass, workspace)
            let (input, variance) = (pass.input.rows(part.rows), pass[workspace.variances].range(part.places))
            ColumnReduction.moments(
                input, mean: part.standardization.mean, variance: variance, scratch: pass[slots.moments],
                team: pass.team)
            ChannelArithmetic.inverseDeviation(
                ofVariance: variance, epsilon: epsilon, into: part.standardization.inverseDeviation)
            if let normalized = pass.observed(slots.normalized) {
                part.standardization.normalize(input, into: normalized.rows(part.rows), team: pass.team)
            }
            part.standardization.forward(input, into: pass.output.rows(part.rows), team: pass.team)
        }
        takeMeans(pass, workspace)
    }

    /// The means over the parts of μ and of the unbiased σ², weighted by the parts' images. Only the last has its own number.
    private func takeMeans(_ pass: Pass, _ workspace: Workspace) {
        let count = parts(images: pass.images)
        let last = images(of: count - 1, in: pass.images).count
        let shares = (each: Double(ghost) / Double(pass.images), last: Double(last) / Double(pass.images))
        ChannelArithmetic.sum(
            pass[workspace.means], parts: count, weights: shares, into: pass[workspace.tracked.mean])
        let weights = (
            each: shares.each * NormalizationState.correction(ghost * workspace.positions),
            last: shares.last * NormalizationState.correction(last * workspace.positions)
        )
        ChannelArithmetic.sum(
            pass[workspace.variances], parts: count, weights: weights, into: pass[workspace.tracked.variance])
    }

    /// With dz = dy · f′, for each part: dx = γ/√(σ² + ε) · (dz − mean dz − x̂ · mean(dz·x̂)).
    /// Over all of them: dβ = Σ dz,  dγ = Σ dz·x̂.
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        let count = parts(images: pass.images)
        let (sums, productSums) = (pass[workspace.sums], pass[workspace.productSums])
        for index in 0..<count {
            let part = part(index, pass, workspace)
            part.standardization.sums(
                pass.input.rows(part.rows), output: pass.output.rows(part.rows),
                outputGradient: pass.outputGradient.rows(part.rows), sum: sums.range(part.places),
                productSum: productSums.range(part.places), scratch: pass[workspace.tracked.backwardScratch],
                team: pass.team)
        }
        if let gradient = pass.vectorGradient(.shift) { ChannelArithmetic.sum(sums, parts: count, into: gradient) }
        if let gradient = pass.vectorGradient(.scale) {
            ChannelArithmetic.sum(productSums, parts: count, into: gradient)
        }
        guard let inputGradient = pass.inputGradient else { return }
        for index in 0..<count {
            let part = part(index, pass, workspace)
            let (sum, productSum) = (sums.range(part.places), productSums.range(part.places))
            ChannelArithmetic.divide(sum, by: part.rows.count)
            ChannelArithmetic.divide(productSum, by: part.rows.count)
            part.standardization.gradient(
                pass.input.rows(part.rows), output: pass.output.rows(part.rows),
                outputGradient: pass.outputGradient.rows(part.rows), meanGradient: sum, meanProduct: productSum,
                into: inputGradient.rows(part.rows), team: pass.team)
        }
    }
}
