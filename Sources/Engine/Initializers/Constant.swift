import Kernels
import Vocabulary

/// The same value everywhere.
public struct Constant: Initializer {
    /// The value.
    public var value = 0.0

    /// The word `constant`.
    public static let kind = "constant"
    /// One sentence for the reference.
    public static let summary = "The same value everywhere."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("value", \.value, -1e6...1e6, "The value.")
    ]

    /// Zero.
    public init() {}
    /// The given value.
    public init(value: Double) { self.value = value }

    /// values ← value
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) { values.fill(Float(value)) }
}
