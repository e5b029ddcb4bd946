import Declarations
import Testing

@testable import Engine
@testable import Experiments
@testable import Running

/// The keys `placement`, `normalize-at` and `noise`: what stands in `normalize` slots, and where.
@Suite struct SlotFillingTests {
    private static let layers = """
        model:
            - name: conv1
              convolution: { channels: 4, kernel: 5 }
            - max-pool: { kernel: 2, stride: 2 }
            - normalize
            - activate
            - name: mixed1
              branches:
                a:
                  - convolution: { channels: 3, kernel: 1 }
                  - normalize
                  - activate
                pass: []
            - normalize
            - name: conv2
              convolution: { channels: 4, kernel: 3 }
            - normalize
            - max-pool: { kernel: 2, stride: 2 }
            - activate
            - name: fc3
              dense: { units: 8 }
            - normalize
            - activate
            - name: fc4
              dense: { units: 10 }
        """

    private func configuration(_ arm: String, layers: String = layers) throws -> RunConfiguration {
        let body = ExperimentFixture.body.replacing("model: tiny", with: layers)
            .replacing("baseline: {}", with: "baseline: { \(arm) }")
        let experiment = try ExperimentFixture.load(body)
        return experiment.arms[0].configuration(in: try experiment.profile("smoke"))
    }

    private func network(_ arm: String, layers: String = layers) throws -> Network {
        try configuration(arm, layers: layers)
            .network(input: Shape(height: 28, width: 28, channels: 1), classes: 10)
    }

