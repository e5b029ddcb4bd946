import Kernels
import Vocabulary

/// Batch normalization of each channel over the images and positions of the batch (Ioffe & Szegedy 2015).
///
/// Training uses Algorithm 1 with the batch's mean and *biased* variance, ε inside the root, and its exact gradient, in
/// which the statistics depend on the input. Inference uses the affine map of Algorithm 2 with the *unbiased* variance,
/// m/(m − 1), estimated by the moving average or by a population pass: see ``NormalizationState``. For a map m is
/// images · positions, with one γ and β a channel (§3.2); whether these decay, see ``ScaleAndShift``. The arithmetic is
/// `Normalization.swift` of the kernels.
public struct BatchNormalization: TrackedNormalization {
    public var epsilon = 1e-5
    /// α of the moving average: how much of the earlier steps a step keeps (Caffe's moving_average_fraction).
    public var fraction = 0.999
    public var scaleAndShift = ScaleAndShift()

    public static let kind = "batch-norm"
    public static let summary = "Batch normalization of each channel over the batch (Ioffe and Szegedy 2015)."
    public static let fields = trackedFields

    public init() {}
    public init(epsilon: Double = 1e-5, fraction: Double = 0.999, scale: Bool = true, shift: Bool = true) {
        self.epsilon = epsilon
        self.fraction = fraction
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    public func book(_ booking: inout Booking) -> TrackedNormalizationSlots { TrackedNormalizationSlots(&booking) }

    /// With batch statistics, Algorithm 1: μ = mean x, σ² = mean (x − μ)², x̂ = (x − μ)/√(σ² + ε), y = f(γx̂ + β).
    /// With estimates, y = f(affine x).
    public func forward(_ pass: Pass, _ workspace: TrackedNormalizationSlots) {
        if appliesEstimates(pass, workspace) { return }
        workspace.takeMoments(pass)
        workspace.takeInverseDeviation(pass, epsilon: epsilon)
        workspace.normalize(pass, workspace.normalization(pass))
    }

    /// With dz = dy · f′: dβ = Σ dz,  dγ = Σ dz·x̂,
    /// dx = γ/√(σ² + ε) · (dz − mean dz − x̂ · mean(dz·x̂)): the paper's chain rule (§3) in closed form.
    public func backward(_ pass: Pass, _ workspace: TrackedNormalizationSlots) {
        let normalization = workspace.normalization(pass)
        workspace.takeSums(pass, normalization)
        workspace.storeParameterGradients(pass)
        workspace.storeInputGradient(pass, normalization)
    }
}

/// γ and β of a normalization, one of each a channel: y = γx̂ + β.
///
/// Ioffe & Szegedy 2015 do not say whether γ and β decay, and Caffe's Scale layer decays them unless told otherwise. Here
/// they do not by default, since decaying γ towards 0 is no L2 penalty on the function that the network computes.
public struct ScaleAndShift: Sendable {
    public var scale = true
    public var shift = true
    public var scaleRate = 1.0
    public var shiftRate = 1.0
    public var scaleDecay = 0.0
    public var shiftDecay = 0.0

    public init(scale: Bool = true, shift: Bool = true) {
        self.scale = scale
        self.shift = shift
    }

    /// The fields, which a normalization lists after its own.
    static let fields: [Field<Self>] = [
        Field("scale", \.scale, "Whether γ is trained; otherwise it is 1."),
        Field("shift", \.shift, "Whether β is trained; otherwise it is 0."),
        Field("scale-rate", \.scaleRate, 0...1_000, "Factor on the learning rate of γ."),
        Field("shift-rate", \.shiftRate, 0...1_000, "Factor on the learning rate of β."),
        Field("scale-decay", \.scaleDecay, 0...1_000, "Factor on the weight decay of γ; by default it does not decay."),
        Field("shift-decay", \.shiftDecay, 0...1_000, "Factor on the weight decay of β; by default it does not decay."),
    ]
    /// Those of γ alone.
    static let scaleFields = fields.filter { $0.name.hasPrefix("scale") }

    func parameters(channels: Int) -> [ParameterDeclaration] {
        let fan = Fan(input: 1, output: 1)
        let gamma = ParameterDeclaration(
            kind: .scale, columns: channels, fan: fan, initializer: Constant(value: 1), rateMultiplier: scaleRate,
            decayMultiplier: scaleDecay)
        let beta = ParameterDeclaration(
            kind: .shift, columns: channels, fan: fan, initializer: Constant(value: 0), rateMultiplier: shiftRate,
            decayMultiplier: shiftDecay)
        return (scale ? [gamma] : []) + (shift ? [beta] : [])
    }
}

/// A layer that makes γx̂ + β of its input, x̂ normalized by mean and deviation, with one γ and β a channel.
public protocol NormalizationLayer: Layer {
    /// ε, added inside the root to the variance or what stands for it.
    var epsilon: Double { get set }
    var scaleAndShift: ScaleAndShift { get set }
}

extension NormalizationLayer {
    /// The backward pass computes x̂ again from the input, and every element of the gradient by the input depends on the same
    /// one of the gradient by the output.
    var normalizationTraits: LayerTraits {
        LayerTraits(.normalization, backwardReads: .inputs) {
            $0.recomputesNonlinearity = true
            $0.overwritesGradient = true
            $0.epilogue = [.nonlinearity, .nonlinearityGradient]
        }
    }

