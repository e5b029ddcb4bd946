import Datasets

/// One run: an arm with a seed.
public struct RunPlan: Sendable {
    /// The experiment's name.
    public let experiment: String
    /// The arm.
    public let arm: Arm
    /// The seed of every random choice.
    public let seed: UInt64
    /// The profile.
    public let profile: Profile
    /// Training steps.
    public let steps: Int
    /// The data sets it may use, the preferred one first.
    public let datasets: [String]
    /// What it computes.
    public let configuration: RunConfiguration

    /// What all random streams of the run begin with: the seed itself for the configuration's random stream 0, and for each other
    /// stream another number, since multiplication by an odd one loses nothing.
    public var randomSeed: UInt64 {
        seed ^ (UInt64(truncatingIfNeeded: configuration.randomStream) &* 0x9e37_79b9_7f4a_7c15)
    }

    /// A name for what the run computes, in hexadecimal digits: runs with equal names have equal results.
    ///
    /// It covers every setting in its full form, the seed, the steps, the data and the version of the numerics. It does not
    /// cover formatting, comments, titles, the profile, threads or paths.
    public func hash(dataset: String, checksum: String, numericsVersion: Int) -> String {
        let text = """
            \(configuration.canonicalYAML)
            seed: \(seed)
            steps: \(steps)
            dataset: \(dataset) \(checksum)
            numerics-version: \(numericsVersion)
            """
        return SHA256.hexDigest(of: Array(text.utf8))
    }
}
