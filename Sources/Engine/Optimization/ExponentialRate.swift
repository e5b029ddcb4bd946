import Vocabulary

/// The rate is multiplied by a factor after every step.
public struct ExponentialRate: RatePolicy {
    /// The factor of each step (Caffe's gamma).
    public var factor = Double.nan

    /// The word `exp`.
    public static let kind = "exp"
    /// One sentence for the reference.
    public static let summary = "base · factor^step"
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("factor", \.factor, 0...10, required: true, "Factor of each step (Caffe's gamma).")
    ]

    /// Without its required field.
    public init() {}
    /// The given factor.
    public init(factor: Double) { self.factor = factor }

    /// base · factor^step
    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(factor, whole: step)
    }
}
