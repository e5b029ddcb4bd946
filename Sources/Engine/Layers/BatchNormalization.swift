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

    /// The batch's statistics, x̂, and small vectors of one value a channel.
    public struct Workspace: Sendable {
        let mean: VectorSlot
        let variance: VectorSlot
        let inverseDeviation: VectorSlot
        let normalized: MatrixSlot
        let scale: VectorSlot
        let shift: VectorSlot
        let scratch: VectorSlot
        let sum: VectorSlot
        let productSum: VectorSlot
        let backwardScale: VectorSlot
        let backwardScratch: VectorSlot
    }

    /// The statistics, x̂ and vectors of one value a channel.
    public func book(_ booking: inout Booking) -> Workspace {
        let (channels, positions) = (booking.input.channels, booking.input.positions)
        let scratch = ColumnReduction.scratch(rows: booking.batch * positions, columns: channels)
        return Workspace(
            mean: booking.vector("mean", count: channels, .program),
            variance: booking.vector("variance", count: channels, .program),
            inverseDeviation: booking.vector("inverse deviation", count: channels, .untilBackward),
            normalized: booking.matrix("normalized", rowsPerImage: positions, columns: channels, .untilBackward),
            scale: booking.vector("scale", count: channels, .forward),
            shift: booking.vector("shift", count: channels, .forward),
            scratch: booking.vector("scratch", count: scratch, .forward),
            sum: booking.vector("mean gradient", count: channels, .backward),
            productSum: booking.vector("mean gradient by normalized", count: channels, .backward),
            backwardScale: booking.vector("gradient scale", count: channels, .backward),
            backwardScratch: booking.vector("gradient scratch", count: scratch, .backward))
    }

    /// μ and the biased σ² of the batch.
    public func batchStatistics(_ workspace: Workspace) -> BatchStatistics? {
        BatchStatistics(mean: workspace.mean, variance: workspace.variance)
    }

    /// The backward pass reads x̂, neither the input nor the output.
    public var backwardReads: BackwardReads { [] }

    /// With batch statistics, Algorithm 1: μ = mean x, σ² = mean (x − μ)², x̂ = (x − μ)/√(σ² + ε), y = γx̂ + β.
    /// With estimates, line 11 of Algorithm 2: y = γ/√(Var + ε) · x + (β − γE/√(Var + ε)).
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        let (scale, shift) = (pass[workspace.scale], pass[workspace.shift])
        guard pass.phase.statistics == .batch else {
            guard let state = pass.state else { preconditionFailure("no tracked statistics") }
            state.readEstimates(
                pass.phase.statistics, mean: pass[workspace.mean], variance: pass[workspace.variance])
            ChannelArithmetic.fold(
                mean: pass[workspace.mean], variance: pass[workspace.variance], epsilon: epsilon,
                scale: pass.vectorParameter(.scale), shift: pass.vectorParameter(.shift), intoScale: scale,
                shift: shift)
            ColumnAffine.apply(pass.input, scale: scale, shift: shift, into: pass.output, team: pass.team)
            return
        }
        let (mean, normalized) = (pass[workspace.mean], pass[workspace.normalized])
        ColumnReduction.moments(
            pass.input, mean: mean, variance: pass[workspace.variance], scratch: pass[workspace.scratch],
            team: pass.team)
        ChannelArithmetic.inverseDeviation(
            ofVariance: pass[workspace.variance], epsilon: epsilon, into: pass[workspace.inverseDeviation])
        ColumnAffine.standardize(
            pass.input, mean: mean, inverseDeviation: pass[workspace.inverseDeviation], into: normalized,
            team: pass.team)
        scale.fill(1)
        shift.fill(0)
        ColumnAffine.apply(
            normalized, scale: pass.vectorParameter(.scale) ?? scale,
            shift: pass.vectorParameter(.shift) ?? shift, into: pass.output, team: pass.team)
    }

    /// dβ = Σ dy,  dγ = Σ dy·x̂,
    /// dx = γ/√(σ² + ε) · (dy − mean dy − x̂ · mean(dy·x̂)): the paper's chain rule (§3) in closed form.
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        let (sum, productSum) = (pass[workspace.sum], pass[workspace.productSum])
        let (outputGradient, normalized) = (pass.outputGradient, pass[workspace.normalized])
        ColumnReduction.products(
            outputGradient, normalized, sumA: sum, sumAB: productSum, scratch: pass[workspace.backwardScratch],
            team: pass.team)
        pass.vectorGradient(.shift)?.copy(from: sum)
        pass.vectorGradient(.scale)?.copy(from: productSum)
        guard let inputGradient = pass.inputGradient else { return }
        ChannelArithmetic.divide(sum, by: outputGradient.rows)
        ChannelArithmetic.divide(productSum, by: outputGradient.rows)
        let scale = pass[workspace.backwardScale]
        ChannelArithmetic.product(pass[workspace.inverseDeviation], pass.vectorParameter(.scale), into: scale)
        ColumnAffine.standardizeGradient(
            outputGradient: outputGradient, normalized: normalized, scale: scale, meanGradient: sum,
            meanGradientNormalized: productSum, into: inputGradient, team: pass.team)
    }
}
