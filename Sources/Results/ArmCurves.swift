import Vocabulary

package struct RunCurve: Sendable, Equatable {
    package let run: RunRecord
    /// Its values; NaN where there is none.
    package let curve: Curve

    /// The steps at which there are values, ascending.
    package var steps: [Int] { curve.steps }
    package var values: [Double] { curve.values }
    /// The last step with a finite value, and the value.
    package var lastFinite: Curve.Point? { curve.lastFinite }
}

/// The curves of one arm's runs and their summary over seeds.
package struct ArmCurves: Sendable {
    package struct Point: Sendable, Equatable {
        package let step: Int
        package let statistics: SampleStatistics
    }

    package let arm: ArmRecord
    /// The metric; nil for a quantity of another kind.
    package let metric: Metric?
    /// The statistics that the test set was evaluated with; nil without batch normalization, and for what is measured in
    /// training.
    package let source: StatisticsSource?
    package let runs: [RunCurve]
    package let summary: [Point]

    package var diverged: [RunCurve] { runs.filter { $0.run.status == .diverged } }

    /// What a table says of the statistics: nil where the question does not arise, because the test set is not evaluated.
    package var sourceWord: String? {
        metric?.isOfTestSet == true ? source?.rawValue ?? StatisticsSource.absent : nil
    }

    /// Summarizes the runs of an arm.
    ///
    /// The mean is taken over one and the same set of runs at every step, so that it has no jump where a run ends: over
    /// those that finished or, where all diverged, over all of them for as long as all have a value.
    package init(arm: ArmRecord, metric: Metric? = nil, source: StatisticsSource? = nil, runs: [RunCurve]) {
        self.arm = arm
        self.metric = metric
        self.source = source
        self.runs = runs
        summary = Self.summary(runs) { $0.isFinite }
    }

    /// The mean and spread of the values that count at every step.
    package static func summary(_ runs: [RunCurve], where counts: (Double) -> Bool) -> [Point] {
        overSeeds(runs.map { ($0.run, $0.steps, $0.values) }, where: counts).map(Point.init)
    }

    /// Whether some runs diverged, but not all.
    package var isPartlyDiverged: Bool { !diverged.isEmpty && diverged.count < runs.count }

    /// The same with every run's curve smoothed.
    package func movingMean(_ window: Int) -> ArmCurves {
        ArmCurves(
            arm: arm, metric: metric, source: source,
            runs: runs.map { RunCurve(run: $0.run, curve: $0.curve.movingMean(window)) })
    }
}

extension ExperimentResults {
    /// The curves of a metric for an arm; nil where no run of it has finished or diverged.
    ///
    /// - Parameters:
    ///   - wanted: the statistics of batch normalization; where the arm has none of these, and for nil, those that count by
    ///     ``Vocabulary/StatisticsSource/covering(_:)``.
    ///   - smoothing: the window, in steps, of the trailing mean that is applied to a metric of training.
    package func curves(
        _ metric: Metric, arm: ArmRecord, source wanted: StatisticsSource?, smoothing: Int = 1
    ) throws(CSVError) -> ArmCurves? {
        let runs = results(of: arm)
        if runs.isEmpty { return nil }
        return metric.isOfTestSet
            ? try testCurves(metric, arm: arm, runs: runs, source: wanted)
            : try trainingCurves(metric, arm: arm, runs: runs, window: smoothing)
    }

    private func trainingCurves(
        _ metric: Metric, arm: ArmRecord, runs: [RunRecord], window: Int
    ) throws(CSVError) -> ArmCurves {
        var curves: [RunCurve] = []
        for run in runs {
            let curve = try table("train.csv", of: run).trainingCurve(metric)
            let values = window > 1 ? MovingMean.trailing(curve.values, window: window) : curve.values
            let kept = Self.places(count: curve.steps.count, of: facts.steps ?? curve.steps.count, window: window)
            curves.append(RunCurve(run: run, curve: Curve(steps: curve.steps, values: values).points(at: kept)))
        }
        return ArmCurves(arm: arm, metric: metric, runs: curves)
    }

    /// The rows of `train.csv` that are drawn: the first, the last and every one that ends a stride of all steps. A smoothed
    /// curve needs few points a window, and no eye tells more than some hundred apart.
    private static func places(count: Int, of steps: Int, window: Int) -> [Int] {
        let stride = max(1, window / 4, steps / 400)
        return (0..<count).filter { $0 == 0 || $0 == count - 1 || ($0 + 1) % stride == 0 }
    }

    private func testCurves(
        _ metric: Metric, arm: ArmRecord, runs: [RunRecord], source wanted: StatisticsSource?
    ) throws(CSVError) -> ArmCurves {
        var found: [[StatisticsSource?: Curve]] = []
        for run in runs { found.append(try table("eval.csv", of: run).testCurves(metric)) }
        let isThere = wanted != nil && found.contains { $0[wanted] != nil }
        let source = isThere ? wanted : .covering(found)
        var curves: [RunCurve] = []
        for (run, curve) in zip(runs, found.map { $0[source] }) {
            guard curve != nil || run.status == .diverged else {
                throw .missingRows(
                    file: "\(run.path)/eval.csv", column: "statistics",
                    value: source?.rawValue ?? StatisticsSource.absent)
            }
            curves.append(RunCurve(run: run, curve: curve ?? Curve()))
        }
        return ArmCurves(arm: arm, metric: metric, source: source, runs: curves)
    }
}

