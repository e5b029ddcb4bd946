import Claims
import Datasets
import Declarations
import Engine
import Figures
import Foundation
import Results
import Running
import Vocabulary

/// Reads one experiment: its file, those it extends, the models it names, its arms, figures and claims.
final class ExperimentReader {
    let library: ExperimentLibrary
    let overrides: [Override]
    let diagnostics: DiagnosticCollector
    private var models: [SourcePosition: ModelDeclaration?] = [:]
    private var modelFiles: [String: ModelDeclaration?] = [:]
    /// A model that goes before those of the library.
    var givenModel: ExperimentLibrary.ModelLocation?
    /// The folders of the experiment's file and of those that it extends: models may stand there.
    private var folders: [URL] = []
    private var ownArms: [String] = []

    init(library: ExperimentLibrary, overrides: [Override], diagnostics: DiagnosticCollector) {
        self.library = library
        self.overrides = overrides
        self.diagnostics = diagnostics
        diagnostics.register(overrides.map(\.text).joined(separator: "\n"), as: Override.option)
    }

    /// The experiment, or nil where there is nothing to show for it; the diagnostics say why.
    func experiment(_ entry: ExperimentLibrary.Entry) -> Experiment? {
        guard var file = file(entry, chain: []) else { return nil }
        Resolver(diagnostics).checkCompleteness(of: file, fieldsOf: ExperimentFile.self, path: "")
        let application = OverrideApplication(overrides, diagnostics: diagnostics)
        file = withEveryProfile(file)
        file = application.applyToProfiles(of: file)
        let profiles = self.profiles(file)
        let arms = ArmReader(
            reader: self, file: file, overrides: application, names: names(ofArmsIn: file)
        ).arms()
        let written = ExperimentFile(resolved: file)
        let datasets = written.datasets
        let sources = DatasetCatalogue.all.filter { datasets.contains($0.name) }
        let checks = ArmChecks(
            arms: arms, datasets: datasets.compactMap { name in sources.first { $0.name == name } },
            diagnostics: diagnostics)
        let networks = checks.networks()
        checks.checkSettings()
        checks.checkObservations(of: file, networks)
        checks.checkProcedures(networks)
        var references = References(
            arms: arms.map { .init($0, network: networks[$0.name]) },
            sweptKeys: (file["sweep"]?.entries ?? []).map(\.key), diagnostics: diagnostics)
        let ensembles = references.ensembles(file["ensembles"])
        references.ensembles = ensembles.map(\.name)
        let figures = FigureList.figures(file["figures"], references)
        let claims = Claim.read(file["claims"], references)
        return Experiment(
            name: entry.name, title: written.title, source: written.source, question: written.question,
            datasets: datasets, profiles: profiles, arms: arms, ensembles: ensembles, figures: figures, claims: claims)
    }

    // MARK: Files

    /// The file of an experiment laid over those it extends, in its full form. `chain` are the files that lead here.
    private func file(_ entry: ExperimentLibrary.Entry, chain: [String]) -> ConfigurationNode? {
        guard let root = library.read(entry.url, shown: entry.path, layer: .base, diagnostics: diagnostics) else {
            return nil
        }
        folders.append(entry.url.deletingLastPathComponent())
        if chain.isEmpty { ownArms = (root["arms"]?.entries ?? []).map(\.key) }
        guard let file = Resolver(diagnostics).resolve(root, .record(ExperimentFile.self), path: "") else { return nil }
        guard let extended = file["extends"], let base = extended.scalar else { return file }
        let chain = chain + [entry.name]
        let entries = library.entries
        guard let base = entries.first(where: { base == $0.name || base == "\($0.suite ?? "")/\($0.name)" }) else {
            let advice = Suggestion.phrase(for: base, among: entries.map(\.name), called: "experiments")
            diagnostics.error("there is no experiment '\(base)' to extend\(advice)", at: extended)
            return file
        }
        if chain.contains(base.name) {
            let cycle = (chain + [base.name]).joined(separator: " → ")
            diagnostics.error("'extends' goes in a circle: \(cycle)", at: extended)
            return file
        }
        guard let below = self.file(base, chain: chain) else { return file }
        return below.merging(file, as: .record(ExperimentFile.self))
    }

    /// The arms that are run: those of the file itself and, unless it says otherwise, those that it inherits.
    private func names(ofArmsIn file: ConfigurationNode) -> [String] {
        let all = (file["arms"]?.entries ?? []).map(\.key)
        return ExperimentFile(resolved: file).keepsArms ? all : all.filter(ownArms.contains)
    }

