import Declarations
import Engine
import Testing

@testable import Experiments
@testable import Running

/// The key `width`: every product but the last is that many times as wide.
@Suite struct WidthTests {
    private static let layers = """
        model:
            - convolution: { channels: 6, kernel: 3 }
            - name: mixed1
              branches:
                a:
                  - convolution: { channels: 5, kernel: 1 }
                b:
                  - convolution: { channels: 1, kernel: 1 }
                pass: []
            - name: kept
              convolution: { channels: 7, kernel: 1, keeps-width: true }
            - global-average-pool
            - dense: { units: 11 }
            - normalize
            - activate
            - dense: { units: 10 }
            - activate
        """

    private func configuration(_ arm: String) throws -> RunConfiguration {
        let body = ExperimentFixture.body.replacing("model: tiny", with: Self.layers)
            .replacing("baseline: {}", with: "baseline: { \(arm) }")
        let experiment = try ExperimentFixture.load(body)
        return experiment.arms[0].configuration(in: try experiment.profile("smoke"))
    }

    private func network(_ configuration: RunConfiguration) throws -> Network {
        try configuration.network(input: Shape(height: 28, width: 28, channels: 1), classes: 10)
    }

    /// To the nearest whole number, halves up, at least 1; whatever ends the network gives the scores.
    @Test(
        arguments: [
            (1, [6, 5, 1, 7, 11, 10]), (0.5, [3, 3, 1, 7, 6, 10]), (0.25, [2, 1, 1, 7, 3, 10]),
            (0.01, [1, 1, 1, 7, 1, 10]), (1.3, [8, 7, 1, 7, 14, 10]), (2, [12, 10, 2, 7, 22, 10]),
        ] as [(Double, [Int])])
    func widths(_ width: Double, _ expected: [Int]) throws {
        let network = try network(configuration("width: \(width)"))
        let products = network.nodes.filter { $0.layer.traits.role == .linear }
        #expect(products.map(\.shape.channels) == expected)
    }

    /// Checkpoints of all widths have the same names, and the run writes its width down beside the model as declared.
    @Test func namesStayAndTheResolvedConfigurationSaysIt() throws {
        let (whole, half) = (try configuration("batch: 10"), try configuration("width: 0.5"))
        #expect(try network(half).parameters.map(\.name) == network(whole).parameters.map(\.name))
        #expect(half.model == whole.model)
        #expect(half.canonicalYAML.contains("\nwidth: 0.5\n"))
        let back = try RunConfiguration(yaml: half.canonicalYAML)
        #expect(try network(back).parameterCount == network(half).parameterCount)
    }

    @Test func aModelsSettingsComeFromTheCommandLine() throws {
        let fixture = try ExperimentFixture([:])
        func configuration(_ overrides: String...) throws -> RunConfiguration {
            try fixture.library.configuration(ofModel: "tiny", overrides: overrides.map { try Override($0) })
        }
        #expect(try network(configuration()).nodes.map(\.shape.channels) == [20, 20, 10])
        let changed = try network(configuration("width=0.5", "normalization=batch-norm"))
        #expect(changed.nodes.map(\.shape.channels) == [10, 10, 10, 10])
        #expect {
            try configuration("widht=2", "profiles.quick.steps=3")
        } throws: {
            expectText(
                ($0 as? ConfigurationErrors)?.description ?? "",
                """
                --set:1:1: error: unknown key 'widht'; did you mean 'width'?
                    widht=2
                    ^~~~~
                --set:2:1: error: a model has no profiles
                    profiles.quick.steps=3
                    ^~~~~~~~
                2 errors
                """)
            return true
        }
    }
}
