/// A table of results as people read it.
public struct ResultTable: Equatable, Sendable {
    /// What it shows.
    public var title: String
    /// The columns' names.
    public var header: [String]
    /// The rows, a field for each column.
    public var rows: [[String]]
    /// How many columns from the left are words; the others are numbers.
    public var wordColumns: Int
    /// Sentences below the table.
    public var notes: [String] = []

    /// A table of its parts.
    public init(title: String, header: [String], rows: [[String]], wordColumns: Int, notes: [String] = []) {
        self.title = title
        self.header = header
        self.rows = rows
        self.wordColumns = wordColumns
        self.notes = notes
    }

    /// The table in aligned columns: words to the left, numbers to the right.
    public var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            let fields = row.enumerated().map { column, field in
                let space = String(repeating: " ", count: widths[column] - field.count)
                return column < wordColumns ? field + space : space + field
            }
            var text = "  " + fields.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }
        let rule = "  " + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        return ([title, line(header), rule] + rows.map(line) + notes.map { "  \($0)" }).joined(separator: "\n")
    }

    /// The table in Markdown; long ones unfold.
    public var markdown: String {
        func line(_ row: [String]) -> String {
            let escaped = row.map { field in
                field.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
            }
            return "| " + escaped.joined(separator: " | ") + " |"
        }
        let rule = header.indices.map { $0 < wordColumns ? "---" : "---:" }
        let below = notes.isEmpty ? [] : [""] + notes
        let table = [line(header), "|\(rule.joined(separator: "|"))|"] + rows.map(line) + below
        let isLong = rows.count > 24
        let above = isLong ? ["<details><summary>\(title)</summary>", ""] : [title, ""]
        return (above + table + (isLong ? ["", "</details>"] : [])).joined(separator: "\n")
    }
}
