import Kernels
import Testing

@testable import Engine

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
