import Declarations
import Engine
import Foundation
import Results
import Vocabulary

/// Writes what the figures and a reader need to know about an experiment: small tables in its folder, from its declaration
/// and its runs' folders alone.
public struct ExperimentSummary: Sendable {
    /// The runs that it is about.
    public let runs: ExperimentRuns
    /// What the experiment's ensembles came to.
    public let ensembles: EnsembleAccuracies
    /// The claims and their verdicts.
    public let claims: [ClaimResult]

    /// Reads the folders of an experiment's runs and decides its claims. Tables of complete runs that are missing and can be
    /// computed from their others are written first.
    ///
    /// - Throws: `ConfigurationErrors` for an unknown profile; `FileError` or `CSVError` for a damaged file.
    public init(_ experiment: Experiment, profile: String, resultsRoot: URL) throws {
        runs = try ExperimentRuns(experiment, profile: profile, resultsRoot: resultsRoot)
        try runs.writeMissingDerivedTables()
        ensembles = try EnsembleAccuracies(runs)
        claims = try ClaimEvaluator(runs, ensembles).results()
    }

    /// What a reader of the numbers must know, a line each.
    public var remarks: [String] { runs.remarks + ensembles.remarks }

    /// Writes experiment.csv, arms.csv, runs.csv, figures.csv, settings.csv, summary.csv and claims.csv, each as a whole; and
    /// quantities.csv, matches.csv and ensembles.csv where the experiment declares what stands in them.
    ///
    /// - Throws: `FileError` or `CSVError`.
    public func write() throws {
        try AtomicFile.createFolder(runs.folder)
        var tables = [
            ("experiment.csv", facts), ("arms.csv", arms), ("runs.csv", runTable), ("figures.csv", figures),
            ("settings.csv", settings), ("summary.csv", summary), ("claims.csv", claimTable),
        ]
        let quantities = runs.quantities
        if !quantities.isEmpty { tables.append(("quantities.csv", QuantityTable.rows(of: quantities))) }
        let matches = try MatchesTable(runs)
        if !matches.rules.isEmpty { tables.append(("matches.csv", matches.rows)) }
        if !runs.experiment.ensembles.isEmpty { tables.append(("ensembles.csv", ensembles.rows)) }
        for (name, rows) in tables {
            try AtomicFile.write(CSVField.bytes(rows: rows), to: runs.folder.appendingPathComponent(name))
        }
    }

    // MARK: What was declared

    private var facts: [[CSVField]] {
        let experiment = runs.experiment
        let seeds = Set(runs.runs.map(\.seed)).sorted().map(String.init).joined(separator: " ")
        let facts = [
            ("experiment", experiment.name), ("title", experiment.title), ("source", experiment.source),
            ("question", experiment.question), ("dataset", runs.dataset?.name ?? "none"),
            ("dataset-checksum", runs.dataset?.checksum ?? ""),
            ("synthetic", runs.dataset?.synthetic == true ? "true" : "false"), ("profile", runs.profile.name),
            ("loss", loss), ("steps", "\(runs.profile.steps)"), ("seeds", seeds),
            ("numerics-version", "\(runs.runs.first?.manifest.numericsVersion ?? numericsVersion)"),
        ]
        return [["key", "value"]] + facts.map { [.text($0.0), .text($0.1)] }
    }

    /// What all arms are trained by; empty where it is not the same.
    private var loss: String {
        let kinds = Set(runs.experiment.arms.map { type(of: $0.configuration(in: runs.profile).loss).kind })
        return kinds.count == 1 ? kinds.first ?? "" : ""
    }

    private var arms: [[CSVField]] {
        let groups = runs.experiment.arms.map(\.group).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        return [["arm", "label", "order", "color", "description"]]
            + runs.experiment.arms.enumerated().map { order, arm in
                // The points of a swept arm share its colour: there are more of them than colours.
                let color = groups.firstIndex(of: arm.group) ?? order
                return [
                    .text(arm.name), .text(arm.label), .integer(order), .integer(color), .text(arm.description),
                ]
            }
    }

    private var figures: [[CSVField]] {
        [["figure", "kind", "option", "value"]]
            + runs.experiment.figures.flatMap { figure -> [[CSVField]] in
                let place: [CSVField] = [.text(figure.name), .text(figure.kind)]
                if figure.options.isEmpty { return [place + [.empty, .empty]] }
                return figure.options.map { place + [.text($0.name), .text($0.value)] }
            }
    }