    /// The file with all profiles: for a missing one the next shorter, else the next longer; for `smoke` a few steps.
    private func withEveryProfile(_ file: ConfigurationNode) -> ConfigurationNode {
        guard let profiles = file["profiles"], !profiles.isRefused else { return file }
        let declared = profiles.entries ?? []
        if declared.isEmpty {
            diagnostics.error(
                "an experiment needs at least one profile: 'quick: { steps: 500, seeds: [1, 2, 3] }'", at: profiles)
            return file
        }
        func profile(_ name: String) -> ConfigurationNode? { declared.first { $0.key == name }?.value }
        let smoke = profile("smoke") ?? (profile("quick") ?? profile("paper")).map(Self.smoke)
        let quick = profile("quick") ?? profile("smoke") ?? profile("paper")
        let paper = profile("paper") ?? quick
        let all = zip(Profile.names, [smoke, quick, paper]).compactMap { name, value in
            value.map { value in
                declared.first { $0.key == name }
                    ?? .init(key: name, position: profiles.position, keyLength: 1, value: value)
            }
        }
        return file.merging(
            .mapping([("profiles", profiles.replacing(.mapping(all)))]), as: .record(ExperimentFile.self))
    }

    /// A profile of at most 20 steps and one seed that measures little.
    private static func smoke(_ profile: ConfigurationNode) -> ConfigurationNode {
        let steps = min(20, profile["steps"]?.integer ?? 20)
        let seeds = (profile["seeds"]?.elements ?? []).prefix(1).compactMap(\.scalar)
        let text = """
            steps: \(steps)
            seeds: [\(seeds.joined())]
            set:
              evaluate: { every: \(max(1, steps)), population-batches: 2, examples: 200 }
              observe: { every: \(max(1, steps)), probe: 50 }
            """
        let silent = DiagnosticCollector()
        let position = profile.position
        let written = YAMLReader(text, file: position.file, layer: .base, diagnostics: silent, quotes: false).root()
        let type = FieldType.record(ProfileFields.self)
        guard let written, let short = Resolver(silent).resolve(written, type, path: "") else { return profile }
        return profile.merging(short.standing(at: position), as: type)
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
        if node.isNone {
            model = ModelDeclaration.none
        } else if let name = node.scalar {
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
        guard let location = givenModel?.name == name ? givenModel : library.model(name, beside: folders) else {
            let advice = Suggestion.phrase(for: name, among: names, called: "models")
            diagnostics.error("there is no model '\(name)'\(advice)", at: node)
            return nil
        }
        let model = library.model(at: location, diagnostics)
        modelFiles[name] = model
        return model
    }
}

extension References {
    /// The ensembles of a mapping from names to lists of arms, in its full form.
    fileprivate func ensembles(_ node: ConfigurationNode?) -> [DeclaredExperiment.Ensemble] {
        (node?.entries ?? []).compactMap { entry in
            if self.arms.contains(where: { ArmName.fits(entry.key, arm: $0.name, group: $0.group) }) {
                diagnostics.error("'\(entry.key)' is an arm; an ensemble needs a name of its own", atKey: entry)
            }
            var arms: [String] = []
            for place in entry.value.elements ?? [] where !place.isRefused {
                for name in self.arms(matching: place.scalar ?? "", at: place) {
                    if arms.contains(name) {
                        diagnostics.error("the arm '\(name)' is in the ensemble already", at: place)
                        continue
                    }
                    if self.arms.first(where: { $0.name == name })?.writesPredictions == false {
                        diagnostics.error(
                            "the arm '\(name)' does not write its predictions; set 'evaluate.predictions' to true",
                            at: place)
                    }
                    arms.append(name)
                }
            }
            if arms.count == 1, entry.value.elements?.count == 1 {
                diagnostics.error("an ensemble needs at least two arms", at: entry.value)
            }
            return arms.count < 2 ? nil : DeclaredExperiment.Ensemble(name: entry.key, arms: arms)
        }
    }
}

extension References.Arm {
    fileprivate init(_ arm: Experiments.Arm, network: Network?) {
        let configurations = arm.configurations.sorted { $0.key < $1.key }.map(\.value)
        self.init(
            name: arm.name, group: arm.group,
            taps: network.map { $0.taps.map(\.address) } ?? (configurations.contains(where: \.hasNetwork) ? nil : []),
            observed: configurations.map { $0.hasNetwork ? $0.observe.taps : [] },
            quantities: configurations.map { configuration in
                let written = configuration.written["procedures"]?.elements?.count ?? 0
                return written > configuration.procedures.count ? nil : configuration.quantities.map(\.name)
            }, writesPredictions: configurations.allSatisfy { $0.hasNetwork && $0.evaluate.predictions })
    }
}
