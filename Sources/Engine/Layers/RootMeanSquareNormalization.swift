import Vocabulary

/// Root mean square normalization (Zhang & Sennrich 2019, equation 4): each image by the root mean square of all its values,
/// over positions and channels.
///
///     x̂ = x/√(mean x² + ε),   y = γx̂
///     dγ = Σ dy·x̂,   dx = 1/√(mean x² + ε) · (γdy − x̂ · mean(γdy·x̂))
///
/// x and y are maps of the same shape, the means are over an image, and γ has one value a channel. It is layer normalization
/// without the mean and without β: a positive factor of the input changes nothing, but for ε; what is added to the input
/// does. A bias before it therefore is not redundant.
///
/// The paper's gain has one value for each element of the layer, which for a dense layer is the same, and its equation has no
/// ε. Behind a dense layer it is PyTorch's `RMSNorm` with that ε.
public struct RootMeanSquareNormalization: ImageNormalization {
    public var epsilon = 1e-5
    /// γ alone: β is 0.
    public var scaleAndShift = ScaleAndShift(shift: false)

    public static let kind = "rms-norm"
    public static let summary =
        "Root mean square normalization of each image by all its values, with one γ a channel (Zhang and Sennrich 2019)."
    public static let fields = [epsilonField] + ScaleAndShift.scaleFields.within(\.scaleAndShift)

    public init() {}
    public init(epsilon: Double = 1e-5, scale: Bool = true) {
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: false)
    }

    public var subtractsMean: Bool { false }

    public func channelsPerGroup(of channels: Int) -> Int { channels }
}
