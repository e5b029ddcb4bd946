public import Engine
public import Kernels

/// A network that is measured: one of a name with one of its normalizations, at the batch it is usually trained with.
public struct BenchmarkNetwork: Sendable {
    /// The network's name: `lenet`.
    public let name: String
    /// Its normalization: `none`, `bn` or `lrn`.
    public let variant: String
    /// Images of a training step.
    public let batch: Int
    public let network: Network

    public init(name: String, variant: String, batch: Int, network: Network) {
        self.name = name
        self.variant = variant
        self.batch = batch
        self.network = network
    }
}

/// The floating-point operations of some work, two a multiply-add.
struct Operations: Equatable {
    /// Those of the direct algorithm, by which programs are compared whatever they do.
    let effective: Double
    /// Those really done, which the machine's peak limits.
    let performed: Double

    /// Training on some images, forward and both gradients, and evaluating others.
    init(multiplyAdds: Int, performed: PerformedMultiplyAdds, trained: Int = 0, evaluated: Int = 0) {
        effective = Double(6 * trained + 2 * evaluated) * Double(multiplyAdds)
        self.performed =
            2 * Double(trained) * Double(performed.forward + performed.backward)
            + 2 * Double(evaluated) * Double(performed.forward)
    }
}

extension BenchmarkNetwork {
    func operations(trained: Int = 0, evaluated: Int = 0) -> Operations {
        Operations(
            multiplyAdds: network.multiplyAdds, performed: network.performedMultiplyAdds, trained: trained,
            evaluated: evaluated)
    }
}

/// Batches of normally distributed inputs and of labels, which a step copies as it would copy real ones. Each is made when
/// it is first needed.
final class RandomBatches {
    private let count: Int
    private let batch: Int
    private let values: Int
    private let classes: Int
    private let seed: UInt64
    private let team: Team
    private var made: [(inputs: [Float], labels: [Int32])] = []

    /// `count` batches of `batch` samples of `values` numbers, the same for the same seed.
    init(count: Int = 8, batch: Int, values: Int, classes: Int, seed: UInt64 = 1, team: Team) {
        self.count = count
        self.batch = batch
        self.values = values
        self.classes = classes
        self.seed = seed
        self.team = team
    }

    /// Fills the inputs and the labels of a step, a whole batch, on the team.
    func fill(step: Int, _ matrix: Matrix, _ target: inout [Int32]) {
        let index = step % count
        while made.count <= index { made.append(make(made.count)) }
        matrix.copy(from: made[index].inputs, team: team)
        for place in 0..<target.count { target[place] = made[index].labels[place] }
    }

    private func make(_ index: Int) -> (inputs: [Float], labels: [Int32]) {
        let storage = Storage(count: batch * values)
        let vector = storage.vector(count: batch * values)
        RandomStream(seed: seed, "benchmark/input", index).fill(vector, deviation: 1)
        let stream = RandomStream(seed: seed, "benchmark/label", index)
        let labels = (0..<batch).map { Int32(stream.bits(at: UInt64($0)) % UInt32(classes)) }
        return withExtendedLifetime(storage) { (vector.elements, labels) }
    }
}

/// A model in training on random batches, to be stepped and evaluated under a stopwatch.
///
/// Stochastic gradient descent with momentum 0.9, as everywhere where speeds are compared.
public final class TrainingProbe {
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

    public var batch: Int { trainer.batch }
    /// Bytes of the memory plan of a training step.
    public var plannedBytes: Int { trainer.memoryPlan.count * MemoryLayout<Float>.stride }

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

    public func trainingRate(_ effort: Effort) -> Sample {
        Stopwatch(effort).seconds(train).map { Double(batch) / $0 }
    }

    public func inferenceRate(_ effort: Effort) -> Sample {
        Stopwatch(effort).seconds(infer).map { Double(batch) / $0 }
    }
}
