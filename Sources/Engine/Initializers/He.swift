import Kernels
import Vocabulary

/// He et al. 2015, equation 10: normal with deviation √(2 / fan in), which keeps the variance through rectifiers.
public struct He: Initializer {
    /// Factor on the deviation.
    public var gain = 1.0

    /// The word `he`.
    public static let kind = "he"
    /// One sentence for the reference.
    public static let summary = "He's normal values with deviation gain · √(2 / fan in)."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("gain", \.gain, 0...1_000, "Factor on the deviation.")
    ]
    /// The initializer.
    public init() {}
    /// With a factor on the deviation.
    public init(gain: Double) { self.gain = gain }

    /// values ← gain · √(2/n) · N(0, 1), n = fan in
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        stream.fill(values, deviation: Float(gain * (2 / Double(fan.input)).squareRoot()))
    }
}
