import Kernels
import Vocabulary

/// Group normalization (Wu & He 2018): each image by the mean and the variance of groups of neighbouring channels, over its
/// positions.
///
/// Where the channels do not divide into `groups` groups of equal size, there are as many as the greatest divisor of the
/// channels that is at most `groups`: 24 for 48 channels and the paper's 32. So one setting serves layers of different
/// widths; a prime number of channels above `groups` leaves a single group, which is layer normalization. A bias before it
/// is not redundant: it shifts the channels of a group against each other.
public struct GroupNormalization: ImageNormalization {
    public var groups = 32
    public var epsilon = 1e-5
    public var scaleAndShift = ScaleAndShift()

    public static let kind = "group-norm"
    public static let summary = "Group normalization of each image by groups of neighbouring channels (Wu and He 2018)."
    public static let fields: [Field<Self>] =
        [
            Field(
                "groups", \.groups, 1...1_000_000,
                "The number of groups; where it does not divide the channels, their greatest divisor below it.")
        ] + imageFields

    public init() {}
    public init(groups: Int, epsilon: Double = 1e-5, scale: Bool = true, shift: Bool = true) {
        self.groups = groups
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    /// `channels` divided by its greatest divisor that is at most `groups`.
    public func channelsPerGroup(of channels: Int) -> Int {
        var count = min(max(groups, 1), channels)
        while channels % count != 0 { count -= 1 }
        return channels / count
    }
}

/// Layer normalization (Ba, Kiros & Hinton 2016): each image by the mean and the variance of all its values, over positions
/// and channels.
///
/// The paper's gain and bias have one value for each element of the layer. Here γ and β have one a channel: for a dense layer
/// that is the same, for a map it is what a convolution calls for, and PyTorch's `GroupNorm(1, channels)`. A bias before it
/// is not redundant: it shifts channels against each other, which the common mean does not take away.
public struct LayerNormalization: ImageNormalization {
    public var epsilon = 1e-5
    public var scaleAndShift = ScaleAndShift()

    public static let kind = "layer-norm"
    public static let summary =
        "Layer normalization of each image by all its values, with one γ and β a channel (Ba, Kiros and Hinton 2016)."
    public static let fields = imageFields

    public init() {}
    public init(epsilon: Double = 1e-5, scale: Bool = true, shift: Bool = true) {
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    public func channelsPerGroup(of channels: Int) -> Int { channels }
}

/// Instance normalization (Ulyanov, Vedaldi & Lempitsky 2016): each channel of each image by its mean and variance over
/// positions.
///
/// It is for maps. A single position, as behind a dense layer, has no variance, and is refused.
public struct InstanceNormalization: ImageNormalization {
    public var epsilon = 1e-5
    public var scaleAndShift = ScaleAndShift()

    public static let kind = "instance-norm"
    public static let summary =
        "Instance normalization of each channel of each image over positions (Ulyanov, Vedaldi and Lempitsky 2016)."
    public static let fields = imageFields

    public init() {}
    public init(epsilon: Double = 1e-5, scale: Bool = true, shift: Bool = true) {
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    /// β takes the place of a bias, since each channel loses its own mean.
    public var traits: LayerTraits { normalizationTraits.with { $0.absorbsBias = scaleAndShift.shift } }

    public func channelsPerGroup(of channels: Int) -> Int { 1 }
}

/// A normalization of each image by itself: over all its positions and over groups of channels.
///
///     x̂ = (x − μ)/√(σ² + ε),   y = γx̂ + β
///
/// with the mean and the biased variance of image and group, and one γ and β a channel. It keeps no statistics and is the
/// same in training and inference. A layer says how many channels are a group, and whether the mean is subtracted; the rest
/// is common.
public protocol ImageNormalization: NormalizationLayer where Workspace == ImageNormalizationWorkspace {
    /// The channels of a group, a divisor of `channels`.
    func channelsPerGroup(of channels: Int) -> Int
    /// Whether μ is the mean; otherwise it is 0, and σ² the mean square.
    var subtractsMean: Bool { get }
}

/// The statistics of each image and group, once for each channel; x̂ only where it is observed.
public struct ImageNormalizationWorkspace: Sendable {
    let positions: Int
    let mean: MatrixSlot
    let inverseDeviation: MatrixSlot
    let normalized: MatrixSlot
    let scratch: VectorSlot
    let sum: VectorSlot
    let productSum: VectorSlot
    let backwardScratch: VectorSlot
}

extension ImageNormalization {
    public var subtractsMean: Bool { true }

