/// One number from one run, and how much of it is known.
///
/// A run may end before what is asked happens, or diverge. Its number is then a bound: the true one is at least, or at
/// most, so large. Comparisons keep bounds on the side that speaks against a claim.
public struct MeasuredValue: Equatable, Sendable {
    /// What the value says about the true number.
    public enum Bound: Equatable, Sendable {
        /// It is the number.
        case exact
        /// The number is this or greater.
        case atLeast
        /// The number is this or smaller.
        case atMost
    }

    /// The value.
    public let value: Double
    /// What it says.
    public let bound: Bound
    /// How much smaller the true number may be: what happens between two evaluations is seen at the second.
    public let resolution: Double
    /// Why it is not what was asked, for the reader; nil where it is.
    public let remark: String?

    /// A measurement from its parts.
    public init(_ value: Double, bound: Bound = .exact, resolution: Double = 0, remark: String? = nil) {
        self.value = value
        self.bound = bound
        self.resolution = resolution
        self.remark = remark
    }
}
