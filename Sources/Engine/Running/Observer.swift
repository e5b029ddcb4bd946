import Kernels

/// Reads tensors of a network on a fixed set of images, without changing anything: it has memory of its own.
///
/// Normalizations use the statistics of the observed batch, as in training (the paper's N_BN^tr, Figure 1c), what disturbs
/// values is on, as in the step that comes next, and dropout is off.
public final class Observer {
    public let model: Model
    /// Images of an observation.
    public let batch: Int
    public let taps: [Tap]
    let team: Team
    /// What summing up needs, made once.
    let scratch = DistributionScratch()
    private let program: Program

    /// An observer of the given tensors, which must be among ``Network/taps`` of the model's network.
    public init(model: Model, batch: Int, taps: [Tap], team: Team, poisonsReleasedMemory: Bool = false) {
        precondition(taps.allSatisfy(Set(model.network.taps).contains), "a tap of another network")
        self.model = model
        self.batch = batch
        self.taps = taps
        self.team = team
        program = Program(
            model, batch: batch, purpose: .observation(taps), poisonsReleasedMemory: poisonsReleasedMemory)
    }

    /// Passes one batch through the network.
    ///
    /// - Parameters:
    ///   - step: the number of updates so far: it names the random numbers of disturbances, with the model's seed.
    ///   - fill: fills the inputs, [batch·positions × channels].
    public func observe(step: Int = 0, fill: (Matrix) -> Void) {
        fill(program.input(images: batch))
        program.forward(images: batch, phase: .observation(step: step, seed: model.seed), team: team)
    }

    /// A tensor of the last observation: one row a position, one column a channel or unit. Not to be changed.
    ///
    /// The view is valid until the next observation, and as long as the observer lives.
    public func tensor(_ tap: Tap) -> Matrix {
        precondition(taps.contains(tap), "'\(tap.address)' is not observed")
        return program.tensor(tap, images: batch)
    }
}

/// What an observation records of one tensor: every channel by itself, and all values together.
public struct TapSummary: Sendable {
    /// The values of one unit or channel, over all images and positions.
    public struct Channel: Sendable {
        public let mean: Float
        /// The standard deviation with divisor n.
        public let deviation: Float
        /// The 15th, 50th and 85th percentile: the lines of Figure 1b and c (Ioffe & Szegedy 2015).
        public let p15, p50, p85: Float
    }

    /// The shares below the inner seven of TensorBoard's nine percentiles: those of a normal distribution at μ, ±σ/2, ±σ
    /// and ±3σ/2. The outer two are the minimum and the maximum.
    public static let shares = [0.07, 0.16, 0.31, 0.50, 0.69, 0.84, 0.93]

    public let channels: [Channel]
    public let mean: Double
    /// The standard deviation of all values, with divisor n.
    public let deviation: Double
    public let minimum, maximum: Float
    /// The percentiles of all values at ``shares``.
    public let percentiles: [Float]
    /// How many values lie below the first edge, between each two, and at or above the last. Values that are not numbers
    /// lie nowhere.
    public let counts: [Int]
}

extension Observer {
    /// Sums up all tensors of the last observation, in the order of ``taps``.
    ///
    /// Taps of several addresses may be one tensor, which is then summed up once.
    ///
    /// - Parameter edges: the edges between the bins of the histogram, in increasing order.
    public func summaries(edges: [Float]) -> [TapSummary] {
        var known: [Tap.Source: TapSummary] = [:]
        return taps.map { tap in
            let summary = known[tap.source] ?? summary(of: tap, edges: edges)
            known[tap.source] = summary
            return summary
        }
    }

    /// Sums up a tensor of the last observation.
    ///
    /// Percentiles are of type 7 (linear interpolation, as NumPy's); they and the moments are NaN where a value is. Linear
    /// in the number of values; the result does not depend on the number of threads.
    ///
    /// - Parameter edges: the edges between the bins of the histogram, in increasing order.
    public func summary(of tap: Tap, edges: [Float]) -> TapSummary {
        let summary = Distribution.summary(
            of: tensor(tap), columnProbabilities: [0.15, 0.5, 0.85], probabilities: TapSummary.shares, edges: edges,
            scratch: scratch, team: team)
        let channels = summary.columnQuantiles.enumerated().map { column, quantiles in
            TapSummary.Channel(
                mean: summary.columnMeans[column], deviation: summary.columnDeviations[column], p15: quantiles[0],
                p50: quantiles[1], p85: quantiles[2])
        }
        return TapSummary(
            channels: channels, mean: summary.moments.mean, deviation: summary.moments.deviation,
            minimum: summary.moments.minimum, maximum: summary.moments.maximum, percentiles: summary.quantiles,
            counts: summary.counts)
    }
}
