/// What a claim expects of its arm's numbers, beside those that it is compared with.
public enum ExpectedDirection: String, Sendable, CaseIterable {
    /// Smaller.
    case below
    /// Greater.
    case above
}

/// How large a difference must be to count.
public enum MinimumEffect: Equatable, Sendable {
    /// The ratio: `factor(2)` means half (below) or double (above). 1 asks for the direction only. At least 1.
    case factor(Double)
    /// The difference, in the measure's own unit. 0 asks for the direction only; a negative margin is a loss that is allowed.
    case margin(Double)
}

/// What the evidence says about a claim.
public enum Verdict: String, Sendable, CaseIterable {
    /// The whole confidence interval shows at least the minimum effect.
    case reproduced
    /// The whole confidence interval falls short of the minimum effect.
    case notReproduced = "not reproduced"
    /// The interval holds the minimum effect inside, or there is none.
    case inconclusive

    /// The characters of the longest.
    static let width = allCases.map(\.rawValue.count).max() ?? 0
}
