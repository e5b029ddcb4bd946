@testable import Engine
import Kernels
import Testing
import Vocabulary

@Suite("An evaluation")
struct EvaluatorTests {
    private func data(_ network: Network, count: Int) -> (pixels: [Float], labels: [Int32]) {
        var numbers = Numbers(seed: 21)
        return (
            numbers.list(count * network.input.count).map(Float.init),
            (0..<count).map { _ in numbers.label(below: network.classes) }
        )
    }

    private func evaluate(_ model: Model, batch: Int, count: Int, _ source: StatisticsSource) -> Evaluation {
        let (pixels, labels) = data(model.network, count: count)
        let size = model.network.input.count
        return Evaluator(model: model, batch: batch, team: Team(threads: 2), poisonsReleasedMemory: true)
            .evaluate(count: count, statistics: source) { range, matrix, given in
                #expect(matrix.rows == range.count * model.network.input.positions)
                #expect(given.count == range.count)
                matrix.copy(from: Array(pixels[(range.lowerBound * size)..<(range.upperBound * size)]))
                for (index, image) in range.enumerated() { given[index] = labels[image] }
            }
    }

    @Test(
        "is the same for any batch size, the last batch smaller",
        arguments: [StatisticsSource.movingAverage, .population])
    func batchSize(source: StatisticsSource) throws {
        let network = try Fixtures.leNet(batchNorm: true, widths: [4, 5, 16])
        let model = Fixtures.train(network, steps: 3).model
        PopulationPass(model: model, batch: 4, team: Team(threads: 1)).run(batches: 2) { step, matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: step)(matrix, &labels)
        }
        let whole = evaluate(model, batch: 23, count: 23, source)
        #expect(whole.count == 23)
        #expect(whole.loss.isFinite && whole.loss > 0)
        for batch in [1, 7, 10, 64] {
            let other = evaluate(model, batch: batch, count: 23, source)
            #expect(abs(other.loss - whole.loss) < 1e-12)
            #expect(other.correct == whole.correct)
            #expect(other.accuracy == Double(whole.correct) / 23)
        }
        // The two estimates are not the same, nor is the batch's own.
        let others = [StatisticsSource.movingAverage, .population, .batch].map {
            evaluate(model, batch: 23, count: 23, $0).loss
        }
        #expect(Set(others).count == 3)
    }

    @Test("agrees with the network in double precision, as the affine map of Algorithm 2")
    func affineMap() throws {
        let network = try Network(
            input: .flat(3),
            nodes: [
                Node(name: "norm", layer: BatchNormalization(epsilon: 0.01)),
                Node(name: "scores", layer: Dense(units: 4)),
            ], initializer: Gaussian(deviation: 1))
        let model = Model(network, seed: 2)
        model.setValues(of: "norm.weight", to: [2, 0.5, -1])
        model.setValues(of: "norm.bias", to: [0.25, -1, 3])
        Fixtures.trainer(model, batch: 6, rate: 0).step(0, fill: Fixtures.fill(network, step: 0))
        let state = try #require(model.normalizationState(of: "norm")?.estimates(.movingAverage))
        let program = Program(model, batch: 5, purpose: .inference)
        let (pixels, _) = data(network, count: 5)
        program.input(images: 5).copy(from: pixels)
        program.forward(images: 5, phase: .inference(.movingAverage), team: Team(threads: 1))
        let (gamma, beta) = (try #require(model.values(of: "norm.weight")), try #require(model.values(of: "norm.bias")))
        for channel in 0..<3 {
            let factor = Double(gamma[channel]) / (Double(state.variance[channel]) + 0.01).squareRoot()
            let offset = Double(beta[channel]) - factor * Double(state.mean[channel])
            for image in 0..<5 {
                let expected = factor * Double(pixels[image * 3 + channel]) + offset
                #expect(abs(Double(program.value(1, images: 5)[image, channel]) - expected) < 1e-5)
            }
        }
    }

    @Test("counts what is right, and gives the mean loss")
    func meaning() throws {
        let network = try Network(input: .flat(2), nodes: [Node(name: "d", layer: Dense(units: 2, weight: Constant()))])
        let model = Model(network, seed: 1)
        model.setValues(of: "d.bias", to: [0, 1])
        let found = Evaluator(model: model, batch: 3, team: Team(threads: 1)).evaluate(count: 4, statistics: .batch) {
            $1.fill(0)
            for (index, image) in $0.enumerated() { $2[index] = image == 3 ? 0 : 1 }
        }
        #expect(found.correct == 3)
        #expect(found.accuracy == 0.75)
        let right = DoubleMath.log(1 + DoubleMath.exp(-1))
        #expect(abs(found.loss - (3 * right + right + 1) / 4) < 1e-6)
    }

    @Test("gives the class probabilities that its loss stands on", arguments: [1, 5, 64])
    func predictions(batch: Int) throws {
        let network = try Fixtures.perceptron(batchNorm: true, units: 9)
        let model = Fixtures.train(network, steps: 2).model
        let (pixels, labels) = data(network, count: 13)
        let size = network.input.count
        let evaluator = Evaluator(model: model, batch: batch, team: Team(threads: 2), poisonsReleasedMemory: true)
        let found = evaluator.predictions(count: 13, statistics: .movingAverage) { range, matrix, given in
            matrix.copy(from: Array(pixels[(range.lowerBound * size)..<(range.upperBound * size)]))
            for (index, image) in range.enumerated() { given[index] = labels[image] }
        }
        #expect(found.labels == labels)
        #expect(found.classes == network.classes && found.probabilities.count == 13 * network.classes)
        var loss = 0.0
        for image in 0..<13 {
            let row = found.probabilities[(image * found.classes)..<((image + 1) * found.classes)].map(Double.init)
            #expect(abs(row.reduce(0, +) - 1) < 1e-6)
            loss -= DoubleMath.log(row[Int(labels[image])])
        }
        #expect(abs(loss / 13 - evaluate(model, batch: 13, count: 13, .movingAverage).loss) < 1e-6)
    }

    @Test("of a diverged model is a result, not a crash, and so is its training")
    func divergence() throws {
        for network in [
            try Fixtures.perceptron(batchNorm: true, units: 20),
            try Fixtures.leNet(batchNorm: true, response: true, widths: [4, 5, 16]),
        ] {
            let model = Model(network, seed: 1)
            let trainer = Fixtures.trainer(model, rate: 1e30)
            let losses = (0..<6).map { trainer.step($0, fill: Fixtures.fill(network, step: $0)).loss }
            #expect(losses[0].isFinite)
            #expect(losses.contains { !$0.isFinite })
            let found = evaluate(model, batch: 4, count: 6, .movingAverage)
            #expect(!found.loss.isFinite)
            let observer = Observer(model: model, batch: 4, taps: network.taps, team: Team(threads: 1))
            observer.observe { $0.fill(0) }
            #expect(observer.tensor(network.taps[0]).rows > 0)
        }
    }
}

