/// One run's values over steps.
struct RunCurve: Sendable, Equatable {
    /// The run.
    let run: RunRecord
    /// The steps at which there are values, ascending.
    let steps: [Int]
    /// A value a step; NaN where it is none.
    let values: [Double]

    /// The means of so many consecutive values, each at the step of the last of them; of fewer values one mean of all. So does
    /// the harness read accuracies where a rule smooths them.
    func movingMean(_ window: Int) -> RunCurve {
        let window = min(window, values.count)
        guard window > 1 else { return self }
        let ends = window...values.count
        return RunCurve(
            run: run, steps: ends.map { steps[$0 - 1] },
            values: ends.map { values[($0 - window)..<$0].reduce(0, +) / Double(window) })
    }

    /// The last step with a finite value, and the value.
    var lastFinite: (step: Int, value: Double)? {
        values.lastIndex(where: \.isFinite).map { (steps[$0], values[$0]) }
    }
}

/// A quantity over the steps of training and the file and column that it stands in.
enum Metric: String, CaseIterable, Sendable {
    case testAccuracy = "test-accuracy"
    case testLoss = "test-loss"
    case trainLoss = "train-loss"
    case trainAccuracy = "train-accuracy"

    /// Whether it is measured on the test set, with a choice of statistics.
    var isOfTestSet: Bool { self == .testAccuracy || self == .testLoss }
    /// Whether it is a fraction from 0 to 1.
    var isAccuracy: Bool { self == .testAccuracy || self == .trainAccuracy }
    /// The column of `eval.csv` or `train.csv`.
    var column: String { isAccuracy ? "accuracy" : "loss" }
    /// Its name on an axis.
    var axisLabel: String {
        switch self {
        case .testAccuracy: "Test accuracy (%)"
        case .testLoss: "Test loss (cross-entropy, nats)"
        case .trainLoss: "Training loss (cross-entropy, nats)"
        case .trainAccuracy: "Training accuracy (%)"
        }
    }
}

/// Where a batch-norm arm's mean and variance came from when the test set was evaluated.
enum StatisticsSource: String, CaseIterable, Sendable {
    /// Algorithm 2's pass over the training set with a frozen network. The first choice.
    case population
    /// The moving average of training.
    case movingAverage = "moving-average"
    /// The moving average that starts from mean 0 and variance 1.
    case plainAverage = "plain-average"
    /// The test batch itself.
    case batch
    /// The network normalizes nothing.
    case none
}
