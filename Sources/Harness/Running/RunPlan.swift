import Datasets
import Foundation
import Results

/// One run: an arm with a seed, and everything that decides its numbers but the images. It reads no experiment file: it can
/// be written down, handed to another process and made there.
public struct RunPlan: Sendable {
    /// The name of the experiment, and of the folder of its results.
    public let experiment: String
    /// The arm's name.
    public let arm: String
    /// The profile's name.
    public let profile: String
    /// The seed of every random choice.
    public let seed: UInt64
    /// Training steps.
    public let steps: Int
    /// What it computes.
    public var configuration: RunConfiguration

    /// The run's name for people: `lenet/batch-norm seed 2`.
    public var title: String { "\(experiment)/\(arm) seed \(seed)" }

    /// The folder of its results, below the folder of all results.
    public func folder(in root: URL) -> RunFolder {
        RunFolder(root: root, profile: profile, experiment: experiment, arm: arm, seed: seed)
    }

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

    /// Every setting by its path, the steps and the seed among them.
    var flatSettings: [String: String] {
        var settings = Dictionary(configuration.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        settings["steps"] = "\(steps)"
        settings["seed"] = "\(seed)"
        return settings
    }

    /// What stands in a run's `config.yaml`: the run and its data, then every setting, defaults included.
    func resolvedConfiguration(dataset: Dataset) -> String {
        let settings = configuration.canonicalYAML.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
        return """
            # What this run computes: every setting, defaults included.
            experiment: \(experiment)
            arm: \(arm)
            seed: \(seed)
            steps: \(steps)
            dataset: \(dataset.name)
            checksum: "\(dataset.checksum)"
            base:
            \(settings.hasSuffix("\n") ? settings : settings + "\n")
            """
    }
}

/// The configuration is coded as its canonical YAML, which is read as strictly as a file.
extension RunPlan: Codable {
    private enum CodingKeys: String, CodingKey { case experiment, arm, profile, seed, steps, configuration }

    /// Reads a plan.
    ///
    /// - Throws: ``ConfigurationErrors`` for a configuration that is not one, or `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        experiment = try fields.decode(String.self, forKey: .experiment)
        arm = try fields.decode(String.self, forKey: .arm)
        profile = try fields.decode(String.self, forKey: .profile)
        seed = try fields.decode(UInt64.self, forKey: .seed)
        steps = try fields.decode(Int.self, forKey: .steps)
        configuration = try RunConfiguration(
            yaml: try fields.decode(String.self, forKey: .configuration), file: "\(experiment)/\(arm)")
    }

    /// Writes the plan.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(experiment, forKey: .experiment)
        try fields.encode(arm, forKey: .arm)
        try fields.encode(profile, forKey: .profile)
        try fields.encode(seed, forKey: .seed)
        try fields.encode(steps, forKey: .steps)
        try fields.encode(configuration.canonicalYAML, forKey: .configuration)
    }
}
