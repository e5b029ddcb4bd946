/// Everything that is wrong with a configuration, found in one reading.
public struct ConfigurationErrors: Error, Equatable, CustomStringConvertible {
    /// The mistakes, by file, line and column. Never empty.
    public let diagnostics: [Diagnostic]

    /// The mistakes, which are put in order; a mistake reached in several ways is kept once.
    public init(_ diagnostics: [Diagnostic]) {
        precondition(!diagnostics.isEmpty, "an error needs a reason")
        var seen: Set<Diagnostic> = []
        self.diagnostics = diagnostics.filter { seen.insert($0).inserted }.sorted {
            ($0.position, $0.message) < ($1.position, $1.message)
        }
    }

    /// A mistake on the command line: an unknown name given to an option.
    public init(option: String, message: String) {
        self.init([Diagnostic(position: SourcePosition(file: option, line: 1, column: 1), message: message)])
    }

    /// Every mistake in full, then their number.
    public var description: String {
        let count = diagnostics.count == 1 ? "1 error" : "\(diagnostics.count) errors"
        return diagnostics.map(\.description).joined(separator: "\n") + "\n\(count)"
    }
}
