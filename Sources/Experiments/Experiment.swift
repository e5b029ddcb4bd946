import Claims
import Declarations
import Figures
import Foundation
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
    public let figures: [any FigureKind]
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
                        position: SourcePosition(file: option, line: 0, column: 0),
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
        let configuration = arm.configuration(in: profile)
        return RunPlan(
            experiment: name, arm: arm.name, profile: profile.name, seed: seed,
            steps: steps(of: configuration, in: profile), configuration: configuration)
    }

    /// The steps of a run: none where there is nothing to train.
    private func steps(of configuration: RunConfiguration, in profile: Profile) -> Int {
        configuration.hasNetwork ? profile.steps : 0
    }
}

/// What others need to know of an experiment: neither its networks nor its file.
extension Experiment {
    /// The experiment in a profile, in words and numbers.
    ///
    /// - Throws: ``ConfigurationErrors`` for an unknown profile.
    public func declared(profile name: String) throws(ConfigurationErrors) -> DeclaredExperiment {
        let profile = try profile(name)
        var quantities: [Quantity] = []
        let arms = arms.map { arm in
            let configuration = arm.configuration(in: profile)
            for quantity in configuration.quantities where !quantities.contains(where: { $0.name == quantity.name }) {
                quantities.append(quantity)
            }
            return DeclaredExperiment.Arm(
                name: arm.name, label: arm.label, description: arm.description, group: arm.group,
                steps: steps(of: configuration, in: profile),
                settings: configuration.settings.map { ($0.key, $0.value) },
                loss: configuration.hasNetwork ? type(of: configuration.loss).kind : "")
        }
        return DeclaredExperiment(
            name: self.name, title: title, source: source, question: question, datasets: datasets,
            profile: profile.name, steps: profile.steps, seeds: profile.seeds, arms: arms, ensembles: ensembles,
            quantities: quantities)
    }

    /// What its runs in a profile say, with the verdicts on its claims.
    ///
    /// - Throws: ``ConfigurationErrors`` for an unknown profile; `FileError` or `CSVError` for a damaged file.
    public func summary(profile: String, resultsRoot: URL) throws -> ExperimentSummary {
        try ExperimentSummary(
            declared(profile: profile), claims: claims, rules: figures.compactMap(\.match), resultsRoot: resultsRoot)
    }

    /// `figures.yaml`: the figures that it asks for, for whoever draws them.
    public var figuresFile: (name: String, bytes: [UInt8]) {
        (FigureList.file, Array(FigureList.yaml(of: figures).utf8))
    }

    /// The same experiment under a longer name, for runs whose settings or data were changed on the command line: their
    /// results go to a folder of their own and never replace the experiment's.
    ///
    /// - Parameter variation: what is added to the name, such as `@optimizer.sgd.rate=0.2`; nothing changes where it is empty.
    public func varied(_ variation: String) -> Experiment {
        Experiment(
            name: name + variation, title: title, source: source, question: question, datasets: datasets,
            profiles: profiles, arms: arms, ensembles: ensembles, figures: figures, claims: claims)
    }
}

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

    /// Whether a name, the name of the group, or a pattern with `*` stands for the arm.
    func fits(_ pattern: String) -> Bool { ArmName.fits(pattern, arm: name, group: group) }

    /// What it runs in a profile.
    public func configuration(in profile: Profile) -> RunConfiguration {
        guard let configuration = configurations[profile.name] else {
            preconditionFailure("the arm '\(name)' is of an experiment without the profile '\(profile.name)'")
        }
        return configuration
    }
}

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