    public var traits: LayerTraits { normalizationTraits }

    /// ε, which a layer lists among its own fields. Without it values that are all alike would be divided by 0.
    static var epsilonField: Field<Self> {
        Field(
            "epsilon", \.epsilon, epsilonRange,
            "ε, added inside the root to the variance or what stands for it; above 0.")
    }

    /// Above 0, and large enough that 1/√ε is a small number among floats.
    private static var epsilonRange: ClosedRange<Double> { 1e-12...1 }

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape {
        try checkEpsilon()
        return inputs[0]
    }

    func checkEpsilon() throws(LayerError) {
        guard !Self.epsilonRange.contains(epsilon) else { return }
        throw LayerError(
            field: "epsilon", found: "epsilon \(epsilon)", expected: "an epsilon above 0, from 1e-12 to 1",
            suggestion: "1e-5 is usual")
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterDeclaration] {
        scaleAndShift.parameters(channels: inputs[0].channels)
    }
}

/// A normalization of each channel by statistics of the batch, which in inference is the affine map of tracked ones: what
/// ``BatchNormalization`` and its variants have in common.
///
/// Each kind says what takes the place of μ and σ² in training and how the gradient flows back through them. In inference all are
/// line 11 of Algorithm 2 (Ioffe & Szegedy 2015): y = γ/√(Var + ε) · x + (β − γE/√(Var + ε)).
public protocol TrackedNormalization: NormalizationLayer where Workspace: TrackedNormalizationWorkspace {
    /// α of the moving average: how much of the earlier steps a step keeps (Caffe's moving_average_fraction).
    var fraction: Double { get set }
    /// Whether it divides by √(σ² + ε), and does not subtract μ alone.
    var dividesByDeviation: Bool { get }
}

/// A workspace with what every ``TrackedNormalization`` books.
public protocol TrackedNormalizationWorkspace: Sendable {
    var tracked: TrackedNormalizationSlots { get }
}

/// The statistics, and small vectors of one value a channel; x̂ only where it is observed.
public struct TrackedNormalizationSlots: TrackedNormalizationWorkspace {
    /// μ of the batch; E where estimates are used.
    let mean: VectorSlot
    /// σ² of the batch, biased, or what a normalization has in its place; Var where estimates are used.
    let variance: VectorSlot
    let inverseDeviation: VectorSlot
    let normalized: MatrixSlot
    /// The affine map that the layer is where estimates are used.
    let factor: VectorSlot
    let summand: VectorSlot
    let moments: VectorSlot
    /// Σ dz and Σ dz·x̂.
    let sum: VectorSlot
    let productSum: VectorSlot
    let backwardScratch: VectorSlot

    public var tracked: Self { self }

    init(_ booking: inout Booking) {
        let (channels, positions) = (booking.input.channels, booking.input.positions)
        let rows = booking.batch * positions
        mean = booking.vector("mean", count: channels, .program)
        variance = booking.vector("variance", count: channels, .program)
        inverseDeviation = booking.vector("inverse deviation", count: channels, .untilBackward)
        normalized = booking.matrix("normalized", rowsPerImage: positions, columns: channels, .observed)
        factor = booking.vector("inference factor", count: channels, .untilBackward)
        summand = booking.vector("inference summand", count: channels, .untilBackward)
        moments = booking.inputMoments("moments", count: BlockMoments.scratch(rows: rows, columns: channels))
        sum = booking.vector("gradient sum", count: channels, .backward)
        productSum = booking.vector("gradient sum by normalized", count: channels, .backward)
        backwardScratch = booking.vector(
            "gradient scratch", count: Normalization.sumsScratch(rows: rows, columns: channels), .backward)
    }
}

// MARK: Declarations

extension TrackedNormalization {
    /// ε, α, γ and β, which a layer lists among its own fields.
    static var trackedFields: [Field<Self>] {
        [
            epsilonField,
            Field(
                "fraction", \.fraction, 0...1,
                "How much of the earlier steps the moving average keeps (Caffe's moving_average_fraction)."),
        ] + ScaleAndShift.fields.within(\.scaleAndShift)
    }

