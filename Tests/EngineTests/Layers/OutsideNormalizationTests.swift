import Kernels
import Testing

@testable import Engine
import Vocabulary

/// What Ioffe & Szegedy 2015, §2, say happens where gradient descent does not know of a normalization.
@Suite("Normalization outside the gradient")
struct OutsideNormalizationTests {
    private static let (units, images, rate) = (4, 16, 0.25)

    /// A network in which nothing learns but the bias before the normalization.
    private func model(_ normalization: any Layer) throws -> Model {
        var product = Dense(units: Self.units, bias: .present)
        product.options.weightRate = 0
        var scores = Dense(units: 3)
        scores.options.weightRate = 0
        scores.options.biasRate = 0
        let network = try Network(
            input: .flat(6),
            nodes: [
                Node(name: "product", layer: product), Node(name: "norm", layer: normalization),
                Node(name: "squash", layer: HyperbolicTangent()), Node(name: "scores", layer: scores),
            ], initializer: Gaussian(deviation: 1))
        return Model(network, seed: 5)
    }

    /// The losses and the biases of some steps of plain gradient descent on one batch.
    private func train(_ normalization: any Layer, steps: Int) throws -> (losses: [Double], biases: [[Double]]) {
        let model = try model(normalization)
        let trainer = Trainer(
            model: model, batch: Self.images, optimizer: StochasticGradientDescent(rate: Self.rate),
            policy: FixedRate(), steps: steps, seed: 1, team: Team(threads: 1))
        let fill = Fixtures.fill(model.network, step: 0)
        var (losses, biases): ([Double], [[Double]]) = ([], [])
        for step in 0..<steps {
            losses.append(trainer.step(step, fill: fill).loss)
            biases.append((model.values(of: "product.bias") ?? []).map(Double.init))
        }
        return (losses, biases)
    }

