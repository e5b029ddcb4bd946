import Kernels
import Vocabulary

/// What a layer asks its model to track for inference.
public struct TrackedStatistics: Sendable {
    /// Channels with a mean and a variance each.
    public let channels: Int
    /// Positions of one image: the statistics of a batch are over images · positions values.
    public let positions: Int
    /// α of the moving average.
    public let fraction: Double
}

/// Where a forward pass with batch statistics left them.
public struct BatchStatistics: Sendable {
    /// μ of each channel.
    public let mean: VectorSlot
    /// σ² of each channel, or what a normalization has in its place.
    public let variance: VectorSlot
    /// Whether σ² is as inference wants it. Otherwise it is biased, over images · positions values, and m/(m − 1) is missing.
    public let isUnbiased: Bool

    /// Statistics in these slots; biased unless it is said otherwise.
    public init(mean: VectorSlot, variance: VectorSlot, isUnbiased: Bool = false) {
        self.mean = mean
        self.variance = variance
        self.isUnbiased = isUnbiased
    }
}

/// The statistics of one normalization that inference uses: a moving average over training steps, and the estimate of a
/// population pass. What a normalization has in place of the variance (``LpBatchNormalization``) is averaged likewise.
///
/// The moving average is Caffe's (`batch_norm_layer.cpp`): three unnormalized sums
///
///     s ← α·s + 1,   M ← α·M + μ,   V ← α·V + m/(m − 1)·σ²
///
/// whose quotients M/s and V/s are the estimates. It is unbiased from the first step on, unlike S ← α·S + (1 − α)·x.
/// Sums are kept as Float and updated in Double. Sums of more than 2²⁰ equal weights would lose what is added to them, and
/// stop at 2²⁴: from there on an average with α above 1 − 2⁻²⁰ forgets like one with that. That other average, from S = 0 for means and S = 1 for variances, follows
/// from the same sums after t steps: (1 − α)M and (1 − α)V + αᵗ.
public final class NormalizationState {
    public let statistics: TrackedStatistics
    /// M: the unnormalized sum of means.
    let meanSum: Vector
    /// V: the unnormalized sum of unbiased variances.
    let varianceSum: Vector
    /// E of Algorithm 2.
    let populationMean: Vector
    /// Var of Algorithm 2, unbiased.
    let populationVariance: Vector
    /// s: the number of steps, each weighted as its share in the sums.
    public internal(set) var scaleFactor: Float = 0
    /// The number of training steps in the moving average.
    public internal(set) var steps = 0
    /// The number of batches of the population pass; 0 before there was one.
    public internal(set) var populationBatches = 0

    init(_ statistics: TrackedStatistics) {
        self.statistics = statistics
        let channels = statistics.channels
        // Each vector starts on a cache line of its own.
        let room = (channels + MemoryPlan.granule - 1) / MemoryPlan.granule * MemoryPlan.granule
        storage = Storage(count: 4 * room)
        meanSum = storage.vector(offset: 0, count: channels)
        varianceSum = storage.vector(offset: room, count: channels)
        populationMean = storage.vector(offset: 2 * room, count: channels)
        populationVariance = storage.vector(offset: 3 * room, count: channels)
    }

    private let storage: Storage

    /// Adds one training step's statistics to the moving average; `correction` · `variance` is unbiased.
    func accumulate(mean: Vector, variance: Vector, correction: Double) {
        let keep = scaleFactor < 0x1p20 ? statistics.fraction : min(statistics.fraction, 1 - 0x1p-20)
        scaleFactor = Float(keep * Double(scaleFactor) + 1)
        steps += 1
        for channel in 0..<statistics.channels {
            meanSum[channel] = Self.sum(keep * Double(meanSum[channel]) + Double(mean[channel]))
            varianceSum[channel] = Self.sum(
                keep * Double(varianceSum[channel]) + correction * Double(variance[channel]))
        }
    }

    /// The nearest float; 0 for what is nearer to it than 2⁻¹⁰⁰. Else the sums of a channel that has become 0 would end as
    /// subnormal numbers, which are slow.
    private static func sum(_ sum: Double) -> Float { abs(sum) < 0x1p-100 ? Float(sum * 0) : Float(sum) }

    /// Takes over the statistics of an equal normalization.
    func copy(from other: NormalizationState) {
        meanSum.copy(from: other.meanSum)
        varianceSum.copy(from: other.varianceSum)
        populationMean.copy(from: other.populationMean)
        populationVariance.copy(from: other.populationVariance)
        scaleFactor = other.scaleFactor
        steps = other.steps
        populationBatches = other.populationBatches
    }

    /// m/(m − 1), which makes a biased variance unbiased; 1 for a single value.
    static func correction(_ count: Int) -> Double { count > 1 ? Double(count) / Double(count - 1) : 1 }

    /// Copies the estimates of a source. An estimate that does not exist yet is 0, as in Caffe; the plain average always
    /// exists.
    func readEstimates(_ source: StatisticsSource, mean: Vector, variance: Vector) {
        switch source {
        case .batch: preconditionFailure("the batch's statistics are not an estimate")
        case .population:
            mean.copy(from: populationMean)
            variance.copy(from: populationVariance)
        case .movingAverage:
            let factor = scaleFactor == 0 ? 0 : 1 / Double(scaleFactor)
            for channel in 0..<statistics.channels {
                mean[channel] = Float(factor * Double(meanSum[channel]))
                variance[channel] = Float(factor * Double(varianceSum[channel]))
            }
        case .plainAverage:
            let share = 1 - statistics.fraction
            // αᵗ: what is left of the start of the plain average after all steps.
            let remainder = RealPower.power(statistics.fraction, whole: steps)
            for channel in 0..<statistics.channels {
                mean[channel] = Float(share * Double(meanSum[channel]))
                variance[channel] = Float(share * Double(varianceSum[channel]) + remainder)
            }
        }
    }

    /// The estimates of a source: means and unbiased variances, one a channel; nil if there are none yet.
    public func estimates(_ source: StatisticsSource) -> (mean: [Float], variance: [Float])? {
        let exists =
            switch source {
            case .batch: false
            case .movingAverage, .plainAverage: steps > 0
            case .population: populationBatches > 0
            }
        guard exists else { return nil }
        let memory = Storage(count: 2 * statistics.channels)
        let mean = memory.vector(offset: 0, count: statistics.channels)
        let variance = memory.vector(offset: statistics.channels, count: statistics.channels)
        readEstimates(source, mean: mean, variance: variance)
        return withExtendedLifetime(memory) { (mean.elements, variance.elements) }
    }
}
