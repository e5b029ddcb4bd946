import Claims
import Declarations
import Foundation
import Results

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
                settings: configuration.settings.map { ($0.key, $0.value) }, loss: type(of: configuration.loss).kind)
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

    /// `figures.csv`: the figures that it asks for, for whoever draws them.
    public var figuresFile: (name: String, bytes: [UInt8]) {
        let rows: [[CSVField]] = figures.flatMap { figure -> [[CSVField]] in
            let place: [CSVField] = [.text(figure.name), .text(figure.kind)]
            if figure.options.isEmpty { return [place + [.empty, .empty]] }
            return figure.options.map { place + [.text($0.name), .text($0.value)] }
        }
        return ("figures.csv", CSVField.bytes(rows: [["figure", "kind", "option", "value"]] + rows))
    }
}
