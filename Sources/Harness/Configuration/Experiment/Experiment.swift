import Claims
import Declarations
import Results
import Running
import Vocabulary

/// One experiment: a question, its arms, and what is made of their runs.
public struct Experiment: Sendable {
    /// The stem of its file.
    public let name: String
    /// Its heading.
    public let title: String
    /// The publication it follows.
    public let source: String
    /// What it asks.
    public let question: String
    /// The data sets it may use, the preferred one first.
    public let datasets: [String]
    /// How much of it can be done, by name: `smoke`, `quick`, `paper`.
    public let profiles: [String: Profile]
    /// The variations, in declared order, those of a sweep spelled out.
    public let arms: [Arm]
    /// The networks whose predictions are averaged.
    public let ensembles: [DeclaredExperiment.Ensemble]
    /// The figures it asks for.
    public let figures: [FigureDeclaration]
    /// The claims it decides.
    public let claims: [Claim]

    /// The profile of a name.
    ///
    /// - Throws: ``ConfigurationErrors`` with a suggestion.
    public func profile(_ name: String) throws(ConfigurationErrors) -> Profile {
        if let profile = profiles[name] { return profile }
        throw ConfigurationErrors(
            option: "--profile",
            message: "unknown profile '\(name)'"
                + Suggestion.phrase(for: name, among: Profile.names, called: "profiles"))
    }

    /// The arms that fit names or patterns, in declared order. A name of a swept arm's group stands for all its points.
    ///
    /// - Parameter option: what names them, for messages.
    /// - Throws: ``ConfigurationErrors`` with a suggestion for every name or pattern that fits none.
    public func arms(matching patterns: [String], option: String = "--arms") throws(ConfigurationErrors) -> [Arm] {
        let unknown = patterns.filter { pattern in !arms.contains { $0.fits(pattern) } }
        if !unknown.isEmpty {
            let names = arms.map(\.name)
            throw ConfigurationErrors(
                unknown.map { pattern in
                    Diagnostic(
                        position: SourcePosition(file: option, line: 1, column: 1),
                        message: "unknown arm '\(pattern)' of '\(name)'"
                            + Suggestion.phrase(for: pattern, among: names, called: "arms"))
                })
        }
        return arms.filter { arm in patterns.contains { arm.fits($0) } }
    }

    /// The runs of a profile, arm by arm, seed by seed.
    ///
    /// - Parameters:
    ///   - profile: `smoke`, `quick` or `paper`.
    ///   - seeds: other seeds than the profile's.
    ///   - arms: names or patterns of the arms that run; nil for all.
    /// - Throws: ``ConfigurationErrors`` for unknown names.
    public func runs(
        profile profileName: String, seeds: [UInt64]? = nil, arms patterns: [String]? = nil
    ) throws(ConfigurationErrors) -> [RunPlan] {
        let profile = try profile(profileName)
        let chosen = if let patterns { try arms(matching: patterns) } else { arms }
        return chosen.flatMap { arm in (seeds ?? profile.seeds).map { run(of: arm, in: profile, seed: $0) } }
    }

    /// The run of an arm with a seed.
    func run(of arm: Arm, in profile: Profile, seed: UInt64) -> RunPlan {
        RunPlan(
            experiment: name, arm: arm.name, profile: profile.name, seed: seed, steps: profile.steps,
            configuration: arm.configuration(in: profile))
    }
}

extension Arm {
    /// Whether a name, the name of the group, or a pattern with `*` stands for the arm.
    func fits(_ pattern: String) -> Bool {
        pattern == name || pattern == group || Glob(pattern).matches(name)
    }
}
