import Declarations

/// What counts as reached where arms are compared: a value, or the best that an arm reaches.
public enum ComparisonTarget: Equatable, Sendable {
    /// A fixed value.
    case value(Double)
    /// The best value of an arm, with the same seed: of that experiment, or of each experiment's own arm of that name.
    case bestOf(experiment: String?, arm: String)

    /// Reads `0.95`, `best-of(ARM)` or `best-of(EXPERIMENT/ARM)`; nil for anything else.
    public init?(_ text: String) {
        if let value = Double(text), value.isFinite {
            self = .value(value)
            return
        }
        let opening = "best-of("
        guard text.hasPrefix(opening), text.hasSuffix(")") else { return nil }
        let parts = text.dropFirst(opening.count).dropLast().split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false
        ).map(String.init)
        guard !parts.contains("") else { return nil }
        self = .bestOf(experiment: parts.count == 2 ? parts[0] : nil, arm: parts[parts.count - 1])
    }

    /// As it is written.
    public var description: String {
        switch self {
        case .value(let value): Scalar.format(value)
        case .bestOf(let experiment, let arm): "best-of(\(experiment.map { "\($0)/" } ?? "")\(arm))"
        }
    }
}
