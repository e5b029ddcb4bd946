@testable import Engine
import Testing

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

@Suite("PyTorch's names and layouts")
struct TorchTests {
    @Test("of a network with convolutions, normalizations and dense layers")
    func names() throws {
        let network = try Fixtures.leNet(batchNorm: true)
        let tensors = Fixtures.train(network, steps: 1, batch: 2).model.torchTensors()
        let shapes = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.shape) })
        #expect(
            shapes == [
                "conv1.weight": [20, 1, 5, 5], "conv2.weight": [50, 20, 5, 5], "ip1.weight": [500, 800],
                "ip2.weight": [10, 500], "ip2.bias": [10],
                "norm1.weight": [20], "norm1.bias": [20], "norm1.running_mean": [20], "norm1.running_var": [20],
                "norm1.num_batches_tracked": [],
                "norm2.weight": [50], "norm2.bias": [50], "norm2.running_mean": [50], "norm2.running_var": [50],
                "norm2.num_batches_tracked": [],
                "norm3.weight": [500], "norm3.bias": [500], "norm3.running_mean": [500], "norm3.running_var": [500],
                "norm3.num_batches_tracked": [],
            ])
        for tensor in tensors { #expect(tensor.count == tensor.shape.reduce(1, *)) }
        #expect(tensors.first { $0.name == "norm1.num_batches_tracked" }?.elements == .integers([1]))
    }

    @Test("put channels before positions in a convolution, and in a dense layer after a map")
    func layouts() throws {
        let network = try Network(
            input: Shape(height: 3, width: 4, channels: 2),
            nodes: [
                Node(name: "conv", layer: Engine.Convolution(channels: 3, kernel: 2)),
                Node(name: "dense", layer: Dense(units: 5)), Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Gaussian(deviation: 1))
        let model = Model(network, seed: 1)
        let tensors = Dictionary(uniqueKeysWithValues: model.torchTensors().map { ($0.name, $0.values ?? []) })
        let (ours, theirs) = (try #require(model.values(of: "conv.weight")), try #require(tensors["conv.weight"]))
        for output in 0..<3 {
            for channel in 0..<2 {
                for y in 0..<2 {
                    for x in 0..<2 {
                        let torch = ((output * 2 + channel) * 2 + y) * 2 + x
                        #expect(theirs[torch] == ours[((y * 2 + x) * 2 + channel) * 3 + output])
                    }
                }
            }
        }
        // The dense layer reads a map of 2 × 3 × 3.
        let (weight, torch) = (try #require(model.values(of: "dense.weight")), try #require(tensors["dense.weight"]))
        for unit in 0..<5 {
            for channel in 0..<3 {
                for y in 0..<2 {
                    for x in 0..<3 {
                        let index = unit * 18 + (channel * 2 + y) * 3 + x
                        #expect(torch[index] == weight[((y * 3 + x) * 3 + channel) * 5 + unit])
                    }
                }
            }
        }
        let scores = try #require(model.values(of: "scores.weight"))
        let transposed: [Float] = [0, 1].flatMap { unit in (0..<5).map { scores[2 * $0 + unit] } }
        #expect(tensors["scores.weight"] == transposed)
        #expect(tensors["dense.bias"] == [0, 0, 0, 0, 0])
    }

    @Test("give PyTorch's own start before the first step, and the unbiased variance after it")
    func runningStatistics() throws {
        let network = try Network(
            input: .flat(1),
            nodes: [
                Node(name: "norm", layer: BatchNormalization(scale: false)),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
        let model = Model(network, seed: 1)
        func tensor(_ name: String) -> NamedTensor? { model.torchTensors().first { $0.name == "norm.\(name)" } }
        #expect(tensor("running_mean")?.values == [0])
        #expect(tensor("running_var")?.values == [1])
        #expect(tensor("weight")?.values == [1])
        Fixtures.trainer(model, batch: 4).step(0) { matrix, _ in matrix.copy(from: [1, 2, 3, 4]) }
        #expect(tensor("running_mean")?.values == [2.5])
        #expect(abs((tensor("running_var")?.values?[0] ?? 0) - 5 / 3) < 1e-6)
    }

    @Test("of normalizations that track nothing are γ and β alone, both or neither")
    func imageNormalizations() throws {
        let network = try Network(
            input: Shape(height: 2, width: 2, channels: 4),
            nodes: [
                Node(name: "layer", layer: LayerNormalization()),
                Node(name: "group", layer: GroupNormalization(groups: 2, scale: false)),
                Node(name: "instance", layer: InstanceNormalization(shift: false)),
                Node(name: "neither", layer: GroupNormalization(groups: 2, scale: false, shift: false)),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
        let tensors = Model(network, seed: 1).torchTensors()
        #expect(
            Set(tensors.map(\.name)) == [
                "layer.weight", "layer.bias", "group.weight", "group.bias", "instance.weight", "instance.bias",
                "scores.weight", "scores.bias",
            ])
        #expect(tensors.first { $0.name == "group.weight" }?.values == [1, 1, 1, 1])
        #expect(tensors.first { $0.name == "instance.bias" }?.values == [0, 0, 0, 0])
    }
}
