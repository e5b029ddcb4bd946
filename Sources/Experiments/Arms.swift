import Declarations
import Running
import Vocabulary

/// Makes the arms of an experiment: base, profile, the arms that an arm is like, the arm itself, sweep and command line laid
/// over each other, in this order.
struct ArmReader {
    let reader: ExperimentReader
    let file: ConfigurationNode
    let overrides: OverrideApplication
    /// The arms that are run; others are there to be built upon.
    let names: [String]

    private var diagnostics: DiagnosticCollector { reader.diagnostics }
    private let record = FieldType.record(RunConfiguration.self)

    /// The arms; one whose configuration has mistakes lacks it.
    func arms() -> [Arm] {
        let all = file["arms"]?.entries ?? []
        let entries = all.filter { !$0.value.isNone && names.contains($0.key) }
        if entries.isEmpty, let arms = file["arms"], !arms.isRefused {
            diagnostics.error("an experiment needs at least one arm: 'baseline: {}' is the base itself", at: arms)
        }
        let sweep = Sweep(file["sweep"], diagnostics: diagnostics)
        let arms = entries.flatMap { entry in
            let layers = layers(of: entry, among: all)
            return sweep.points.map { arm(entry, layers: layers, at: $0) }
        }
        overrides.reportMisses(
            settings: arms.first?.configurations.first?.value.settings.map(\.key) ?? [], groups: entries.map(\.key))
        return arms
    }

    /// What an arm states of the configuration, behind what the arms state that it is like.
    private func layers(
        of entry: ConfigurationNode.Entry, among all: [ConfigurationNode.Entry], chain: [String] = []
    ) -> [ConfigurationNode] {
        let own = ArmFields.own.map(\.name)
        let differences = entry.value.replacing(
            .mapping((entry.value.entries ?? []).filter { !own.contains($0.key) }))
        let layer = differences.inLayer(.arm(entry.key))
        guard let place = entry.value["like"], let name = place.scalar else { return [layer] }
        let chain = chain + [entry.key]
        guard !chain.contains(name) else {
            let circle = (chain + [name]).joined(separator: " → ")
            diagnostics.error("'like' goes in a circle: \(circle)", at: place)
            return [layer]
        }
        guard let other = all.first(where: { $0.key == name && !$0.value.isNone }) else {
            let known = all.filter { !$0.value.isNone && $0.key != entry.key }.map(\.key)
            let advice = Suggestion.phrase(for: name, among: known, called: "arms")
            diagnostics.error("there is no arm '\(name)' to be like\(advice)", at: place)
            return [layer]
        }
        return layers(of: other, among: all, chain: chain) + [layer]
    }

    private func arm(
        _ entry: ConfigurationNode.Entry, layers: [ConfigurationNode], at point: Sweep.Point
    ) -> Arm {
        let fields = entry.value
        let name = entry.key + point.suffix
        var configurations: [String: RunConfiguration] = [:]
        for profile in Profile.names {
            var node = (file["base"] ?? fields.replacing(.refused)).inLayer(.base)
            if let changes = file[path: ["profiles", profile, "set"]] {
                node = node.merging(changes.inLayer(.profile(profile)), as: record)
            }
            for layer in layers { node = node.merging(layer, as: record) }
            node = point.apply(to: node, arm: entry.key, diagnostics: diagnostics)
            node = overrides.apply(to: node, arm: name, group: entry.key, sweptKeys: point.values.map(\.key))
            RunConfiguration.checkCompleteness(of: node, path: "base", diagnostics)
            configurations[profile] = reader.configuration(node)
        }
        let written = ArmFields(resolved: fields)
        return Arm(
            name: name, label: (written.label ?? entry.key) + point.labelSuffix,
            description: written.description ?? "", group: entry.key, configurations: configurations)
    }
}

struct Sweep {
    struct Point {
        struct Value {
            let key: String
            let shortName: String
            /// The value, or what a mapping calls it.
            let text: String
            let node: ConfigurationNode
            let keyPosition: SourcePosition
        }
        var values: [Value] = []

        /// What is added to an arm's name: `@rate=0.1,deviation=0.03`.
        var suffix: String { values.isEmpty ? "" : "@\(description(","))" }
        var labelSuffix: String { values.isEmpty ? "" : " (\(description(", ")))" }

