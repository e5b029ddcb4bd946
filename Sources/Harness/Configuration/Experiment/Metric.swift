import Engine
import Vocabulary

/// A number that a run records over its steps.
public enum Metric: String, ConfigurationWord {
    /// The fraction of the test set that is classified rightly.
    case testAccuracy = "test-accuracy"
    /// The mean cross-entropy on the test set.
    case testLoss = "test-loss"
    /// The mean cross-entropy of a training batch, before its step.
    case trainLoss = "train-loss"

    /// Whether larger values are better.
    public var isHigherBetter: Bool { self == .testAccuracy }
}

/// Which statistics batch normalization used when a number was measured.
public enum StatisticsWord: String, ConfigurationWord {
    /// Caffe's bias-corrected moving average.
    case movingAverage = "moving-average"
    /// The moving average that starts from mean 0 and variance 1.
    case plainAverage = "plain-average"
    /// Algorithm 2 of Ioffe & Szegedy 2015: averages over training batches of the frozen network.
    case population
    /// Those of the test images that are evaluated together.
    case batch
}
