import Kernels
import Testing

@testable import Engine
import Vocabulary

/// Bits are the contract: what a run computes depends on its configuration and its seed, and on nothing else.
@Suite("The same bits")
struct DeterminismTests {
    static let steps = 4

    private static func networks() throws -> [Network] {
        [
            try Fixtures.perceptron(batchNorm: true),
            try Fixtures.leNet(batchNorm: true, response: true, dropout: true),
            try Fixtures.inception(),
            try Fixtures.normalizers(),
        ]
    }

    @Test("on one, two, three and eight threads")
    func threads() throws {
        for network in try Self.networks() + [Self.tiles()] {
            let runs = [1, 2, 3, 8].map { Fixtures.train(network, steps: Self.steps, threads: $0) }
            for run in runs.dropFirst() {
                #expect(run.results == runs[0].results)
                #expect(run.model.stateTensors() == runs[0].model.stateTensors())
            }
            // The model has moved, and not to NaN, which would make any comparison easy.
            #expect(runs[0].model.stateTensors() != Model(network, seed: 3).stateTensors())
            #expect(runs[0].results.allSatisfy { $0.loss.isFinite })
        }
    }

    /// The whole of training, pinned: on every machine, for every instruction set, with and without optimization, these are
    /// the bits. What changes them raises ``numericsVersion``.
    @Test("as ever")
    func pinned() throws {
        let digests = try Self.networks().map { network in
            let (model, results) = Fixtures.train(network, steps: Self.steps, threads: 2)
            var digest: UInt64 = 0xcbf2_9ce4_8422_2325
            func add(_ bits: UInt64) { digest = (digest ^ bits) &* 0x0000_0100_0000_01b3 }
            for result in results { add(result.loss.bitPattern) }
            for tensor in model.stateTensors() {
                for value in tensor.values ?? [] { add(UInt64(value.bitPattern)) }
            }
            return digest
        }
        #expect(numericsVersion == 4)
        #expect(
            digests == [
                8_574_094_371_712_596_091, 17_259_829_039_083_186_336, 14_603_424_020_098_554_846,
                1_747_192_560_513_868_993,
            ])
    }

    /// Convolutions by Winograd's algorithm in every place: with a bias and a nonlinearity, with moments gathered, in two
    /// branches whose gradients are added, into parts of a join, of filters of three and five taps, on maps that are whole
    /// tiles and that are not.
    private static func tiles() throws -> Network {
        try Network(
            input: Shape(height: 10, width: 10, channels: 3),
            nodes: [
                Node(name: "stem", layer: Convolution(channels: 9, kernel: 3, algorithm: .winograd)),
                Node(name: "stem-relu", layer: Rectifier()),
                Node(name: "left", layer: Convolution(channels: 8, kernel: 3, pad: 1, bias: .absent)),
                Node(name: "left-norm", layer: BatchNormalization()), Node(name: "left-relu", layer: Rectifier()),
                Node(name: "right", layer: Convolution(channels: 11, kernel: 5, pad: 2), inputs: ["stem-relu"]),
                Node(name: "join", layer: Concatenation(), inputs: ["left-relu", "right"]),
                Node(name: "five", layer: Convolution(channels: 8, kernel: 5, algorithm: .winograd)),
                Node(name: "odd", layer: Convolution(channels: 10, kernel: 3, pad: 2, algorithm: .winograd)),
                Node(name: "odd-norm", layer: BatchNormalization()), Node(name: "odd-tanh", layer: HyperbolicTangent()),
                Node(name: "scores", layer: Dense(units: 4)),
            ], initializer: Xavier())
    }

    @Test("by Winograd's algorithm as by the direct one, but for roundings")
    func algorithms() throws {
        let network = try Self.tiles()
        let plan = ExecutionPlan(network, batch: 8).entries.filter { $0.kind == "convolution" }
        #expect(plan.count == 5 && plan.allSatisfy { $0.algorithm == "winograd" })
        let direct = try Network(
            input: network.input,
            nodes: network.nodes.map { node in
                var layer = node.layer
                if var convolution = layer as? Engine.Convolution {
                    convolution.algorithm = .direct
                    layer = convolution
                }
                let inputs = node.inputs.map { $0 == 0 ? NetworkBuilder.inputName : network.nodes[$0 - 1].name }
                return Node(name: node.name, layer: layer, inputs: inputs)
            }, initializer: Xavier())
        let (first, second) = (
            Fixtures.train(network, steps: Self.steps), Fixtures.train(direct, steps: Self.steps)
        )
        #expect(first.results.map(\.loss) != second.results.map(\.loss))
        #expect(abs(first.results[0].loss / second.results[0].loss - 1) < 1e-6)
        for (a, b) in zip(first.results, second.results) { #expect(abs(a.loss / b.loss - 1) < 1e-4) }
    }

    @Test("with layers computed together and each by itself")
    func fusion() throws {
        for network in try Self.networks() + [Self.unlike(), Self.tiles()] {
            let (fused, apart) = (
                Fixtures.train(network, steps: Self.steps), Fixtures.train(network, steps: Self.steps, fuses: false)
            )
            #expect(fused.results == apart.results)
            #expect(fused.model.stateTensors() == apart.model.stateTensors())
            let steps = LoweredNetwork(network, purpose: .inference).steps
            #expect(steps.contains { $0.epilogue.nonlinearity != nil })
            #expect(steps.contains { $0.epilogue.affine != nil })
            // In inference, where a normalization with estimates is applied by the product before it.
            for statistics in [StatisticsSource.movingAverage, .batch] {
                let scores = [true, false].map { fuses in
                    let program = Program(
                        fused.model, batch: 5, purpose: .inference, poisonsReleasedMemory: true, fuses: fuses)
                    var labels: [Int32] = Array(repeating: 0, count: 5)
                    Fixtures.fill(network, step: 9)(program.input(images: 5), &labels)
                    program.forward(images: 5, phase: .inference(statistics), team: Team(threads: 2))
                    return program.value(network.nodes.count, images: 5).elements.map(\.bitPattern)
                }
                #expect(scores[0] == scores[1])
                #expect(!scores[0].contains(Float.nan.bitPattern))
            }
        }
    }

    /// What the other networks do not have: products without bias before a nonlinearity, other nonlinearities behind
    /// products, two in a row, dropout between, a normalization of the input, one without a mean, and filters that mostly meet
    /// padding.
    private static func unlike() throws -> Network {
        try Network(
            input: Shape(height: 5, width: 5, channels: 2),
            nodes: [
                Node(name: "norm0", layer: BatchNormalization()), Node(name: "tanh0", layer: HyperbolicTangent()),
                Node(name: "conv1", layer: Convolution(channels: 5, kernel: 5, pad: 2, bias: .absent)),
                Node(name: "relu1", layer: Rectifier()), Node(name: "again1", layer: Sigmoid()),
                Node(name: "conv2", layer: Convolution(channels: 3, kernel: 3, pad: 1)),
                Node(name: "drop2", layer: Dropout(ratio: 0.3)), Node(name: "tanh2", layer: HyperbolicTangent()),
                Node(name: "one", layer: Convolution(channels: 4, kernel: 1)), Node(name: "two", layer: Rectifier()),
                Node(
                    name: "three", layer: Convolution(channels: 3, kernel: 3, pad: 1, bias: .absent),
                    inputs: ["tanh2"]),
                Node(name: "norm3", layer: BatchNormalization()), Node(name: "four", layer: Sigmoid()),
                Node(name: "join", layer: Concatenation(), inputs: ["two", "four"]),
                Node(name: "dense", layer: Dense(units: 6)), Node(name: "norm", layer: RootMeanSquareNormalization()),
                Node(name: "tanh", layer: HyperbolicTangent()), Node(name: "scores", layer: Dense(units: 4)),
                Node(name: "last", layer: Rectifier()),
            ], initializer: Xavier())
    }

    @Test("of an image in a full batch and in a smaller last one")
    func smallerBatch() throws {
        let network = try Self.unlike()
        let model = Fixtures.train(network, steps: 2).model
        let evaluator = Evaluator(model: model, batch: 16, team: Team(threads: 2))
        let single = Evaluator(model: model, batch: 1, team: Team(threads: 1))
        let fill = { (range: Range<Int>, matrix: Matrix, labels: inout [Int32]) in
            for (place, image) in range.enumerated() {
                let rows = matrix.rows(place * 25..<(place + 1) * 25)
                rows.copy(from: (0..<50).map { Float((image * 50 + $0) % 17) / 17 - 0.5 })
                labels[place] = Int32(image % 4)
            }
        }
        let whole = evaluator.evaluate(count: 19, statistics: .movingAverage, fill: fill)
        let parts = (0..<19).map { image in
            single.evaluate(count: 1, statistics: .movingAverage) { fill(image..<image + 1, $1, &$2) }
        }
        #expect(whole.correct == parts.reduce(0) { $0 + $1.correct })
        #expect(abs(whole.loss - parts.reduce(0) { $0 + $1.loss } / 19) < 1e-12)
    }

    @Test("with released and unborn memory full of NaN")
    func poison() throws {
        for network in try Self.networks() {
            let (clean, poisoned) = (
                Fixtures.train(network, steps: Self.steps),
                Fixtures.train(network, steps: Self.steps, poisoned: true)
            )
            #expect(clean.results == poisoned.results)
            #expect(clean.model.stateTensors() == poisoned.model.stateTensors())
        }
    }

    @Test("with and without observers, evaluators and population passes in between")
    func observation() throws {
        for network in try Self.networks() {
            let plain = Fixtures.train(network, steps: Self.steps)
            let model = Model(network, seed: 3)
            let trainer = Fixtures.trainer(model)
            let team = Team(threads: 2)
            let observer = Observer(model: model, batch: 5, taps: network.taps, team: team)
            let evaluator = Evaluator(model: model, batch: 4, team: team)
            let fill = Fixtures.fill(network, step: 77)
            var results: [StepResult] = []
            for step in 0..<Self.steps {
                var labels: [Int32] = []
                observer.observe { fill($0, &labels) }
                let state = model.stateTensors()
                _ = evaluator.evaluate(count: 6, statistics: .movingAverage) { fill($1, &$2) }
                _ = evaluator.evaluate(count: 6, statistics: .batch) { fill($1, &$2) }
                #expect(model.stateTensors() == state)
                results.append(trainer.step(step, fill: Fixtures.fill(network, step: step)))
            }
            #expect(results == plain.results)
            #expect(model.stateTensors() == plain.model.stateTensors())
            PopulationPass(model: model, batch: 4, team: team).run(batches: 2) { _, matrix in
                var labels: [Int32] = []
                fill(matrix, &labels)
            }
            let changed = Set(
                zip(model.stateTensors(), plain.model.stateTensors()).filter { $0 != $1 }.map {
                    $0.0.name.split(separator: "/").last ?? ""
                })
            #expect(changed == ["population-mean", "population-variance", "population-batches"])
        }
    }

    @Test("after a run was saved and restored in the middle, by a model of another seed")
    func resume() throws {
        for network in try Self.networks() {
            let whole = Fixtures.train(network, steps: 2 * Self.steps)
            let half = Fixtures.train(network, steps: Self.steps)
            let resumed = Model(network, seed: 1234)
            try resumed.restore(half.model.stateTensors().reversed())
            let trainer = Fixtures.trainer(resumed)
            let rest = (Self.steps..<2 * Self.steps).map { trainer.step($0, fill: Fixtures.fill(network, step: $0)) }
            #expect(rest == Array(whole.results[Self.steps...]))
            #expect(resumed.stateTensors() == whole.model.stateTensors())
        }
    }

    @Test("of a dropout mask for a seed and a step, and others for another step or seed")
    func dropout() throws {
        let network = try Network(
            input: .flat(40), nodes: [Node(name: "drop", layer: Dropout()), Node(name: "d", layer: Dense(units: 3))],
            initializer: Xavier())
        let model = Model(network, seed: 1)
        let program = Program(model, batch: 2, purpose: .training(inputGradient: false))
        func mask(step: Int, seed: UInt64) -> [Float] {
            program.input(images: 2).fill(1)
            program.forward(images: 2, phase: .training(step: step, seed: seed), team: Team(threads: 1))
            return program.value(1, images: 2).elements
        }
        let first = mask(step: 12, seed: 5)
        #expect(Set(first) == [0, 2])
        #expect(mask(step: 12, seed: 5) == first)
        #expect(mask(step: 13, seed: 5) != first)
        #expect(mask(step: 12, seed: 6) != first)
        program.input(images: 2).fill(1)
        program.forward(images: 2, phase: .inference(.batch), team: Team(threads: 1))
        #expect(Set(program.value(1, images: 2).elements) == [1])
    }
}
