import Kernels
import Vocabulary

/// Glorot & Bengio 2010, equation 16: uniform within ±√(6 / (fan in + fan out)).
public struct Glorot: Initializer {
    /// The word `glorot`.
    public static let kind = "glorot"
    /// One sentence for the reference.
    public static let summary = "Glorot and Bengio's uniform within ±√(6 / (fan in + fan out))."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = []
    /// The initializer.
    public init() {}

    /// values ← U(−√(6/(n + m)), √(6/(n + m))), n = fan in, m = fan out
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        let bound = Float((6 / Double(fan.input + fan.output)).squareRoot())
        stream.fill(values, uniform: -bound..<bound)
    }
}
