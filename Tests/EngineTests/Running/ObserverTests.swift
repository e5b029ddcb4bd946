import Kernels
import Testing

@testable import Engine

@Suite("An observation")
struct ObserverTests {
    @Test("reads every tensor as a network of its own would compute it, kept until the end")
    func tensors() throws {
        let network = try Fixtures.inception()
        let model = Fixtures.train(network, steps: 2).model
        let observer = Observer(
            model: model, batch: 4, taps: network.taps, team: Team(threads: 2), poisonsReleasedMemory: true)
        var input = Maps(images: 4, shape: network.input)
        observer.observe { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 9)(matrix, &labels)
            input.values = matrix.elements.map(Double.init)
        }
        let reference = NetworkReference(model)
        var values = [input]
        for node in network.nodes {
            let layer = try #require(Reference.of(node.layer))
            values.append(
                layer.forward(node.inputs.map { values[$0] }, Array(reference.parameters[node.parameters])))
        }
        for (index, node) in network.nodes.enumerated() {
            let tap = try #require(network.taps.first { $0.address == "\(node.name)/output" })
            let found = observer.tensor(tap)
            #expect(found.rows == 4 * node.shape.positions && found.columns == node.shape.channels)
            #expect(GradientCheck.objection(tap.address, found.elements, values[index + 1].values) == [])
        }
    }

    @Test("shows x̂ with mean 0 and variance 1 of the batch, and γx̂ + β apart from it")
    func normalized() throws {
        let network = try Fixtures.perceptron(batchNorm: true, units: 10)
        let model = Model(network, seed: 4)
        let gamma = (0..<10).map { 0.5 + Float($0) }
        model.setValues(of: "norm2.weight", to: gamma)
        model.setValues(of: "norm2.bias", to: Array(repeating: 7, count: 10))
        let taps = network.taps(matching: "hidden2/*")
        let observer = Observer(model: model, batch: 40, taps: taps, team: Team(threads: 1))
        observer.observe { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 1)(matrix, &labels)
        }
        func tensor(_ address: String) throws -> Matrix {
            observer.tensor(try #require(taps.first { $0.address == address }))
        }
        let (normalized, scaled) = (try tensor("hidden2/normalized"), try tensor("hidden2/scaled"))
        for unit in 0..<10 {
            let column = (0..<40).map { Double(normalized[$0, unit]) }
            #expect(abs(column.reduce(0, +)) < 1e-4)
            #expect(abs(column.map { $0 * $0 }.reduce(0, +) / 40 - 1) < 1e-2)
            for row in 0..<40 { #expect(abs(scaled[row, unit] - (gamma[unit] * normalized[row, unit] + 7)) < 1e-4) }
        }
        #expect(try tensor("hidden2/activation-input").elements == scaled.elements)
        #expect(try tensor("hidden2/preactivation").elements != scaled.elements)
    }

    @Test("has dropout off")
    func dropout() throws {
        let network = try Fixtures.leNet(dropout: true, widths: [3, 4, 10])
        let taps = network.taps(matching: "drop1/output") + network.taps(matching: "relu1/output")
        let observer = Observer(model: Model(network, seed: 1), batch: 3, taps: taps, team: Team(threads: 1))
        observer.observe { $0.fill(0.5) }
        #expect(observer.tensor(taps[0]).elements == observer.tensor(taps[1]).elements)
    }
}
