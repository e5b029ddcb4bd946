import Declarations
import Engine
import Foundation
import Running
import Vocabulary

/// The experiments and models of a folder: `Experiments/<suite>/<name>.yaml`, and experiments anywhere that a path names.
public struct ExperimentLibrary: Sendable {
    /// The folder that holds `Experiments`.
    public let root: URL

    public init(root: URL) {
        self.root = root
    }

    public struct Entry: Hashable, Sendable {
        /// The experiment's name, which no other has: the stem of its file.
        public let name: String
        /// The folder that it stands in below `Experiments`; nil for one that stands beside the suites, or elsewhere.
        public let suite: String?
        /// The file as it is shown to people: from the library's root, or as it was given.
        public let path: String
        let url: URL
    }

    /// The experiments by suite, those of none last, in alphabetical order.
    public var entries: [Entry] {
        let folder = root.appending(path: Self.experimentFolder)
        let suites = Self.names(in: folder).filter { name in
            name != "Models" && !Self.stems(in: folder.appending(path: name)).isEmpty
        }
        func entries(in folder: URL, suite: String?) -> [Entry] {
            Self.stems(in: folder).map { stem in
                let path = "\(Self.experimentFolder)/\(suite.map { $0 + "/" } ?? "")\(stem).yaml"
                return Entry(name: stem, suite: suite, path: path, url: root.appending(path: path))
            }
        }
        return suites.flatMap { entries(in: folder.appending(path: $0), suite: $0) }
            + entries(in: folder, suite: nil)
    }

