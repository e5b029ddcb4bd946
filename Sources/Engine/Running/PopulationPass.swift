import Kernels

/// The population statistics of Algorithm 2 (Ioffe & Szegedy 2015, §3.1): a pass of training batches through the frozen
/// network, from which
///
///     E[x] = mean of μ_B over the batches,   Var[x] = m/(m − 1) · mean of σ²_B
///
/// for every normalization, m the values a channel has in a batch (or in its part of one, where a normalization splits the
/// batch: see ``BatchStatistics/isUnbiased``). Every normalization uses the batch's own statistics
/// during the pass, as in training; dropout is off, as in the network that will use the result. Nothing but the model's
/// population statistics changes.
public final class PopulationPass {
    /// The model whose population statistics are computed.
    public let model: Model
    /// Images of a batch.
    public let batch: Int
    private let team: Team
    private let program: Program

    /// A pass over batches of `batch` images; the paper's m is that of training.
    public init(model: Model, batch: Int, team: Team) {
        self.model = model
        self.batch = batch
        self.team = team
        program = Program(model, batch: batch, purpose: .observation([]))
    }

    /// The memory plan of the pass.
    public var memoryPlan: MemoryPlan { program.plan }

    /// Runs `batches` batches and stores the statistics in the model.
    ///
    /// - Parameters:
    ///   - batches: the number of batches, at least one.
    ///   - fill: fills the inputs, [batch·positions × channels], of a batch, from 0.
    public func run(batches: Int, fill: (Int, Matrix) -> Void) {
        precondition(batches > 0, "a population pass needs at least one batch")
        var sums = model.states.compactMap { $0 }.map { _ in Sums() }
        for index in 0..<batches {
            fill(index, program.input(images: batch))
            program.forward(images: batch, phase: .inference(.batch), team: team)
            var position = 0
            program.forEachBatchStatistics(images: batch) { _, mean, variance, _ in
                sums[position].add(mean: mean, variance: variance)
                position += 1
            }
        }
        var position = 0
        program.forEachBatchStatistics(images: batch) { state, _, _, correction in
            sums[position].store(in: state, batches: batches, correction: correction)
            position += 1
        }
    }

    /// The sums of one normalization over the batches, in double precision.
    private struct Sums {
        var mean: [Double] = []
        var variance: [Double] = []

        mutating func add(mean: Vector, variance: Vector) {
            if self.mean.isEmpty {
                self.mean = Array(repeating: 0, count: mean.count)
                self.variance = self.mean
            }
            for channel in 0..<mean.count {
                self.mean[channel] += Double(mean[channel])
                self.variance[channel] += Double(variance[channel])
            }
        }

        func store(in state: NormalizationState, batches: Int, correction: Double) {
            let factor = correction / Double(batches)
            for channel in mean.indices {
                state.populationMean[channel] = Float(mean[channel] / Double(batches))
                state.populationVariance[channel] = Float(variance[channel] * factor)
            }
            state.populationBatches = batches
        }
    }
}
