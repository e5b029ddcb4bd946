import Results

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
        let table = WrappedTable(
            titles: ["claim", "the paper says", "measured here", "verdict"],
            rows: results.map {
                [$0.claim.id, $0.claim.sources, "\($0.claim.statement)\n\($0.evidence)", $0.verdict.rawValue]
            }, lastWidth: Verdict.width)
        let counts = Verdict.allCases.map { verdict in
            "\(results.count { $0.verdict == verdict }) \(verdict.rawValue)"
        }
        return (table.lines(width: width) + [counts.joined(separator: ", ")]).joined(separator: "\n") + "\n"
    }
}

extension ClaimDeclaration {
    /// Who says it and, on a line below, who says otherwise.
    var sources: String { source + (disputedBy.map { "\ndisputed by \($0)" } ?? "") }
}
