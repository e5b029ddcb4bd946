import Kernels

/// Normalization outside the gradient: the experiment of Ioffe & Szegedy 2015, §2, and known to be wrong.
///
/// The forward pass centres each channel by the batch's mean, and scales it by 1/√(σ² + ε) where `scale` says so, as batch
/// normalization without γ and β. The backward pass takes the statistics for constants, as if they did not depend on the
/// input, so that gradient descent knows nothing of the normalization. A bias b before it then gets the gradient Σ dy and
/// grows, while output and loss stay what they were: u + (b + Δb) − E[u + (b + Δb)] = u + b − E[u + b]. Since that is
/// what is to be seen, the layer absorbs no bias.
///
/// Whoever wants a normalization wants ``BatchNormalization``.
public struct OutsideNormalization: Layer {
    /// Whether it divides by √(σ² + ε); otherwise it subtracts the mean only, as in the paper's example.
    public var scale = true
    /// ε, added to the variance inside the root.
    public var epsilon = 1e-5
    /// α of the moving average: how much of the earlier steps a step keeps.
    public var fraction = 0.999

    /// The word `outside-normalization`.
    public static let kind = "outside-normalization"
    /// One sentence for the reference.
    public static let summary =
        "Normalization by the batch whose gradient is wrong on purpose: statistics count as constants "
        + "(Ioffe and Szegedy 2015, §2), for experiments on what that does."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("scale", \.scale, "Whether it divides by √(σ² + ε); otherwise it subtracts the mean only."),
        Field("epsilon", \.epsilon, 0...1, "ε, added to the variance inside the root."),
        Field("fraction", \.fraction, 0...1, "How much of the earlier steps the moving average keeps."),
    ]
    /// A normalization by the batch.
    public static let role = LayerRole.normalization

    /// Centring and scaling with ε = 10⁻⁵ and α = 0.999.
    public init() {}
    /// With or without scaling, with the given ε and α.
    public init(scale: Bool, epsilon: Double = 1e-5, fraction: Double = 0.999) {
        self.scale = scale
        self.epsilon = epsilon
        self.fraction = fraction
    }

    /// The shape of the input.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// A mean and a variance a channel.
    public func trackedStatistics(_ inputs: [Shape]) -> TrackedStatistics? {
        TrackedStatistics(channels: inputs[0].channels, positions: inputs[0].positions, fraction: fraction)
    }

    /// The batch's statistics, and the affine map of each channel that it is.
    public struct Workspace: Sendable {
        let mean: VectorSlot
        let variance: VectorSlot
        let normalized: MatrixSlot
        let inverseDeviation: VectorSlot
        let ones: VectorSlot
        let zeros: VectorSlot
        let moments: VectorSlot
    }

    /// The statistics, the map, and x̂ where somebody observes it.
    public func book(_ booking: inout Booking) -> Workspace {
        let (channels, positions) = (booking.input.channels, booking.input.positions)
        return Workspace(
            mean: booking.vector("mean", count: channels, .program),
            variance: booking.vector("variance", count: channels, .program),
            normalized: booking.matrix("normalized", rowsPerImage: positions, columns: channels, .observed),
            inverseDeviation: booking.vector("inverse deviation", count: channels, .untilBackward),
            ones: booking.vector("ones", count: channels, .forward),
            zeros: booking.vector("zeros", count: channels, .untilBackward),
            moments: booking.vector(
                "moments", count: BlockMoments.scratch(rows: booking.batch * positions, columns: channels), .fromInput))
    }

    /// μ and the biased σ² of the batch.
    public func batchStatistics(_ workspace: Workspace) -> BatchStatistics? {
        BatchStatistics(mean: workspace.mean, variance: workspace.variance)
    }

    /// Where the moments of the input's blocks are gathered.
    public func inputMoments(_ workspace: Workspace) -> VectorSlot? { workspace.moments }

    /// They are.
    public static let takesGatheredMoments = true

    /// A nonlinearity behind it is a part of the forward pass.
    public static let fusion: LayerFusion = [.nonlinearity]

    /// Every element of the gradient by the input depends on the same one of the gradient by the output.
    public static let overwritesGradient = true

    /// The backward pass reads nothing but gradients: to it the statistics are constants.
    public var backwardReads: BackwardReads { [] }

    /// With estimates, the same map by these.
    public func affine(_ pass: Pass, _ workspace: Workspace) -> ColumnAffine? {
        guard pass.phase.statistics != .batch else { return nil }
        guard let state = pass.state else { preconditionFailure("no tracked statistics") }
        let (mean, variance) = (pass[workspace.mean], pass[workspace.variance])
        state.readEstimates(pass.phase.statistics, mean: mean, variance: variance)
        let affine = ColumnAffine(scale: pass[workspace.inverseDeviation], shift: pass[workspace.zeros])
        ChannelArithmetic.fold(
            mean: mean, variance: scale ? variance : nil, epsilon: epsilon, scale: nil, shift: nil, into: affine)
        return affine
    }

    /// It is.
    public static let isAffineInInference = true

    /// With batch statistics, x̂ = (x − μ)/√(σ² + ε), or x − μ without `scale`, and y = f(x̂); else y = f(affine x).
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        if let affine = affine(pass, workspace) {
            affine.apply(pass.input, nonlinearity: pass.nonlinearity, into: pass.output, team: pass.team)
            return
        }
        let (mean, variance) = (pass[workspace.mean], pass[workspace.variance])
        let moments = BlockMoments(
            rows: pass.input.rows, columns: pass.input.columns, scratch: pass[workspace.moments])
        if !pass.inputMomentsAreGathered { moments.gather(pass.input, team: pass.team) }
        moments.join(mean: mean, variance: variance)
        let (factor, ones, zeros) = (
            pass[workspace.inverseDeviation], pass[workspace.ones], pass[workspace.zeros]
        )
        ones.fill(1)
        zeros.fill(0)
        factor.fill(1)
        if scale { ChannelArithmetic.inverseDeviation(ofVariance: variance, epsilon: epsilon, into: factor) }
        let standardization = Standardization(
            mean: mean, inverseDeviation: factor, scale: ones, shift: zeros, nonlinearity: pass.nonlinearity)
        if let normalized = pass.observed(workspace.normalized) {
            standardization.normalize(pass.input, into: normalized, team: pass.team)
        }
        standardization.forward(pass.input, into: pass.output, team: pass.team)
    }

    /// dx = dy/√(σ² + ε), or dy without `scale`: what is missing are the two means of batch normalization's gradient.
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        ColumnAffine(scale: pass[workspace.inverseDeviation], shift: pass[workspace.zeros])
            .apply(pass.outputGradient, into: inputGradient, team: pass.team)
    }
}
