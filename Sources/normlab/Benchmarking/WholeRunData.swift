import Benchmarks
import Datasets
import Engine
import Harness
import Kernels

/// A run on data: bytes are drawn in random order and normalized by channel, the network is trained on them for an epoch
/// and evaluated on others. The bytes themselves are random: no speed depends on them.
final class WholeRunData {
    private let trainer: Trainer
    private let evaluator: Evaluator
    private let order: BatchOrder
    private let training: ImageFeed
    private let testing: ImageFeed
    /// Images of the evaluation.
    let testCount: Int
    private var step = 0

    /// A run over `images` training images and a quarter as many for the evaluation.
    init(_ subject: BenchmarkNetwork, images: Int, team: Team) throws {
        let shape = ImageShape(
            height: subject.network.input.height, width: subject.network.input.width,
            channels: subject.network.input.channels)
        let train = Self.images("train", shape, count: images)
        let test = Self.images("test", shape, count: max(1, images / 4))
        let input = try ZScoreInput(.channel).fit(to: train)
        training = ImageFeed(input, train, team: team)
        testing = ImageFeed(input, test, team: team)
        testCount = test.count
        order = try BatchOrder(count: train.count, batch: min(subject.batch, train.count), seed: 1)
        let model = Model(subject.network, seed: 1)
        trainer = Trainer(
            model: model, batch: order.batch, optimizer: StochasticGradientDescent(rate: 0.01, momentum: 0.9),
            policy: FixedRate(), steps: 1_000_000, seed: 1, team: team)
        evaluator = Evaluator(model: model, batch: min(64, test.count), team: team)
    }

    /// Training images of an epoch.
    var imagesPerEpoch: Int { order.stepsPerEpoch * order.batch }

    /// One training step.
    func train() {
        trainer.step(step) { matrix, labels in
            training.fill(order.indices(step: step), into: matrix, labels: &labels)
        }
        step += 1
    }

    /// An epoch of training and an evaluation.
    func runEpoch() {
        for _ in 0..<order.stepsPerEpoch { train() }
        _ = evaluator.evaluate(count: testCount, statistics: .movingAverage) { range, matrix, labels in
            testing.fill(Array(range), into: matrix, labels: &labels)
        }
    }

    private static func images(_ name: String, _ shape: ImageShape, count: Int) -> ImageSet {
        let stream = RandomStream(seed: 1, "benchmark/\(name)")
        // Four bytes of each number.
        let bytes = (0..<(count * shape.count + 3) / 4).flatMap { index in
            let bits = stream.bits(at: UInt64(index))
            return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
        }
        return ImageSet(
            name: "benchmark/\(name)", shape: shape, images: Array(bytes.prefix(count * shape.count)),
            labels: (0..<count).map { UInt8($0 % 10) }, classes: (0..<10).map { "class \($0)" })
    }
}
