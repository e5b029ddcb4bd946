import Engine
import Testing

@testable import Experiments
@testable import Running

@Suite struct ModelReaderTests {
    private func network(_ layers: String, arm: String = "") throws -> Network {
        let body = ExperimentFixture.body.replacing("model: tiny", with: "model:\n" + layers)
            .replacing("baseline: {}", with: "baseline: { \(arm) }")
        let experiment = try ExperimentFixture.load(body)
        let configuration = experiment.arms[0].configuration(in: try experiment.profile("smoke"))
        return try configuration.network(input: Shape(height: 28, width: 28, channels: 1), classes: 10)
    }

    @Test func layersAreNamedByKindAndNumber() throws {
        let network = try network(
            """
                - convolution: { channels: 2, kernel: 5 }
                - relu
                - max-pool: { kernel: 2, stride: 2 }
                - name: middle
                  convolution: { channels: 2, kernel: 5 }
                - average-pool: { kernel: 2, stride: 2 }
                - dropout: 0.25
                - dense: { units: 10 }
            """)
        #expect(network.nodes.map(\.name) == ["conv1", "relu1", "pool1", "middle", "pool2", "dropout1", "dense1"])
        #expect((network.nodes[5].layer as? Dropout)?.ratio == 0.25)
    }

    @Test func slotsAreFilledOrLeftOut() throws {
        let layers = """
                - normalize
                - dense: { units: 20 }
                - normalize
                - activate
                - respond
                - drop
                - dense: { units: 10 }
            """
        let without = try network(layers, arm: "activation: none")
        #expect(without.nodes.map(\.name) == ["dense1", "dense2"])
        let with = try network(
            layers, arm: "normalization: batch-norm, activation: tanh, local-response: lrn, dropout: { dropout: 0.3 }")
        #expect(
            with.nodes.map(\.name) == [
                "input/normalize", "dense1", "dense1/normalize", "dense1/activate", "dense1/respond", "dense1/drop",
                "dense2",
            ])
        #expect(with.nodes.map { type(of: $0.layer).kind }[3] == "tanh")
        #expect((with.nodes[5].layer as? Dropout)?.ratio == 0.3)
        // The bias before a normalization is redundant, and left out.
        #expect(
            with.parameters.map(\.name).filter { $0.hasPrefix("dense") && !$0.contains("/") }
                == ["dense1.weight", "dense2.weight", "dense2.bias"])
    }

    @Test func branchesJoinTheirChannels() throws {
        let network = try network(
            """
                - convolution: { channels: 4, kernel: 3, pad: 1 }
                - name: mixed1
                  branches:
                    1x1:
                      - convolution: { channels: 2, kernel: 1 }
                    3x3:
                      - name: reduce
                        convolution: { channels: 3, kernel: 1 }
                      - normalize
                      - convolution: { channels: 5, kernel: 3, pad: 1 }
                    pass: []
                - dense: { units: 10 }
            """, arm: "normalization: batch-norm")
        #expect(
            network.nodes.map(\.name) == [
                "conv1", "mixed1/1x1/conv", "mixed1/3x3/reduce", "mixed1/3x3/reduce/normalize", "mixed1/3x3/conv2",
                "mixed1",
                "dense1",
            ])
        #expect(network.nodes[5].shape == Shape(height: 28, width: 28, channels: 2 + 5 + 4))
    }

    @Test func inputsAreOtherNodes() throws {
        let network = try network(
            """
                - dense: { units: 4 }
                - name: other
                  inputs: [input]
                  dense: { units: 3 }
                - concatenation:
                  inputs: [dense1, other]
                - dense: { units: 10 }
            """)
        #expect(network.nodes[2].shape == .flat(7))
    }

    @Test func mistakesAreReportedTogether() throws {
        let body = ExperimentFixture.body.replacing(
            "model: tiny",
            with: """
                model:
                    - dens: 5
                    - normalise
                    - normalize: batch-norm
                    - name: a b
                      relu:
                    - { name: c }
                    - dense: { units: 3 }
                      relu: {}
                    - max-pool: { stride: 2 }
                    - dense: 10
                      inputs: nothing
                    - 7
                    - []
                    - name: c
                      relu:
                    - name: c
                      tanh:
                """)
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + body])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:11:7: error: unknown layer or key 'dens'; did you mean 'dense'?
                    - dens: 5
                      ^~~~
            Experiments/x.yaml:12:7: error: unknown layer 'normalise'; did you mean 'normalize'?
                    - normalise
                      ^~~~~~~~~
            Experiments/x.yaml:13:7: error: the slot 'normalize' is a word alone: '- normalize'
                    - normalize: batch-norm
                      ^~~~~~~~~
            Experiments/x.yaml:14:13: error: 'a b' cannot name a layer; use letters, digits, '-' and '_'
                    - name: a b
                            ^~~
            Experiments/x.yaml:16:7: error: this item has no layer
                    - { name: c }
                      ^
            Experiments/x.yaml:18:7: error: an item holds one layer, found 'dense' and 'relu'; begin a new item with '- '
                      relu: {}
                      ^~~~
            Experiments/x.yaml:19:17: error: missing key 'kernel' in 'pool1': expected a whole number from 1 to 255
                    - max-pool: { stride: 2 }
                                ^
            Experiments/x.yaml:20:14: error: 'dense2': expected a mapping, found '10'; write { units: 10 }
                    - dense: 10
                             ^~
            Experiments/x.yaml:21:15: error: 'inputs': expected a list, found 'nothing'; write [nothing]
                      inputs: nothing
                              ^~~~~~~
            Experiments/x.yaml:22:7: error: unknown layer '7'; the slots and layers are 'normalize', 'activate', 'respond', \
            'drop', 'dense', 'convolution', 'max-pool', 'average-pool', 'global-average-pool', 'relu', 'sigmoid', 'tanh', …
                    - 7
                      ^
            Experiments/x.yaml:23:7: error: expected a layer, found a list
                    - []
                      ^
            Experiments/x.yaml:26:13: error: two layers are called 'c'
                    - name: c
                            ^
                note: the first is at Experiments/x.yaml:24:7
            12 errors
            """)
    }

    @Test func aModelFileIsStrict() throws {
        let fixture = try ExperimentFixture(
            ["x": ExperimentFixture.head + ExperimentFixture.body],
            models: ["tiny": "titel: T\nsource: S\ninput: { height: 28, width: 28 }\nlayers: []\n"])
        expectText(
            try fixture.messages(),
            """
            Experiments/Models/tiny.yaml:1:1: error: unknown key 'titel'; did you mean 'title'?
                titel: T
                ^~~~~
            Experiments/Models/tiny.yaml:3:8: error: missing key 'channels' in 'input': expected a whole number from 1 to 100000
                input: { height: 28, width: 28 }
                       ^
            Experiments/Models/tiny.yaml:4:9: error: a model needs at least one layer
                layers: []
                        ^
            3 errors
            """)
    }
}
