import Vocabulary

/// Instance normalization (Ulyanov, Vedaldi & Lempitsky 2016): each channel of each image by its mean and variance over
/// positions.
///
/// It is for maps. A single position, as behind a dense layer, has no variance: x̂ is 0, the output β, and the gradient by the
/// input 0.
public struct InstanceNormalization: ImageNormalization {
    /// ε, added to the variance inside the root.
    public var epsilon = 1e-5
    /// γ and β.
    public var scaleAndShift = ScaleAndShift()

    /// The word `instance-norm`.
    public static let kind = "instance-norm"
    /// One sentence for the reference.
    public static let summary =
        "Instance normalization of each channel of each image over positions (Ulyanov, Vedaldi and Lempitsky 2016)."
    /// What a configuration can say.
    public static let fields = imageFields

    /// ε = 10⁻⁵, with γ and β.
    public init() {}
    /// The given ε, with or without γ and β.
    public init(epsilon: Double = 1e-5, scale: Bool = true, shift: Bool = true) {
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    /// β takes the place of a bias, since each channel loses its own mean.
    public var absorbsBias: Bool { scaleAndShift.shift }

    /// One.
    public func channelsPerGroup(of channels: Int) -> Int { 1 }
}
