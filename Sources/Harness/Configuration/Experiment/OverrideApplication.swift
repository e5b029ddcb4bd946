import Declarations
import Running

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
            case .failure(let problem):
                let shift = override.path.count - keys.count
                record(
                    .init(
                        message: problem.message, advice: problem.advice, keyIndex: problem.keyIndex + shift,
                        isOtherKind: problem.isOtherKind), line)
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

    /// The setting that ends in the same key: `optimizer.sgd.rate` for `optimizer.rate`. Of several in the same place the one
    /// that is spelled most like it.
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
