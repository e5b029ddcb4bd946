import Kernels

/// Batch normalization of each channel over the images and positions of the batch (Ioffe & Szegedy 2015).
///
/// Training uses Algorithm 1 with the batch's mean and *biased* variance, ε inside the root, and its exact gradient, in
/// which the statistics depend on the input. Inference uses the affine map of Algorithm 2 with the *unbiased* variance,
/// m/(m − 1), estimated by the moving average or by a population pass: see ``NormalizationState``. For a map m is
/// images · positions, with one γ and β a channel (§3.2).
///
/// The paper does not say whether γ and β decay, and Caffe's Scale layer decays them unless told otherwise. Here they do
/// not by default, since decaying γ towards 0 is no L2 penalty on the function that the network computes.
public struct BatchNormalization: Layer {
    /// ε, added to the variance inside the root.
    public var epsilon = 1e-5
    /// α of the moving average: how much of the earlier steps a step keeps (Caffe's moving_average_fraction).
    public var fraction = 0.999
    /// Whether γ is trained; otherwise it is 1.
    public var scale = true
    /// Whether β is trained; otherwise it is 0.
    public var shift = true
    /// Factor on the learning rate of γ.
    public var scaleRate = 1.0
    /// Factor on the learning rate of β.
    public var shiftRate = 1.0
    /// Factor on the weight decay of γ.
    public var scaleDecay = 0.0
    /// Factor on the weight decay of β.
    public var shiftDecay = 0.0

