import Vocabulary

extension FieldType {
    var expectation: String {
        switch self {
        case .integer(let range): "a whole number\(Self.bounds(range))"
        case .number(let range): "a number\(Self.bounds(range))"
        case .boolean: "true or false"
        case .word(let words): words.count == 1 ? "the word '\(words[0])'" : "one of the words \(Self.quoted(words))"
        case .text: "a text"
        case .phrase(let phrase): phrase.expectation
        case .optional(let inner): "\(inner.expectation), or none"
        case .list: "a list"
        case .record: "a mapping"
        case .variant(let kinds):
            kinds.count == 1 ? "'\(kinds[0].kind)'" : "one of \(Self.quoted(kinds.map { $0.kind }))"
        case .named(let names, _): "a mapping from \(names.noun) names"
        case .partial(let inner): inner.expectation
        case .tree(let tree): tree.expectation
        }
    }

    static func quoted(_ words: [String]) -> String {
        words.map { "'\($0)'" }.joined(separator: ", ")
    }

    /// The range in words. A bound of a thousand million or more only keeps sums from overflowing, and is not told.
    private static func bounds(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound == .min, range.upperBound >= 1_000_000_000) {
        case (true, true): ""
        case (false, true): " of at least \(range.lowerBound)"
        case (true, false): " of at most \(range.upperBound)"
        case (false, false): " from \(range.lowerBound) to \(range.upperBound)"
        }
    }

    private static func bounds(_ range: ClosedRange<Double>) -> String {
        let hasLower = range.lowerBound > -1e9
        let hasUpper = range.upperBound < 1e9
        // The smallest numbers above zero stand for "more than zero".
        let isAboveZero = range.lowerBound > 0 && range.lowerBound <= Double.leastNormalMagnitude
        let lower = isAboveZero ? "above 0" : "of at least \(Scalar.format(range.lowerBound))"
        let upper = Scalar.format(range.upperBound)
        return switch (hasLower, hasUpper) {
        case (false, false): ""
        case (true, false): " \(lower)"
        case (false, true): " of at most \(upper)"
        case (true, true):
            isAboveZero ? " above 0 and at most \(upper)" : " from \(Scalar.format(range.lowerBound)) to \(upper)"
        }
    }
}
