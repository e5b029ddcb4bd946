import Benchmarks
import Engine
import Harness

/// The networks that benchmarks run: models of `Experiments/Models` with a normalization in their slots.
struct BenchmarkNetworks {
    private let library: ExperimentLibrary

    init(_ library: ExperimentLibrary) { self.library = library }

    /// Each model with its batch and the normalizations it is measured with.
    private static let catalogue: [(model: String, batch: Int, variants: [String])] = [
        ("mlp", 60, ["none", "bn"]), ("lenet", 64, ["none", "bn", "lrn"]),
        ("inception", 32, ["none", "bn", "lrn"]), ("inception-narrow", 32, ["none", "bn"]),
    ]

    /// Every network whose parts are compared and profiled, in the order of the tables.
    func all() throws -> [BenchmarkNetwork] {
        try Self.catalogue.filter { $0.model != "inception-narrow" }.flatMap { entry in
            try entry.variants.map { try network(entry.model, $0) }
        }
    }

    /// The networks of whole runs.
    func wholeRuns() throws -> [BenchmarkNetwork] {
        try ["none", "bn"].map { try network("inception-narrow", $0) }
    }

    /// A network by its model and normalization, at the model's usual batch.
    func network(_ model: String, _ variant: String) throws -> BenchmarkNetwork {
        var configuration = RunConfiguration()
        configuration.model = try library.model(model)
        switch variant {
        case "bn": configuration.normalization = BatchNormalization()
        case "lrn": configuration.localResponse = LocalResponseNormalization()
        default: break
        }
        if model == "mlp" { configuration.activation = Sigmoid() }
        let input = configuration.model.inputShape ?? Shape(height: 28, width: 28, channels: 1)
        let batch = Self.catalogue.first { $0.model == model }?.batch ?? 32
        return BenchmarkNetwork(
            name: model, variant: variant, batch: batch,
            network: try configuration.network(input: input, classes: configuration.model.classes))
    }
}