    @Test("lets the bias grow by the same amount in every step while the loss stays", arguments: [false, true])
    func biasGrows(scale: Bool) throws {
        let (losses, biases) = try train(OutsideNormalization(scale: scale), steps: 40)
        for loss in losses { #expect(abs(loss - losses[0]) < 1e-5 * losses[0]) }
        let step = biases[0]
        #expect(step.contains { abs($0) > 1e-3 })
        for (index, bias) in biases.enumerated() {
            for (found, one) in zip(bias, step) {
                #expect(abs(found - Double(index + 1) * one) < 1e-4 * Double(index + 1) * step.map(abs).max()!)
            }
        }
    }

    @Test("is what keeps a bias: within the gradient it gets none")
    func withinTheGradient() throws {
        let (losses, biases) = try train(BatchNormalization(scale: false, shift: false), steps: 40)
        #expect(biases.joined().allSatisfy { abs($0) < 1e-6 })
        #expect(losses.allSatisfy { abs($0 - losses[0]) < 1e-6 })
    }

    @Test("changes the bias by −rate · Σ dy, as the paper's Δb ∝ −∂ℓ/∂x̂")
    func biasGradient() throws {
        let bench = LayerBench(layer: OutsideNormalization(scale: false), input: .flat(1), images: 4)
        let input = Maps(images: 4, shape: .flat(1), values: [1, 2, 3, 4])
        let result = try bench.run([input], parameters: [], upstream: [0.1, -0.2, 0.3, 0.4])
        #expect(result.output == [-1.5, -0.5, 0.5, 1.5])
        // The gradient goes through unchanged, so that its sum, which is the bias's, is that of dy and not 0.
        #expect(result.inputGradients[0] == [0.1, -0.2, 0.3, 0.4])
    }

    @Test("divides by √(σ² + ε) and its gradient too: the frozen gradient of batch normalization")
    func scaled() throws {
        let input = Maps(images: 4, shape: .flat(1), values: [1, 2, 3, 4])
        let result = try LayerBench(layer: OutsideNormalization(), input: .flat(1), images: 4)
            .run([input], parameters: [], upstream: [1, 0, 0, 0])
        for (found, expected) in zip(result.output, [-1.341_635_4, -0.447_211_8, 0.447_211_8, 1.341_635_4] as [Float]) {
            #expect(abs(found - expected) < 1e-6)
        }
        #expect(abs(result.inputGradients[0][0] - 1.788_847_2 / 2) < 1e-6)
        #expect(result.inputGradients[0].dropFirst() == [0, 0, 0])
    }

    @Test("is no derivative: the check for true gradients rejects it")
    func isRejected() throws {
        for one in LayerCase.all.filter({ $0.kind == OutsideNormalization.kind }) {
            let reference = try #require(Reference.of(one.layer))
            let (check, result) = try #require(try one.check(seed: 1, as: reference.exact))
            #expect(!check.objections(to: result).isEmpty, "\(one)")
        }
    }

    @Test("keeps the bias before it, and has the taps of a normalization")
    func surroundings() throws {
        let network = try Network(
            input: .flat(6),
            nodes: [
                Node(name: "product", layer: Dense(units: 4)), Node(name: "norm", layer: OutsideNormalization()),
                Node(name: "scores", layer: Dense(units: 3)),
            ], initializer: Xavier())
        #expect(network.parameters.map(\.name) == ["product.weight", "product.bias", "scores.weight", "scores.bias"])
        let taps = network.taps(matching: "product/*")
        #expect(taps.map(\.address).contains("product/normalized"))
        let observer = Observer(model: Model(network, seed: 1), batch: 50, taps: taps, team: Team(threads: 1))
        observer.observe { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 1)(matrix, &labels)
        }
        let normalized = observer.tensor(try #require(taps.first { $0.address == "product/normalized" }))
        #expect(
            observer.tensor(try #require(taps.first { $0.address == "product/scaled" })).elements == normalized.elements
        )
        for unit in 0..<4 {
            let column = (0..<50).map { Double(normalized[$0, unit]) }
            #expect(abs(column.reduce(0, +)) < 1e-4)
            #expect(abs(column.map { $0 * $0 }.reduce(0, +) / 50 - 1) < 1e-2)
        }
    }

    @Test("tracks the statistics that batch normalization tracks, and uses them in inference")
    func inference() throws {
        func network(_ normalization: any Layer) throws -> Network {
            try Network(
                input: .flat(6),
                nodes: [
                    Node(name: "norm", layer: normalization), Node(name: "scores", layer: Dense(units: 3)),
                ], initializer: Xavier())
        }
        var scores: [[Float]] = []
        for layer in [OutsideNormalization(), BatchNormalization(scale: false, shift: false)] as [any Layer] {
            let model = Fixtures.train(try network(layer), steps: 3).model
            PopulationPass(model: model, batch: 8, team: Team(threads: 1)).run(batches: 2) { index, matrix in
                var labels: [Int32] = []
                Fixtures.fill(model.network, step: 20 + index)(matrix, &labels)
            }
            let program = Program(model, batch: 5, purpose: .inference, poisonsReleasedMemory: true)
            for source in StatisticsSource.allCases {
                var labels: [Int32] = []
                Fixtures.fill(model.network, step: 9)(program.input(images: 5), &labels)
                program.forward(images: 5, phase: .inference(source), team: Team(threads: 1))
                scores.append(program.value(2, images: 5).elements)
            }
        }
        let half = scores.count / 2
        // The layer is the network's first, so that its gradient changes nothing: all is equal.
        #expect(Array(scores[..<half]) == Array(scores[half...]))
        #expect(Set(scores[..<half]).count == half)
    }

    @Test("has the same bits with its neighbours and by itself, on any number of threads")
    func bits() throws {
        func network(_ scale: Bool) throws -> Network {
            try Network(
                input: Shape(height: 7, width: 7, channels: 2),
                nodes: [
                    Node(name: "conv1", layer: Engine.Convolution(channels: 5, kernel: 3)),
                    Node(name: "norm1", layer: OutsideNormalization(scale: scale)),
                    Node(name: "relu1", layer: Rectifier()), Node(name: "noise1", layer: CovariateNoise()),
                    Node(name: "dense2", layer: Dense(units: 20)),
                    Node(name: "norm2", layer: OutsideNormalization(scale: scale)),
                    Node(name: "noise2", layer: CovariateNoise()), Node(name: "tanh2", layer: HyperbolicTangent()),
                    Node(name: "scores", layer: Dense(units: 3)),
                ], initializer: Xavier())
        }
        for scale in [false, true] {
            let network = try network(scale)
            let first = Fixtures.train(network, steps: 4, poisoned: true)
            #expect(first.results.allSatisfy { $0.loss.isFinite })
            for other in [
                Fixtures.train(network, steps: 4, threads: 2), Fixtures.train(network, steps: 4, threads: 3),
                Fixtures.train(network, steps: 4, fuses: false),
            ] {
                #expect(other.results == first.results)
                #expect(other.model.stateTensors() == first.model.stateTensors())
            }
            for source in StatisticsSource.allCases where source != .population {
                let scores = [true, false].map { fuses in
                    let program = Program(
                        first.model, batch: 5, purpose: .inference, poisonsReleasedMemory: true, fuses: fuses)
                    var labels: [Int32] = []
                    Fixtures.fill(network, step: 9)(program.input(images: 5), &labels)
                    program.forward(images: 5, phase: .inference(source), team: Team(threads: 2))
                    return program.value(network.nodes.count, images: 5).elements
                }
                #expect(scores[0] == scores[1])
            }
        }
    }
}
