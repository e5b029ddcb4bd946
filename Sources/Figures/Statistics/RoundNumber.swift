import Foundation

/// Round numbers: 1, 2 or 5 times a power of ten.
enum RoundNumber {
    /// The largest round number that is not above `value`.
    static func atMost(_ value: Double) -> Double {
        precondition(value > 0 && value.isFinite, "round numbers are positive")
        let power = pow(10, log10(value).rounded(.down))
        return power * (value / power >= 5 ? 5 : value / power >= 2 ? 2 : 1)
    }
}
