import Foundation

/// Takes the number that a claim asks for from a run.
///
/// A diverged run counts as the worst that there is: it never reaches a target, its accuracy is that of guessing and its
/// loss that of equal scores for all classes, or more. A target that is not reached counts as reached after the last
/// step, or later. Both are said in a remark.
struct Measuring {
    let runs: ExperimentRuns
    /// The statistics of batch normalization; nil for those that count.
    var statistics: StatisticsWord?
    /// Metrics of the test set are read as means over so many consecutive evaluations.
    var smoothing = 1

    /// The measurements of an arm by seed, and what kept runs from being measured.
    func values(_ measure: ClaimMeasure, of arm: String) throws -> (values: [UInt64: MeasuredValue], remarks: [String])
    {
        var values: [UInt64: MeasuredValue] = [:]
        var missing: [UInt64] = []
        for run in runs.complete(arm) {
            if let value = try value(measure, of: run) {
                values[run.seed] = value
            } else {
                missing.append(run.seed)
            }
        }
        let list = missing.map(String.init).joined(separator: ", ")
        return (values, missing.isEmpty ? [] : ["\(arm) has no \(measure.description) (seeds \(list))"])
    }

    /// The measurement of one run; nil where it has none.
    func value(_ measure: ClaimMeasure, of run: RunResult) throws -> MeasuredValue? {
        guard let curves = run.curves else { return nil }
        switch measure {
        case .stepsTo(let metric, let target):
            return goal(metric, target, seed: run.seed).map { stepsTo(metric, $0, run, curves) }
        case .best(let metric):
            return worst(metric, run) ?? evaluations(metric, curves).best(metric).map { MeasuredValue($0.value) }
        case .final(let metric):
            let last = metric == .trainLoss ? curves.final(metric) : evaluations(metric, curves).last?.value
            return worst(metric, run) ?? last.map { MeasuredValue($0) }
        case .at(let metric, let step):
            // A run that diverged later still had this value.
            let point = evaluations(metric, curves).first { $0.step == step && $0.value.isFinite }
            return point.map { MeasuredValue($0.value) } ?? worst(metric, run)
        case .quantity(let reading):
            return try QuantityTable(run.folder).value(reading).flatMap {
                bounded($0, run, "what was measured until then")
            }
        case .diverges:
            return MeasuredValue(run.manifest.status == .diverged ? 1 : 0)
        case .drift(let tap):
            let unit = try Self.typicalUnit(tap, of: run)
            return unit.flatMap { $0.drift.isFinite ? bounded($0.drift, run, "its drift until then") : nil }
        case .spread(let tap):
            guard let unit = try Self.typicalUnit(tap, of: run) else { return nil }
            return try Self.lastSpread(unit, of: run).flatMap {
                $0.isFinite ? bounded($0, run, "its spread before") : nil
            }
        }
    }

    // MARK: Divergence

    /// What a diverged run counts as; nil for a run that did not diverge.
    private func worst(_ metric: Metric, _ run: RunResult) -> MeasuredValue? {
        guard run.manifest.status == .diverged else { return nil }
        let classes = Double(run.manifest.dataset.classes)
        if metric == .testAccuracy {
            return MeasuredValue(1 / classes, remark: "\(run.arm) diverged: counted as guessing")
        }
        return MeasuredValue(
            log(classes), bound: .atLeast, remark: "\(run.arm) diverged: counted as the loss of guessing or more")
    }

    private func bounded(_ value: Double, _ run: RunResult, _ words: String) -> MeasuredValue {
        guard run.manifest.status == .diverged else { return MeasuredValue(value) }
        return MeasuredValue(value, bound: .atLeast, remark: "\(run.arm) diverged: counted as \(words) or more")
    }

    // MARK: Steps to a target

    /// The value that counts as reached, for one seed; nil where the arm that sets it has no value.
    func goal(_ metric: Metric, _ target: ClaimMeasure.Target, seed: UInt64) -> Double? {
        switch target {
        case .value(let value): return value
        case .bestOf(let arm):
            let run = runs.complete(arm).first { $0.seed == seed }
            return run?.curves.flatMap { smoothed(metric, $0).best(metric)?.value }
        }
    }

    /// The first evaluation at which the smoothed metric reaches the goal.
    func stepsTo(_ metric: Metric, _ goal: Double, _ run: RunResult, _ curves: RunCurves) -> MeasuredValue {
        let steps = run.manifest.steps
        if run.manifest.status == .diverged {
            return MeasuredValue(
                Double(steps), bound: .atLeast,
                remark: "\(run.arm) diverged: counted as reaching its target after all \(steps) steps, or never")
        }
        let points = smoothed(metric, curves)
        let first = points.firstIndex { metric.isHigherBetter ? $0.value >= goal : $0.value <= goal }
        if let first {
            // Reached before the first step would be a ratio to nothing.
            let step = max(points[first].step, 1)
            let before = first > 0 ? max(points[first - 1].step, 1) : 1
            return MeasuredValue(Double(step), resolution: Double(step - before))
        }
        return MeasuredValue(
            Double(steps), bound: .atLeast,
            remark: "\(run.arm) did not reach its target: counted as \(steps) steps or more")
    }

    /// The curve of which a target is the best value and which reaches it: of the training loss, means of 100 batches; of
    /// the test set, means of as many evaluations as are declared.
    private func smoothed(_ metric: Metric, _ curves: RunCurves) -> [RunCurves.Point] {
        metric == .trainLoss
            ? curves.trainLoss.movingMean(RunCurves.trainLossWindow) : evaluations(metric, curves)
    }

    /// The values of a metric as they are read: on the test set, the means of as many evaluations as are declared.
    private func evaluations(_ metric: Metric, _ curves: RunCurves) -> [RunCurves.Point] {
        let points = curves.points(metric, statistics: statistics)
        return metric == .trainLoss ? points : points.movingMean(smoothing)
    }

    // MARK: Units

    private static func typicalUnit(_ tap: String, of run: RunResult) throws -> (
        tap: String, channel: Int, drift: Double
    )? {
        for row in try CSVReader(run.folder.drift).rows(["tap", "channel", "drift", "typical"])
        where row[0] == tap && row[3] == "true" {
            return (tap, try row.integer(1), try row.number(2) ?? .nan)
        }
        return nil
    }

    /// The distance from the 15th to the 85th percentile of a unit at the last observation.
    private static func lastSpread(_ unit: (tap: String, channel: Int, drift: Double), of run: RunResult) throws
        -> Double?
    {
        var spread: Double?
        try CSVReader(run.folder.activations).forEachRow(["tap", "channel", "p15", "p85"]) { row in
            guard row[0] == unit.tap, row[1] == "\(unit.channel)" else { return }
            spread = (try row.number(3) ?? .nan) - (try row.number(2) ?? .nan)
        }
        return spread
    }
}
