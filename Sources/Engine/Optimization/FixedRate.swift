import Vocabulary

/// The base rate throughout.
public struct FixedRate: RatePolicy {
    /// The word `fixed`.
    public static let kind = "fixed"
    /// One sentence for the reference.
    public static let summary = "The base rate throughout."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = []
    /// The policy.
    public init() {}

    /// base
    public func rate(base: Double, step: Int, of total: Int) -> Double { base }
}
