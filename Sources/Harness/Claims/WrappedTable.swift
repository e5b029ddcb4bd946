/// A table of claims for the terminal: a name, two columns of sentences that are wrapped, and a verdict.
struct WrappedTable {
    /// The columns' titles: four.
    let titles: [String]
    /// The rows, four cells each; a line end in a cell is one in the table.
    let rows: [[String]]

    /// The table's lines, an empty one after each row.
    ///
    /// - Parameter width: columns of the terminal; at least 60 are used.
    func lines(width: Int) -> [String] {
        let gaps = 3 * 2
        let name = min(26, max(5, rows.map { $0[0].count }.max() ?? 0))
        let verdict = Verdict.notReproduced.rawValue.count
        let rest = max(60, width) - name - verdict - gaps
        let first = rest * 2 / 5
        let widths = [name, first, rest - first, verdict]
        var lines = Self.row(titles, widths)
        lines += Self.row(widths.map { String(repeating: "─", count: $0) }, widths)
        for row in rows { lines += Self.row(row, widths) + [""] }
        return lines
    }

    /// The lines of a row whose cells are wrapped to their columns.
    private static func row(_ cells: [String], _ widths: [Int]) -> [String] {
        let columns = zip(cells, widths).map { wrap($0, to: $1) }
        return (0..<(columns.map(\.count).max() ?? 0)).map { index in
            var line = ""
            for (column, width) in zip(columns, widths) {
                let cell = index < column.count ? column[index] : ""
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Lines of at most `width` characters, broken between words; a word that is longer is broken itself.
    static func wrap(_ text: String, to width: Int) -> [String] {
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
