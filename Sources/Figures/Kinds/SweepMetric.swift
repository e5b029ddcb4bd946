import Plotting
import Results

/// What ``Sweep`` compares.
enum SweepMetric: String, CaseIterable, Sendable {
    case testAccuracy = "test-accuracy"
    case testLoss = "test-loss"
    case trainLoss = "train-loss"

    var title: String {
        switch self {
        case .testAccuracy: "Best test accuracy"
        case .testLoss: "Test loss at the end (nats)"
        case .trainLoss: "Training loss at the end (nats)"
        }
    }

    var format: NumberFormat { self == .testAccuracy ? .percent : .automatic }
    var isHigherBetter: Bool { self == .testAccuracy }

    /// A run's value.
    func value(of run: RunRecord) -> Double? {
        switch self {
        case .testAccuracy: run.bestTestAccuracy
        case .testLoss: run.testLoss
        case .trainLoss: run.trainLoss
        }
    }

    /// A value in a cell: accuracies in percent.
    func words(_ value: Double) -> String {
        isHigherBetter ? Phrase.fixed(100 * value, decimals: 1) : Phrase.fixed(value, decimals: value < 1 ? 3 : 2)
    }

    /// Whether the first value is better.
    func isBetter(_ a: Double, than b: Double) -> Bool { isHigherBetter ? a > b : a < b }

    /// The values that the colours tell apart. Settings that learn nothing would take most of the colours from those that
    /// differ: they share the first colour.
    func colorRange(_ values: [Double]) -> (lower: Double, upper: Double) {
        let sorted = values.sorted()
        guard let least = sorted.first, let greatest = sorted.last else { return (0, 1) }
        let median = Quantile.of(sorted, 0.5) ?? least
        if isHigherBetter {
            return (min(max(least, greatest - max(4 * (greatest - median), 0.02)), greatest - 0.002), greatest)
        }
        return (least, max(min(greatest, least + max(4 * (median - least), 0.02)), least + 0.002))
    }
}
