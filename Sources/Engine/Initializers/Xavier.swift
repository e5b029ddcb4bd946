import Kernels
import Vocabulary

/// Caffe's `xavier` filler: uniform within ±√(3 / fan in), which gives variance 1 / fan in.
///
/// This is not Glorot's formula, which averages both fans: see ``Glorot``. Source: Caffe, `filler.hpp`.
public struct Xavier: Initializer {
    /// The word `xavier`.
    public static let kind = "xavier"
    /// One sentence for the reference.
    public static let summary = "Caffe's xavier: uniform within ±√(3 / fan in)."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = []
    /// The filler.
    public init() {}

    /// values ← U(−√(3/n), √(3/n)), n = fan in
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        let bound = Float((3 / Double(fan.input)).squareRoot())
        stream.fill(values, uniform: -bound..<bound)
    }
}