    /// The word `batch-norm`.
    public static let kind = "batch-norm"
    /// One sentence for the reference.
    public static let summary = "Batch normalization of each channel over the batch (Ioffe and Szegedy 2015)."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("epsilon", \.epsilon, 0...1, "ε, added to the variance inside the root."),
        Field(
            "fraction", \.fraction, 0...1,
            "How much of the earlier steps the moving average keeps (Caffe's moving_average_fraction)."),
        Field("scale", \.scale, "Whether γ is trained; otherwise it is 1."),
        Field("shift", \.shift, "Whether β is trained; otherwise it is 0."),
        Field("scale-rate", \.scaleRate, 0...1_000, "Factor on the learning rate of γ."),
        Field("shift-rate", \.shiftRate, 0...1_000, "Factor on the learning rate of β."),
        Field("scale-decay", \.scaleDecay, 0...1_000, "Factor on the weight decay of γ; by default it does not decay."),
        Field("shift-decay", \.shiftDecay, 0...1_000, "Factor on the weight decay of β; by default it does not decay."),
    ]
    /// A normalization by the batch.
    public static let role = LayerRole.normalization

    /// ε = 10⁻⁵, α = 0.999, with γ and β.
    public init() {}
    /// The given ε and α, with or without γ and β.
    public init(epsilon: Double = 1e-5, fraction: Double = 0.999, scale: Bool = true, shift: Bool = true) {
        self.epsilon = epsilon
        self.fraction = fraction
        self.scale = scale
        self.shift = shift
    }

    /// β takes the place of a bias.
    public var absorbsBias: Bool { shift }

    /// The shape of the input.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// γ and β [channels], as far as they are trained.
    public func parameters(_ inputs: [Shape]) -> [ParameterDeclaration] {
        let channels = inputs[0].channels
        let fan = Fan(input: 1, output: 1)
        let gamma = ParameterDeclaration(
            .scale, columns: channels, fan: fan, initializer: Constant(value: 1), rateMultiplier: scaleRate,
            decayMultiplier: scaleDecay)
        let beta = ParameterDeclaration(
            .shift, columns: channels, fan: fan, initializer: Constant(value: 0), rateMultiplier: shiftRate,
            decayMultiplier: shiftDecay)
        return (scale ? [gamma] : []) + (shift ? [beta] : [])
    }

    /// A mean and a variance a channel.
    public func trackedStatistics(_ inputs: [Shape]) -> TrackedStatistics? {
        TrackedStatistics(channels: inputs[0].channels, positions: inputs[0].positions, fraction: fraction)
    }

    /// The batch's statistics, and small vectors of one value a channel.
    public struct Workspace: Sendable {
        let mean: VectorSlot
        let variance: VectorSlot
        let inverseDeviation: VectorSlot
        let normalized: MatrixSlot
        let scale: VectorSlot
        let shift: VectorSlot
        let moments: VectorSlot
        let sum: VectorSlot
        let productSum: VectorSlot
        let backwardScratch: VectorSlot
    }

    /// The statistics and vectors of one value a channel; x̂ only where somebody observes it.
    public func book(_ booking: inout Booking) -> Workspace {
        let (channels, positions) = (booking.input.channels, booking.input.positions)
        let rows = booking.batch * positions
        return Workspace(
            mean: booking.vector("mean", count: channels, .program),
            variance: booking.vector("variance", count: channels, .program),
            inverseDeviation: booking.vector("inverse deviation", count: channels, .untilBackward),
            normalized: booking.matrix("normalized", rowsPerImage: positions, columns: channels, .observed),
            scale: booking.vector("scale", count: channels, .untilBackward),
            shift: booking.vector("shift", count: channels, .untilBackward),
            moments: booking.vector(
                "moments", count: BlockMoments.scratch(rows: rows, columns: channels), .fromInput),
            sum: booking.vector("mean gradient", count: channels, .backward),
            productSum: booking.vector("mean gradient by normalized", count: channels, .backward),
            backwardScratch: booking.vector(
                "gradient scratch", count: Standardization.sumsScratch(rows: rows, columns: channels), .backward))
    }

    /// μ and the biased σ² of the batch.
    public func batchStatistics(_ workspace: Workspace) -> BatchStatistics? {
        BatchStatistics(mean: workspace.mean, variance: workspace.variance)
    }

    /// Where the moments of the input's blocks are gathered.
    public func inputMoments(_ workspace: Workspace) -> VectorSlot? { workspace.moments }

    /// They are.
    public static let takesGatheredMoments = true

    /// A nonlinearity behind it is a part of both passes.
    public static let fusion: LayerFusion = [.nonlinearity, .nonlinearityGradient]

    /// Every element of the gradient by the input depends on the same one of the gradient by the output.
    public static let overwritesGradient = true

    /// The backward pass computes x̂ again from the input.
    public var backwardReads: BackwardReads { .inputs }

    /// The slope of a nonlinearity comes from its output, unless that is cheap to compute again.
    public func backwardReads(behind nonlinearity: Nonlinearity) -> BackwardReads {
        nonlinearity.gradientReadsOutput ? [.inputs, .output] : .inputs
    }

    /// With estimates, line 11 of Algorithm 2: y = γ/√(Var + ε) · x + (β − γE/√(Var + ε)).
    public func affine(_ pass: Pass, _ workspace: Workspace) -> ColumnAffine? {
        guard pass.phase.statistics != .batch else { return nil }
        guard let state = pass.state else { preconditionFailure("no tracked statistics") }
        let (mean, variance) = (pass[workspace.mean], pass[workspace.variance])
        state.readEstimates(pass.phase.statistics, mean: mean, variance: variance)
        let affine = ColumnAffine(scale: pass[workspace.scale], shift: pass[workspace.shift])
        ChannelArithmetic.fold(
            mean: mean, variance: variance, epsilon: epsilon, scale: pass.vectorParameter(.scale),
            shift: pass.vectorParameter(.shift), into: affine)
        return affine
    }

    /// It is.
    public static let isAffineInInference = true

    /// With batch statistics, Algorithm 1: μ = mean x, σ² = mean (x − μ)², x̂ = (x − μ)/√(σ² + ε), y = f(γx̂ + β).
    /// With estimates, y = f(affine x).
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        let (mean, variance) = (pass[workspace.mean], pass[workspace.variance])
        if let affine = affine(pass, workspace) {
            affine.apply(pass.input, nonlinearity: pass.nonlinearity, into: pass.output, team: pass.team)
            return
        }
        let moments = BlockMoments(
            rows: pass.input.rows, columns: pass.input.columns, scratch: pass[workspace.moments])
        if !pass.inputMomentsAreGathered { moments.gather(pass.input, team: pass.team) }
        moments.join(mean: mean, variance: variance)
        ChannelArithmetic.inverseDeviation(
            ofVariance: variance, epsilon: epsilon, into: pass[workspace.inverseDeviation])
        pass[workspace.scale].fill(1)
        pass[workspace.shift].fill(0)
        let standardization = standardization(pass, workspace)
        if let normalized = pass.observed(workspace.normalized) {
            standardization.normalize(pass.input, into: normalized, team: pass.team)
        }
        standardization.forward(pass.input, into: pass.output, team: pass.team)
    }

    /// With dz = dy · f′: dβ = Σ dz,  dγ = Σ dz·x̂,
    /// dx = γ/√(σ² + ε) · (dz − mean dz − x̂ · mean(dz·x̂)): the paper's chain rule (§3) in closed form.
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        let (sum, productSum) = (pass[workspace.sum], pass[workspace.productSum])
        let standardization = standardization(pass, workspace)
        standardization.sums(
            pass.input, output: pass.output, outputGradient: pass.outputGradient, sum: sum, productSum: productSum,
            scratch: pass[workspace.backwardScratch], team: pass.team)
        pass.vectorGradient(.shift)?.copy(from: sum)
        pass.vectorGradient(.scale)?.copy(from: productSum)
        guard let inputGradient = pass.inputGradient else { return }
        ChannelArithmetic.divide(sum, by: pass.input.rows)
        ChannelArithmetic.divide(productSum, by: pass.input.rows)
        standardization.gradient(
            pass.input, output: pass.output, outputGradient: pass.outputGradient, meanGradient: sum,
            meanProduct: productSum, into: inputGradient, team: pass.team)
    }

    /// The normalization by the batch's statistics; γ and β are vectors of 1 and 0 where they are not trained.
    private func standardization(_ pass: Pass, _ workspace: Workspace) -> Standardization {
        Standardization(
            mean: pass[workspace.mean], inverseDeviation: pass[workspace.inverseDeviation],
            scale: pass.vectorParameter(.scale) ?? pass[workspace.scale],
            shift: pass.vectorParameter(.shift) ?? pass[workspace.shift], nonlinearity: pass.nonlinearity)
    }
}
