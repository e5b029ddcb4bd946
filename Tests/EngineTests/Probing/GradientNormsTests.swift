@testable import Engine
import Kernels
import Testing

@Suite("The depth of layers")
struct NetworkDepthTests {
    @Test("counts the products on the longest path")
    func depths() throws {
        let network = try Fixtures.inception()
        let depth = NetworkDepth(network)
        func products(to name: String) throws -> Int {
            depth.nodes[try #require(network.nodes.firstIndex { $0.name == name })]
        }
        #expect(try products(to: "stem") == 1)
        #expect(try products(to: "stem-relu") == 1)
        #expect(try products(to: "mixed/pool") == 1)
        #expect(try products(to: "mixed/3x3/conv") == 2)
        #expect(try products(to: "outer") == 2)
        #expect(try products(to: "scores") == 3)
    }

    @Test("is the axis of a line through logarithms")
    func growth() {
        // 3 · 2^depth
        #expect(abs(NetworkDepth.growth(of: [6, 12, 96], at: [1, 2, 5]) - DoubleMath.log(2)) < 1e-14)
        #expect(NetworkDepth.growth(of: [5, 5, 5], at: [1, 2, 3]) == 0)
        // Least squares: log values 0, 0, 3 at 0, 1, 2 have the slope 3/2.
        #expect(abs(NetworkDepth.growth(of: [1, 1, DoubleMath.exp(3)], at: [0, 1, 2]) - 1.5) < 1e-14)
        #expect(NetworkDepth.growth(of: [1, 0], at: [1, 2]).isNaN)
        #expect(NetworkDepth.growth(of: [1, .infinity], at: [1, 2]).isNaN)
        #expect(NetworkDepth.growth(of: [1, 2], at: [2, 2]).isNaN)
        #expect(NetworkDepth.growth(of: [], at: []).isNaN)
    }
}

@Suite("Gradient norms")
struct GradientNormsTests {
    /// `depth` hidden layers of `width` rectifiers, with or without batch normalization, and a classifier.
    static func deep(_ depth: Int, width: Int, batchNorm: Bool, initializer: any Initializer) throws -> Network {
        var nodes: [Node] = []
        for layer in 1...depth {
            nodes.append(Node(name: "hidden\(layer)", layer: Dense(units: width)))
            if batchNorm { nodes.append(Node(name: "norm\(layer)", layer: BatchNormalization())) }
            nodes.append(Node(name: "relu\(layer)", layer: Rectifier()))
        }
        nodes.append(Node(name: "scores", layer: Dense(units: 10)))
        return try Network(input: .flat(width), nodes: nodes, initializer: initializer)
    }

    @Test("of a linear network are those of the chain of its matrices")
    func linear() throws {
        let network = try Network(
            input: .flat(4),
            nodes: [
                Node(name: "first", layer: Dense(units: 5)), Node(name: "second", layer: Dense(units: 6)),
                Node(name: "scores", layer: Dense(units: 3)),
            ], initializer: Gaussian(deviation: 0.7))
        let model = Model(network, seed: 2)
        var input = Maps(images: 7, shape: network.input)
        var labels: [Int32] = []
        let layers = GradientNorms(network, batch: 7, team: Team(threads: 1)).measure(model) { matrix, given in
            Fixtures.fill(network, step: 3)(matrix, &given)
            input.values = matrix.elements.map(Double.init)
            labels = given
        }
        let reference = NetworkReference(model)
        let scores = try #require(reference.scores(input))
        // The gradient of the sum of losses by the scores: softmax − one-hot. Then by what is before, through Wᵀ.
        var gradient = scores.values
        for image in 0..<7 {
            let row = image * 3..<(image + 1) * 3
            let sum = row.reduce(0) { $0 + DoubleMath.exp(scores.values[$1]) }
            for index in row { gradient[index] = DoubleMath.exp(scores.values[index]) / sum }
            gradient[image * 3 + Int(labels[image])] -= 1
        }
        var expected = [gradient.reduce(0) { $0 + $1 * $1 } / 7]
        for (weight, rows, columns) in [(4, 6, 3), (2, 5, 6)] {
            let matrix = reference.parameters[weight]
            gradient = (0..<7 * rows).map { place in
                (0..<columns).reduce(0) {
                    $0 + gradient[place / rows * columns + $1] * matrix[place % rows * columns + $1]
                }
            }
            expected.insert(gradient.reduce(0) { $0 + $1 * $1 } / 7, at: 0)
        }
        #expect(layers.map(\.name) == ["first", "second", "scores"])
        #expect(layers.map(\.depth) == [1, 2, 3])
        #expect(layers.map(\.units) == [5, 6, 3])
        for (layer, expected) in zip(layers, expected) {
            #expect(abs(layer.squaredNorm - expected) < 1e-5 * expected)
            #expect(layer.perUnit == layer.squaredNorm / Double(layer.units))
        }
    }

