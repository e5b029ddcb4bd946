import Vocabulary

/// The rate decays exponentially to a share of itself over the run, however long the run is: short and long profiles have
/// the same schedule.
///
/// It is the exponential decay of Ioffe & Szegedy 2015, §4.2, with the speed as a number of its own: §4.2.1's change
/// "6 times faster" is `speed: 6`.
public struct RelativeExponentialRate: RatePolicy {
    /// The share of the base rate that a run at speed 1 ends with.
    public var remaining = Double.nan
    /// How many times faster the rate decays than that.
    public var speed = 1.0

    /// The word `exponential`.
    public static let kind = "exponential"
    /// One sentence for the reference.
    public static let summary = "base · remaining^(speed · step / total)"
    /// What a configuration can say.
    public static let fields: [Field<Self>] = [
        Field(
            "remaining", \.remaining, .leastNormalMagnitude...1, required: true,
            "Share of the base rate that is left at the end of the run."),
        Field("speed", \.speed, 0...1_000, "How many times faster the decay is; 6 in Ioffe & Szegedy 2015, §4.2.1."),
    ]

    /// Without its required field.
    public init() {}
    /// The given share and speed.
    public init(remaining: Double, speed: Double = 1) {
        self.remaining = remaining
        self.speed = speed
    }

    /// base · remaining^(speed · step / total)
    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(remaining, speed * Double(step) / Double(max(total, 1)))
    }
}