    /// ε, γ and β, which a layer lists among its own fields.
    static var imageFields: [Field<Self>] {
        [epsilonField] + ScaleAndShift.fields.within(\.scaleAndShift)
    }

    /// The input's shape, of which an image and group must have two values at least.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape {
        try checkEpsilon()
        let input = inputs[0]
        guard channelsPerGroup(of: input.channels) * input.positions < 2 else { return input }
        throw LayerError(
            found: "an input of \(input), of which it takes each value by itself",
            expected: "at least two values to a mean: of a single one nothing is left",
            suggestion: input.channels > 1 ? "use layer-norm" : nil)
    }

    /// Two values an image and channel, and what the passes need.
    public func book(_ booking: inout Booking) -> ImageNormalizationWorkspace {
        let (channels, positions, images) = (booking.input.channels, booking.input.positions, booking.batch)
        return ImageNormalizationWorkspace(
            positions: positions,
            mean: booking.matrix("mean", rowsPerImage: 1, columns: channels, .untilBackward),
            inverseDeviation: booking.matrix("inverse deviation", rowsPerImage: 1, columns: channels, .untilBackward),
            normalized: booking.matrix("normalized", rowsPerImage: positions, columns: channels, .observed),
            scratch: booking.vector(
                "scratch",
                count: Normalization.forwardScratch(ranges: images, rowsPerRange: positions, columns: channels),
                .forward),
            sum: booking.vector("gradient sum", count: channels, .backward),
            productSum: booking.vector("gradient sum by normalized", count: channels, .backward),
            backwardScratch: booking.vector(
                "gradient scratch",
                count: Normalization.gradientScratch(ranges: images, rowsPerRange: positions, columns: channels),
                .backward))
    }

    /// For each image and group, μ = mean x, σ² = mean (x − μ)², x̂ = (x − μ)/√(σ² + ε), y = f(γx̂ + β).
    public func forward(_ pass: Pass, _ workspace: ImageNormalizationWorkspace) {
        normalization(pass, workspace).forwardByRange(
            pass.input, epsilon: epsilon, normalized: pass.observed(workspace.normalized), into: pass.output,
            scratch: pass[workspace.scratch], team: pass.team)
    }

    /// With dz = dy · f′: dβ = Σ dz,  dγ = Σ dz·x̂,
    /// dx = 1/√(σ² + ε) · (γdz − mean(γdz) − x̂ · mean(γdz·x̂)), the means over image and group.
    public func backward(_ pass: Pass, _ workspace: ImageNormalizationWorkspace) {
        let (sum, productSum) = (pass[workspace.sum], pass[workspace.productSum])
        normalization(pass, workspace).backwardByRange(
            pass.input, output: pass.output, outputGradient: pass.outputGradient, sum: sum, productSum: productSum,
            into: pass.inputGradient, scratch: pass[workspace.backwardScratch], team: pass.team)
        pass.vectorGradient(.shift)?.copy(from: sum)
        pass.vectorGradient(.scale)?.copy(from: productSum)
    }

    private func normalization(_ pass: Pass, _ workspace: ImageNormalizationWorkspace) -> Normalization {
        Normalization(
            mean: subtractsMean ? pass[workspace.mean].vector : nil,
            inverseDeviation: pass[workspace.inverseDeviation].vector,
            scale: pass.vectorParameter(.scale), shift: pass.vectorParameter(.shift), nonlinearity: pass.nonlinearity,
            ranges: pass.images, rowsPerRange: workspace.positions,
            columnsPerGroup: channelsPerGroup(of: pass.input.columns))
    }
}
