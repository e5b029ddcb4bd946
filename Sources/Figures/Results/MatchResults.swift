/// When an arm matches a baseline: which rows of `matches.csv` a figure reads.
///
/// The rule itself is the harness's, which wrote them: the first evaluation at which the mean of the last `smoothing` test
/// accuracies is at least the best such mean of the baseline with the same seed.
struct MatchRule: Sendable, Equatable {
    /// The arm whose best accuracy is matched.
    let baseline: String
    /// How many consecutive evaluations are averaged.
    let smoothing: Int
    /// The statistics of batch normalization; nil for those that count.
    let statistics: StatisticsSource?

    static let options = [
        FigureOption(name: "baseline", meaning: "the arm whose best accuracy is to be matched"),
        FigureOption(
            name: "smoothing", meaning: "how many consecutive evaluations an accuracy is averaged over; 1 by default"),
        .statistics,
    ]

    /// The rule that a figure's options state.
    init(_ options: FigureOptions) throws(FigureError) {
        baseline = try options.required("baseline", "the arm whose best accuracy is to be matched")
        smoothing = try options.count("smoothing") ?? 1
        statistics = try options.choice("statistics")
    }

    /// The rule in a sentence for the footnote.
    func sentence(baseline label: String) -> String {
        let smoothed = smoothing == 1 ? "accuracy" : "mean accuracy over \(smoothing) evaluations"
        return
            "An arm matches \(label) at the first evaluation at which its \(smoothed) is at least the best of \(label) with the same seed."
    }
}

/// When one run matches the baseline.
struct RunMatch: Sendable, Equatable {
    /// How it came out.
    enum Status: String, CaseIterable, Sendable {
        case matched
        case notMatched = "not-matched"
        case diverged
    }

    let seed: Int
    let status: Status
    /// The accuracy that is to be matched.
    let target: Double
    /// The steps until then; where it is not matched all steps of the run, which are then a lower bound.
    let steps: Double
    /// The best accuracy; nil where the run diverged.
    let best: Double?
}

/// When the runs of one arm match the baseline.
struct ArmMatch: Sendable {
    let arm: ArmRecord
    let runs: [RunMatch]

    var matched: [RunMatch] { runs.filter { $0.status == .matched } }
    var divergedCount: Int { runs.count { $0.status == .diverged } }
    var isDiverged: Bool { divergedCount == runs.count }
    /// The steps over seeds, those that never match counted as all of their run.
    var steps: SeedStatistics { SeedStatistics(runs.map(\.steps)) }
    /// The best accuracy over the seeds that finished.
    var best: SeedStatistics { SeedStatistics(runs.compactMap(\.best)) }

    /// How many steps it takes: `1250 ± 80`, `≥ 4300 (2 of 3)`, `never`, `diverged`.
    var stepsWords: String {
        if isDiverged { return "diverged" }
        if matched.isEmpty { return "never" }
        let mean = Phrase.grouped(Int(steps.mean.rounded()))
        guard matched.count == runs.count else {
            return "≥ \(mean) (\(matched.count) of \(runs.count))"
        }
        return mean + (steps.deviation.map { " ± \(Phrase.grouped(Int($0.rounded())))" } ?? "")
    }

    /// Its steps relative to another arm's, seed by seed.
    func stepRatio(to reference: ArmMatch) -> PairedEffect {
        pairs(with: reference) { run, other in
            PairedEffect.Pair(
                run.steps, other.steps, isFirstKnown: run.status == .matched, isSecondKnown: other.status == .matched)
        }.ratio
    }

    /// Its best accuracy less another arm's, seed by seed.
    func accuracyDifference(from reference: ArmMatch) -> PairedEffect {
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
    /// When the runs of arms match a baseline; arms without such a run are left out.
    func matches(_ rule: MatchRule, arms: [ArmRecord]) throws(FigureError) -> [ArmMatch] {
        do {
            let runs = try matchesByArm(rule)
            let found = arms.compactMap { arm in runs[arm.name].map { ArmMatch(arm: arm, runs: $0) } }
            guard !found.isEmpty else {
                throw FigureError.nothingToDraw(
                    reason: "matches.csv compares none of these arms with '\(rule.baseline)': run the experiment first")
            }
            return found
        } catch let error as CSVError {
            throw .data(error)
        } catch let error as FigureError {
            throw error
        } catch {
            throw .nothingToDraw(reason: "\(error)")
        }
    }

    /// The arm that a rule compares with.
    func baseline(_ rule: MatchRule) throws(FigureError) -> ArmRecord {
        guard let arm = arms.first(where: { $0.name == rule.baseline }) else {
            throw .badOption(
                "baseline", value: rule.baseline, expected: "an arm among \(arms.map(\.name).joined(separator: ", "))")
        }
        return arm
    }

    private func matchesByArm(_ rule: MatchRule) throws(CSVError) -> [String: [RunMatch]] {
        let table = try table("matches.csv")
        let smoothings = try table.integers("smoothing")
        let statistics = try table.texts("statistics")
        let rows = try table.rows(where: "baseline", is: rule.baseline).filter {
            smoothings[$0] == rule.smoothing && statistics[$0] == rule.statistics?.rawValue ?? ""
        }
        let arms = try table.texts("arm", rows: rows)
        let seeds = try table.integers("seed", rows: rows)
        let words = try table.texts("status", rows: rows)
        let targets = try table.numbers("target", rows: rows)
        let steps = try table.numbers("steps", rows: rows)
        let bests = try table.numbers("best-accuracy", rows: rows)
        var runs: [String: [RunMatch]] = [:]
        for index in rows.indices {
            guard let status = RunMatch.Status(rawValue: words[index]) else {
                throw .unknownWord(
                    file: table.file, line: table.line(ofRow: rows[index]), column: "status", found: words[index],
                    expected: RunMatch.Status.allCases.map(\.rawValue))
            }
            runs[arms[index], default: []].append(
                RunMatch(
                    seed: seeds[index], status: status, target: targets[index] ?? .nan, steps: steps[index] ?? .nan,
                    best: bests[index]))
        }
        return runs
    }
}
