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

    init(
        reader: ExperimentReader, file: ConfigurationNode, names: [String], overrides: OverrideApplication
    ) {
        self.reader = reader
        self.file = file
        self.names = names
        self.overrides = overrides
    }

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
            Resolver(diagnostics).checkCompleteness(of: node, fieldsOf: RunConfiguration.self, path: "base")
            configurations[profile] = reader.configuration(node)
        }
        let written = ArmFields(resolved: fields)
        return Arm(
            name: name, label: (written.label ?? entry.key) + point.labelSuffix,
            description: written.description ?? "", group: entry.key,
            sweptValues: point.values.map { .init(key: $0.key, value: $0.text) }, configurations: configurations)
    }
}

/// The combinations of the values of an experiment's sweep.
struct Sweep {
    /// One combination.
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
        /// What is added to an arm's label.
        var labelSuffix: String { values.isEmpty ? "" : " (\(description(", ")))" }

        private func description(_ separator: String) -> String {
            values.map { "\($0.shortName)=\($0.text)" }.joined(separator: separator)
        }

        /// A run configuration with the values of this point. Every arm must have the keys: one without them would be run
        /// over and over unchanged.
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
