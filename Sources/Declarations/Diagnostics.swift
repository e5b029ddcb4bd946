/// A place in a configuration: a file (as shown to people), a line and a column, both from 1.
///
/// Columns count Unicode scalars, as libYAML does. The "file" of a command line override is its option, `--set`.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The file, relative to the repository's root.
    public let file: String
    public let line: Int
    /// The column in Unicode scalars, from 1.
    public let column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The start of a file, or of what an option names.
    public static func start(of file: String) -> SourcePosition { SourcePosition(file: file, line: 1, column: 1) }

    /// `file:line:column`, the form that editors and terminals turn into a link.
    public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}

extension SourcePosition: Comparable {
    /// By file, then line, then column: the order in which messages are shown.
    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// One mistake in a configuration, in the form compilers use.
///
///     Experiments/caffe/lenet.yaml:14:24: error: unknown key 'momentm' in 'optimizer.sgd'; did you mean 'momentum'?
///         optimizer: { sgd: { momentm: 0.9 } }
///                             ^~~~~~~
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    public let position: SourcePosition
    /// What was found, what was expected, and a suggestion where there is a good one.
    public let message: String
    public let sourceLine: String?
    public let length: Int
    /// What else helps: the arm in which it happens, the first of two duplicates.
    public let notes: [String]

    public init(
        position: SourcePosition, message: String, sourceLine: String? = nil, length: Int = 1, notes: [String] = []
    ) {
        self.position = position
        self.message = message
        self.sourceLine = sourceLine
        self.length = length
        self.notes = notes
    }

    public var description: String {
        var lines = ["\(position): error: \(message)"]
        if let sourceLine {
            let scalars = Array(sourceLine.unicodeScalars)
            // Tabs are kept, so that the caret stands below the right character whatever the terminal's tab width.
            let indent = scalars.prefix(position.column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
            let available = max(1, scalars.count - position.column + 1)
            lines.append("    \(sourceLine)")
            lines.append("    \(indent)^\(String(repeating: "~", count: max(0, min(length, available) - 1)))")
        }
        lines += notes.map { "    note: \($0)" }
        return lines.joined(separator: "\n")
    }
}

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
        self.init([Diagnostic(position: SourcePosition(file: option, line: 0, column: 0), message: message)])
    }

    public var description: String {
        let count = diagnostics.count == 1 ? "1 error" : "\(diagnostics.count) errors"
        return diagnostics.map(\.description).joined(separator: "\n") + "\n\(count)"
    }
}

/// Gathers mistakes while configurations are read, with the texts that they quote.
public final class DiagnosticCollector {
    public private(set) var diagnostics: [Diagnostic] = []
    private var lines: [String: [Substring]] = [:]

    public init() {}

    /// Remembers a text, so that messages can show its lines.
    public func register(_ text: String, as file: String) {
        lines[file] = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// Adds a mistake that underlines `length` scalars from a position.
    public func error(_ message: String, at position: SourcePosition, length: Int = 1, notes: [String] = []) {
        let sourceLine = lines[position.file].flatMap { lines -> String? in
            guard lines.indices.contains(position.line - 1) else { return nil }
            let line = lines[position.line - 1]
            return line.allSatisfy(\.isWhitespace) ? nil : String(line)
        }
        diagnostics.append(
            Diagnostic(position: position, message: message, sourceLine: sourceLine, length: length, notes: notes))
    }

    public func error(_ message: String, at node: ConfigurationNode, notes: [String] = []) {
        error(message, at: node.position, length: node.length, notes: notes)
    }

    public func error(_ message: String, atKey entry: ConfigurationNode.Entry, notes: [String] = []) {
        error(message, at: entry.position, length: entry.keyLength, notes: notes)
    }

    public func throwIfAny() throws(ConfigurationErrors) {
        if !diagnostics.isEmpty { throw ConfigurationErrors(diagnostics) }
    }
}
