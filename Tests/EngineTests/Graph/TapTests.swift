import Testing

@testable import Engine

@Suite("Tap addresses")
struct TapTests {
    /// The node that an address reads, and which of its tensors.
    private func source(_ network: Network, _ address: String) -> String? {
        network.taps.first { $0.address == address }.map { tap in
            switch tap.source {
            case .output(let node): network.nodes[node].name
            case .booked(let node, let name): "\(network.nodes[node].name):\(name)"
            }
        }
    }

    @Test("are all different, and every node has an output")
    func unique() throws {
        for network in [
            try Fixtures.perceptron(batchNorm: true), try Fixtures.leNet(batchNorm: true, response: true),
            try Fixtures.inception(),
        ] {
            let addresses = network.taps.map(\.address)
            #expect(Set(addresses).count == addresses.count)
            for node in network.nodes { #expect(addresses.contains("\(node.name)/output")) }
            for tap in network.taps { #expect(tap.shape == network.nodes[tap.node].shape) }
        }
    }

    @Test("of what enters a nonlinearity are the same with and without normalization")
    func activationInput() throws {
        let (plain, normalized) = (
            try Fixtures.perceptron(batchNorm: false), try Fixtures.perceptron(batchNorm: true)
        )
        #expect(source(plain, "hidden3/preactivation") == "hidden3")
        #expect(source(plain, "hidden3/activation-input") == "hidden3")
        #expect(source(plain, "hidden3/activation") == "sigmoid3")
        #expect(source(plain, "hidden3/normalized") == nil)
        #expect(source(normalized, "hidden3/preactivation") == "hidden3")
        #expect(source(normalized, "hidden3/normalized") == "norm3:normalized")
        #expect(source(normalized, "hidden3/scaled") == "norm3")
        #expect(source(normalized, "hidden3/activation-input") == "norm3")
        #expect(source(normalized, "hidden3/activation") == "sigmoid3")
        #expect(source(normalized, "scores/activation-input") == "scores")
        #expect(source(normalized, "scores/activation") == nil)
    }

    @Test("of a product without nonlinearity are what would enter one")
    func withoutNonlinearity() throws {
        #expect(source(try Fixtures.leNet(), "conv1/activation-input") == "conv1")
        #expect(source(try Fixtures.leNet(response: true), "conv1/activation-input") == "conv1")
        let network = try Fixtures.leNet(batchNorm: true, response: true)
        #expect(source(network, "conv1/activation-input") == "norm1")
        #expect(source(network, "conv1/activation") == nil)
        #expect(source(network, "ip1/activation-input") == "norm3")
        #expect(source(network, "ip1/activation") == "relu1")
    }

    @Test("reach a nonlinearity behind a pooling, and stop where values branch")
    func paths() throws {
        let network = try Network(
            input: Shape(height: 8, width: 8, channels: 1),
            nodes: [
                Node(name: "conv", layer: Engine.Convolution(channels: 2, kernel: 3)),
                Node(name: "pool", layer: MaxPooling(kernel: 2)),
                Node(name: "norm", layer: BatchNormalization()),
                Node(name: "relu", layer: Rectifier()),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
        #expect(source(network, "conv/activation-input") == "norm")
        #expect(source(network, "conv/activation") == "relu")
        #expect(source(network, "conv/normalized") == "norm:normalized")
        let inception = try Fixtures.inception()
        #expect(source(inception, "stem/activation-input") == "stem-norm")
        #expect(source(inception, "mixed/1x1/conv/activation-input") == "mixed/1x1/norm")
        #expect(source(inception, "mixed/3x3/conv/activation") == "mixed/3x3/sigmoid")
    }

    @Test("of a normalization without a product before it, or of a second one, are its own")
    func ownNames() throws {
        let network = try Network(
            input: .flat(4),
            nodes: [
                Node(name: "first", layer: BatchNormalization()), Node(name: "product", layer: Dense(units: 3)),
                Node(name: "second", layer: BatchNormalization()), Node(name: "third", layer: BatchNormalization()),
            ], initializer: Xavier())
        #expect(source(network, "first/normalized") == "first:normalized")
        #expect(source(network, "product/normalized") == "second:normalized")
        #expect(source(network, "third/scaled") == "third")
    }

    @Test("of every normalization are those of batch normalization")
    func normalizers() throws {
        let network = try Fixtures.normalizers()
        for number in 1...9 {
            #expect(source(network, "product\(number)/normalized") == "norm\(number):normalized")
            #expect(source(network, "product\(number)/scaled") == "norm\(number)")
            #expect(source(network, "product\(number)/activation-input") == "norm\(number)")
        }
        // Whoever tracks statistics needs a source of them in inference; a network without does not.
        #expect(network.tracksStatistics)
        let images = try Network(
            input: .flat(4),
            nodes: [
                Node(name: "product", layer: Dense(units: 3)), Node(name: "norm", layer: LayerNormalization()),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
        #expect(!images.tracksStatistics)
        #expect(Model(images, seed: 1).hasPopulationStatistics)
        // A bias stays where the normalization does not take it away.
        let biases = network.parameters.map(\.name).filter { $0.hasPrefix("product") && $0.hasSuffix("bias") }
        #expect(biases == [1, 2, 6, 8, 9].map { "product\($0).bias" })
    }

    @Test("match patterns in which * is any run of characters")
    func patterns() throws {
        let network = try Fixtures.perceptron(batchNorm: true)
        #expect(
            network.taps(matching: "*/preactivation").map(\.address)
                == ["hidden1/preactivation", "hidden2/preactivation", "hidden3/preactivation", "scores/preactivation"])
        #expect(network.taps(matching: "hidden*/normalized").count == 3)
        #expect(network.taps(matching: "hidden2/scaled").count == 1)
        #expect(network.taps(matching: "*").count == network.taps.count)
        #expect(network.taps(matching: "h*2*ed").map(\.address) == ["hidden2/normalized", "hidden2/scaled"])
        #expect(network.taps(matching: "hidden").isEmpty)
        #expect(network.taps(matching: "").isEmpty)
    }
}
