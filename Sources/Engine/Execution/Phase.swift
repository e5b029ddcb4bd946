/// What a pass is for. It is an argument of every pass: nothing in the engine has a mode.
public enum Phase: Hashable, Sendable {
    /// A training step: statistics of the batch, dropout and disturbances on, named by the seed and the step.
    case training(step: Int, seed: UInt64)
    /// A look at the network as the training step that comes next sees it: statistics of the batch, and what disturbs values
    /// is on; dropout off.
    case observation(step: Int, seed: UInt64)
    /// Anything else: dropout and disturbances off, statistics from the given source.
    case inference(StatisticsSource)

    /// Where normalizations take their statistics from.
    public var statistics: StatisticsSource {
        switch self {
        case .training, .observation: .batch
        case .inference(let source): source
        }
    }

    /// The training step that it is, or shows; nil in inference.
    public var step: Int? {
        switch self {
        case .training(let step, _), .observation(let step, _): step
        case .inference: nil
        }
    }
}

/// Where a batch normalization takes the mean and the variance from.
public enum StatisticsSource: String, ConfigurationWord {
    /// The batch itself, with the biased variance (Algorithm 1).
    case batch
    /// The moving average over the training steps, in Caffe's bias-corrected form, with the unbiased variance.
    case movingAverage = "moving-average"
    /// The moving average that starts from mean 0 and variance 1, S ← αS + (1 − α)x, as most frameworks have it: after few
    /// steps it is mostly its start. With the unbiased variance.
    case plainAverage = "plain-average"
    /// A pass over training batches through the frozen network, with the unbiased variance (Algorithm 2).
    case population
}
