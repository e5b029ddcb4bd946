/// Where a batch normalization takes the mean and the variance from: an argument of the engine, a word of configurations,
/// and a column of results, in which networks without batch normalization have none.
public enum StatisticsSource: String, ConfigurationWord {
    /// The moving average over the training steps, in Caffe's bias-corrected form, with the unbiased variance.
    case movingAverage = "moving-average"
    /// The moving average that starts from mean 0 and variance 1, S ← αS + (1 − α)x, as most frameworks have it: after few
    /// steps it is mostly its start. With the unbiased variance.
    case plainAverage = "plain-average"
    /// A pass over training batches through the frozen network, with the unbiased variance (Algorithm 2).
    case population
    /// The batch itself, with the biased variance (Algorithm 1).
    case batch
}
