import Kernels
import Testing

@testable import Engine

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
