/// The base rate throughout.
public struct FixedRate: RatePolicy {
    public static let kind = "fixed"
    public static let summary = "The base rate throughout."
    public static let fields: [Field<Self>] = []
    /// The policy.
    public init() {}

    /// base
    public func rate(base: Double, step: Int, of total: Int) -> Double { base }
}