        private func description(_ separator: String) -> String {
            values.map { "\($0.shortName)=\($0.text)" }.joined(separator: separator)
        }

        /// A run configuration with this point's values. An arm without a key would be run unchanged over and over.
        func apply(to node: ConfigurationNode, arm: String, diagnostics: DiagnosticCollector) -> ConfigurationNode {
            var node = node
            for value in values {
                let path = SettingPath(value.key)
                switch path.type(in: RunConfiguration.self, of: node) {
                case .failure(let problem):
                    diagnostics.error(
                        "'\(value.key)' cannot be swept: \(problem.message)\(problem.advice)", at: value.keyPosition,
                        length: value.key.unicodeScalars.count,
                        notes: problem.isOtherKind ? ["in the arm '\(arm)'"] : [])
                case .success(let type):
                    let resolver = Resolver(diagnostics)
                    guard let resolved = resolver.resolve(value.node, type, path: value.key) else { continue }
                    node = node.merging(path.nesting(resolved).inLayer(.sweep), as: .record(RunConfiguration.self))
                }
            }
            return node
        }
    }

    /// All combinations, the last key varying fastest; one empty point where nothing is swept.
    private(set) var points = [Point()]

    init(_ node: ConfigurationNode?, diagnostics: DiagnosticCollector) {
        let entries = node?.entries ?? []
        let shortNames = Self.shortNames(entries.map(\.key))
        for (entry, shortName) in zip(entries, shortNames) {
            let values = Self.values(of: entry, shortName: shortName, diagnostics: diagnostics)
            // A list without a usable value is reported; the arms are still looked at.
            if values.isEmpty { continue }
            points = points.flatMap { point in values.map { Point(values: point.values + [$0]) } }
        }
    }

    /// The values of a key: those of a list, which name themselves, or those of a mapping by their names.
    private static func values(
        of entry: ConfigurationNode.Entry, shortName: String, diagnostics: DiagnosticCollector
    ) -> [Point.Value] {
        func value(_ text: String, _ node: ConfigurationNode) -> Point.Value {
            .init(key: entry.key, shortName: shortName, text: text, node: node, keyPosition: entry.position)
        }
        if let named = entry.value.entries {
            return named.compactMap { named in
                guard Resolver.isName(named.key) else {
                    diagnostics.error(
                        "'\(named.key)' cannot name a swept value; use lower case letters, digits and '-'",
                        atKey: named)
                    return nil
                }
                return value(named.key, named.value)
            }
        }
        guard let elements = entry.value.elements, !elements.isEmpty else {
            if !entry.value.isRefused {
                diagnostics.error(
                    "'sweep.\(entry.key)': expected a list of values, or a mapping from names to values, found "
                        + (entry.value.elements == nil ? entry.value.found : "no value"), at: entry.value)
            }
            return []
        }
        var values: [Point.Value] = []
        for element in elements {
            guard let text = element.scalar, !element.isEmpty else {
                let advice = element.entries == nil ? "" : "; give it a name: { NAME: … }"
                diagnostics.error(
                    "'\(entry.key)': a value in a list is a number or a word, found \(element.found)\(advice)",
                    at: element)
                continue
            }
            if values.contains(where: { $0.text == text }) {
                diagnostics.error("'\(entry.key)': the value \(text) is listed twice", at: element)
                continue
            }
            values.append(value(text, element))
        }
        return values
    }

    /// The last keys of the paths, longer where two are the same.
    private static func shortNames(_ paths: [String]) -> [String] {
        paths.map { path in
            let keys = path.split(separator: ".")
            for count in 1...max(1, keys.count) {
                let name = keys.suffix(count).joined(separator: ".")
                if paths.count(where: { $0 == name || $0.hasSuffix("." + name) }) == 1 { return name }
            }
            return path
        }
    }
}

/// Lays the command line's settings over configurations, and reports those that fit nowhere.
final class OverrideApplication {
    private let overrides: [(override: Override, line: Int, value: ConfigurationNode)]
    private let diagnostics: DiagnosticCollector
    /// For each override by its line: whether it fitted an arm, and otherwise the first reason why not.
    private var outcomes: [Int: SettingPath.Problem?] = [:]