    public var names: [String] { entries.map(\.name) }
    public var suites: [String] {
        entries.compactMap(\.suite).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
    public var modelNames: [String] { Self.stems(in: root.appending(path: Self.modelFolder)) }

    static let experimentFolder = "Experiments"
    static let modelFolder = "Experiments/Models"

    // MARK: Finding

    /// The experiments that a text names: one by its name (`inception`) or with its suite (`paper/inception`), all of a suite
    /// (`paper`), or the file of a path (`./mine.yaml`).
    public func find(_ text: String) throws(ConfigurationErrors) -> [Entry] {
        let entries = entries
        let path = URL(filePath: text).standardizedFileURL
        if text.hasSuffix(".yaml") || text.hasSuffix(".yml") {
            if let known = entries.first(where: { $0.url.standardizedFileURL == path }) { return [known] }
            return [try file(at: path, shown: text, among: entries)]
        }
        let found = entries.filter { text == $0.name || text == $0.suite || text == "\($0.suite ?? "")/\($0.name)" }
        if !found.isEmpty { return found }
        let named = entries.map(\.name) + suites + entries.map { "\($0.suite ?? "")/\($0.name)" }
        let advice =
            Suggestion.nearest(to: text, among: named).map { "; did you mean '\($0)'?" }
            ?? Suggestion.phrase(
                for: text, among: suites.isEmpty ? names : suites, called: suites.isEmpty ? "experiments" : "suites")
        throw ConfigurationErrors(option: Self.experimentFolder, message: "there is no experiment '\(text)'\(advice)")
    }

    private func file(
        at url: URL, shown path: String, among entries: [Entry]
    ) throws(ConfigurationErrors) -> Entry {
        guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else {
            throw ConfigurationErrors(option: path, message: "there is no such file")
        }
        let name = url.deletingPathExtension().lastPathComponent
        guard Resolver.isName(name) else {
            throw ConfigurationErrors(
                option: path, message: "'\(name)' cannot name an experiment; use lower case letters, digits and '-'")
        }
        if let other = entries.first(where: { $0.name == name }) {
            throw ConfigurationErrors(
                option: path,
                message: "'\(name)' is the name of \(other.path), whose results would be replaced; rename the file")
        }
        return Entry(name: name, suite: nil, path: path, url: url)
    }

    private func entry(_ text: String) throws(ConfigurationErrors) -> Entry {
        let found = try find(text)
        if found.count == 1 { return found[0] }
        throw ConfigurationErrors(
            option: Self.experimentFolder,
            message: "'\(text)' is a suite of \(found.count) experiments; name one: "
                + found.map(\.name).joined(separator: ", "))
    }

    // MARK: Reading

    /// Reads an experiment, with everything it refers to, and checks all of it: every arm in every profile, on images of every
    /// data set it names.
    ///
    /// - Parameter overrides: settings that the command line changes, the last one winning.
    public func load(_ name: String, overrides: [Override] = []) throws(ConfigurationErrors) -> Experiment {
        try load(entry(name), overrides: overrides)
    }

    /// Reads the experiment of a file.
    public func load(_ entry: Entry, overrides: [Override] = []) throws(ConfigurationErrors) -> Experiment {
        let diagnostics = DiagnosticCollector()
        if let other = entries.first(where: { $0.name == entry.name && $0.path != entry.path }) {
            diagnostics.error(
                "'\(entry.name)' is also the name of \(other.path); rename one of them", at: .start(of: entry.path))
        }
        let experiment = ExperimentReader(library: self, overrides: overrides, diagnostics: diagnostics)
            .experiment(entry)
        try diagnostics.throwIfAny()
        guard let experiment else { preconditionFailure("an experiment is read or has errors") }
        return experiment
    }

    /// Reads a model.
    public func model(_ name: String) throws(ConfigurationErrors) -> ModelDeclaration {
        try model(at: location(ofModel: name))
    }

    private func model(at location: ModelLocation) throws(ConfigurationErrors) -> ModelDeclaration {
        let diagnostics = DiagnosticCollector()
        let model = model(at: location, diagnostics)
        try diagnostics.throwIfAny()
        guard let model else { preconditionFailure("a model is read or has errors") }
        return model
    }

    func model(at location: ModelLocation, _ diagnostics: DiagnosticCollector) -> ModelDeclaration? {
        read(location.url, shown: location.path, layer: .model, diagnostics: diagnostics).flatMap {
            ModelReader(diagnostics: diagnostics).model(named: location.name, file: $0)
        }
    }

    /// A run of a model with the default settings, but for those that the command line changes.
    ///
    /// - Parameter text: The name of a model of this library, with or without `models/` before it, or the path of a file.
    public func configuration(
        ofModel text: String, overrides: [Override]
    ) throws(ConfigurationErrors) -> RunConfiguration {
        let location = try location(ofModel: text)
        _ = try model(at: location)
        let diagnostics = DiagnosticCollector()
        let reader = ExperimentReader(library: self, overrides: overrides, diagnostics: diagnostics)
        reader.givenModel = location
        for (index, override) in overrides.enumerated() where override.path[0] == "profiles" {
            let place = override.position(ofKey: 0, line: index + 1)
            diagnostics.error("a model has no profiles", at: place, length: override.path[0].count)
        }
        let application = OverrideApplication(overrides, diagnostics: diagnostics)
        let node = application.apply(to: .mapping([("model", .word(location.name))]), arm: "", group: "", sweptKeys: [])
        let configuration = reader.configuration(node)
        for mistake in configuration?.mistakes ?? [] { diagnostics.error(mistake.message, at: mistake.place) }
        application.reportMisses(settings: configuration?.settings.map(\.key) ?? [], groups: [])
        try diagnostics.throwIfAny()
        guard let configuration else { preconditionFailure("a configuration is read or has errors") }
        return configuration
    }

    /// The network of a model on the shape and the classes that it was made for; see ``configuration(ofModel:overrides:)``.
    public func network(
        ofModel text: String, overrides: [Override]
    ) throws(ConfigurationErrors) -> (configuration: RunConfiguration, network: Network) {
        let configuration = try configuration(ofModel: text, overrides: overrides)
        let model = configuration.model
        guard let shape = model.inputShape else {
            let position = SourcePosition.start(of: try location(ofModel: text).path)
            let message = "the model names no input shape; add 'input: { height: 32, width: 32, channels: 3 }'"
            throw ConfigurationErrors([Diagnostic(position: position, message: message)])
        }
        do {
            return (configuration, try configuration.network(input: shape, classes: model.classes))
        } catch {
            throw ConfigurationErrors(error.problems.map { ArmChecks.problem($0, in: configuration) })
        }
    }

    /// The file of a model, and how people are shown it.
    struct ModelLocation {
        let name: String
        let url: URL
        let path: String
    }

    private func location(ofModel text: String) throws(ConfigurationErrors) -> ModelLocation {
        if text.hasSuffix(".yaml") || text.hasSuffix(".yml") {
            let url = URL(filePath: text)
            guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else {
                throw ConfigurationErrors(option: text, message: "there is no such file")
            }
            let name = url.deletingPathExtension().lastPathComponent
            guard Resolver.isName(name), name != ModelDeclaration.none.name else {
                throw ConfigurationErrors(
                    option: text, message: "'\(name)' cannot name a model; use lower case letters, digits and '-'")
            }
            return ModelLocation(name: name, url: url, path: text)
        }
        let folder = "models/"
        let name = text.lowercased().hasPrefix(folder) ? String(text.dropFirst(folder.count)) : text
        if let location = model(name, beside: []) { return location }
        throw ConfigurationErrors(
            option: Self.modelFolder,
            message: "there is no model '\(name)'" + Suggestion.phrase(for: name, among: modelNames, called: "models"))
    }

    /// The file of a model that an experiment names: in the library, or else beside the experiment's own file.
    func model(_ name: String, beside folders: [URL]) -> ModelLocation? {
        let path = "\(Self.modelFolder)/\(name).yaml"
        if modelNames.contains(name) { return ModelLocation(name: name, url: root.appending(path: path), path: path) }
        let files = folders.map { $0.appending(path: "\(name).yaml") }
        return files.first { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) }
            .map { ModelLocation(name: name, url: $0, path: $0.path(percentEncoded: false)) }
    }

    /// The root of a YAML file that messages call `path`.
    func read(
        _ url: URL, shown path: String, layer: Origin.Layer, diagnostics: DiagnosticCollector
    ) -> ConfigurationNode? {
        guard let data = FileManager.default.contents(atPath: url.path(percentEncoded: false)) else {
            diagnostics.error("the file cannot be read", at: .start(of: path))
            return nil
        }
        guard let text = String(data: data, encoding: .utf8) else {
            diagnostics.error("the file is not UTF-8", at: .start(of: path))
            return nil
        }
        return YAMLReader(text, file: path, layer: layer, diagnostics: diagnostics).root()
    }

    // MARK: Folders

    private static func names(in folder: URL) -> [String] {
        let path = folder.path(percentEncoded: false)
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }
            .sorted()
    }

    private static func stems(in folder: URL) -> [String] {
        names(in: folder).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }
}
