import Testing

@testable import Engine

@Suite("A network")
struct NetworkTests {
    private let image = Shape(height: 28, width: 28, channels: 1)

    @Test("LeNet has Caffe's 431,080 parameters and 2,293,000 multiply-adds")
    func leNet() throws {
        let network = try Fixtures.leNet()
        #expect(network.parameterCount == 431_080)
        #expect(network.multiplyAdds == 2_293_000)
        #expect(network.classes == 10)
        #expect(
            network.nodes.map(\.shape.description)
                == ["24×24×20", "12×12×20", "8×8×50", "4×4×50", "500", "500", "10"])
        #expect(network.parameters.map(\.name).prefix(3) == ["conv1.weight", "conv1.bias", "conv2.weight"])
        #expect(network.parameters[2].shape == [500, 50])
        #expect(network.parameters[2].stream == "init/conv2/weight")
    }

    @Test("the paper's perceptron has 99,710 parameters, and 100,010 with batch normalization in place of biases")
    func perceptron() throws {
        #expect(try Fixtures.perceptron(batchNorm: false).parameterCount == 99_710)
        #expect(try Fixtures.perceptron(batchNorm: true).parameterCount == 100_010)
        #expect(try Fixtures.perceptron(batchNorm: false).tracksStatistics == false)
        #expect(try Fixtures.perceptron(batchNorm: true).tracksStatistics)
    }

    @Test("leaves an automatic bias out only where everything that follows has a shift")
    func automaticBias() throws {
        func hasBias(_ bias: Bias, _ nodes: [Node]) throws -> Bool {
            let network = try Network(
                input: .flat(4), nodes: [Node(name: "first", layer: Dense(units: 4, bias: bias))] + nodes,
                initializer: Xavier())
            return network.parameters.contains { $0.name == "first.bias" }
        }
        let shifted = Node(name: "norm", layer: BatchNormalization())
        let unshifted = Node(name: "norm", layer: BatchNormalization(shift: false))
        #expect(try hasBias(.automatic, []))
        #expect(try !hasBias(.automatic, [shifted]))
        #expect(try hasBias(.automatic, [unshifted]))
        #expect(try hasBias(.present, [shifted]))
        #expect(try !hasBias(.absent, []))
        let both = [
            shifted, Node(name: "relu", layer: Rectifier(), inputs: ["first"]),
            Node(name: "join", layer: Concatenation(), inputs: ["norm", "relu"]),
        ]
        #expect(try hasBias(.automatic, both))
    }

    @Test("is sorted so that every node comes after what it reads, otherwise as given")
    func order() throws {
        let network = try Network(
            input: .flat(4),
            nodes: [
                Node(name: "join", layer: Concatenation(), inputs: ["b", "a"]),
                Node(name: "b", layer: Sigmoid(), inputs: ["a"]),
                Node(name: "a", layer: Dense(units: 2), inputs: ["input"]),
                Node(name: "scores", layer: Dense(units: 3), inputs: ["join"]),
            ], initializer: Xavier())
        #expect(network.nodes.map(\.name) == ["a", "b", "join", "scores"])
        #expect(network.nodes.map(\.inputs) == [[0], [1], [2, 1], [3]])
    }

    @Test("gives `default` the run's initializer, and is refused without one")
    func initializer() throws {
        let nodes = [Node(name: "scores", layer: Dense(units: 3))]
        let network = try Network(input: .flat(2), nodes: nodes, initializer: Gaussian(deviation: 2))
        #expect(network.parameters[0].declaration.initializer.isEqual(to: Gaussian(deviation: 2)))
        #expect(network.parameters[1].declaration.initializer.isEqual(to: Constant(value: 0)))
        #expect(problems(.flat(2), nodes, initializer: nil).map(\.kind) == [.initializer])
    }

    // MARK: What is refused

    private func problems(
        _ input: Shape, _ nodes: [Node], initializer: (any Initializer)? = Xavier()
    ) -> [NetworkProblem] {
        do throws(NetworkError) {
            _ = try Network(input: input, nodes: nodes, initializer: initializer)
            return []
        } catch {
            return error.problems
        }
    }

    @Test("reports every problem at once, each at its node, without blaming what follows from it")
    func severalProblems() {
        let found = problems(
            image,
            [
                Node(name: "conv1", layer: Engine.Convolution(channels: 3, kernel: 30)),
                Node(name: "relu1", layer: Rectifier()),
                Node(name: "conv1", layer: Sigmoid(), inputs: ["relu1"]),
                Node(name: "ip1", layer: Dense(units: 0)),
                Node(name: "bad name", layer: Sigmoid(), inputs: ["input"]),
                Node(name: "join", layer: Concatenation(), inputs: ["ip1"]),
                Node(name: "scores", layer: Dense(units: 10), inputs: ["rulu1"]),
            ])
        #expect(found.map(\.kind) == [.duplicate, .name, .inputCount, .unknownInput, .layer])
        #expect(found.map(\.nodeIndex) == [2, 4, 5, 6, 0])
        #expect(found[0].suggestion == "name it 'conv1-2'")
        #expect(found[3].suggestion == "did you mean 'relu1'?")
        #expect(found[4].field == "kernel")
        #expect(
            found[4].description
                == "conv1: found a kernel of 30×30 on a map of 28×28×1, expected a map of at least 30×30; "
                + "use a kernel of at most 28 or pad 1")
    }

    @Test("refuses nothing, no input, circles, dangling outputs and outputs that are maps")
    func otherProblems() {
        #expect(problems(image, []).map(\.kind) == [.empty])
        let dense = Node(name: "scores", layer: Dense(units: 10))
        #expect(problems(Shape(height: 0, width: 28, channels: 1), [dense]).map(\.kind) == [.input])
        #expect(
            problems(image, [Node(name: "conv", layer: Engine.Convolution(channels: 2, kernel: 3))]).map(\.kind)
                == [.output])
        let circle = [
            Node(name: "a", layer: Sigmoid(), inputs: ["b"]), Node(name: "b", layer: Sigmoid(), inputs: ["a"]),
            Node(name: "scores", layer: Dense(units: 10), inputs: ["b"]),
        ]
        #expect(problems(image, circle).map(\.kind) == [.cycle])
        let dangling = [
            Node(name: "a", layer: Sigmoid()), Node(name: "scores", layer: Dense(units: 10), inputs: ["input"]),
        ]
        #expect(problems(image, dangling).map(\.kind) == [.unread])
        #expect(problems(image, dangling).first?.node == "a")
        #expect(problems(image, [Node(name: "input", layer: Dense(units: 10))]).map(\.kind) == [.name])
        #expect(problems(image, [Node(name: "a//b", layer: Dense(units: 10))]).map(\.kind) == [.name])
    }

    @Test(
        "refuses fields that make no sense, and names them",
        arguments: [
            (Engine.Convolution(channels: 0, kernel: 3), "channels"),
            (Engine.Convolution(channels: 1, kernel: 0), "kernel"),
            (Engine.Convolution(channels: 1, kernel: 3, stride: 0), "stride"),
            (Engine.Convolution(channels: 1, kernel: 3, pad: -1), "pad"),
            (Engine.Convolution(channels: 1, kernel: 3, pad: 3), "pad"),
            (Engine.Convolution(channels: 1, kernel: 2, algorithm: .winograd), "algorithm"),
            (Engine.Convolution(channels: 1, kernel: 3, stride: 2, algorithm: .winograd), "algorithm"),
            (MaxPooling(kernel: 29), "kernel"), (AveragePooling(), "kernel"), (Dropout(ratio: 1), "ratio"),
            (Dropout(ratio: 0.999_999_99), "ratio"), (Dropout(ratio: .nan), "ratio"),
            (LocalResponseNormalization(.alexNet, size: 4), "size"),
            (LocalResponseNormalization(.withinChannel, size: 3, k: 2), "k"), (Dense(), "units"),
        ] as [(any Layer, String)])
    func fields(layer: any Layer, field: String) {
        #expect(throws: LayerError.self) { try layer.outputShape([image]) }
        let found = problems(image, [Node(name: "x", layer: layer), Node(name: "scores", layer: Dense(units: 10))])
        #expect(found.map(\.field) == [field])
    }

    @Test("infers Caffe's shapes: rounding up, 32 → 16 → 8 → 4")
    func poolingShapes() throws {
        func size(_ size: Int, _ layer: MaxPooling) throws -> Int {
            try layer.outputShape([Shape(height: size, width: size, channels: 1)]).height
        }
        #expect(try size(32, MaxPooling(kernel: 3, stride: 2)) == 16)
        #expect(try size(16, MaxPooling(kernel: 3, stride: 2)) == 8)
        #expect(try size(32, MaxPooling(kernel: 3, stride: 2, rounding: .floor)) == 15)
        #expect(try size(28, MaxPooling(kernel: 2)) == 14)
        #expect(try size(3, MaxPooling(kernel: 2, stride: 2, pad: 1)) == 2)
    }
}
