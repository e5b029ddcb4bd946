import Declarations
import Foundation

/// The experiments and models of a folder: `Experiments/*.yaml` and `Experiments/Models/*.yaml`.
public struct ExperimentLibrary: Sendable {
    /// The folder that holds `Experiments`.
    public let root: URL

    /// The library of a folder.
    public init(root: URL) {
        self.root = root
    }

    /// The experiments' names, in alphabetical order.
    public var names: [String] { stems(in: Self.experimentFolder) }
    /// The models' names, in alphabetical order.
    public var modelNames: [String] { stems(in: Self.modelFolder) }

    static let experimentFolder = "Experiments"
    static let modelFolder = "Experiments/Models"

    /// Reads an experiment, with everything it refers to, and checks all of it: every arm in every profile, on images of every
    /// data set it names.
    ///
    /// - Parameters:
    ///   - name: the stem of the file.
    ///   - overrides: settings that the command line changes, the last one winning.
    /// - Throws: ``ConfigurationErrors`` with everything that is wrong.
    public func load(_ name: String, overrides: [Override] = []) throws(ConfigurationErrors) -> Experiment {
        guard names.contains(name) else {
            throw ConfigurationErrors(
                option: Self.experimentFolder,
                message: "there is no experiment '\(name)'"
                    + Suggestion.phrase(for: name, among: names, called: "experiments"))
        }
        let diagnostics = DiagnosticCollector()
        let experiment = ExperimentReader(library: self, overrides: overrides, diagnostics: diagnostics).experiment(
            name)
        try diagnostics.throwIfAny()
        guard let experiment else { preconditionFailure("an experiment is read or has errors") }
        return experiment
    }

    /// Reads a model.
    ///
    /// - Throws: ``ConfigurationErrors`` with everything that is wrong with its file.
    public func model(_ name: String) throws(ConfigurationErrors) -> ModelDeclaration {
        guard modelNames.contains(name) else {
            throw ConfigurationErrors(
                option: Self.modelFolder,
                message: "there is no model '\(name)'"
                    + Suggestion.phrase(for: name, among: modelNames, called: "models"))
        }
        let diagnostics = DiagnosticCollector()
        let file = read("\(Self.modelFolder)/\(name).yaml", layer: .model, diagnostics: diagnostics)
        let model = file.flatMap { ModelReader(diagnostics: diagnostics).model(named: name, file: $0) }
        try diagnostics.throwIfAny()
        guard let model else { preconditionFailure("a model is read or has errors") }
        return model
    }

    /// A run of a model with the default settings, but for those that the command line changes.
    ///
    /// - Throws: ``ConfigurationErrors`` with everything that is wrong with the model's file and the settings.
    public func configuration(
        ofModel name: String, overrides: [Override]
    ) throws(ConfigurationErrors) -> RunConfiguration {
        _ = try model(name)
        let diagnostics = DiagnosticCollector()
        let reader = ExperimentReader(library: self, overrides: overrides, diagnostics: diagnostics)
        for (index, override) in overrides.enumerated() where override.path[0] == "profiles" {
            let place = override.position(ofKey: 0, line: index + 1)
            diagnostics.error("a model has no profiles", at: place, length: override.path[0].count)
        }
        let application = OverrideApplication(overrides, diagnostics: diagnostics)
        let node = application.apply(to: .mapping([("model", .word(name))]), arm: "", group: "", sweptKeys: [])
        let configuration = reader.configuration(node)
        if let configuration { SettingChecker(diagnostics: diagnostics).check(configuration) }
        application.reportMisses(settings: configuration?.settings.map(\.key) ?? [], groups: [])
        try diagnostics.throwIfAny()
        guard let configuration else { preconditionFailure("a configuration is read or has errors") }
        return configuration
    }

    /// The root of a YAML file, by its path from the library's root.
    func read(_ path: String, layer: Origin.Layer, diagnostics: DiagnosticCollector) -> ConfigurationNode? {
        let start = SourcePosition(file: path, line: 1, column: 1)
        guard let data = FileManager.default.contents(atPath: root.appending(path: path).path(percentEncoded: false))
        else {
            diagnostics.error("the file cannot be read", at: start)
            return nil
        }
        guard let text = String(data: data, encoding: .utf8) else {
            diagnostics.error("the file is not UTF-8", at: start)
            return nil
        }
        return YAMLReader(text, file: path, layer: layer, diagnostics: diagnostics).root()
    }

    private func stems(in folder: String) -> [String] {
        let path = root.appending(path: folder).path(percentEncoded: false)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }.sorted()
    }
}