    init(_ overrides: [Override], diagnostics: DiagnosticCollector) {
        self.diagnostics = diagnostics
        self.overrides = overrides.enumerated().compactMap { index, override in
            override.node(line: index + 1, diagnostics: diagnostics).map { (override, index + 1, $0) }
        }
    }

    /// The experiment's file with `profiles.NAME.…` changed.
    func applyToProfiles(of file: ConfigurationNode) -> ConfigurationNode {
        var file = file
        for (override, line, value) in overrides where override.path[0] == "profiles" {
            let path = SettingPath(override.path)
            switch path.type(in: ExperimentFile.self, of: file) {
            case .failure(let problem): report(problem, override, line)
            case .success(let type):
                guard let value = Resolver(diagnostics).resolve(value, type, path: path.text) else { continue }
                file = file.merging(path.nesting(value), as: .record(ExperimentFile.self))
            }
        }
        return file
    }

    /// A run configuration with the settings that it has changed. `sweptKeys` cannot be: the arm's name states their values.
    func apply(to node: ConfigurationNode, arm: String, group: String, sweptKeys: [String]) -> ConfigurationNode {
        var node = node
        for (override, line, value) in overrides where override.path[0] != "profiles" {
            var keys = override.path
            if keys[0] == "arms" {
                guard keys.count > 2, keys[1] == group || keys[1] == arm else { continue }
                keys = Array(keys.dropFirst(2))
            }
            let path = SettingPath(keys)
            if sweptKeys.contains(path.text) {
                record(SettingPath.Problem(message: "'\(path.text)' is swept; change the sweep", keyIndex: 0), line)
                continue
            }
            switch path.type(in: RunConfiguration.self, of: node) {
            case .failure(var problem):
                problem.keyIndex += override.path.count - keys.count
                record(problem, line)
            case .success(let type):
                outcomes[line] = .some(nil)
                guard let value = Resolver(diagnostics).resolve(value, type, path: path.text) else { continue }
                node = node.merging(path.nesting(value), as: .record(RunConfiguration.self))
            }
        }
        return node
    }

    /// Reports the overrides that fitted no arm of all that they were applied to.
    func reportMisses(settings: [String], groups: [String]) {
        for (override, line, _) in overrides where override.path[0] != "profiles" {
            switch outcomes[line] {
            case .some(nil): continue
            case .some(let problem?):
                let prefix = override.path[0] == "arms" ? override.path.prefix(2).map { $0 + "." }.joined() : ""
                report(
                    problem, override, line, suggestion: Self.sibling(of: override, among: settings).map { prefix + $0 }
                )
            case .none:
                let name = override.path.count > 1 ? override.path[1] : ""
                let message =
                    groups.contains(name)
                    ? "expected a setting of the arm: arms.\(name).optimizer.sgd.rate=0.2"
                    : "unknown arm '\(name)'" + Suggestion.phrase(for: name, among: groups, called: "arms")
                report(.init(message: message, keyIndex: min(1, override.path.count - 1)), override, line)
            }
        }
    }

    private func record(_ problem: SettingPath.Problem, _ line: Int) {
        // What fits one arm need not fit all.
        if outcomes[line] == nil { outcomes[line] = .some(problem) }
    }

    private func report(_ problem: SettingPath.Problem, _ override: Override, _ line: Int, suggestion: String? = nil) {
        let message = problem.message + (suggestion.map { "; did you mean '\($0)'?" } ?? problem.advice)
        let key = override.path[min(problem.keyIndex, override.path.count - 1)]
        diagnostics.error(
            message, at: override.position(ofKey: problem.keyIndex, line: line), length: key.unicodeScalars.count)
    }

    /// The setting that ends in the same key (`optimizer.sgd.rate` for `optimizer.rate`), of several the most alike.
    private static func sibling(of override: Override, among settings: [String]) -> String? {
        guard let last = override.path.last else { return nil }
        let candidates = settings.filter {
            $0.split(separator: ".").last.map(String.init) == last && !$0.hasPrefix("model.")
        }
        let path = override.path.joined(separator: ".")
        return candidates.filter { $0.hasPrefix(override.path[0] + ".") }
            .min { Suggestion.editDistance($0, path) < Suggestion.editDistance($1, path) }
            ?? (candidates.count == 1 ? candidates[0] : nil)
    }
}