    @Test("see the gradient by the nonlinearity's input, or by the product's output")
    func places() throws {
        let network = try Fixtures.perceptron(batchNorm: true, input: .flat(9), units: 6)
        let model = Model(network, seed: 2)
        model.setValues(of: "norm2.weight", to: Array(repeating: 0, count: 6))
        func norms(_ atPreactivations: Bool) -> [Double] {
            GradientNorms(network, batch: 8, atPreactivations: atPreactivations, team: Team(threads: 1))
                .measure(model, fill: Fixtures.fill(network, step: 1)).map(\.squaredNorm)
        }
        // γ = 0 keeps the gradient from whatever lies below γx̂ + β.
        #expect(norms(false)[0] == 0 && norms(false)[1] > 0)
        #expect(norms(true)[1] == 0 && norms(true)[2] > 0)
    }

    /// The mean over three seeds of the growth in the middle of 20 layers, where neither end shows.
    private func growth(batchNorm: Bool) throws -> Double {
        let network = try Self.deep(20, width: 256, batchNorm: batchNorm, initializer: He())
        let norms = GradientNorms(network, batch: 256, team: Team(threads: 2))
        let growths = (1...3).map { seed in
            let layers = norms.measure(Model(network, seed: UInt64(seed)), fill: Fixtures.fill(network, step: seed))
            return GradientNorms.growth(layers[5..<18])
        }
        return growths.reduce(0, +) / 3
    }

    @Test("explode by π/(π − 1) a layer with batch normalization and rectifiers (Yang et al. 2019)")
    func explosion() throws {
        let expected = DoubleMath.log(.pi / (.pi - 1))
        let found = try growth(batchNorm: true)
        #expect(abs(found - expected) < 0.05 * expected, "\(found), not \(expected)")
    }

    @Test("stay with He's initialization")
    func he() throws {
        let found = try growth(batchNorm: false)
        #expect(abs(found) < 0.05, "\(found)")
    }
}

@Suite("Statistics of channels")
struct ChannelStatisticsTests {
    @Test("are the moments of every product's output, of maps over all positions")
    func moments() throws {
        let network = try Fixtures.leNet(batchNorm: true, widths: [3, 4, 10])
        let model = Fixtures.train(network, steps: 2).model
        var input = Maps(images: 5, shape: network.input)
        let layers = ChannelStatistics(model, batch: 5, team: Team(threads: 1)).measure { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 7)(matrix, &labels)
            input.values = matrix.elements.map(Double.init)
        }
        #expect(layers.map(\.name) == ["conv1", "conv2", "ip1", "ip2"])
        #expect(layers.map(\.depth) == [1, 2, 3, 4])
        let parameters = NetworkReference(model).parameters
        var values = [input]
        for (index, node) in network.nodes.enumerated() {
            let reference = try #require(Reference.of(node.layer))
            values.append(reference.forward(node.inputs.map { values[$0] }, Array(parameters[node.parameters])))
            guard let layer = layers.first(where: { $0.name == node.name }) else { continue }
            let (channels, output) = (node.shape.channels, values[index + 1].values)
            var (squaredMean, variance) = (0.0, 0.0)
            for channel in 0..<channels {
                let column = stride(from: channel, to: output.count, by: channels).map { output[$0] }
                let mean = column.reduce(0, +) / Double(column.count)
                squaredMean += mean * mean / Double(channels)
                variance +=
                    column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count * channels)
            }
            #expect(abs(layer.squaredMean - squaredMean) < 1e-4 * squaredMean + 1e-9)
            #expect(abs(layer.variance - variance) < 1e-4 * variance)
        }
    }

    /// The growth in 12 layers of rectifiers whose weights are √2 times He's, without the last.
    private func growth(batchNorm: Bool, of quantity: KeyPath<ChannelStatistics.Layer, Double>) throws -> Double {
        let network = try GradientNormsTests.deep(
            12, width: 128, batchNorm: batchNorm, initializer: He(gain: 2.0.squareRoot()))
        let statistics = ChannelStatistics(Model(network, seed: 1), batch: 64, team: Team(threads: 1))
        let layers = statistics.measure { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 1)(matrix, &labels)
        }
        return ChannelStatistics.growth(layers[1..<12], of: quantity)
    }

    @Test("grow with depth without normalization, and stay with it (Bjorck et al. 2018)")
    func growth() throws {
        // Twice He's variance doubles the mean square in every layer.
        #expect(abs(try growth(batchNorm: false, of: \.meanSquare) - DoubleMath.log(2)) < 0.1)
        #expect(try growth(batchNorm: false, of: \.squaredMean) > 0.5)
        #expect(abs(try growth(batchNorm: true, of: \.meanSquare)) < 0.03)
        #expect(abs(try growth(batchNorm: true, of: \.variance)) < 0.03)
    }
}

extension ChannelStatistics.Layer {
    fileprivate var meanSquare: Double { squaredMean + variance }
}
