import Vocabulary

/// A number that a run records over its steps, and the file and column that it stands in.
public enum Metric: String, ConfigurationWord {
    /// The fraction of the test set that is classified rightly.
    case testAccuracy = "test-accuracy"
    /// The mean cross-entropy on the test set.
    case testLoss = "test-loss"
    /// The mean cross-entropy of a training batch, before its step.
    case trainLoss = "train-loss"
    /// The fraction of a training batch that is classified rightly, before its step.
    case trainAccuracy = "train-accuracy"

    public var isHigherBetter: Bool { isAccuracy }
    public var isOfTestSet: Bool { self == .testAccuracy || self == .testLoss }
    public var isAccuracy: Bool { self == .testAccuracy || self == .trainAccuracy }
    /// The column of `eval.csv` or `train.csv`.
    package var column: String { isAccuracy ? "accuracy" : "loss" }
}

public struct Curve: Equatable, Sendable {
    /// The numbers of updates after which there are values, ascending.
    public let steps: [Int]
    /// A value a step; NaN or infinite where the run had diverged.
    public let values: [Double]

    public struct Point: Codable, Equatable, Sendable {
        public let value: Double
        /// The number of updates after which it was measured.
        public let step: Int
    }

    public init(steps: [Int] = [], values: [Double] = []) {
        precondition(steps.count == values.count, "\(values.count) values at \(steps.count) steps")
        self.steps = steps
        self.values = values
    }

    public subscript(index: Int) -> Point { Point(value: values[index], step: steps[index]) }
    public var first: Point? { steps.isEmpty ? nil : self[0] }
    public var last: Point? { steps.isEmpty ? nil : self[steps.count - 1] }

    package var lastFinite: Point? { values.lastIndex(where: \.isFinite).map { self[$0] } }

    /// The best finite value and the first step that has it.
    public func best(isHigherBetter: Bool) -> Point? {
        let finite = values.indices.filter { values[$0].isFinite }
        let best = finite.min { isHigherBetter ? values[$0] > values[$1] : values[$0] < values[$1] }
        return best.map { self[$0] }
    }

    /// The means of so many consecutive values, each at the step of the last of them; of fewer values one mean of all.
    package func movingMean(_ window: Int) -> Curve {
        let window = min(window, values.count)
        guard window > 1 else { return self }
        return Curve(steps: Array(steps[(window - 1)...]), values: MovingMean.full(values, window: window))
    }

    package func points(at indices: [Int]) -> Curve {
        Curve(steps: indices.map { steps[$0] }, values: indices.map { values[$0] })
    }
}

// MARK: Reading

extension CSVTable {
    /// A metric of training, from `train.csv`.
    package func trainingCurve(_ metric: Metric) throws(CSVError) -> Curve {
        Curve(steps: try integers("step"), values: try values(metric.column))
    }

    /// A metric of the test set, from `eval.csv`, by the statistics that batch normalization was evaluated with; a network
    /// without it has one curve, under nil.
    package func testCurves(_ metric: Metric) throws(CSVError) -> [StatisticsSource?: Curve] {
        let (words, codes) = try categories("statistics")
        var rows = words.map { _ in [Int]() }
        for (row, code) in codes.enumerated() { rows[code].append(row) }
        var curves: [StatisticsSource?: Curve] = [:]
        for (word, rows) in zip(words, rows) {
            let source = StatisticsSource(rawValue: word)
            guard source != nil || word == StatisticsSource.absent else {
                throw .unknownWord(
                    file: file, line: line(ofRow: rows[0]), column: "statistics", found: word,
                    expected: StatisticsSource.byPreference.map(\.rawValue) + [StatisticsSource.absent])
            }
            let values = try values(metric.column, rows: rows)
            curves[source] = Curve(steps: try integers("step", rows: rows), values: values)
        }
        return curves
    }
}

// MARK: Which statistics count

extension StatisticsSource {
    /// What a table says of a network without batch normalization.
    package static let absent = "none"

    /// All sources, those that say most about the network that was trained first.
    package static let byPreference: [StatisticsSource] = [.population, .movingAverage, .plainAverage, .batch]