/// A quantity over an axis of its own, or over the places of a network, at one step: the profiles of one arm's runs and their
/// summary over seeds.
package struct ArmProfiles: Sendable {
    package struct Profile: Sendable, Equatable {
        package let run: RunRecord
        package let step: Int
        package let x: [Double]
        /// A value an x; NaN where it is none.
        package let y: [Double]
    }

    package struct Point: Sendable, Equatable {
        package let x: Double
        package let statistics: SampleStatistics
    }

    package let arm: ArmRecord
    package let profiles: [Profile]
    /// The mean and spread at every x that all runs of the mean have: of those that finished or, where all diverged, of all.
    package let summary: [Point]

    package init(arm: ArmRecord, profiles: [Profile]) {
        self.arm = arm
        self.profiles = profiles
        summary = overSeeds(profiles.map { ($0.run, $0.x, $0.y) }) { $0.isFinite }.map(Point.init)
    }
}

/// The statistics over seeds at every place at which all runs of the mean have a value that counts: those that finished or,
/// where all diverged, all of them.
private func overSeeds<Place: Hashable & Comparable>(
    _ runs: [(run: RunRecord, places: [Place], values: [Double])], where counts: (Double) -> Bool
) -> [(Place, SampleStatistics)] {
    let finished = runs.filter { $0.run.status == .finished }
    let members = finished.isEmpty ? runs : finished
    var valuesOfPlace: [Place: [Double]] = [:]
    for member in members {
        for (place, value) in zip(member.places, member.values) where counts(value) {
            valuesOfPlace[place, default: []].append(value)
        }
    }
    return valuesOfPlace.filter { $0.value.count == members.count }.sorted { $0.key < $1.key }
        .map { ($0.key, SampleStatistics($0.value)) }
}

package enum ProfileStep: ConfigurationPhrase {
    case first
    /// The last with a finite value: a run that diverged was measured until then.
    case last
    /// The measured step that is nearest; of two the earlier.
    case nearest(Int)

    package static let expectation = "first, last or a whole number from 0"

    package init?(phrase text: String) {
        switch text {
        case "first": self = .first
        case "last": self = .last
        default:
            guard let step = Int(text), step >= 0 else { return nil }
            self = .nearest(step)
        }
    }

    package var phrase: String {
        switch self {
        case .first: "first"
        case .last: "last"
        case .nearest(let step): String(step)
        }
    }

    /// The step among rows; nil where there are none.
    package func step(of rows: [MeasuredQuantities.Row]) -> Int? {
        switch self {
        case .first: rows.map(\.step).min()
        case .last: rows.filter(\.value.isFinite).map(\.step).max() ?? rows.map(\.step).max()
        case .nearest(let wanted):
            rows.map(\.step).min { (abs($0 - wanted), $0) < (abs($1 - wanted), $1) }
        }
    }
}

extension MeasuredArm {
    /// The profiles over the quantity's own axis, each point the mean over places; nil where no run has any.
    package func profiles(_ quantity: String, places: [String], at step: ProfileStep) -> ArmProfiles? {
        profiles(quantity, places: places, step: step) { rows in
            let counted = Dictionary(grouping: rows.filter { $0.at != nil }) { $0.at ?? .nan }
            // Where every place has one point, as layers have one depth, all points count; otherwise one that only some places
            // have would make the mean jump.
            let isSingle = Set(rows.map(\.place)).count == rows.count
            if isSingle { return counted }
            let whole = counted.values.map(\.count).max() ?? 0
            return counted.filter { $0.value.count == whole }
        }
    }

    /// The profiles over places, each at its index in the list; nil where no run has any.
    package func profiles(_ quantity: String, over places: [String], at step: ProfileStep, where at: Double?)
        -> ArmProfiles?
    {
        let index = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, Double($0)) })
        return profiles(quantity, places: places, step: step) { rows in
            let chosen = rows.filter { at == nil || $0.at == at }
            return Dictionary(grouping: chosen) { index[$0.place] ?? .nan }
        }
    }

    private func profiles(
        _ quantity: String, places: [String], step: ProfileStep,
        grouping: ([MeasuredQuantities.Row]) -> [Double: [MeasuredQuantities.Row]]
    ) -> ArmProfiles? {
        let wanted = Set(places)
        let profiles = runs.compactMap { run, measured -> ArmProfiles.Profile? in
            let rows = measured.rows(of: quantity).filter { wanted.contains($0.place) }
            guard let step = step.step(of: rows) else { return nil }
            let points = grouping(rows.filter { $0.step == step })
                .map { (x: $0.key, y: $0.value.reduce(0) { $0 + $1.value } / Double($0.value.count)) }
                .sorted { $0.x < $1.x }
            if points.isEmpty { return nil }
            return ArmProfiles.Profile(run: run, step: step, x: points.map(\.x), y: points.map(\.y))
        }
        return profiles.isEmpty ? nil : ArmProfiles(arm: arm, profiles: profiles)
    }
}
