import Kernels
import Vocabulary

/// The loss and the accuracy of a model on a set of images.
public struct Evaluation: Equatable, Sendable {
    /// The mean softmax cross-entropy; NaN or infinite if the model has diverged.
    public let loss: Double
    /// The share of images whose label has the largest score.
    public let accuracy: Double
    public let correct: Int
    public let count: Int
}

/// A model's class probabilities for each image of a set, and the true classes.
public struct Predictions: Equatable, Sendable {
    public let classes: Int
    /// The softmax probability of each class for each image, image by image: [images × classes].
    public let probabilities: [Float]
    public let labels: [Int32]

    public init(classes: Int, probabilities: [Float], labels: [Int32]) {
        precondition(probabilities.count == labels.count * classes, "a probability for every class of every image")
        self.classes = classes
        self.probabilities = probabilities
        self.labels = labels
    }
}

/// Evaluates a model. It never changes the model.
public final class Evaluator {
    public let model: Model
    /// The largest number of images of a pass.
    public let batch: Int
    private let team: Team
    private let program: Program
    private var labels: [Int32]

    public init(model: Model, batch: Int, team: Team, poisonsReleasedMemory: Bool = false) {
        self.model = model
        self.batch = batch
        self.team = team
        program = Program(model, batch: batch, purpose: .inference, poisonsReleasedMemory: poisonsReleasedMemory)
        labels = Array(repeating: 0, count: batch)
    }

    /// Evaluates `count` images, batch after batch; the last batch may be smaller.
    ///
    /// - Parameters:
    ///   - count: the number of images, at least one.
    ///   - statistics: where normalizations take their statistics from. `population` needs a ``PopulationPass`` before.
    ///     With `batch`, the result depends on which images share a batch.
    ///   - fill: fills the inputs, [range.count·positions × channels], and the labels, range.count of them, with the
    ///     images of a range.
    public func evaluate(
        count: Int, statistics: StatisticsSource, fill: (Range<Int>, Matrix, inout [Int32]) -> Void
    ) -> Evaluation {
        var loss = 0.0
        var correct = 0
        forEachBatch(count: count, statistics: statistics, fill: fill) { _, part in
            loss += part.loss
            correct += part.correct
        }
        return Evaluation(
            loss: loss / Double(count), accuracy: Double(correct) / Double(count), correct: correct, count: count)
    }

    /// The class probabilities of `count` images, from the same passes as ``evaluate(count:statistics:fill:)``.
    public func predictions(
        count: Int, statistics: StatisticsSource, fill: (Range<Int>, Matrix, inout [Int32]) -> Void
    ) -> Predictions {
        let classes = model.network.classes
        var probabilities: [Float] = []
        var truth: [Int32] = []
        probabilities.reserveCapacity(count * classes)
        truth.reserveCapacity(count)
        forEachBatch(count: count, statistics: statistics, fill: fill) { images, _ in
            let matrix = program.classProbabilities(images: images)
            for row in 0..<images {
                for column in 0..<classes { probabilities.append(matrix[row, column]) }
            }
            truth += labels
        }
        return Predictions(classes: classes, probabilities: probabilities, labels: truth)
    }

    /// Computes the scores and the loss of `count` images, batch after batch; the body is given the images of a batch and
    /// their loss.
    private func forEachBatch(
        count: Int, statistics: StatisticsSource, fill: (Range<Int>, Matrix, inout [Int32]) -> Void,
        _ body: (Int, (loss: Double, correct: Int)) -> Void
    ) {
        precondition(count > 0, "an evaluation needs at least one image")
        precondition(
            statistics != .population || model.hasPopulationStatistics, "a population pass must come before")
        var start = 0
        while start < count {
            let images = min(batch, count - start)
            resizeLabels(images)
            fill(start..<(start + images), program.input(images: images), &labels)
            program.forward(images: images, phase: .inference(statistics), team: team)
            body(images, program.loss(labels: labels, images: images))
            start += images
        }
    }

    /// Never allocates: the capacity for a full batch stays.
    private func resizeLabels(_ count: Int) {
        if labels.count > count { labels.removeLast(labels.count - count) }
        while labels.count < count { labels.append(0) }
    }
}

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
    public let model: Model
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