    /// The settings that are not the same in all arms.
    private var settings: [[CSVField]] {
        let arms = runs.experiment.arms.map { arm in
            let settings = arm.configuration(in: runs.profile).settings.map { ($0.key, $0.value) }
            return (name: arm.name, settings: settings, byKey: Dictionary(settings, uniquingKeysWith: { $1 }))
        }
        return [["arm", "key", "value"]]
            + arms.flatMap { arm in
                arm.settings.filter { key, value in arms.contains { $0.byKey[key] != value } }
                    .map { [.text(arm.name), .text($0), .text($1)] }
            }
    }

    // MARK: What was found

    private var runTable: [[CSVField]] {
        let header: [CSVField] = [
            "arm", "seed", "status", "steps", "diverged-at", "train-loss", "test-accuracy", "test-loss",
            "best-test-accuracy", "best-step", "seconds", "images-per-second",
        ]
        return [header]
            + runs.runs.map { run in
                let manifest = run.manifest
                let status = manifest.status.isComplete ? manifest.status : .interrupted
                let best = run.curves?.best(.testAccuracy)
                return [
                    .text(run.arm), .text("\(run.seed)"), .text(status.rawValue), .integer(manifest.step),
                    .optional(manifest.divergedAt), .optional(run.curves?.final(.trainLoss)),
                    .optional(run.curves?.final(.testAccuracy)), .optional(run.curves?.final(.testLoss)),
                    .optional(best?.value), .optional(best?.step), .number(manifest.seconds),
                    .number(manifest.imagesPerSecond),
                ]
            }
    }

    /// Metrics over the seeds of each arm. Runs that diverged are no part of a mean but are counted.
    private var summary: [[CSVField]] {
        var rows: [[CSVField]] = [["arm", "metric", "n", "mean", "deviation", "minimum", "maximum"]]
        for arm in runs.experiment.arms {
            let complete = runs.complete(arm.name)
            if complete.isEmpty { continue }
            let finished = complete.filter { $0.manifest.status == .finished }.compactMap(\.curves)
            func add(_ metric: String, _ values: [Double?]) {
                let values = values.compactMap(\.self)
                guard !values.isEmpty else { return }
                let statistics = SampleStatistics(values)
                rows.append([
                    .text(arm.name), .text(metric), .integer(statistics.count), .number(statistics.mean),
                    .optional(statistics.deviation), .number(statistics.minimum), .number(statistics.maximum),
                ])
            }
            add("diverged", complete.map { $0.manifest.status == .diverged ? 1 : 0 })
            add("test-accuracy", finished.map { $0.final(.testAccuracy) })
            for source in StatisticsSource.allCases
            where finished.contains(where: { $0.accuracies[source] != nil }) {
                add("test-accuracy/\(source.rawValue)", finished.map { $0.final(.testAccuracy, statistics: source) })
            }
            add("best-test-accuracy", finished.map { $0.best(.testAccuracy)?.value })
            add("best-step", finished.map { $0.best(.testAccuracy).map { Double($0.step) } })
            add("test-loss", finished.map { $0.final(.testLoss) })
            add("train-loss", finished.map { $0.final(.trainLoss) })
        }
        return rows
    }

    private var claimTable: [[CSVField]] {
        let header: [CSVField] = [
            "claim", "paper", "disputed-by", "statement", "measure", "arm", "with", "n", "arm-mean", "arm-deviation",
            "with-mean", "with-deviation", "difference", "low", "high", "minimum-effect", "verdict", "note",
        ]
        return [header]
            + claims.map { result in
                let (claim, comparison) = (result.claim, result.comparison)
                let hasNumbers = !comparison.seeds.isEmpty
                var numbers: [CSVField] = [
                    .number(comparison.arm.mean), .optional(comparison.arm.deviation), .number(comparison.other.mean),
                    .optional(comparison.other.deviation), .number(comparison.difference),
                    .optional(comparison.interval?.lowerBound), .optional(comparison.interval?.upperBound),
                ]
                if !hasNumbers { numbers = numbers.map { _ in .empty } }
                return [
                    .text(claim.id), .text(claim.source), .optional(claim.disputedBy),
                    .text(claim.statement), .text(claim.measure.description),
                    .text(result.arm ?? claim.arm.pattern), .text(result.other), .integer(comparison.seeds.count),
                ] + numbers + [
                    .text(ClaimText.threshold(claim, comparison)), .text(result.verdict.rawValue),
                    .text(result.notes.joined(separator: "; ")),
                ]
            }
    }
}
