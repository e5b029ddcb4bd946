/// How much of an experiment is done.
public struct Profile: Sendable, Equatable {
    /// `smoke`, `quick` or `paper`.
    public let name: String
    /// Training steps of a run.
    public let steps: Int
    /// One run of each arm for each.
    public let seeds: [UInt64]

    /// The profiles that every experiment has: seconds, minutes, and the published length.
    public static let names = ["smoke", "quick", "paper"]
}
