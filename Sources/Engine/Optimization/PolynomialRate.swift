import Vocabulary

/// The rate falls to zero at the end of the run, along a power of the part that is left.
public struct PolynomialRate: RatePolicy {
    /// The power; 1 is a straight line.
    public var power = Double.nan

    /// The word `poly`.
    public static let kind = "poly"
    /// One sentence for the reference.
    public static let summary = "base · (1 − step / total)^power"
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field("power", \.power, 0...10, required: true, "Power of the part of the run that is left; 1 is a line.")
    ]

    /// Without its required field.
    public init() {}
    /// The given power.
    public init(power: Double) { self.power = power }

    /// base · (1 − step / total)^power
    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(max(0, 1 - Double(step) / Double(max(total, 1))), power)
    }
}
