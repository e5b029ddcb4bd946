import Results

/// The claims of all experiments: who makes each, who disputes it, and what the results at hand say.
public struct ClaimsLedger: Sendable {
    /// The claims of one experiment.
    struct Part: Sendable {
        /// The name of its folder: the experiment's, with what was varied.
        let name: String
        let title: String
        let source: String
        let results: [ClaimResult]

        /// The name of its file.
        var file: String { String(name.prefix { $0 != "@" }) }
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
    static func counts(_ results: [ClaimResult]) -> String {
        let words = Verdict.allCases.map(\.rawValue) + [ClaimResult.noResult]
        let counts = words.map { word in (word, results.count { $0.outcome == word }) }.filter { $0.1 > 0 }
        return counts.isEmpty ? "no claims" : counts.map { "\($1) \($0)" }.joined(separator: ", ")
    }
}

extension ClaimResult {
    /// What is said of a claim that no seed has numbers for.
    static let noResult = "no result"

    /// The verdict, or that there is nothing to judge by.
    var outcome: String { comparison.seeds.isEmpty ? Self.noResult : verdict.rawValue }
}
