import Running

/// One variation of an experiment's base.
public struct Arm: Sendable {
    /// Its name, also that of its folder: `batch-norm`, `baseline@rate=0.1,deviation=0.03`.
    public let name: String
    /// Its name in figures.
    public let label: String
    /// What it shows; may be empty.
    public let description: String
    /// The declared arm that it is a point of: its own name where nothing is swept.
    public let group: String
    /// The swept keys with its values; empty where nothing is swept.
    public let sweptValues: [SweptValue]
    /// What it runs, by the profile's name.
    let configurations: [String: RunConfiguration]

    /// One key of a sweep with the value that an arm has.
    public struct SweptValue: Sendable, Equatable {
        /// The path of the key: `optimizer.sgd.rate`.
        public let key: String
        /// The value as written.
        public let value: String
    }

    /// What it runs in a profile.
    public func configuration(in profile: Profile) -> RunConfiguration {
        guard let configuration = configurations[profile.name] else {
            preconditionFailure("the arm '\(name)' is of an experiment without the profile '\(profile.name)'")
        }
        return configuration
    }
}
