import Results

/// When each run matches the baselines that the experiment's figures name: the rows of `matches.csv`.
///
/// The numbers are those of claims: both are measured by ``Measuring``. Figures read them and know no rule of their own.
struct MatchesTable {
    /// The rules of all figures, each once, in the order of the figures.
    let rules: [MatchRule]
    /// The table, its header first.
    let rows: [[CSVField]]

    /// Measures the runs.
    ///
    /// - Throws: `FileError` or `CSVError`.
    init(_ runs: ExperimentRuns) throws {
        var rules: [MatchRule] = []
        for rule in runs.experiment.figures.compactMap(\.match) where !rules.contains(rule) { rules.append(rule) }
        self.rules = rules
        let header: [CSVField] = [
            "baseline", "smoothing", "statistics", "arm", "seed", "status", "target", "steps", "best-accuracy",
        ]
        rows = try [header] + rules.flatMap { try Self.rows($0, runs) }
    }

    private static func rows(_ rule: MatchRule, _ runs: ExperimentRuns) throws -> [[CSVField]] {
        let measuring = Measuring(runs: runs, statistics: rule.statistics, smoothing: rule.smoothing)
        let target = ClaimMeasure.Target.bestOf(arm: rule.baseline)
        return try runs.experiment.arms.flatMap { runs.complete($0.name) }.compactMap { run -> [CSVField]? in
            guard let goal = measuring.goal(.testAccuracy, target, seed: run.seed),
                let steps = try measuring.value(.stepsTo(.testAccuracy, target: target), of: run)
            else { return nil }
            let isDiverged = run.manifest.status == .diverged
            let status: RunMatch.Status = isDiverged ? .diverged : steps.bound == .exact ? .matched : .notMatched
            let best = isDiverged ? nil : try measuring.value(.best(.testAccuracy), of: run)
            return [
                .text(rule.baseline), .integer(rule.smoothing), .optional(rule.statistics?.rawValue),
                .text(run.arm), .text("\(run.seed)"), .text(status.rawValue), .number(goal), .integer(Int(steps.value)),
                .optional(best?.value),
            ]
        }
    }
}
