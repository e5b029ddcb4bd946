import Kernels

/// He et al. 2015, equation 10: normal with deviation √(2 / fan in), which keeps the variance through rectifiers.
public struct He: Initializer {
    /// The word `he`.
    public static let kind = "he"
    /// One sentence for the reference.
    public static let summary = "He's normal values with deviation √(2 / fan in)."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = []
    /// The initializer.
    public init() {}

    /// values ← √(2/n) · N(0, 1), n = fan in
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        stream.fill(values, deviation: Float((2 / Double(fan.input)).squareRoot()))
    }
}
