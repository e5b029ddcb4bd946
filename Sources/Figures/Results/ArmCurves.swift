/// The curves of one arm's runs and their summary over seeds.
struct ArmCurves: Sendable {
    /// Mean and spread at one step.
    struct Point: Sendable, Equatable {
        let step: Int
        let statistics: SeedStatistics
    }

    let arm: ArmRecord
    /// The statistics that the test set was evaluated with; nil for what is measured in training.
    let source: StatisticsSource?
    /// A curve a run, by seed.
    let runs: [RunCurve]
    /// The mean and spread at every step.
    let summary: [Point]

    /// The runs that diverged.
    var diverged: [RunCurve] { runs.filter { $0.run.status == .diverged } }

    /// Summarizes the runs of an arm.
    ///
    /// The mean is taken over one and the same set of runs at every step, so that it has no jump where a run ends: over
    /// those that finished or, where all diverged, over all of them for as long as all have a value.
    init(arm: ArmRecord, source: StatisticsSource?, runs: [RunCurve]) {
        self.arm = arm
        self.source = source
        self.runs = runs
        let finished = runs.filter { $0.run.status == .finished }
        let members = finished.isEmpty ? runs : finished
        var valuesOfStep: [Int: [Double]] = [:]
        for member in members {
            for (step, value) in zip(member.steps, member.values) where value.isFinite {
                valuesOfStep[step, default: []].append(value)
            }
        }
        summary = valuesOfStep.filter { $0.value.count == members.count }
            .map { Point(step: $0.key, statistics: SeedStatistics($0.value)) }
            .sorted { $0.step < $1.step }
    }
}

extension ArmCurves {
    /// The same with every run's curve smoothed.
    func movingMean(_ window: Int) -> ArmCurves {
        ArmCurves(arm: arm, source: source, runs: runs.map { $0.movingMean(window) })
    }
}

extension ExperimentResults {
    /// The curves of a metric for arms that have results; arms without a finished or diverged run are left out.
    ///
    /// `smoothing` is the window, in steps, of the trailing mean that is applied to a metric of training.
    func curves(
        _ metric: Metric, arms: [ArmRecord], source wanted: StatisticsSource?, smoothing: Int = 1
    ) throws(FigureError) -> [ArmCurves] {
        var curves: [ArmCurves] = []
        for arm in arms {
            let runs = results(of: arm)
            if runs.isEmpty { continue }
            do {
                curves.append(
                    metric.isOfTestSet
                        ? try testCurves(metric, arm: arm, runs: runs, source: wanted)
                        : try trainingCurves(metric, arm: arm, runs: runs, window: smoothing))
            } catch {
                throw .data(error)
            }
        }
        guard !curves.isEmpty else {
            let names = Phrase.list(arms.map(\.name))
            throw .nothingToDraw(reason: "no run of \(names) has finished: run the experiment first")
        }
        return curves
    }

    private func trainingCurves(
        _ metric: Metric, arm: ArmRecord, runs: [RunRecord], window: Int
    ) throws(CSVError) -> ArmCurves {
        var curves: [RunCurve] = []
        for run in runs {
            let table = try table("train.csv", of: run)
            let steps = try table.integers("step")
            var values = try table.numbers(metric.column).map { $0 ?? .nan }
            if window > 1 { values = MovingMean.trailing(values, window: window) }
            let kept = Self.places(count: steps.count, of: facts.steps ?? steps.count, window: window)
            curves.append(RunCurve(run: run, steps: kept.map { steps[$0] }, values: kept.map { values[$0] }))
        }
        return ArmCurves(arm: arm, source: nil, runs: curves)
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
        var tables: [CSVTable] = []
        var stepCounts: [String: Int] = [:]
        for run in runs {
            let table = try table("eval.csv", of: run)
            for word in try table.texts("statistics") { stepCounts[word, default: 0] += 1 }
            tables.append(table)
        }
        // Population statistics that were taken at the end only make no curve: the source must cover what there is, but for
        // the evaluation before the first step, where there is no moving average.
        let most = max(1, (stepCounts.values.max() ?? 0) - runs.count)
        let preferred = StatisticsSource.allCases.first { stepCounts[$0.rawValue, default: 0] >= most }
        let source = wanted.flatMap { stepCounts[$0.rawValue] == nil ? nil : $0 } ?? preferred ?? .none
        var curves: [RunCurve] = []
        for (run, table) in zip(runs, tables) {
            let rows = try table.rows(where: "statistics", is: source.rawValue)
            guard !rows.isEmpty || run.status == .diverged else {
                throw .missingRows(file: table.file, column: "statistics", value: source.rawValue)
            }
            let values = try table.numbers(metric.column, rows: rows).map { $0 ?? .nan }
            curves.append(RunCurve(run: run, steps: try table.integers("step", rows: rows), values: values))
        }
        return ArmCurves(arm: arm, source: source, runs: curves)
    }
}
