import Testing

@testable import Engine

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
