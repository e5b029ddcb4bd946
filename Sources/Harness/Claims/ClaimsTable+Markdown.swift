extension ClaimsTable {
    /// The claims as rows of a Markdown table.
    ///
    /// - Parameters:
    ///   - experiment: the experiment's name, which stands in the first row only.
    ///   - isBrief: whether the column of what was measured is left out.
    public func markdownRows(experiment: String, isBrief: Bool) -> String {
        results.enumerated().map { index, result in
            let name = index == 0 ? "`\(experiment)`" : ""
            let measured = isBrief ? [] : [result.evidence]
            let cells =
                [name, result.claim.paper, result.claim.statement] + measured + ["**\(result.verdict.rawValue)**"]
            return Self.row(cells.map(Self.escaped))
        }.joined(separator: "\n")
    }

    /// The heading of that table.
    public static func markdownHeading(isBrief: Bool) -> String {
        let titles = ["experiment", "the paper says", "claim"] + (isBrief ? [] : ["measured"]) + ["verdict"]
        return row(titles) + "\n|" + String(repeating: "---|", count: titles.count)
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    /// A bar would end the cell.
    private static func escaped(_ cell: String) -> String {
        String(cell.flatMap { $0 == "|" ? ["\\", "|"] : [$0] })
    }
}
