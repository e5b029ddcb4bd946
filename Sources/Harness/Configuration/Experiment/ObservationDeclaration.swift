import Engine
import Vocabulary

/// What a run records of the distributions inside its network, and how often.
public struct ObservationDeclaration: Configurable, Equatable {
    /// Steps between observations.
    public var every = 50
    /// Patterns of tap addresses, in which `*` stands for any run of characters.
    public var taps = ["*/preactivation", "*/normalized", "*/scaled", "*/activation-input"]
    /// Examples of the probe set: one random choice from the test set, the same for all arms, seeds and steps.
    public var probe = 500
    /// Bins of a histogram between its fixed edges.
    public var bins = 60

    /// The key under which it stands.
    public static let kind = "observe"
    /// What it is.
    public static let summary = "What a run records of the distributions inside its network, and how often."
    /// Its keys.
    public static let fields: [Field<Self>] = [
        Field("every", \.every, 1...1_000_000_000, "Steps between observations; one more follows the last step."),
        Field(
            "taps", \.taps, .text.list(),
            "Patterns of tap addresses ('*' stands for any run of characters); an empty list observes nothing."),
        Field(
            "probe", \.probe, 2...1_000_000,
            "Examples of the probe set: one random choice from the test set, the same for all arms, seeds and steps."),
        Field("bins", \.bins, 2...10_000, "Bins of a histogram."),
    ]

    /// Every 50 steps, at what enters, leaves and follows every product.
    public init() {}
}
