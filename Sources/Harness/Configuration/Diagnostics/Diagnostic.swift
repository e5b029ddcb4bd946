/// One mistake in a configuration, in the form compilers use.
///
///     Experiments/lenet.yaml:14:24: error: unknown key 'momentm' in 'optimizer.sgd'; did you mean 'momentum'?
///         optimizer: { sgd: { momentm: 0.9 } }
///                             ^~~~~~~
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    /// Where it is.
    public let position: SourcePosition
    /// What was found, what was expected, and a suggestion where there is a good one.
    public let message: String
    /// The text of the line, if the position is in a text.
    public let sourceLine: String?
    /// How many Unicode scalars are underlined.
    public let length: Int
    /// What else helps: the arm in which it happens, the first of two duplicates.
    public let notes: [String]

    /// A mistake at a place.
    public init(
        position: SourcePosition, message: String, sourceLine: String? = nil, length: Int = 1, notes: [String] = []
    ) {
        self.position = position
        self.message = message
        self.sourceLine = sourceLine
        self.length = length
        self.notes = notes
    }

    /// The message, the line, the caret and the notes.
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
