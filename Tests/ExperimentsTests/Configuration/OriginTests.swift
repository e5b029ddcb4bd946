import Declarations
import Testing

@testable import Experiments
@testable import Running

@Suite struct OriginTests {
    /// One setting from each layer, and one that every layer states.
    private static let body = """
        base:
          model: tiny
          batch: 10
          evaluate: { every: 5 }
          optimizer: { sgd: { rate: 0.1, momentum: 0.5 } }
        arms:
          baseline: {}
          batch-norm:
            normalization: batch-norm
            optimizer: { sgd: { rate: 0.3 } }
        sweep: { evaluate.examples: [100] }

        """

    private func origins(set overrides: [String] = []) throws -> [String: String] {
        let head = ExperimentFixture.head.replacing(
            "seeds: [1, 2] }",
            with: "seeds: [1, 2], set: { evaluate: { every: 7 }, optimizer: { sgd: { rate: 0.2 } } } }")
        let fixture = try ExperimentFixture(["x": head + Self.body])
        let experiment = try fixture.library.load("x", overrides: overrides.map { try Override($0) })
        let configuration = experiment.arms[1].configuration(in: try experiment.profile("quick"))
        return Dictionary(
            uniqueKeysWithValues: configuration.settings.map { ($0.key, "\($0.value) from \($0.origin)") })
    }

    @Test func everySettingKnowsItsOrigin() throws {
        let origins = try origins(set: ["observe.bins=30"])
        #expect(origins["model"] == "tiny from Experiments/x.yaml:10 (base)")
        #expect(origins["model.dense1"] == "dense from Experiments/Models/tiny.yaml:4 (model)")
        #expect(origins["model.dense1.dense.units"] == "20 from Experiments/Models/tiny.yaml:4 (model)")
        #expect(origins["model.dense1.dense.bias"] == "auto from default")
        #expect(origins["batch"] == "10 from Experiments/x.yaml:11 (base)")
        #expect(origins["evaluate.every"] == "7 from Experiments/x.yaml:7 (profile quick)")
        #expect(origins["evaluate.examples"] == "100 from Experiments/x.yaml:19 (sweep)")
        #expect(origins["evaluate.population-batches"] == "20 from default")
        #expect(origins["normalization"] == "batch-norm from Experiments/x.yaml:17 (arm batch-norm)")
        #expect(origins["normalization.batch-norm.scale"] == "true from default")
        #expect(origins["optimizer"] == "sgd from Experiments/x.yaml:13 (base)")
        #expect(origins["optimizer.sgd.rate"] == "0.3 from Experiments/x.yaml:18 (arm batch-norm)")
        #expect(origins["optimizer.sgd.momentum"] == "0.5 from Experiments/x.yaml:13 (base)")
        #expect(origins["observe.bins"] == "30 from --set")
        #expect(origins["local-response"] == "none from default")
    }

    @Test func theListingHasALineForEach() throws {
        let experiment = try ExperimentFixture.load(ExperimentFixture.body)
        let configuration = experiment.arms[0].configuration(in: try experiment.profile("smoke"))
        let lines = configuration.originListing.split(separator: "\n")
        #expect(lines.count == configuration.settings.count)
        #expect(lines.contains { $0.hasPrefix("batch  ") && $0.hasSuffix("  Experiments/x.yaml:11 (base)") })
    }
}
