/// Claims as a table for the terminal: what the paper says, what we claim and found, and the verdict.
public struct ClaimsTable: Sendable {
    let results: [ClaimResult]

    /// A table of claims.
    public init(_ results: [ClaimResult]) { self.results = results }

    /// The table's lines.
    ///
    /// - Parameter width: columns of the terminal; at least 60 are used.
    public func text(width: Int) -> String {
        guard !results.isEmpty else { return "no claims\n" }
        let gaps = 3 * 2
        let name = min(26, max(5, results.map(\.claim.id.count).max() ?? 0))
        let verdict = Verdict.notReproduced.rawValue.count
        let rest = max(60, width) - name - verdict - gaps
        let paper = rest * 2 / 5
        let widths = [name, paper, rest - paper, verdict]

        var lines = Self.row(["claim", "the paper says", "measured here", "verdict"], widths)
        lines += Self.row(widths.map { String(repeating: "─", count: $0) }, widths)
        for result in results {
            let ours = "\(result.claim.statement)\n\(result.evidence)"
            lines += Self.row([result.claim.id, result.claim.paper, ours, result.verdict.rawValue], widths)
            lines.append("")
        }
        let counts = Verdict.allCases.map { verdict in
            "\(results.count { $0.verdict == verdict }) \(verdict.rawValue)"
        }
        lines.append(counts.joined(separator: ", "))
        return lines.joined(separator: "\n") + "\n"
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
