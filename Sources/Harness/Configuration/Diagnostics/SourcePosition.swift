/// A place in a configuration: a file (as shown to people), a line and a column, both from 1.
///
/// Columns count Unicode scalars, as libYAML does. The "file" of a command line override is its option, `--set`.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The file, relative to the repository's root.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column in Unicode scalars, from 1.
    public let column: Int

    /// A place in a file.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, the form that editors and terminals turn into a link.
    public var description: String { "\(file):\(line):\(column)" }
}

extension SourcePosition: Comparable {
    /// By file, then line, then column: the order in which messages are shown.
    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
