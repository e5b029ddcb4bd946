import Foundation

/// The metrics of one run over its steps, as its tables have them.
public struct RunCurves: Equatable, Sendable {
    /// A value after a number of updates.
    public struct Point: Equatable, Sendable {
        /// The number of updates.
        public let step: Int
        /// The value; NaN or infinite where the run had diverged.
        public let value: Double
    }

    /// The loss of every training batch, before its update.
    public let trainLoss: [Point]
    /// The accuracy on the test set by the statistics' name (`none`, `moving-average`, `plain-average`, `population`, `batch`).
    public let testAccuracy: [String: [Point]]
    /// The loss on the test set by the statistics' name.
    public let testLoss: [String: [Point]]

    /// Reads `train.csv` and `eval.csv` of a run.
    ///
    /// - Throws: `FileError` or `CSVError`.
    public init(_ folder: RunFolder) throws {
        trainLoss = try CSVReader(folder.train).rows(["step", "loss"]).map {
            Point(step: try $0.integer(0), value: try $0.number(1) ?? .nan)
        }
        var accuracy: [String: [Point]] = [:]
        var loss: [String: [Point]] = [:]
        try CSVReader(folder.evaluations).forEachRow(["step", "statistics", "loss", "accuracy"]) { row in
            let step = try row.integer(0)
            loss[row[1], default: []].append(Point(step: step, value: try row.number(2) ?? .nan))
            accuracy[row[1], default: []].append(Point(step: step, value: try row.number(3) ?? .nan))
        }
        testAccuracy = accuracy
        testLoss = loss
    }

    /// The statistics that count where none are asked for: of the population where there are any, otherwise the moving
    /// average, the plain average, the batch's, otherwise `none`.
    public var defaultStatistics: String {
        let order = [StatisticsWord.population, .movingAverage, .plainAverage, .batch]
        return order.first { testAccuracy[$0.rawValue] != nil }?.rawValue ?? "none"
    }

    /// The values of a metric; empty where the run has none under these statistics.
    ///
    /// - Parameter statistics: nil for the default. A run without batch normalization has only one kind, which stands for
    ///   any.
    public func points(_ metric: Metric, statistics: StatisticsWord? = nil) -> [Point] {
        if metric == .trainLoss { return trainLoss }
        let curves = metric == .testAccuracy ? testAccuracy : testLoss
        return curves[statistics?.rawValue ?? defaultStatistics] ?? curves["none"] ?? []
    }

    /// How many of the last training losses are averaged into one: a single batch says little.
    static let trainLossWindow = 100

    /// The value at the end: the last one; of the training loss, the mean of the last 100 batches.
    public func final(_ metric: Metric, statistics: StatisticsWord? = nil) -> Double? {
        let points = points(metric, statistics: statistics)
        guard metric == .trainLoss else { return points.last?.value }
        let last = points.suffix(Self.trainLossWindow)
        return last.isEmpty ? nil : last.reduce(0) { $0 + $1.value } / Double(last.count)
    }

    /// The best finite value and the first step that has it.
    public func best(_ metric: Metric, statistics: StatisticsWord? = nil) -> Point? {
        points(metric, statistics: statistics).best(metric)
    }
}

extension [RunCurves.Point] {
    /// The means of `window` consecutive values, each at the step of the last of them; of fewer values one mean of all.
    func movingMean(_ window: Int) -> [RunCurves.Point] {
        let window = Swift.min(window, count)
        guard window > 1 else { return self }
        return (window...count).map { end in
            let mean = self[(end - window)..<end].reduce(0) { $0 + $1.value } / Double(window)
            return RunCurves.Point(step: self[end - 1].step, value: mean)
        }
    }

    /// The best finite value and the first step that has it.
    func best(_ metric: Metric) -> RunCurves.Point? {
        var best: RunCurves.Point?
        for point in self where point.value.isFinite {
            guard let known = best else {
                best = point
                continue
            }
            if metric.isHigherBetter ? point.value > known.value : point.value < known.value { best = point }
        }
        return best
    }
}

extension RunCurves {
    /// First, last and best values for the manifest, by metric and then by statistics.
    var metrics: [Manifest.Metric] {
        let test = testAccuracy.keys.sorted().flatMap { statistics in
            [
                summary(Metric.testAccuracy, statistics, testAccuracy[statistics] ?? []),
                summary(Metric.testLoss, statistics, testLoss[statistics] ?? []),
            ]
        }
        return (test + [summary(.trainLoss, "batch", trainLoss)]).compactMap(\.self)
    }

    private func summary(_ metric: Metric, _ statistics: String, _ points: [Point]) -> Manifest.Metric? {
        guard let first = points.first, let last = points.last else { return nil }
        func mark(_ point: Point) -> Manifest.Mark { Manifest.Mark(value: point.value, step: point.step) }
        return Manifest.Metric(
            name: metric.rawValue, statistics: statistics, first: mark(first), last: mark(last),
            best: points.best(metric).map(mark))
    }
}
