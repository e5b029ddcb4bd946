extension ClaimsLedger {
    /// The ledger as one Markdown table with a row for each claim below a row for its experiment, and the counts.
    ///
    /// - Parameters:
    ///   - isBrief: whether names of claims and what was measured are left out.
    ///   - links: the folder of the experiment files as seen from the document, to which names are linked; nil for none.
    public func markdown(isBrief: Bool, links: String?) -> String {
        let titles = (isBrief ? [] : ["name"]) + ["claim", "source"] + (isBrief ? [] : ["measured"]) + ["verdict"]
        var lines = [Self.row(titles), "|" + String(repeating: "---|", count: titles.count)]
        for part in parts {
            let name = links.map { "[`\(part.name)`](\($0)/\(part.file).yaml)" } ?? "`\(part.name)`"
            let counts = Self.counts(part.results)
            let heading = ["**\(name)** \(part.title)", part.source]
            lines.append(Self.row(isBrief ? heading + [counts] : [""] + heading + ["", counts]))
            for result in part.results {
                let claim = result.claim
                let source = claim.source + (claim.disputedBy.map { "<br>*Disputed by* \($0)" } ?? "")
                let cells = (isBrief ? [] : ["`\(claim.id)`"]) + [claim.statement, source]
                lines.append(Self.row(cells + (isBrief ? [] : [result.evidence]) + ["**\(result.outcome)**"]))
            }
        }
        return (lines + ["", count + "."]).joined(separator: "\n")
    }

    /// A row; a bar would end a cell.
    private static func row(_ cells: [String]) -> String {
        let escaped = cells.map { cell in String(cell.flatMap { $0 == "|" ? ["\\", "|"] : [$0] }) }
        return "| " + escaped.joined(separator: " | ") + " |"
    }
}
