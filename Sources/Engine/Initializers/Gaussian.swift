import Kernels
import Vocabulary

/// Normal values with mean 0 and a given deviation: "small random Gaussian values" (Ioffe & Szegedy 2015, §4.1).
public struct Gaussian: Initializer {
    /// The standard deviation.
    public var deviation = 0.01

    /// The word `gaussian`.
    public static let kind = "gaussian"
    /// One sentence for the reference.
    public static let summary = "Normal values with mean 0 and the given deviation."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("deviation", \.deviation, 0...1_000, "Standard deviation.")
    ]

    /// A deviation of 0.01.
    public init() {}
    /// The given deviation.
    public init(deviation: Double) { self.deviation = deviation }

    /// values ← deviation · N(0, 1)
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        stream.fill(values, deviation: Float(deviation))
    }
}
