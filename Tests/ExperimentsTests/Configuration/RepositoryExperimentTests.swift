import Datasets
import Engine
import Foundation
import Testing
import Vocabulary

@testable import Experiments
@testable import Running

/// Every experiment and model of this repository, found by being there.
@Suite struct RepositoryExperimentTests {
    /// Loading builds the network of every arm, in every profile, for every data set.
    @Test(arguments: Repository.library.names)
    func loads(_ name: String) throws {
        let experiment = try Repository.library.load(name)
        #expect(!experiment.arms.isEmpty)
        #expect(!experiment.figures.isEmpty)
        #expect(!experiment.claims.isEmpty)
        let isAlwaysThere = try experiment.datasets.contains { try DatasetCatalogue.source($0).isEmbedded }
        #expect(isAlwaysThere, "it cannot be run without a download")
        for profile in Profile.names { #expect(try !experiment.runs(profile: profile).isEmpty) }
    }

    @Test(arguments: Repository.library.names)
    func everyConfigurationReadsBack(_ name: String) throws {
        let experiment = try Repository.library.load(name)
        // Of a sweep's many points a few.
        for arm in experiment.arms.prefix(20) {
            let configuration = arm.configuration(in: try experiment.profile("paper"))
            #expect(try RunConfiguration(yaml: configuration.canonicalYAML) == configuration)
        }
    }

    /// `RepositoryModelTests` builds them.
    @Test(arguments: Repository.library.modelNames)
    func modelsLoad(_ name: String) throws {
        let model = try Repository.library.model(name)
        #expect(!model.title.isEmpty && !model.source.isEmpty)
        #expect(model.inputShape != nil)
    }

    private func configuration(_ arm: String, of experiment: String) throws -> RunConfiguration {
        let experiment = try Repository.library.load(experiment)
        return try experiment.arms(matching: [arm])[0].configuration(in: experiment.profile("paper"))
    }

    private let mnist = Shape(height: 28, width: 28, channels: 1)

    /// The numbers of parameters follow from §4.1 and from Caffe's prototxt; batch normalization takes the biases before it
    /// and adds two parameters a feature.
    @Test(arguments: [
        ("mnist-mlp", "baseline", 99_710), ("mnist-mlp", "batch-norm", 100_010), ("lenet", "baseline", 431_080),
        ("lenet", "caffe", 431_080), ("lenet", "batch-norm", 431_080 - 570 + 2 * 570),
    ])
    func parameters(_ experiment: String, _ arm: String, _ count: Int) throws {
        let network = try configuration(arm, of: experiment).network(input: mnist, classes: 10)
        #expect(network.parameterCount == count)
    }

    /// One change at a time, or the figure of what each is worth would lie.
    @Test func everyArmOfTheAblationDiffersFromItsReferenceInOneSetting() throws {
        let experiment = try Repository.library.load("ablation")
        func settings(_ arm: Arm) throws -> [String: String] {
            let configuration = arm.configuration(in: try experiment.profile("paper"))
            return Dictionary(
                configuration.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        for reference in ["bn-baseline", "bn-x5"] {
            let base = try settings(experiment.arms(matching: [reference])[0])
            let changed = try experiment.arms(matching: ["\(reference)-*"]).map { arm in
                let own = try settings(arm)
                // A layer that fills a slot has fields of its own, which come and go with it.
                let keys = Set(base.keys).union(own.keys).filter { base[$0] != own[$0] }
                return Set(keys.map { $0.split(separator: ".")[0] }).sorted().joined(separator: " ")
            }
            #expect(
                changed == [
                    "rate-multiplier", "dropout", "decay-multiplier", "rate-policy", "local-response", "batch-order",
                    "augmentation",
                ])
        }
        // And BN-Baseline from the original in batch normalization alone, with the biases that it makes needless.
        let (original, normalized) = try (
            settings(experiment.arms(matching: ["inception"])[0]),
            settings(experiment.arms(matching: ["bn-baseline"])[0])
        )
        let keys = Set(original.keys).union(normalized.keys).filter { original[$0] != normalized[$0] }
        #expect(keys.allSatisfy { $0.hasPrefix("normalization") })
    }

    @Test func theTableOfLayers() throws {
        let network = try configuration("caffe", of: "lenet").network(input: mnist, classes: 10)
        expectText(
            LayerTable.text(of: network),
            """
            layer         kind         output    parameters  multiply-adds
            input                      28×28×1
            conv1         convolution  24×24×20         520        288,000
            pool1         max-pool     12×12×20
            conv2         convolution  8×8×50        25,050      1,600,000
            pool2         max-pool     4×4×50
            ip1           dense        500          400,500        400,000
            ip1/activate  relu         500
            ip2           dense        10              5010           5000
            total                                   431,080      2,293,000

            """)
    }

    /// Caffe's examples/mnist/lenet_solver.prototxt; its readme prints the rate 0.00992565 at step 100.
    @Test func caffesSolver() throws {
        let configuration = try configuration("caffe", of: "lenet")
        #expect(configuration.batch == 64)
        #expect(configuration.input[field: "factor"] == .number(1.0 / 256))
        let rate = configuration.ratePolicy.rate(base: configuration.optimizer.rate, step: 100, of: 10_000)
        #expect(abs(rate - 0.009_925_65) < 5e-9)
        let network = try configuration.network(input: mnist, classes: 10)
        #expect(network.parameters.map(\.rateMultiplier) == [1, 2, 1, 2, 1, 2, 1, 2])
        #expect(network.parameters.map(\.decayMultiplier) == [1, 1, 1, 1, 1, 1, 1, 1])
    }

    /// Figure 1b and c look at the same address with and without batch normalization.
    @Test func theLastHiddenLayersInputHasOneAddress() throws {
        for arm in ["baseline", "batch-norm"] {
            let network = try configuration(arm, of: "mnist-mlp").network(input: mnist, classes: 10)
            #expect(network.taps.contains { $0.address == "hidden3/activation-input" })
        }
    }

    @Test func theSweepIsAGridOfTwoArms() throws {
        let arms = try Repository.library.load("mnist-mlp-sweep").arms
        #expect(Set(arms.map(\.group)) == ["baseline", "batch-norm"])
        #expect(arms.count == 2 * 5 * 4)
    }
}

/// The experiments of this repository.
enum Repository {
    static let library = ExperimentLibrary(
        root: URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL)
}
