import Foundation
import Results
import Vocabulary

/// Takes the number that a claim asks for from a run.
///
/// A diverged run counts as the worst that there is: it never reaches a target, its accuracy is that of guessing and its
/// loss that of equal scores for all classes, or more. A target that is not reached counts as reached after the last
/// step, or later. Both are said in a remark.
struct Measuring {
    let runs: ExperimentRuns
    /// The statistics of batch normalization; nil for those that count.
    var statistics: StatisticsSource?
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
            return worst(metric, run)
                ?? evaluations(metric, curves).best(isHigherBetter: metric.isHigherBetter).map {
                    MeasuredValue($0.value)
                }
        case .final(let metric):
            let last = metric.isOfTestSet ? evaluations(metric, curves).last?.value : curves.final(metric)
            return worst(metric, run) ?? last.map { MeasuredValue($0) }
        case .at(let metric, let step):
            // A run that diverged later still had this value.
            let curve = evaluations(metric, curves)
            let index = curve.steps.indices.first { curve.steps[$0] == step && curve.values[$0].isFinite }
            return index.map { MeasuredValue(curve.values[$0]) } ?? worst(metric, run)
        case .quantity(let reading):
            return try reading.value(of: run.measured()).flatMap {
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
        if metric.isAccuracy {
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
            return run?.curves.flatMap { smoothed(metric, $0).best(isHigherBetter: metric.isHigherBetter)?.value }
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
        if let found = smoothed(metric, curves).reaching(goal, isHigherBetter: metric.isHigherBetter) {
            return MeasuredValue(Double(found.step), resolution: Double(found.resolution))
        }
        return MeasuredValue(
            Double(steps), bound: .atLeast,
            remark: "\(run.arm) did not reach its target: counted as \(steps) steps or more")
    }

    private func smoothed(_ metric: Metric, _ curves: RunCurves) -> Curve {
        curves.smoothed(metric, statistics: statistics, smoothing: smoothing)
    }

    /// The values of a metric as they are read: on the test set, the means of as many evaluations as are declared.
    private func evaluations(_ metric: Metric, _ curves: RunCurves) -> Curve {
        metric.isOfTestSet ? smoothed(metric, curves) : curves.curve(metric)
    }

    // MARK: Units

    private static func typicalUnit(_ tap: String, of run: RunResult) throws -> (
        tap: String, channel: Int, drift: Double
    )? {
        for row in try CSVTable(whole: run.folder.drift).rows(["tap", "channel", "drift", "typical"])
        where row[0] == tap && row[3] == "true" {
            return (tap, try row.integer(1), try row.number(2) ?? .nan)
        }
        return nil
    }

    /// The distance from the 15th to the 85th percentile of a unit at the last observation.
    private static func lastSpread(_ unit: (tap: String, channel: Int, drift: Double), of run: RunResult) throws
        -> Double?
    {
        let table = try CSVTable(whole: run.folder.activations)
        let rows = try table.rows(where: "tap", is: unit.tap)
        let channels = try table.integers("channel", rows: rows)
        guard let last = channels.lastIndex(of: unit.channel).map({ rows[$0] }) else { return nil }
        func number(_ column: String) throws -> Double { try table.numbers(column, rows: [last])[0] ?? .nan }
        return try number("p85") - number("p15")
    }
}

extension QuantityReading {
    /// The number that a claim reads; nil where nothing of the kind was measured. Values that are no finite numbers are left
    /// out. O(rows).
    func value(of measured: MeasuredQuantities) -> Double? {
        let glob = Glob(place)
        var places: [String] = []
        var values: [String: [Double]] = [:]
        for row in measured.rows(of: name) where row.step >= from && row.value.isFinite && glob.matches(row.place) {
            if let at {
                guard let own = row.at, abs(own - at) <= 1e-9 * abs(at) else { continue }
            }
            if values[row.place] == nil { places.append(row.place) }
            values[row.place, default: []].append(row.value)
        }
        let numbers = places.compactMap { steps.value(of: values[$0] ?? []) }.filter(\.isFinite)
        return self.places.value(of: numbers)
    }
}
