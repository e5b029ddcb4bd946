/// Gathers mistakes while configurations are read, with the texts that they quote.
final class DiagnosticCollector {
    private(set) var diagnostics: [Diagnostic] = []
    private var lines: [String: [Substring]] = [:]

    var isEmpty: Bool { diagnostics.isEmpty }

    /// Remembers a text, so that messages can show its lines.
    func register(_ text: String, as file: String) {
        lines[file] = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// Adds a mistake that underlines `length` scalars from a position.
    func error(_ message: String, at position: SourcePosition, length: Int = 1, notes: [String] = []) {
        let sourceLine = lines[position.file].flatMap { lines -> String? in
            guard lines.indices.contains(position.line - 1) else { return nil }
            let line = lines[position.line - 1]
            return line.allSatisfy(\.isWhitespace) ? nil : String(line)
        }
        diagnostics.append(
            Diagnostic(position: position, message: message, sourceLine: sourceLine, length: length, notes: notes))
    }

    /// Adds a mistake in a value.
    func error(_ message: String, at node: ConfigurationNode, notes: [String] = []) {
        error(message, at: node.position, length: node.length, notes: notes)
    }

    /// Adds a mistake in a key.
    func error(_ message: String, atKey entry: ConfigurationNode.Entry, notes: [String] = []) {
        error(message, at: entry.position, length: entry.keyLength, notes: notes)
    }

    /// Adds mistakes found elsewhere.
    func add(_ others: [Diagnostic]) {
        diagnostics += others
    }

    /// Throws what was gathered, if anything.
    func throwIfAny() throws(ConfigurationErrors) {
        if !diagnostics.isEmpty { throw ConfigurationErrors(diagnostics) }
    }
}
