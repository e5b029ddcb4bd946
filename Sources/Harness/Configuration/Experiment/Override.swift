/// A setting that the command line changes: `--set optimizer.sgd.rate=0.2`.
///
/// The path is that of a setting as `normlab show` lists it. It changes every arm that has the setting; `arms.NAME.` before
/// the path limits it to one arm, and `profiles.NAME.steps` and `profiles.NAME.seeds` change a profile.
public struct Override: Sendable, Equatable {
    /// What was given.
    public let text: String
    /// The keys of the path.
    public let path: [String]
    /// The value as YAML.
    public let value: String

    /// The option that messages name.
    static let option = "--set"

    /// Reads `path=value`.
    ///
    /// - Throws: ``ConfigurationErrors`` if there is no path or no value.
    public init(_ text: String) throws(ConfigurationErrors) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let keys = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].allSatisfy(\.isWhitespace), !keys.contains(where: \.isEmpty) else {
            throw ConfigurationErrors([
                Diagnostic(
                    position: SourcePosition(file: Self.option, line: 1, column: 1),
                    message: "expected path=value, such as optimizer.sgd.rate=0.2, found '\(text)'")
            ])
        }
        self.text = text
        path = keys
        value = parts[1]
    }

    /// The value as a node whose place is that in the option's text, which is line `line` of all options' texts.
    func node(line: Int, diagnostics: DiagnosticCollector) -> ConfigurationNode? {
        // The value is read where it stands: behind empty lines for the options before, and spaces for the path.
        let column = text.unicodeScalars.count - value.unicodeScalars.count
        let padded = String(repeating: "\n", count: line - 1) + String(repeating: " ", count: column) + value
        return YAMLReader(padded, file: Self.option, layer: .override, diagnostics: diagnostics, quotes: false).root()
    }

    /// The place of a key of the path.
    func position(ofKey index: Int, line: Int) -> SourcePosition {
        let before = path[..<index].reduce(0) { $0 + $1.unicodeScalars.count + 1 }
        return SourcePosition(file: Self.option, line: line, column: before + 1)
    }
}
