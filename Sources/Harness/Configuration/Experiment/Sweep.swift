import Declarations

/// The combinations of the values of an experiment's sweep.
struct Sweep {
    /// One combination.
    struct Point {
        struct Value {
            let key: String
            let shortName: String
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
            var values: [Point.Value] = []
            for element in entry.value.elements ?? [] {
                guard let text = element.scalar, !element.isEmpty else {
                    diagnostics.error(
                        "'\(entry.key)': a swept value is a number or a word, found \(element.found)", at: element)
                    continue
                }
                if values.contains(where: { $0.text == text }) {
                    diagnostics.error("'\(entry.key)': the value \(text) is listed twice", at: element)
                    continue
                }
                values.append(
                    .init(key: entry.key, shortName: shortName, text: text, node: element, keyPosition: entry.position))
            }
            // A list without a usable value is reported; the arms are still looked at.
            if values.isEmpty { continue }
            points = points.flatMap { point in values.map { Point(values: point.values + [$0]) } }
        }
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
