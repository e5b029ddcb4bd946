/// Rows of words in columns that stand below each other.
package struct TextTable {
    /// The rows; they may have different numbers of cells.
    package var rows: [[String]]
    /// Columns of numbers, which end below each other.
    package var rightAligned: Set<Int> = []
    /// The widest that a column is made for its cells' sake; a wider cell pushes those behind it.
    package var widest = Int.max

    package init(rows: [[String]], rightAligned: Set<Int> = [], widest: Int = .max) {
        self.rows = rows
        self.rightAligned = rightAligned
        self.widest = widest
    }

    /// The rows, a line each, columns two spaces apart, without trailing spaces.
    package var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.filter { $0 <= widest }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                guard rightAligned.contains(column) else { return Phrase.padded(cell, to: widths[column]) }
                return String(repeating: " ", count: max(0, widths[column] - cell.count)) + cell
            }
            return Phrase.trimmed(cells.joined(separator: "  ")) + "\n"
        }.joined()
    }
}

/// A table for the terminal: a name, two columns of sentences that are wrapped, and a word.
package struct WrappedTable {
    package let titles: [String]
    /// The rows, four cells each; a line end in a cell is one in the table.
    package let rows: [[String]]
    /// The width of the last column.
    package let lastWidth: Int

    package init(titles: [String], rows: [[String]], lastWidth: Int) {
        self.titles = titles
        self.rows = rows
        self.lastWidth = lastWidth
    }

    /// The table's lines, an empty one after each row.
    ///
    /// - Parameter width: columns of the terminal; at least 60 are used.
    package func lines(width: Int) -> [String] {
        let gaps = 3 * 2
        let name = min(26, max(5, rows.map { $0[0].count }.max() ?? 0))
        let rest = max(60, width) - name - lastWidth - gaps
        let first = rest * 2 / 5
        let widths = [name, first, rest - first, lastWidth]
        var lines = Self.row(titles, widths)
        lines += Self.row(widths.map { String(repeating: "─", count: $0) }, widths)
        for row in rows { lines += Self.row(row, widths) + [""] }
        return lines
    }

    /// The lines of a row whose cells are wrapped to their columns.
    private static func row(_ cells: [String], _ widths: [Int]) -> [String] {
        let columns = zip(cells, widths).map { wrap($0, to: $1) }
        return (0..<(columns.map(\.count).max() ?? 0)).map { index in
            let cells = zip(columns, widths).map { column, width in
                Phrase.padded(index < column.count ? column[index] : "", to: width + 2)
            }
            return Phrase.trimmed(cells.joined())
        }
    }

    /// Lines of at most `width` characters, broken between words; a word that is longer is broken itself.
    package static func wrap(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                var word = String(word)
                if !line.isEmpty, line.count + 1 + word.count <= width {
                    line += " " + word
                    continue
                }
                if !line.isEmpty { lines.append(line) }
                while word.count > width {
                    lines.append(String(word.prefix(width)))
                    word.removeFirst(width)
                }
                line = word
            }
            lines.append(line)
        }
        return lines
    }
}

/// A table of results as people read it.
public struct ResultTable: Equatable, Sendable {
    public var title: String
    public var header: [String]
    /// The rows, a field for each column.
    public var rows: [[String]]
    /// How many columns from the left are words; the others are numbers.
    public var wordColumns: Int
    public var notes: [String] = []

    public init(title: String, header: [String], rows: [[String]], wordColumns: Int, notes: [String] = []) {
        self.title = title
        self.header = header
        self.rows = rows
        self.wordColumns = wordColumns
        self.notes = notes
    }

    /// The table in aligned columns: words to the left, numbers to the right.
    public var text: String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let rule = widths.map { String(repeating: "-", count: $0) }
        let table = TextTable(
            rows: [header, rule] + rows, rightAligned: Set(wordColumns..<max(wordColumns, header.count)))
        let lines = table.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "  \($0)" }
        return ([title] + lines + notes.map { "  \($0)" }).joined(separator: "\n")
    }

    /// The table in Markdown; long ones unfold.
    public var markdown: String {
        let rule = header.indices.map { $0 < wordColumns ? "---" : "---:" }
        let below = notes.isEmpty ? [] : [""] + notes
        let table =
            [Phrase.markdownRow(header), "|\(rule.joined(separator: "|"))|"] + rows.map(Phrase.markdownRow) + below
        let isLong = rows.count > 24
        let above = isLong ? ["<details><summary>\(title)</summary>", ""] : [title, ""]
        return (above + table + (isLong ? ["", "</details>"] : [])).joined(separator: "\n")
    }
}
