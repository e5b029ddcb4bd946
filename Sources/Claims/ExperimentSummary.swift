import Foundation
import Results
import Vocabulary

/// What the figures and a reader need to know about an experiment: small tables in its folder, made from what it declares and
/// its runs' folders alone.
public struct ExperimentSummary: Sendable {
    public let runs: ExperimentRuns
    /// The claims and their verdicts, in declared order.
    public let claims: [ClaimResult]
    private let ensembles: EnsembleAccuracies
    /// The rules of all figures, each once.
    private let rules: [MatchRule]

    /// Reads the folders of an experiment's runs and decides its claims. Tables of complete runs that are missing and can be
    /// computed from their others are written first.
    ///
    /// - Parameters:
    ///   - experiment: the experiment in one profile.
    ///   - claims: its claims.
    ///   - rules: the rules by which its figures say that an arm matches another; one may stand there several times.
    ///   - resultsRoot: the folder of all results.
    /// - Throws: `FileError` or `CSVError` for a damaged file.
    public init(
        _ experiment: DeclaredExperiment, claims: [Claim], rules: [MatchRule] = [], resultsRoot: URL
    ) throws {
        runs = try ExperimentRuns(experiment, resultsRoot: resultsRoot)
        try runs.writeMissingDerivedTables()
        ensembles = try EnsembleAccuracies(runs)
        self.claims = try claims.map(ClaimEvaluator(runs, ensembles).result)
        self.rules = rules.distinct
    }

    /// What a reader of the numbers must know, a line each.
    public var remarks: [String] { runs.remarks + ensembles.remarks }

    /// Writes experiment.csv, arms.csv, runs.csv, settings.csv, summary.csv and claims.csv, each as a whole; and quantities.csv,
    /// matches.csv and ensembles.csv where the experiment declares what stands in them.
    ///
    /// - Parameter others: files that stand beside them, such as the figures that the experiment asks for.
    /// - Throws: `FileError` or `CSVError`.
    public func write(others: [(name: String, bytes: [UInt8])] = []) throws {
        try AtomicFile.createFolder(runs.folder)
        var tables = [
            ("experiment.csv", facts), ("arms.csv", arms), ("runs.csv", runTable), ("settings.csv", settings),
            ("summary.csv", summary), ("claims.csv", claimTable),
        ]
        let quantities = runs.experiment.quantities
        if !quantities.isEmpty { tables.append(("quantities.csv", QuantityTable.rows(of: quantities))) }
        if !rules.isEmpty { tables.append(("matches.csv", matches)) }
        if !runs.experiment.ensembles.isEmpty { tables.append(("ensembles.csv", ensembles.rows)) }
        for (name, bytes) in tables.map({ ($0.0, CSVField.bytes(rows: $0.1)) }) + others {
            try AtomicFile.write(bytes, to: runs.folder.appendingPathComponent(name))
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
            ("synthetic", runs.dataset?.synthetic == true ? "true" : "false"), ("profile", experiment.profile),
            ("loss", loss), ("steps", "\(experiment.steps)"), ("seeds", seeds),
            ("numerics-version", runs.runs.first.map { "\($0.manifest.numericsVersion)" } ?? ""),
        ]
        return [["key", "value"]] + facts.map { [.text($0.0), .text($0.1)] }
    }

    /// What all networks are trained by; empty where it is not the same.
    private var loss: String {
        let kinds = Set(runs.experiment.arms.map(\.loss)).subtracting([""])
        return kinds.count == 1 ? kinds.first ?? "" : ""
    }

    private var arms: [[CSVField]] {
        let groups = runs.experiment.arms.map(\.group).distinct
        return [["arm", "label", "order", "color", "description"]]
            + runs.experiment.arms.enumerated().map { order, arm in
                // The points of a swept arm share its colour: there are more of them than colours.
                let color = groups.firstIndex(of: arm.group) ?? order
                return [
                    .text(arm.name), .text(arm.label), .integer(order), .integer(color), .text(arm.description),
                ]
            }
    }

    /// The settings that are not the same in all arms.
    private var settings: [[CSVField]] {
        let arms = runs.experiment.arms.map { arm in
            (name: arm.name, settings: arm.settings, byKey: Dictionary(arm.settings, uniquingKeysWith: { $1 }))
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
            add("diverged", complete.map { $0.isDiverged ? 1 : 0 })
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
                    .text(result.arm ?? claim.arm), .text(result.other), .integer(comparison.seeds.count),
                ] + numbers + [
                    .text(result.threshold()), .text(result.verdict.rawValue),
                    .text(result.notes.joined(separator: "; ")),
                ]
            }
    }

    /// When each run matches the baselines that the experiment's figures name. The numbers are those of claims, read in the
    /// same way; figures know no rule of their own.
    private var matches: [[CSVField]] {
        let header: [CSVField] = [
            "baseline", "smoothing", "statistics", "arm", "seed", "status", "target", "steps", "best-accuracy",
        ]
        return [header] + rules.flatMap(matches)
    }

    private func matches(_ rule: MatchRule) -> [[CSVField]] {
        let reading = MetricReading(runs: runs, statistics: rule.statistics, smoothing: rule.smoothing)
        return runs.experiment.arms.flatMap { runs.complete($0.name) }.compactMap { run -> [CSVField]? in
            guard let goal = reading.goal(.testAccuracy, .bestOf(arm: rule.baseline), seed: run.seed),
                let steps = reading.steps(.testAccuracy, to: goal, of: run)
            else { return nil }
            let status: RunMatch.Status =
                run.isDiverged ? .diverged : steps.bound == .exact ? .matched : .notMatched
            let best = run.isDiverged ? nil : BestMeasure().value(of: run, reading)
            return [
                .text(rule.baseline), .integer(rule.smoothing), .optional(rule.statistics?.rawValue),
                .text(run.arm), .text("\(run.seed)"), .text(status.rawValue), .number(goal), .integer(Int(steps.value)),
                .optional(best?.value),
            ]
        }
    }
}