    public var dividesByDeviation: Bool { true }

    /// β takes the place of a bias.
    var trackedTraits: LayerTraits {
        normalizationTraits.with {
            $0.absorbsBias = scaleAndShift.shift
            $0.takesInputMoments = true
            $0.isAffineInInference = true
        }
    }

    public var traits: LayerTraits { trackedTraits }

    /// A mean and a variance a channel.
    public func trackedStatistics(_ inputs: [Shape]) -> TrackedStatistics? {
        TrackedStatistics(channels: inputs[0].channels, positions: inputs[0].positions, fraction: fraction)
    }

    /// μ and the biased σ² of the batch.
    public func batchStatistics(_ workspace: Workspace) -> BatchStatistics? {
        BatchStatistics(mean: workspace.tracked.mean, variance: workspace.tracked.variance)
    }
}

// MARK: Inference

extension TrackedNormalization {
    /// With estimates, line 11 of Algorithm 2: y = γ/√(Var + ε) · x + (β − γE/√(Var + ε)).
    public func affine(_ pass: Pass, _ workspace: Workspace) -> ColumnAffine? {
        guard pass.phase.statistics != .batch else { return nil }
        guard let state = pass.state else { preconditionFailure("no tracked statistics") }
        let slots = workspace.tracked
        let (mean, variance) = (pass[slots.mean], pass[slots.variance])
        state.readEstimates(pass.phase.statistics, mean: mean, variance: variance)
        let affine = ColumnAffine(scale: pass[slots.factor], shift: pass[slots.summand])
        affine.fold(
            mean: mean, variance: dividesByDeviation ? variance : nil, epsilon: epsilon,
            gamma: pass.vectorParameter(.scale), beta: pass.vectorParameter(.shift))
        return affine
    }

    /// With estimates, y = f(affine x); whether there are some.
    func appliesEstimates(_ pass: Pass, _ workspace: Workspace) -> Bool {
        guard let affine = affine(pass, workspace) else { return false }
        affine.apply(pass.input, nonlinearity: pass.nonlinearity, into: pass.output, team: pass.team)
        return true
    }
}

// MARK: Training

extension TrackedNormalizationSlots {
    /// μ = mean x, σ² = mean (x − μ)².
    func takeMoments(_ pass: Pass) {
        let moments = BlockMoments(rows: pass.input.rows, columns: pass.input.columns, scratch: pass[self.moments])
        if !pass.inputMomentsAreGathered { moments.gather(pass.input, team: pass.team) }
        moments.join(mean: pass[mean], variance: pass[variance])
    }

    /// 1/√(σ² + ε) of what stands for σ².
    func takeInverseDeviation(_ pass: Pass, epsilon: Double) {
        Normalization.inverseDeviation(ofVariance: pass[variance], epsilon: epsilon, into: pass[inverseDeviation])
    }

    /// The normalization by the statistics in the slots.
    func normalization(_ pass: Pass) -> Normalization {
        Normalization(
            mean: pass[mean], inverseDeviation: pass[inverseDeviation], scale: pass.vectorParameter(.scale),
            shift: pass.vectorParameter(.shift), nonlinearity: pass.nonlinearity)
    }

    /// x̂ = (x − μ)/√(σ² + ε), where it is observed, and y = f(γx̂ + β).
    func normalize(_ pass: Pass, _ normalization: Normalization) {
        normalization.forward(
            pass.input, normalized: pass.observed(normalized), into: pass.output, team: pass.team)
    }

    /// With dz = dy · f′: Σ dz and Σ dz·x̂, where x̂ is that of `normalization`. Of γ and β these are the gradients, unless the
    /// layer computes more with x̂.
    func takeSums(_ pass: Pass, _ normalization: Normalization) {
        normalization.sums(
            pass.input, output: pass.output, outputGradient: pass.outputGradient, sum: pass[sum],
            productSum: pass[productSum], scratch: pass[backwardScratch], team: pass.team)
    }

    /// dβ = Σ dz, dγ = Σ dz·x̂.
    func storeParameterGradients(_ pass: Pass) {
        pass.vectorGradient(.shift)?.copy(from: pass[sum])
        pass.vectorGradient(.scale)?.copy(from: pass[productSum])
    }

    /// dx = γ/√(σ² + ε) · (dz − mean dz − x̂ · mean(dz·x̂)), where it is wanted.
    func storeInputGradient(_ pass: Pass, _ normalization: Normalization) {
        guard let inputGradient = pass.inputGradient else { return }
        normalization.gradient(
            pass.input, output: pass.output, outputGradient: pass.outputGradient, sum: pass[sum],
            productSum: pass[productSum], into: inputGradient, team: pass.team)
    }
}
