import Benchmarks
import Datasets
import Declarations
import Engine
import Experiments
import Kernels
import Running

/// The networks that benchmarks run: models of `Experiments/Models` with a normalization in their slots.
struct BenchmarkNetworks {
    let library: ExperimentLibrary

    /// Each model with its batch and the normalizations it is measured with.
    private static let catalogue: [(model: String, batch: Int, variants: [String])] = [
        ("mlp", 60, ["none", "bn"]), ("lenet", 64, ["none", "bn", "lrn"]),
        ("inception", 32, ["none", "bn", "lrn"]), ("inception-narrow", 32, ["none", "bn"]),
        ("vgg-plain", 128, ["none"]),
    ]

    /// Every network whose parts are compared and profiled, in the order of the tables.
    func all() throws -> [BenchmarkNetwork] {
        try Self.catalogue.filter { $0.model != "inception-narrow" }.flatMap { entry in
            try entry.variants.map { try network(entry.model, $0) }
        }
    }

    func wholeRuns() throws -> [BenchmarkNetwork] {
        try ["none", "bn"].map { try network("inception-narrow", $0) }
    }

    /// Any model with some settings changed, which are its variant. The batch is the one that is given, else that of the
    /// changes, of the model's entry here, or of the settings.
    ///
    /// - Parameter model: As ``ExperimentLibrary/configuration(ofModel:overrides:)`` takes it.
    func network(ofModel model: String, batch: Int?, set changes: [String]) throws -> BenchmarkNetwork {
        let usual = Self.catalogue.first { $0.model == model }?.batch
        let batches = [usual, batch].map { $0.map { ["batch=\($0)"] } ?? [] }
        let overrides = try (batches[0] + changes + batches[1]).map { try Override($0) }
        let (configuration, network) = try library.network(ofModel: model, overrides: overrides)
        return BenchmarkNetwork(
            name: configuration.model.name, variant: changes.isEmpty ? "none" : changes.joined(separator: " "),
            batch: configuration.batch, network: network)
    }

    /// A network by its model and normalization, at the model's usual batch unless another is given.
    func network(_ model: String, _ variant: String, batch: Int? = nil) throws -> BenchmarkNetwork {
        var configuration = RunConfiguration()
        configuration.model = try library.model(model)
        switch variant {
        case "bn": configuration.normalization = BatchNormalization()
        case "lrn": configuration.localResponse = LocalResponseNormalization()
        default: break
        }
        if model == "mlp" { configuration.activation = Sigmoid() }
        let input = configuration.model.inputShape ?? Shape(height: 28, width: 28, channels: 1)
        let batch = batch ?? Self.catalogue.first { $0.model == model }?.batch ?? 32
        return BenchmarkNetwork(
            name: model, variant: variant, batch: batch,
            network: try configuration.network(input: input, classes: configuration.model.classes))
    }
}

/// Real grey images of 28 × 28 pixels, for what must be measured on files.
enum BenchmarkData {
    private static let names = ["mnist", "fashion-mnist"]

    static func isHere(_ search: DataSearch) -> Bool {
        names.contains { name in (try? DatasetCatalogue.source(name).locate(in: search)) != nil }
    }

    /// Reads the data set and hands out batches in a run's order.
    static func feed(_ search: DataSearch, batch: Int, team: Team) throws -> (_ step: Int, Matrix, inout [Int32]) ->
        Void
    {
        let dataset = try DatasetCatalogue.firstAvailable(names, search: search).source.load(from: search)
        let feed = ImageFeed(try UnitInput().fit(to: dataset.train), dataset.train, team: team)
        let order = try BatchOrder(count: dataset.train.count, batch: batch, seed: 1)
        return { step, matrix, labels in feed.fill(order.indices(step: step), into: matrix, labels: &labels) }
    }
}

/// A run on data: bytes are drawn in random order and normalized by channel, the network is trained on them for an epoch
/// and evaluated on others. The bytes themselves are random: no speed depends on them.
final class WholeRunData {
    private let trainer: Trainer
    private let evaluator: Evaluator
    private let order: BatchOrder
    private let training: ImageFeed
    private let testing: ImageFeed
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

    var imagesPerEpoch: Int { order.stepsPerEpoch * order.batch }

    func train() {
        trainer.step(step) { matrix, labels in
            training.fill(order.indices(step: step), into: matrix, labels: &labels)
        }
        step += 1
    }

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
