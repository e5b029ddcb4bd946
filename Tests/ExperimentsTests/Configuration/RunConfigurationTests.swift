import Declarations
import Engine
import Testing

@testable import Experiments
@testable import Running

@Suite struct RunConfigurationTests {
    private func configuration(_ arm: String = "") throws -> RunConfiguration {
        let body = ExperimentFixture.body.replacing("baseline: {}", with: "baseline: { \(arm) }")
        let experiment = try ExperimentFixture.load(body)
        return experiment.arms[0].configuration(in: try experiment.profile("smoke"))
    }

    @Test func canonicalYAMLReadsBack() throws {
        let configuration = try configuration(
            """
            normalization: { batch-norm: { epsilon: 0.001 } }, local-response: lrn, activation: none, batch-order: sequential, \
            input: { zca-whitening: { components: 50 } }, rate-policy: { multistep: { factor: 0.1, at: [3, 5] } }, \
            rate-multiplier: 30, augmentation: { geometric: { strength: 0.5 }, photometric: { saturation: 0 } }, \
            model: [{ name: in, convolution: { channels: 3, kernel: 28 } }, respond, { branches: { a: [{ dense: { units: 4 } }, \
            normalize], b: [] } }, { dense: { units: 10 } }]
            """)
        let back = try RunConfiguration(yaml: configuration.canonicalYAML)
        #expect(back == configuration)
        #expect(back.canonicalYAML == configuration.canonicalYAML)
        #expect(back.settings.map(\.key) == configuration.settings.map(\.key))
        let input = Shape(height: 28, width: 28, channels: 1)
        #expect(
            try back.network(input: input, classes: 10).nodes.map(\.name)
                == configuration.network(input: input, classes: 10).nodes.map(\.name))
    }

    @Test func canonicalYAMLIsIndependentOfSpelling() throws {
        let short = try configuration(
            "normalization: batch-norm, optimizer: { sgd: { rate: 1e-1 } }, input: { binary: 0.5 }")
        let long = try configuration(
            """
            input: { binary: { threshold: 0.50 } }, normalization: { batch-norm: { scale: true } }, optimizer: { sgd: { rate: 0.1 } }
            """)
        #expect(short.canonicalYAML == long.canonicalYAML)
        #expect(short == long)
    }

    @Test func everyDifferenceMatters() throws {
        let plain = try configuration()
        for difference in [
            "batch: 11", "normalization: batch-norm", "observe: { bins: 3 }", "optimizer: { sgd: { rate: 0.2 } }",
            "model: [{ dense: { units: 10 } }]", "input: { scale: 2 }", "batch-order: sequential", "width: 0.5",
            "random-stream: 1",
            "dropout: dropout", "batch-order: fixed", "rate-multiplier: 5", "decay-multiplier: 0.2",
            "augmentation: { geometric: { strength: 0.5 } }", "augmentation: { photometric: { strength: 0.5 } }",
            "placement: after", "normalize-at: [dense1]", "noise: covariate-noise",
            "noise: { covariate-noise: { shift: 1 } }", "evaluate: { statistics: [batch] }",
            "batch-order: by-class",
            "augmentation: { geometric: { flip: false } }", "augmentation: { photometric: { contrast: 0.1 } }",
        ] {
            let other = try configuration(difference)
            #expect(other != plain, "\(difference)")
            #expect(other.canonicalYAML != plain.canonicalYAML)
            #expect(other.settings.map(\.value) != plain.settings.map(\.value))
        }
    }

    @Test func aWrittenConfigurationIsReadStrictly() throws {
        let yaml = try configuration().canonicalYAML.replacing("batch: 10\n", with: "batch: ten\nbach: 1\n")
        #expect {
            try RunConfiguration(yaml: yaml)
        } throws: {
            let text = ($0 as? ConfigurationErrors)?.description ?? ""
            return text.contains("'batch': expected a whole number, found 'ten'") && text.contains("unknown key 'bach'")
                && text.hasSuffix("2 errors")
        }
    }

    @Test func projectionsChangeTheInputsShape() throws {
        let shape = try configuration("input: { pca-whitening: { components: 30 } }").inputShape(
            of: .init(height: 28, width: 28, channels: 1))
        #expect(shape == .flat(30))
    }
}
