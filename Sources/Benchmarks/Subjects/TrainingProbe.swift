import Engine
public import Kernels

/// A model in training on random batches, to be stepped and evaluated under a stopwatch.
///
/// Stochastic gradient descent with momentum 0.9, as everywhere where speeds are compared.
public final class TrainingProbe {
    /// What is trained.
    public let subject: BenchmarkNetwork
    private let trainer: Trainer
    private lazy var evaluator = Evaluator(model: trainer.model, batch: batch, team: team)
    private let team: Team
    private let fill: Fill
    private var step = 0

    /// Fills the inputs, [batch·positions × channels], and the labels of a step.
    public typealias Fill = (_ step: Int, Matrix, inout [Int32]) -> Void

    /// Everything that a step and an evaluation need, made and initialized.
    ///
    /// - Parameters:
    ///   - batch: images of a step, if not the usual number.
    ///   - fill: where batches come from, if not from random numbers.
    public init(_ subject: BenchmarkNetwork, batch: Int? = nil, team: Team, fill: Fill? = nil) {
        let batch = batch ?? subject.batch
        self.subject = subject
        let model = Model(subject.network, seed: 1)
        trainer = Trainer(
            model: model, batch: batch, optimizer: StochasticGradientDescent(rate: 0.01, momentum: 0.9),
            policy: FixedRate(), steps: 1_000_000, seed: 1, team: team)
        self.team = team
        self.fill =
            fill
            ?? RandomBatches(
                batch: batch, values: subject.network.input.count, classes: subject.network.classes,
                team: team
            ).fill
    }

    /// Images of a step.
    public var batch: Int { trainer.batch }
    /// Bytes of the memory plan of a training step.
    public var plannedBytes: Int { trainer.memoryPlan.count * MemoryLayout<Float>.stride }

    /// One training step.
    public func train() {
        trainer.step(step) { matrix, labels in fill(step, matrix, &labels) }
        step += 1
    }

    /// One batch of inference, by the moving averages; a step must have come before.
    public func infer() {
        _ = evaluator.evaluate(count: batch, statistics: .movingAverage) { _, matrix, labels in
            fill(step, matrix, &labels)
        }
        step += 1
    }

    /// Images a second, training.
    public func trainingRate(_ effort: Effort) -> Sample {
        Stopwatch(effort).seconds(train).map { Double(batch) / $0 }
    }

    /// Images a second, inference.
    public func inferenceRate(_ effort: Effort) -> Sample {
        Stopwatch(effort).seconds(infer).map { Double(batch) / $0 }
    }
}
