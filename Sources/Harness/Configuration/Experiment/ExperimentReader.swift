import Declarations
import Engine

/// Reads one experiment: its file, those it extends, the models it names, its arms, figures and claims.
final class ExperimentReader {
    let library: ExperimentLibrary
    let overrides: [Override]
    let diagnostics: DiagnosticCollector
    private var models: [SourcePosition: ModelDeclaration?] = [:]
    private var modelFiles: [String: ModelDeclaration?] = [:]

    init(library: ExperimentLibrary, overrides: [Override], diagnostics: DiagnosticCollector) {
        self.library = library
        self.overrides = overrides
        self.diagnostics = diagnostics
        diagnostics.register(overrides.map(\.text).joined(separator: "\n"), as: Override.option)
    }

    /// The experiment, or nil where there is nothing to show for it; the diagnostics say why.
    func experiment(_ name: String) -> Experiment? {
        guard var file = file(name, chain: []) else { return nil }
        Resolver(diagnostics).checkCompleteness(of: file, fieldsOf: ExperimentFile.self, path: "")
        if let profiles = file["profiles"] {
            Resolver(diagnostics).checkCompleteness(of: profiles, fieldsOf: ProfilesFields.self, path: "profiles")
        }
        let application = OverrideApplication(overrides, diagnostics: diagnostics)
        file = application.applyToProfiles(of: file)
        let profiles = self.profiles(file)
        let arms = ArmReader(reader: self, file: file, overrides: application).arms()
        let written = ExperimentFile(resolved: file)
        let datasets = written.datasets
        let networks = NetworkChecker(diagnostics: diagnostics).check(arms, datasets: datasets)
        DataChecker(diagnostics: diagnostics).check(arms, datasets: datasets)
        SettingChecker(diagnostics: diagnostics).check(arms)
        let references = ReferenceChecker(arms: arms, networks: networks, diagnostics: diagnostics)
        references.checkObservations(of: file)
        references.checkProcedures()
        let ensembles = EnsembleReader(references: references).ensembles(file["ensembles"])
        let names = ensembles.map(\.name)
        let figures = FigureReader(references: references, sweep: file["sweep"], ensembles: names)
            .figures(file["figures"])
        let claims = ClaimReader(references: references, ensembles: names).claims(file["claims"])
        return Experiment(
            name: name, title: written.title, source: written.source, question: written.question, datasets: datasets,
            profiles: profiles, arms: arms,
            ensembles: ensembles, figures: figures, claims: claims)
    }

    // MARK: Files

    /// The file of an experiment laid over those it extends, in its full form. `chain` are the files that lead here.
    private func file(_ name: String, chain: [String]) -> ConfigurationNode? {
        let path = "\(ExperimentLibrary.experimentFolder)/\(name).yaml"
        guard let root = library.read(path, layer: .base, diagnostics: diagnostics) else { return nil }
        guard let file = Resolver(diagnostics).resolve(root, .record(ExperimentFile.self), path: "") else { return nil }
        guard let extended = file["extends"], let base = extended.scalar else { return file }
        let chain = chain + [name]
        if chain.contains(base) {
            let cycle = (chain + [base]).joined(separator: " → ")
            diagnostics.error("'extends' goes in a circle: \(cycle)", at: extended)
            return file
        }
        guard library.names.contains(base) else {
            let advice = Suggestion.phrase(for: base, among: library.names, called: "experiments")
            diagnostics.error("there is no experiment '\(base)' to extend\(advice)", at: extended)
            return file
        }
        guard let below = self.file(base, chain: chain) else { return file }
        return below.merging(file, as: .record(ExperimentFile.self))
    }

    private func profiles(_ file: ConfigurationNode) -> [String: Profile] {
        var profiles: [String: Profile] = [:]
        for entry in file["profiles"]?.entries ?? [] {
            guard let steps = entry.value["steps"]?.integer, let seeds = entry.value["seeds"]?.elements else {
                continue
            }
            var numbers: [UInt64] = []
            for seed in seeds {
                guard let number = seed.integer.map(UInt64.init) else { continue }
                if numbers.contains(number) {
                    diagnostics.error("the seed \(number) is listed twice", at: seed)
                } else {
                    numbers.append(number)
                }
            }
            profiles[entry.key] = Profile(name: entry.key, steps: steps, seeds: numbers)
        }
        return profiles
    }

    // MARK: Configurations

    /// The run configuration of a merged and complete node, or nil where its model cannot be had.
    func configuration(_ node: ConfigurationNode) -> RunConfiguration? {
        guard let place = node["model"], !place.isRefused, let model = model(place) else { return nil }
        var configuration = RunConfiguration(resolved: node)
        configuration.model = model
        configuration.written = node
        return configuration
    }

    private func model(_ node: ConfigurationNode) -> ModelDeclaration? {
        if let known = models[node.position] { return known }
        let model: ModelDeclaration?
        if let name = node.scalar {
            model = modelFile(name, at: node)
        } else {
            model = ModelReader(diagnostics: diagnostics).model(inPlace: node)
        }
        models[node.position] = model
        return model
    }

    private func modelFile(_ name: String, at node: ConfigurationNode) -> ModelDeclaration? {
        if let known = modelFiles[name] { return known }
        let names = library.modelNames
        guard names.contains(name) else {
            let advice = Suggestion.phrase(for: name, among: names, called: "models")
            diagnostics.error("there is no model '\(name)'\(advice)", at: node)
            return nil
        }
        let path = "\(ExperimentLibrary.modelFolder)/\(name).yaml"
        let model = library.read(path, layer: .model, diagnostics: diagnostics).flatMap {
            ModelReader(diagnostics: diagnostics).model(named: name, file: $0)
        }
        modelFiles[name] = model
        return model
    }
}
