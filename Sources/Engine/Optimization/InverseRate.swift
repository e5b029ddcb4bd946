import Vocabulary

/// The rate falls as an inverse power of the step: what Caffe's LeNet uses (factor 10⁻⁴, power 0.75).
public struct InverseRate: RatePolicy {
    /// Growth of the denominator in each step (Caffe's gamma).
    public var factor = Double.nan
    /// The power of the denominator.
    public var power = Double.nan

    /// The word `inv`.
    public static let kind = "inv"
    /// One sentence for the reference.
    public static let summary = "base · (1 + factor · step)^(−power)"
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("factor", \.factor, 0...1_000, required: true, "Growth of the denominator in each step (Caffe's gamma)."),
        Field("power", \.power, 0...10, required: true, "Power of the denominator."),
    ]

    /// Without its required fields.
    public init() {}
    /// The given factor and power.
    public init(factor: Double, power: Double) {
        self.factor = factor
        self.power = power
    }

    /// base · (1 + factor · step)^(−power)
    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(1 + factor * Double(step), -power)
    }
}
