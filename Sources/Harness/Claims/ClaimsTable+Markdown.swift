extension ClaimsTable {
    /// The claims as rows of a Markdown table with the columns experiment, the paper says, claim, measured and verdict.
    ///
    /// - Parameter experiment: the experiment's name, which stands in the first row only.
    public func markdownRows(experiment: String) -> String {
        results.enumerated().map { index, result in
            let name = index == 0 ? "`\(experiment)`" : ""
            let cells = [
                name, result.claim.paper, result.claim.statement, result.evidence, "**\(result.verdict.rawValue)**",
            ]
            return "| " + cells.map(Self.escaped).joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }

    /// The heading of that table.
    public static let markdownHeading =
        "| experiment | the paper says | claim | measured | verdict |\n|---|---|---|---|---|"

    /// A bar would end the cell.
    private static func escaped(_ cell: String) -> String {
        String(cell.flatMap { $0 == "|" ? ["\\", "|"] : [$0] })
    }
}
