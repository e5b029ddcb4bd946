import Kernels
import Testing

@testable import Engine
import Vocabulary

/// The noise of Santurkar et al. 2018 has the distributions that they state.
@Suite("Covariate noise")
struct CovariateNoiseTests {
    private static let (units, images) = (40, 60)

    /// The noise of a step: mᵢⱼ and sᵢⱼ, found by what becomes of 0 and of 1.
    private func noise(
        _ layer: CovariateNoise = CovariateNoise(), step: Int, seed: UInt64 = 11
    ) throws -> (shift: [[Double]], scale: [[Double]]) {
        let bench = LayerBench(layer: layer, input: .flat(Self.units), images: Self.images)
        let count = Self.units * Self.images
        func output(of value: Double) throws -> [Double] {
            let input = Maps(
                images: Self.images, shape: .flat(Self.units), values: Array(repeating: value, count: count))
            let result = try bench.run(
                [input], parameters: [], upstream: Array(repeating: 1, count: count),
                phase: .training(step: step, seed: seed))
            return result.output.map(Double.init)
        }
        let (zero, one) = (try output(of: 0), try output(of: 1))
        func columns(_ values: [Double]) -> [[Double]] {
            (0..<Self.units).map { unit in (0..<Self.images).map { values[$0 * Self.units + unit] } }
        }
        return (columns(zero), columns(zip(one, zero).map { $0 - $1 }))
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    @Test("shifts the images of a unit by a mean of the step and little more, and scales them likewise")
    func distributions() throws {
        var (means, deviations): ([Double], [Double]) = ([], [])
        for step in 0..<10 {
            let (shift, scale) = try noise(step: step)
            for unit in 0..<Self.units {
                let (low, high) = (shift[unit].min() ?? 0, shift[unit].max() ?? 0)
                #expect(low >= -0.6 && high <= 0.6 && high - low <= 0.2 && high - low > 0.15)
                means.append(mean(shift[unit]))
                let average = mean(scale[unit])
                let squares = scale[unit].map { ($0 - average) * ($0 - average) }
                let deviation = mean(squares).squareRoot()
                // Of 60 normal deviates: within four of its own deviations, r_σ/√120.
                #expect(abs(deviation - 0.1) < 0.04)
                deviations.append(average)
            }
        }
        // 400 uniform numbers have their mean and variance: U(−0.5, 0.5) and U(1, 1.25).
        #expect(abs(mean(means)) < 4 * 0.289 / 20)
        #expect(abs(mean(means.map { $0 * $0 }) - 1 / 12.0) < 0.02)
        #expect(abs(mean(deviations) - 1.125) < 4 * 0.073 / 20)
        #expect((deviations.min() ?? 0) > 0.94 && (deviations.max() ?? 2) < 1.31)
        #expect((means.min() ?? 0) < -0.4 && (means.max() ?? 0) > 0.4)
    }

    @Test("differs by step, seed and node, and by nothing else")
    func names() throws {
        let first = try noise(step: 4)
        #expect(try noise(step: 4).shift == first.shift)
        #expect(try noise(step: 4).scale == first.scale)
        #expect(try noise(step: 5).shift != first.shift)
        #expect(try noise(step: 4, seed: 12).scale != first.scale)
        #expect(Set(first.shift).count == Self.units)
    }

    @Test("is the identity in inference, whatever the statistics", arguments: StatisticsSource.allCases)
    func inference(source: StatisticsSource) throws {
        let one = LayerCase(layer: CovariateNoise(), input: Shape(height: 3, width: 2, channels: 19), images: 3)
        let (inputs, _, upstream) = one.random(seed: 2)
        let result = try one.bench.run(inputs, parameters: [], upstream: upstream, phase: .inference(source))
        #expect(result.output == inputs[0].floats)
        #expect(result.inputGradients[0] == upstream.map(Float.init))
    }

    @Test("gives all positions of a channel of an image one shift and one scale")
    func maps() throws {
        let shape = Shape(height: 4, width: 4, channels: 3)
        let bench = LayerBench(layer: CovariateNoise(), input: shape, images: 2)
        let values = [Double](repeating: 1, count: 2 * shape.count)
        let result = try bench.run(
            [Maps(images: 2, shape: shape, values: values)], parameters: [], upstream: values)
        for image in 0..<2 {
            for channel in 0..<3 {
                let places = (0..<16).map { result.output[(image * 16 + $0) * 3 + channel] }
                #expect(Set(places).count == 1)
            }
        }
        #expect(Set(result.output).count == 6)
    }

    @Test("is seen by an observation as the next step draws it")
    func observation() throws {
        let network = try Network(
            input: .flat(6),
            nodes: [
                Node(name: "product", layer: Dense(units: 5)), Node(name: "noise", layer: CovariateNoise()),
                Node(name: "squash", layer: Sigmoid()), Node(name: "scores", layer: Dense(units: 3)),
            ], initializer: Xavier())
        let model = Model(network, seed: 7)
        let tap = try #require(network.taps.first { $0.address == "product/activation-input" })
        let observer = Observer(model: model, batch: 4, taps: [tap], team: Team(threads: 1))
        let program = Program(model, batch: 4, purpose: .training(inputGradient: false, taps: [tap]))
        func observed(_ step: Int) -> [Float] {
            observer.observe(step: step) { $0.fill(0.5) }
            return observer.tensor(tap).elements
        }
        program.input(images: 4).fill(0.5)
        program.forward(images: 4, phase: .training(step: 3, seed: 7), team: Team(threads: 1))
        #expect(observed(3) == program.tensor(tap, images: 4).elements)
        #expect(observed(2) != observed(3))
    }
}
