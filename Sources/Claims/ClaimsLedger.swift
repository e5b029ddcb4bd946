import Results

/// The claims of all experiments: who makes each, who disputes it, and what the results at hand say.
public struct ClaimsLedger: Sendable {
    struct Part: Sendable {
        /// The name of its folder: the experiment's, with what was varied.
        let name: String
        let title: String
        let source: String
        let results: [ClaimResult]
    }

    let parts: [Part]

    /// The claims of experiments, with verdicts where there are results.
    public init(_ summaries: [ExperimentSummary]) {
        parts = summaries.map { summary in
            let experiment = summary.runs.experiment
            return Part(
                name: experiment.name, title: experiment.title, source: experiment.source, results: summary.claims)
        }
    }

    /// The ledger for the terminal: a table for each experiment, and the counts.
    ///
    /// - Parameter width: columns of the terminal; at least 60 are used.
    public func text(width: Int) -> String {
        let tables = parts.map { part in
            let table = WrappedTable(
                titles: ["claim", "statement", "source", "verdict"],
                rows: part.results.map { [$0.claim.id, $0.claim.statement, $0.claim.sources, $0.outcome] },
                lastWidth: Verdict.width)
            return (["\(part.name): \(part.title)", "\(part.source)", ""] + table.lines(width: width))
                .joined(separator: "\n")
        }
        return (tables + [count]).joined(separator: "\n") + "\n"
    }

    /// How many claims there are, of how many experiments, and what became of them.
    var count: String {
        let results = parts.flatMap(\.results)
        let disputed = results.count { $0.claim.disputedBy != nil }
        return
            "\(Phrase.count(results.count, "claim")) of \(Phrase.count(parts.count, "experiment")), \(disputed) disputed: "
            + Self.counts(results)
    }

    /// How many claims have each outcome, those that there are: `3 reproduced, 1 no result`.
    public static func counts(_ results: [ClaimResult]) -> String {
        let words = Verdict.allCases.map(\.rawValue) + [ClaimResult.noResult]
        let counts = words.map { word in (word, results.count { $0.outcome == word }) }.filter { $0.1 > 0 }
        return counts.isEmpty ? "no claims" : counts.map { "\($1) \($0)" }.joined(separator: ", ")
    }
}

// MARK: In Markdown

extension ClaimsLedger {
    /// The ledger as one Markdown table with a row for each claim below a row for its experiment, and the counts.
    ///
    /// - Parameters:
    ///   - isBrief: whether names of claims and what was measured are left out.
    ///   - link: where a name is linked to: the experiment's file as seen from the document; nil for none.
    public func markdown(isBrief: Bool, link: (String) -> String?) -> String {
        let titles = (isBrief ? [] : ["name"]) + ["claim", "source"] + (isBrief ? [] : ["measured"]) + ["verdict"]
        var lines = [Phrase.markdownRow(titles), "|" + String(repeating: "---|", count: titles.count)]
        for part in parts {
            let name = link(part.name).map { "[`\(part.name)`](\($0))" } ?? "`\(part.name)`"
            let counts = Self.counts(part.results)
            let heading = ["**\(name)** \(part.title)", part.source]
            lines.append(Phrase.markdownRow(isBrief ? heading + [counts] : [""] + heading + ["", counts]))
            for result in part.results {
                let claim = result.claim
                let source = claim.source + (claim.disputedBy.map { "<br>*Disputed by* \($0)" } ?? "")
                let cells = (isBrief ? [] : ["`\(claim.id)`"]) + [claim.statement, source]
                lines.append(Phrase.markdownRow(cells + (isBrief ? [] : [result.evidence]) + ["**\(result.outcome)**"]))
            }
        }
        return (lines + ["", count + "."]).joined(separator: "\n")
    }
}

// MARK: Of one experiment

/// Claims as a table for the terminal: where each comes from, what it says, what was found, and the verdict.
public struct ClaimsTable: Sendable {
    let results: [ClaimResult]

    public init(_ results: [ClaimResult]) { self.results = results }

    /// The table's lines.
    ///
    /// - Parameter width: columns of the terminal; at least 60 are used.
    public func text(width: Int) -> String {
        guard !results.isEmpty else { return "no claims\n" }
        let table = WrappedTable(
            titles: ["claim", "source", "measured here", "verdict"],
            rows: results.map {
                [$0.claim.id, $0.claim.sources, "\($0.claim.statement)\n\($0.evidence)", $0.outcome]
            }, lastWidth: Verdict.width)
        return (table.lines(width: width) + [ClaimsLedger.counts(results)]).joined(separator: "\n") + "\n"
    }
}