    /// The source that counts where none is asked for: by preference, the first that covers the steps of an arm's runs.
    ///
    /// Population statistics that were taken at the end only make no curve. A source covers the steps where it has as many
    /// evaluations as any, but for one a run: before the first step there is no moving average.
    ///
    /// - Parameter runs: the curves of each run of an arm by source.
    /// - Returns: nil where no network normalizes.
    package static func covering(_ runs: [[StatisticsSource?: Curve]]) -> StatisticsSource? {
        var counts: [StatisticsSource?: Int] = [:]
        for curves in runs {
            for (source, curve) in curves { counts[source, default: 0] += curve.steps.count }
        }
        let enough = max(1, (counts.values.max() ?? 0) - runs.count)
        return byPreference.first { counts[$0, default: 0] >= enough }
    }
}

// MARK: One run

public struct RunCurves: Equatable, Sendable {
    private let training: [Metric: Curve]
    private let test: [Metric: [StatisticsSource?: Curve]]
    /// The statistics that count where none are asked for, by ``StatisticsSource/covering(_:)``; nil without batch
    /// normalization. Whoever compares the runs of an arm takes one for all of them.
    public var source: StatisticsSource?

    public init(_ folder: RunFolder) throws(CSVError) {
        let train = try CSVTable(whole: folder.train)
        let evaluations = try CSVTable(whole: folder.evaluations)
        training = [
            .trainLoss: try train.trainingCurve(.trainLoss), .trainAccuracy: try train.trainingCurve(.trainAccuracy),
        ]
        test = [
            .testAccuracy: try evaluations.testCurves(.testAccuracy), .testLoss: try evaluations.testCurves(.testLoss),
        ]
        source = .covering([accuracies])
    }

    public var accuracies: [StatisticsSource?: Curve] { test[.testAccuracy] ?? [:] }

    /// The values of a metric; none where the run has none under these statistics.
    ///
    /// - Parameter statistics: nil for those that count. A run without batch normalization has only one kind, which stands
    ///   for any.
    public func curve(_ metric: Metric, statistics: StatisticsSource? = nil) -> Curve {
        guard metric.isOfTestSet else { return training[metric] ?? Curve() }
        let curves = test[metric] ?? [:]
        return curves[statistics ?? source] ?? curves[nil] ?? Curve()
    }

    /// How many of the last training batches are averaged into one value: a single batch says little.
    private static let trainingWindow = 100

    /// The values of a metric as targets and matches read them: of training, means of 100 batches; of the test set, means of
    /// `smoothing` evaluations.
    package func smoothed(_ metric: Metric, statistics: StatisticsSource?, smoothing: Int) -> Curve {
        curve(metric, statistics: statistics).movingMean(metric.isOfTestSet ? smoothing : Self.trainingWindow)
    }

    /// The value at the end: the last one; of training, the mean of the last 100 batches.
    public func final(_ metric: Metric, statistics: StatisticsSource? = nil) -> Double? {
        let curve = curve(metric, statistics: statistics)
        guard !metric.isOfTestSet else { return curve.last?.value }
        let last = curve.values.suffix(Self.trainingWindow)
        return last.isEmpty ? nil : last.reduce(0, +) / Double(last.count)
    }

    /// The best finite value and the first step that has it.
    public func best(_ metric: Metric, statistics: StatisticsSource? = nil) -> Curve.Point? {
        curve(metric, statistics: statistics).best(isHigherBetter: metric.isHigherBetter)
    }

    /// First, last and best values for the manifest, by metric and then by statistics.
    package var metrics: [Manifest.Metric] {
        let sources = accuracies.keys.map { (word: $0?.rawValue ?? StatisticsSource.absent, source: $0) }
        return sources.sorted { $0.word < $1.word }.flatMap { word, source in
            [Metric.testAccuracy, .testLoss].compactMap { summary($0, word, test[$0]?[source] ?? Curve()) }
        } + [summary(.trainLoss, StatisticsSource.batch.rawValue, curve(.trainLoss))].compactMap(\.self)
    }

    private func summary(_ metric: Metric, _ statistics: String, _ curve: Curve) -> Manifest.Metric? {
        guard let first = curve.first, let last = curve.last else { return nil }
        return Manifest.Metric(
            name: metric.rawValue, statistics: statistics, first: first, last: last,
            best: curve.best(isHigherBetter: metric.isHigherBetter))
    }
}
