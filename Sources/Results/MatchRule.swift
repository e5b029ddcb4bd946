import Vocabulary

/// When an arm matches another: at the first evaluation at which the mean of its last `smoothing` test accuracies is at least
/// the best such mean of the baseline with the same seed.
///
/// Claims with the measure `steps-to`, the target `best-of(BASELINE)` and the same smoothing and statistics follow the same
/// rule, in the same code: ``RunCurves/smoothed(_:statistics:smoothing:)`` and ``Curve/reaching(_:isHigherBetter:)``.
public struct MatchRule: Sendable, Hashable {
    /// The arm whose best accuracy is matched.
    public let baseline: String
    public let smoothing: Int
    /// The statistics of batch normalization; nil for those that count.
    public let statistics: StatisticsSource?

    public init(baseline: String, smoothing: Int = 1, statistics: StatisticsSource? = nil) {
        self.baseline = baseline
        self.smoothing = smoothing
        self.statistics = statistics
    }
}

extension Curve {
    /// The first step whose value reaches a goal, and how many steps before it that may have happened: what happens between two
    /// evaluations is seen at the second. Reached before the first step counts as the first, since a ratio to nothing is none.
    package func reaching(_ goal: Double, isHigherBetter: Bool) -> (step: Int, resolution: Int)? {
        guard let index = values.firstIndex(where: { isHigherBetter ? $0 >= goal : $0 <= goal }) else { return nil }
        let step = max(steps[index], 1)
        return (step, step - (index > 0 ? max(steps[index - 1], 1) : 1))
    }
}

/// When one run matches the baseline.
package struct RunMatch: Sendable, Equatable {
    package enum Status: String, CaseIterable, Sendable {
        case matched
        case notMatched = "not-matched"
        case diverged
    }

    package let seed: Int
    package let status: Status
    package let target: Double
    /// The steps until then; where it is not matched all steps of the run, which are then a lower bound.
    package let steps: Double
    /// The best accuracy; nil where the run diverged.
    package let best: Double?
}

/// When the runs of one arm match the baseline.
package struct ArmMatch: Sendable {
    package let arm: ArmRecord
    package let runs: [RunMatch]

    package var matched: [RunMatch] { runs.filter { $0.status == .matched } }
    package var divergedCount: Int { runs.count { $0.status == .diverged } }
    package var isDiverged: Bool { divergedCount == runs.count }
    /// The steps over seeds, those that never match counted as all of their run.
    package var steps: SampleStatistics { SampleStatistics(runs.map(\.steps)) }
    /// The best accuracy over the seeds that finished.
    package var best: SampleStatistics { SampleStatistics(runs.compactMap(\.best)) }

    /// How many steps it takes: `1250 ± 80`, `≥ 4300 (2 of 3)`, `never`, `diverged`.
    package var stepsWords: String {
        if isDiverged { return "diverged" }
        if matched.isEmpty { return "never" }
        let mean = Phrase.grouped(Int(steps.mean.rounded()))
        guard matched.count == runs.count else {
            return "≥ \(mean) (\(matched.count) of \(runs.count))"
        }
        return mean + (steps.deviation.map { " ± \(Phrase.grouped(Int($0.rounded())))" } ?? "")
    }

    /// Its steps relative to another arm's, seed by seed.
    package func stepRatio(to reference: ArmMatch) -> PairedEffect {
        pairs(with: reference) { run, other in
            PairedEffect.Pair(
                run.steps, other.steps, isFirstKnown: run.status == .matched, isSecondKnown: other.status == .matched)
        }.ratio
    }

    /// Its best accuracy less another arm's, seed by seed.
    package func accuracyDifference(from reference: ArmMatch) -> PairedEffect {
        pairs(with: reference) { run, other in
            run.best.flatMap { best in other.best.map { PairedEffect.Pair(best, $0) } }
        }.difference
    }

    private func pairs(
        with reference: ArmMatch, _ pair: (RunMatch, RunMatch) -> PairedEffect.Pair?
    ) -> [PairedEffect.Pair] {
        runs.compactMap { run in reference.runs.first { $0.seed == run.seed }.flatMap { pair(run, $0) } }
    }
}

extension ExperimentResults {
    /// When the runs of arms match a baseline, by `matches.csv`; arms without such a run are left out.
    package func matches(_ rule: MatchRule, arms selected: [ArmRecord]) throws(CSVError) -> [ArmMatch] {
        let table = try table("matches.csv")
        let smoothings = try table.integers("smoothing")
        let statistics = try table.texts("statistics")
        let rows = try table.rows(where: "baseline", is: rule.baseline).filter {
            smoothings[$0] == rule.smoothing && statistics[$0] == rule.statistics?.rawValue ?? ""
        }
        let arms = try table.texts("arm", rows: rows)
        let seeds = try table.integers("seed", rows: rows)
        let targets = try table.values("target", rows: rows)
        let steps = try table.values("steps", rows: rows)
        let bests = try table.numbers("best-accuracy", rows: rows)
        let statuses: [RunMatch.Status] = try table.words("status", rows: rows)
        let matches = rows.indices.map { index in
            RunMatch(
                seed: seeds[index], status: statuses[index], target: targets[index], steps: steps[index],
                best: bests[index])
        }
        let runs = Dictionary(grouping: zip(arms, matches), by: \.0)
        return selected.compactMap { arm in runs[arm.name].map { ArmMatch(arm: arm, runs: $0.map(\.1)) } }
    }
}
