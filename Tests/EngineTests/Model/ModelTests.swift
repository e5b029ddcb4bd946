import Testing

@testable import Engine

@Suite("A model")
struct ModelTests {
    @Test("starts layers of one name and shape alike, with and without batch normalization")
    func pairedStart() throws {
        let (plain, normalized) = (
            Model(try Fixtures.perceptron(batchNorm: false), seed: 6),
            Model(try Fixtures.perceptron(batchNorm: true), seed: 6)
        )
        for layer in ["hidden1", "hidden2", "hidden3", "scores"] {
            let values = try #require(plain.values(of: "\(layer).weight"))
            #expect(normalized.values(of: "\(layer).weight") == values)
            #expect(values.contains { $0 != 0 })
        }
        #expect(normalized.values(of: "hidden1.bias") == nil)
        #expect(normalized.values(of: "norm1.weight") == Array(repeating: 1, count: 100))
        #expect(plain.values(of: "hidden2.weight") != plain.values(of: "hidden3.weight"))
        let other = Model(plain.network, seed: 7)
        #expect(other.values(of: "hidden1.weight") != plain.values(of: "hidden1.weight"))
    }

    @Test("refuses tensors that do not fit, names them all, and stays as it is")
    func restoreErrors() throws {
        let network = try Fixtures.perceptron(batchNorm: true, units: 5)
        let model = Fixtures.train(network, steps: 1).model
        let state = model.stateTensors()
        var wrong = Model(network, seed: 99).stateTensors()
        wrong.removeAll { $0.name == "hidden1.weight" }
        wrong.append(NamedTensor(name: "hidden9.weight", shape: [1], values: [0]))
        let place = try #require(wrong.firstIndex { $0.name == "norm1/mean-sum" })
        wrong[place] = NamedTensor(name: "norm1/mean-sum", shape: [4], values: [1, 2, 3, 4])
        let steps = try #require(wrong.firstIndex { $0.name == "norm2/steps" })
        wrong[steps] = NamedTensor(name: "norm2/steps", shape: [], values: [4])
        wrong.append(wrong[0])
        do throws(RestoreError) {
            try model.restore(wrong)
            Issue.record("wrong tensors were taken")
        } catch {
            #expect(
                error.problems == [
                    .duplicate(name: wrong[0].name), .missing(name: "hidden1.weight"),
                    .mismatch(name: "norm1/mean-sum", found: "floats [4]", expected: "floats [5]"),
                    .mismatch(name: "norm2/steps", found: "floats []", expected: "integers []"),
                    .unexpected(name: "hidden9.weight"),
                ])
        }
        #expect(model.stateTensors() == state)
    }

    @Test("has names of its own for everything that it saves")
    func names() throws {
        let names = Model(try Fixtures.inception(), seed: 1).stateTensors().map(\.name)
        #expect(Set(names).count == names.count)
    }
}