@Suite("A population pass")
struct PopulationPassTests {
    static let (batches, batch) = (5, 6)

    @Test("is Algorithm 2: the mean of the batches' means, and m/(m − 1) of the mean of their variances")
    func algorithm2() throws {
        // A convolution with known weights before the normalization, so that m is images · positions.
        let network = try Network(
            input: Shape(height: 3, width: 3, channels: 1),
            nodes: [
                Node(name: "conv", layer: Engine.Convolution(channels: 2, kernel: 2)),
                Node(name: "norm", layer: BatchNormalization()), Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Gaussian(deviation: 1))
        let model = Model(network, seed: 5)
        let weight = try #require(model.values(of: "conv.weight")).map(Double.init)
        var numbers = Numbers(seed: 3)
        let data = (0..<Self.batches).map { _ in numbers.list(Self.batch * 9, scale: 2, offset: 0.5) }
        #expect(!model.hasPopulationStatistics)
        PopulationPass(model: model, batch: Self.batch, team: Team(threads: 2)).run(batches: Self.batches) {
            $1.copy(from: data[$0].map(Float.init))
        }
        #expect(model.hasPopulationStatistics)
        let found = try #require(model.normalizationState(of: "norm")?.estimates(.population))
        let reference = Reference.of(Engine.Convolution(channels: 2, kernel: 2))
        for channel in 0..<2 {
            var (means, variances) = (0.0, 0.0)
            for values in data {
                let input = Maps(images: Self.batch, shape: network.input, values: values)
                let output = try #require(reference?.forward([input], [weight]))
                let column = output.values.indices.filter { $0 % 2 == channel }.map { output.values[$0] }
                #expect(column.count == Self.batch * 4)
                let mean = column.reduce(0, +) / 24
                means += mean
                variances += column.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 24
            }
            #expect(abs(Double(found.mean[channel]) - means / 5) < 1e-5)
            #expect(abs(Double(found.variance[channel]) - 24.0 / 23 * variances / 5) < 1e-5 * variances)
        }
    }

    @Test("with one batch gives that batch's mean and unbiased variance, and again the same")
    func oneBatch() throws {
        let network = try Network(
            input: .flat(1),
            nodes: [Node(name: "norm", layer: BatchNormalization()), Node(name: "scores", layer: Dense(units: 2))],
            initializer: Xavier())
        let model = Model(network, seed: 1)
        let pass = PopulationPass(model: model, batch: 4, team: Team(threads: 1))
        for _ in 0..<2 {
            pass.run(batches: 1) { $1.copy(from: [1, 2, 3, 4]) }
            let found = try #require(model.normalizationState(of: "norm")?.estimates(.population))
            #expect(found.mean == [2.5])
            #expect(abs(found.variance[0] - 5 / 3) < 1e-6)
        }
        #expect(model.normalizationState(of: "norm")?.estimates(.movingAverage) == nil)
    }
}
