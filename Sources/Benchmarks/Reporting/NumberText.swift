import Results

/// Numbers as tables show them.
enum NumberText {
    /// About four significant digits, at most three decimals, without an exponent: `12345`, `123.4`, `1.234`, `0.012`.
    static func rounded(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let magnitude = abs(value)
        let decimals = magnitude >= 1000 ? 0 : magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : 3
        return Phrase.fixed(value, decimals: decimals)
    }

    /// The median, with the range behind it where there is one: `123.4 (120.1–130.2)`.
    static func spread(_ spread: Spread) -> String {
        spread.repeats < 2
            ? rounded(spread.median)
            : "\(rounded(spread.median)) (\(rounded(spread.minimum))–\(rounded(spread.maximum)))"
    }
}
