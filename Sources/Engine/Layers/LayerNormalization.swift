import Vocabulary

/// Layer normalization (Ba, Kiros & Hinton 2016): each image by the mean and the variance of all its values, over positions
/// and channels.
///
/// The paper's gain and bias have one value for each element of the layer. Here γ and β have one a channel: for a dense layer
/// that is the same, for a map it is what a convolution calls for, and PyTorch's `GroupNorm(1, channels)`. A bias before it
/// is not redundant: it shifts channels against each other, which the common mean does not take away.
public struct LayerNormalization: ImageNormalization {
    /// ε, added to the variance inside the root.
    public var epsilon = 1e-5
    /// γ and β.
    public var scaleAndShift = ScaleAndShift()

    /// The word `layer-norm`.
    public static let kind = "layer-norm"
    /// One sentence for the reference.
    public static let summary =
        "Layer normalization of each image by all its values, with one γ and β a channel (Ba, Kiros and Hinton 2016)."
    /// What a configuration can say.
    public static let fields = imageFields

    /// ε = 10⁻⁵, with γ and β.
    public init() {}
    /// The given ε, with or without γ and β.
    public init(epsilon: Double = 1e-5, scale: Bool = true, shift: Bool = true) {
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    /// All of them.
    public func channelsPerGroup(of channels: Int) -> Int { channels }
}
