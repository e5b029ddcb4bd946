/// Rows of words in columns that stand below each other.
struct TextTable {
    var rows: [[String]]
    /// Columns of numbers, which end below each other.
    var rightAligned: Set<Int> = []
    /// The widest that a column is made for its cells' sake; a wider cell pushes those behind it.
    var widest = Int.max

    /// The rows, a line each, columns two spaces apart, without trailing spaces.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.filter { $0 <= widest }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                return rightAligned.contains(column) ? padding + cell : cell + padding
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
