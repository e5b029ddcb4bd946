import Vocabulary

/// The rate is multiplied by a factor at each of the given steps.
public struct MultistepRate: RatePolicy {
    /// The factor of each drop (Caffe's gamma).
    public var factor = Double.nan
    /// The steps at which the rate drops (Caffe's stepvalue), in any order.
    public var at: [Int] = []

    /// The word `multistep`.
    public static let kind = "multistep"
    /// One sentence for the reference.
    public static let summary = "base · factor^(number of listed steps reached)"
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("factor", \.factor, 0...10, required: true, "Factor of each drop (Caffe's gamma)."),
        Field(
            "at", \.at, .integer(1...1_000_000_000).list(minimum: 1), required: true,
            "Steps at which the rate drops (Caffe's stepvalue)."),
    ]

    /// Without its required fields.
    public init() {}
    /// The given factor and steps.
    public init(factor: Double, at: [Int]) {
        self.factor = factor
        self.at = at
    }

    /// base · factor^n, n = the number of listed steps that are at most `step`
    public func rate(base: Double, step: Int, of total: Int) -> Double {
        var drops = 0
        for index in 0..<at.count where at[index] <= step { drops += 1 }
        return base * RealPower.power(factor, whole: drops)
    }
}
