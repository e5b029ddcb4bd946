/// Arms that have no finished run with the settings that they have now.
public struct MissingResults: Error, Equatable, Sendable, CustomStringConvertible {
    /// An arm of an experiment.
    public struct Arm: Equatable, Sendable {
        /// The experiment's name.
        public let experiment: String
        /// The arm's name.
        public let arm: String
    }

    /// The arms.
    public let arms: [Arm]
    /// The profile whose results were looked for.
    public let profile: String

    /// The error in words, with the command that makes the results.
    public var description: String {
        let lines = arms.map { "  \($0.experiment)/\($0.arm)" }
        let experiments = arms.map(\.experiment).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return "these arms have no finished result in the profile \(profile):\n\(lines.joined(separator: "\n"))\n"
            + "run  normlab reproduce \(experiments.joined(separator: " ")) -p \(profile)"
    }
}
