import Vocabulary

/// The rate is multiplied by a factor after every so many steps.
public struct StepRate: RatePolicy {
    /// The factor of each drop (Caffe's gamma).
    public var factor = Double.nan
    /// Steps between drops (Caffe's stepsize).
    public var every = 0

    /// The word `step`.
    public static let kind = "step"
    /// One sentence for the reference.
    public static let summary = "base · factor^⌊step / every⌋"
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("factor", \.factor, 0...10, required: true, "Factor of each drop (Caffe's gamma)."),
        Field("every", \.every, 1...1_000_000_000, required: true, "Steps between drops (Caffe's stepsize)."),
    ]

    /// Without its required fields.
    public init() {}
    /// The given factor and interval.
    public init(factor: Double, every: Int) {
        self.factor = factor
        self.every = every
    }

    /// base · factor^⌊step / every⌋
    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(factor, whole: step / max(every, 1))
    }
}
