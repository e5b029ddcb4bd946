@testable import Engine
import Kernels
import Testing

@Suite("Rescaled weights")
struct RescalingTests {
    static let factors = [0.01, 0.5, 3, 100]

    private func network(batchNorm: Bool, epsilon: Double = 1e-12) throws -> Network {
        var nodes: [Node] = []
        for layer in 1...2 {
            nodes.append(Node(name: "hidden\(layer)", layer: Dense(units: 8)))
            if batchNorm { nodes.append(Node(name: "norm\(layer)", layer: BatchNormalization(epsilon: epsilon))) }
            nodes.append(Node(name: "sigmoid\(layer)", layer: Sigmoid()))
        }
        nodes.append(Node(name: "scores", layer: Dense(units: 4)))
        return try Network(input: .flat(6), nodes: nodes, initializer: Gaussian(deviation: 1))
    }

    private func measure(_ network: Network, _ product: String) -> [Rescaling.Point] {
        Rescaling(network, batch: 20, team: Team(threads: 1)).measure(
            Model(network, seed: 4), product: product, factors: Self.factors, fill: Fixtures.fill(network, step: 2))
    }

    @Test("change nothing before a batch normalization but the gradient's length", arguments: ["hidden1", "hidden2"])
    func invariant(product: String) throws {
        let points = measure(try network(batchNorm: true), product)
        #expect(points.map(\.factor) == Self.factors)
        for point in points {
            #expect(point.outputChange < 1e-4 && point.lossChange < 1e-4 && point.inputGradientChange < 1e-4)
            #expect(abs(point.gradientRatio - 1) < 1e-4)
            #expect(abs(point.alignment) < 1e-4)
        }
    }

    @Test("change everything without one", arguments: [(false, "hidden1"), (false, "hidden2"), (true, "scores")])
    func variant(batchNorm: Bool, product: String) throws {
        for point in measure(try network(batchNorm: batchNorm), product) {
            #expect(point.outputChange > 0.02 && point.lossChange > 0.01 && point.inputGradientChange > 0.1)
            #expect(abs(point.gradientRatio - 1) > 0.1)
        }
        let one = try #require(measure(try network(batchNorm: batchNorm), product).first)
        #expect(abs(one.alignment) > 0.01)
    }

    @Test("are seen by ε where it is not small against the variance")
    func epsilon() throws {
        let points = measure(try network(batchNorm: true, epsilon: 0.1), "hidden1")
        // ε/(a²σ²) is largest for the smallest factor, and all but nothing for the largest.
        #expect(points[0].outputChange > 0.1 && points[0].alignment != 0)
        #expect(points[3].outputChange < 0.1)
    }

    @Test("have the gradients of the network with scaled weights")
    func values() throws {
        let network = try network(batchNorm: false)
        let model = Model(network, seed: 4)
        let before = model.stateTensors()
        let points = Rescaling(network, batch: 20, team: Team(threads: 1)).measure(
            model, product: "hidden2", factors: [1, 2], fill: Fixtures.fill(network, step: 2))
        #expect(model.stateTensors() == before)
        #expect(points[0].outputChange == 0 && points[0].lossChange == 0 && points[0].inputGradientChange == 0)
        #expect(points[0].gradientRatio == 1)
        var input = Maps(images: 20, shape: network.input)
        var labels: [Int32] = Array(repeating: 0, count: 20)
        let storage = Storage(count: 120)
        let matrix = storage.matrix(rows: 20, columns: 6)
        Fixtures.fill(network, step: 2)(matrix, &labels)
        input.values = matrix.elements.map(Double.init)
        let weight = try #require(network.parameters.firstIndex { $0.name == "hidden2.weight" })
        let reference = NetworkReference(model)
        var scaled = reference
        scaled.parameters[weight] = scaled.parameters[weight].map { 2 * $0 }
        let (loss, scaledLoss) = (reference.loss(input, labels: labels), scaled.loss(input, labels: labels))
        #expect(abs(points[1].lossChange - abs(scaledLoss - loss) / loss) < 1e-5)
        func gradient(_ reference: NetworkReference) -> [Double] {
            reference.parameters[weight].indices.map {
                reference.derivative(input, labels: labels, parameter: weight, index: $0)
            }
        }
        func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let (one, two) = (gradient(reference), gradient(scaled))
        #expect(abs(points[1].gradientRatio - 2 * norm(two) / norm(one)) < 1e-4)
        let weights = scaled.parameters[weight]
        let alignment = zip(weights, two).reduce(0) { $0 + $1.0 * $1.1 } / (norm(weights) * norm(two))
        #expect(abs(points[1].alignment - alignment) < 1e-4)
    }

    @Test("can be those of every product")
    func products() throws {
        #expect(Rescaling.products(of: try network(batchNorm: true)) == ["hidden1", "hidden2", "scores"])
    }
}

@Suite("Norms of parameters")
struct WeightNormsTests {
    private func network() throws -> Network {
        var product = Dense(units: 2)
        product.options.weightRate = 3
        return try Network(
            input: .flat(2),
            nodes: [
                Node(name: "hidden", layer: product), Node(name: "norm", layer: BatchNormalization()),
                Node(name: "sigmoid", layer: Sigmoid()), Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Constant(value: 0))
    }

    @Test("are Frobenius's, with the rate that turns a weight's direction")
    func norms() throws {
        let model = Model(try network(), seed: 1)
        model.setValues(of: "hidden.weight", to: [1, -2, 2, 4])
        model.setValues(of: "scores.bias", to: [3, -4])
        model.setValues(of: "norm.weight", to: [1, 7])
        model.setValues(of: "norm.bias", to: [-6, 8])
        let norms = WeightNorms(model, rate: 0.5)
        #expect(norms.entries.map(\.name) == model.network.parameters.map(\.name))
        let weights = norms.entries(of: .weight)
        #expect(weights.map(\.node) == ["hidden", "scores"])
        #expect(weights[0].norm == 5 && weights[0].count == 4 && weights[0].rootMeanSquare == 2.5)
        #expect(weights[0].rate == 1.5 && weights[0].effectiveRate == 1.5 / 25)
        #expect(weights[1].norm == 0 && weights[1].effectiveRate == .infinity)
        #expect(norms.entries(of: .bias).map(\.norm) == [5])
        #expect(norms.entries(of: .scale).map(\.rootMeanSquare) == [5])
        #expect(norms.entries(of: .shift).map(\.norm) == [10])
    }
}
