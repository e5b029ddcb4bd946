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
    public private(set) var name: String
    public let title: String
    public let source: String
    public let question: String
    /// The data sets it may use, the preferred one first.
    public let datasets: [String]
    /// How much of it can be done, by name: `smoke`, `quick`, `paper`.
    public let profiles: [String: Profile]
    public let arms: [Arm]
    /// The networks whose predictions are averaged.
    public let ensembles: [DeclaredExperiment.Ensemble]
    public let figures: [any FigureKind]
    public let claims: [Claim]

    /// The profile of a name.
    public func profile(_ name: String) throws(ConfigurationErrors) -> Profile {
        if let profile = profiles[name] { return profile }
        throw ConfigurationErrors(
            option: "--profile",
            message: "unknown profile '\(name)'"
                + Suggestion.phrase(for: name, among: Profile.names, called: "profiles"))
    }

    /// The arms that fit names or patterns, in declared order. Messages name `option`.
    public func arms(matching patterns: [String], option: String = "--arms") throws(ConfigurationErrors) -> [Arm] {
        let unknown = patterns.filter { pattern in !arms.contains { $0.fits(pattern) } }.map { pattern in
            Diagnostic(
                position: SourcePosition(file: option, line: 0, column: 0),
                message: "unknown arm '\(pattern)' of '\(name)'"
                    + Suggestion.phrase(for: pattern, among: arms.map(\.name), called: "arms"))
        }
        if !unknown.isEmpty { throw ConfigurationErrors(unknown) }
        return arms.filter { arm in patterns.contains { arm.fits($0) } }
    }

    /// The runs of a profile, arm by arm, seed by seed.
    ///
    /// - Parameters:
    ///   - seeds: other seeds than the profile's.
    ///   - arms: names or patterns of the arms that run; nil for all.
    public func runs(
        profile profileName: String, seeds: [UInt64]? = nil, arms patterns: [String]? = nil
    ) throws(ConfigurationErrors) -> [RunPlan] {
        let profile = try profile(profileName)
        let chosen = if let patterns { try arms(matching: patterns) } else { arms }
        return chosen.flatMap { arm in (seeds ?? profile.seeds).map { run(of: arm, in: profile, seed: $0) } }
    }

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

    public var figuresFile: (name: String, bytes: [UInt8]) {
        (FigureList.file, Array(FigureList.yaml(of: figures).utf8))
    }

    /// The same experiment under a longer name, for runs whose settings or data were changed on the command line: their
    /// results go to a folder of their own and never replace the experiment's.
    ///
    /// - Parameter variation: what is added to the name, such as `@optimizer.sgd.rate=0.2`; nothing changes where it is empty.
    public func varied(_ variation: String) -> Experiment {
        var copy = self
        copy.name += variation
        return copy
    }
}

public struct Arm: Sendable {
    /// Its name, also that of its folder: `batch-norm`, `baseline@rate=0.1,deviation=0.03`.
    public let name: String
    /// Its name in figures.
    public let label: String
    public let description: String
    /// The declared arm that it is a point of: its own name where nothing is swept.
    public let group: String

    let configurations: [String: RunConfiguration]

    func fits(_ pattern: String) -> Bool { ArmName.fits(pattern, arm: name, group: group) }

    public func configuration(in profile: Profile) -> RunConfiguration {
        guard let configuration = configurations[profile.name] else {
            preconditionFailure("the arm '\(name)' is of an experiment without the profile '\(profile.name)'")
        }
        return configuration
    }
}

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
