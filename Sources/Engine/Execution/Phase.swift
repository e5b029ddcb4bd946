import Vocabulary

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