    /// The node whose output an address of a network reads.
    private func source(_ network: Network, _ address: String) throws -> String {
        switch try #require(network.taps.first { $0.address == address }, "\(address)").source {
        case .output(let node): network.nodes[node].name
        case .booked(let node, let name): "\(network.nodes[node].name):\(name)"
        }
    }

    // MARK: placement

    @Test func afterExchangesSlotsThatFollowEachOther() throws {
        let before = try network("normalization: batch-norm")
        let after = try network("normalization: batch-norm, placement: after")
        #expect(
            before.nodes.map(\.name) == [
                "conv1", "pool1", "pool1/normalize", "pool1/activate", "mixed1/a/conv", "mixed1/a/conv/normalize",
                "mixed1/a/conv/activate", "mixed1", "mixed1/normalize", "conv2", "conv2/normalize", "pool2",
                "pool2/activate", "fc3", "fc3/normalize", "fc3/activate", "fc4",
            ])
        #expect(
            after.nodes.map(\.name) == [
                "conv1", "pool1", "pool1/activate", "pool1/normalize", "mixed1/a/conv", "mixed1/a/conv/activate",
                "mixed1/a/conv/normalize", "mixed1", "mixed1/normalize", "conv2", "conv2/normalize", "pool2",
                "pool2/activate", "fc3", "fc3/activate", "fc3/normalize", "fc4",
            ])
        // The same nodes, so that arms start from the same weights.
        #expect(Set(before.nodes.map(\.name)) == Set(after.nodes.map(\.name)))
    }

    @Test func aProductKeepsItsBiasWhereTheNormalizationIsBehindTheNonlinearity() throws {
        func biases(_ arm: String) throws -> [String] {
            try network(arm).parameters.map(\.name).filter {
                $0.hasSuffix(".bias") && !$0.contains("normalize")
            }
        }
        #expect(try biases("normalization: batch-norm") == ["conv1.bias", "fc4.bias"])
        #expect(
            try biases("normalization: batch-norm, placement: after")
                == ["conv1.bias", "mixed1/a/conv.bias", "fc3.bias", "fc4.bias"])
        #expect(try biases("normalization: none").count == 5)
    }

    @Test func tapsMeanWhatTheyMeant() throws {
        let before = try network("normalization: batch-norm")
        let after = try network("normalization: batch-norm, placement: after")
        #expect(try source(before, "fc3/activation-input") == "fc3/normalize")
        #expect(try source(after, "fc3/activation-input") == "fc3")
        for network in [before, after] {
            #expect(try source(network, "fc3/preactivation") == "fc3")
            #expect(try source(network, "fc3/activation") == "fc3/activate")
            #expect(try source(network, "fc3/scaled") == "fc3/normalize")
            #expect(try source(network, "fc3/normalized") == "fc3/normalize:normalized")
        }
    }

    @Test func aSecondPairBehindANonlinearityIsNotMetTwice() throws {
        let layers = """
            model:
                - name: fc1
                  dense: { units: 8 }
                - normalize
                - activate
                - activate
                - normalize
                - activate
                - dense: { units: 10 }
            """
        #expect(
            try network("normalization: batch-norm, placement: after", layers: layers).nodes.map(\.name) == [
                "fc1", "fc1/activate", "fc1/normalize", "fc1/activate2", "fc1/activate3", "fc1/normalize2", "dense2",
            ])
    }

    // MARK: normalize-at

    @Test(
        arguments: [
            ("[fc3]", ["fc3/normalize"]), ("[conv1]", ["pool1/normalize"]), ("[mixed1]", ["mixed1/normalize"]),
            ("['mixed1*']", ["mixed1/a/conv/normalize", "mixed1/normalize"]),
            ("[conv2, 'f*']", ["conv2/normalize", "fc3/normalize"]),
            (
                "['*']",
                ["pool1/normalize", "mixed1/a/conv/normalize", "mixed1/normalize", "conv2/normalize", "fc3/normalize"]
            ),
        ])
    func onlySlotsBehindNamedProductsAreFilled(_ patterns: String, _ expected: [String]) throws {
        let network = try network("normalization: batch-norm, normalize-at: \(patterns)")
        #expect(network.nodes.map(\.name).filter { $0.contains("/normalize") } == expected)
        #expect(network.nodes.count { $0.name.hasSuffix("/activate") } == 4)
    }

    @Test func aPatternThatFitsNoProductIsReported() throws {
        let body = ExperimentFixture.body.replacing(
            "baseline: {}", with: "baseline: { normalize-at: [dense1, dens1, 'conv*'] }")
        expectText(
            try ExperimentFixture(["x": ExperimentFixture.head + body]).messages(),
            """
            Experiments/x.yaml:14:38: error: no 'normalize' slot is behind a product 'dens1'; did you mean 'dense1'?
                  baseline: { normalize-at: [dense1, dens1, 'conv*'] }
                                                     ^~~~~
                note: in the arm 'baseline'
            Experiments/x.yaml:14:45: error: no 'normalize' slot is behind a product 'conv*'; the products with one are 'dense1'
                  baseline: { normalize-at: [dense1, dens1, 'conv*'] }
                                                            ^~~~~~~
                note: in the arm 'baseline'
            2 errors
            """)
        // The last product has no slot behind it.
        let last = ExperimentFixture.body.replacing("baseline: {}", with: "baseline: { normalize-at: [dense2] }")
        #expect(try ExperimentFixture(["x": ExperimentFixture.head + last]).messages().contains("product 'dense2'"))
    }

    @Test func anImpossiblePatternOfAModelIsReportedToo() throws {
        let fixture = try ExperimentFixture([:])
        let message = #expect(throws: ConfigurationErrors.self) {
            try fixture.library.configuration(ofModel: "tiny", overrides: [try Override("normalize-at=[fc]")])
        }
        #expect(message?.description.contains("no 'normalize' slot is behind a product 'fc'") == true)
    }

    // MARK: noise

    @Test func noiseStandsBehindTheNormalizationOrInItsPlace() throws {
        func names(_ arm: String) throws -> [String] {
            try network("\(arm), normalize-at: [fc3]").nodes.map(\.name).filter { $0.hasPrefix("fc3") }
        }
        let noise = "noise: covariate-noise"
        #expect(
            try names("normalization: batch-norm, \(noise)")
                == ["fc3", "fc3/normalize", "fc3/disturb", "fc3/activate"])
        #expect(try names(noise) == ["fc3", "fc3/disturb", "fc3/activate"])
        #expect(
            try names("normalization: batch-norm, placement: after, \(noise)")
                == ["fc3", "fc3/activate", "fc3/normalize", "fc3/disturb"])
        #expect(try network(noise).nodes.count { $0.name.hasSuffix("/disturb") } == 5)
        #expect(try network("normalization: none, noise: none").nodes.count { $0.layer is CovariateNoise } == 0)
    }

    @Test func noiseLeavesBiasesAsTheNormalizationWantsThem() throws {
        let noise = "noise: { covariate-noise: { shift: 1 } }"
        let (plain, normalized) = (try network(noise), try network("normalization: batch-norm, \(noise)"))
        #expect(plain.parameters.contains { $0.name == "fc3.bias" })
        #expect(!normalized.parameters.contains { $0.name == "fc3.bias" })
        #expect(try source(normalized, "fc3/scaled") == "fc3/normalize")
        #expect(try source(normalized, "fc3/activation-input") == "fc3/disturb")
        let layer = try #require(plain.nodes.first { $0.name == "fc3/disturb" }?.layer as? CovariateNoise)
        #expect(layer == CovariateNoise(shift: 1, scale: 1.25, shiftSpread: 0.1, scaleSpread: 0.1))
    }

    // MARK: All three

    @Test func settingsAreWrittenDownAndReadBack() throws {
        let configuration = try configuration(
            "placement: after, normalize-at: ['fc*', conv1], noise: { covariate-noise: { scale: 1.5 } }")
        let back = try RunConfiguration(yaml: configuration.canonicalYAML)
        #expect(back == configuration)
        #expect(back.placement == .after && back.normalizeAt == ["fc*", "conv1"])
        #expect(try self.configuration("batch: 10").canonicalYAML.contains("\nplacement: before\n"))
    }

    @Test func aMistakeInADisturbanceIsReportedWhereItIs() throws {
        let body = ExperimentFixture.body.replacing(
            "baseline: {}", with: "baseline: { noise: { covariate-noise: { scale: 0.5 } } }")
        let messages = try ExperimentFixture(["x": ExperimentFixture.head + body]).messages()
        #expect(
            messages.hasPrefix("Experiments/x.yaml:14:50: error: 'arms.baseline.noise.covariate-noise.scale'"))
        let word = ExperimentFixture.body.replacing("baseline: {}", with: "baseline: { placement: behind }")
        #expect(try ExperimentFixture(["x": ExperimentFixture.head + word]).messages().contains("'before'"))
    }
}
