import Kernels
import Testing

@testable import Engine

@Suite("Stochastic gradient descent")
struct StochasticGradientDescentTests {
    @Test("is Caffe's: the rate is inside the history, decay and multipliers in the gradient")
    func definition() {
        let storage = Storage(count: 48)
        let (values, gradients, history) = (
            storage.vector(offset: 0, count: 3), storage.vector(offset: 16, count: 3),
            storage.vector(offset: 32, count: 3)
        )
        values.copy(from: [1, -2, 0.5])
        let optimizer = StochasticGradientDescent(rate: 99, momentum: 0.9, decay: 0.1)
        let update = ParameterUpdate(
            values: values, gradients: gradients, history: history, rateMultiplier: 2, decayMultiplier: 3)
        var (w, h) = ([1.0, -2, 0.5], [0.0, 0, 0])
        for (rate, gradient) in [(0.1, [1.0, 2, 3]), (0.05, [-1, 0.5, 4])] {
            gradients.copy(from: gradient.map(Float.init))
            optimizer.update(update, rate: rate, team: Team(threads: 1))
            for index in 0..<3 {
                h[index] = 0.9 * h[index] + rate * 2 * (gradient[index] + 0.1 * 3 * w[index])
                w[index] -= h[index]
                #expect(abs(Double(values[index]) - w[index]) < 1e-6)
                #expect(abs(Double(history[index]) - h[index]) < 1e-6)
            }
        }
        withExtendedLifetime(storage) {}
    }

    @Test("takes factors on its rate and its decay, each by itself")
    func factors() {
        let optimizer = StochasticGradientDescent(rate: 0.3, momentum: 0.9, decay: 0.004)
        #expect(optimizer.scaled(rate: 1, decay: 1) == optimizer)
        #expect(
            optimizer.scaled(rate: 4, decay: 1) == StochasticGradientDescent(rate: 1.2, momentum: 0.9, decay: 0.004))
        #expect(
            optimizer.scaled(rate: 1, decay: 0.5) == StochasticGradientDescent(rate: 0.3, momentum: 0.9, decay: 0.002))
    }

    @Test("steps every parameter of a model by its own multipliers and the policy's rate")
    func training() throws {
        var dense = Dense(units: 3, weight: Gaussian(deviation: 1))
        dense.options.biasRate = 0
        dense.options.weightRate = 2
        let network = try Network(input: .flat(4), nodes: [Node(name: "d", layer: dense)])
        let model = Model(network, seed: 1)
        let before = try #require(model.values(of: "d.weight"))
        let trainer = Trainer(
            model: model, batch: 4, optimizer: StochasticGradientDescent(rate: 0.5),
            policy: StepRate(factor: 0.5, every: 2), steps: 10, seed: 1, team: Team(threads: 1))
        let result = trainer.step(2, fill: Fixtures.fill(network, step: 0))
        #expect(result.rate == 0.25)
        #expect(model.values(of: "d.bias") == [0, 0, 0])
        let (gradient, after) = (
            try #require(model.gradient(of: "d.weight")), try #require(model.values(of: "d.weight"))
        )
        #expect(gradient.contains { $0 != 0 })
        for index in before.indices { #expect(abs(after[index] - (before[index] - 0.5 * gradient[index])) < 1e-6) }
    }

    @Test("of a unit that has died ends with a history of zeros, on any team")
    func deadUnit() throws {
        let network = try Network(
            input: .flat(4),
            nodes: [
                Node(name: "d", layer: Dense(units: 20)), Node(name: "relu", layer: Rectifier()),
                Node(name: "scores", layer: Dense(units: 3)),
            ], initializer: Xavier())
        var tensors: [[NamedTensor]] = []
        for threads in [1, 3] {
            let model = Model(network, seed: 1)
            let trainer = Trainer(
                model: model, batch: 8, optimizer: StochasticGradientDescent(rate: 0.01, momentum: 0.9),
                policy: FixedRate(), steps: 800, seed: 1, team: Team(threads: threads))
            let fill = Fixtures.fill(network, step: 0)
            func history(ofUnit unit: Int) -> [Float] {
                let all = model.stateTensors().first { $0.name == "history/d.weight" }?.values ?? []
                return (0..<4).map { all[$0 * 20 + unit] }
            }
            for step in 0..<5 { trainer.step(step, fill: fill) }
            let unit = try #require((0..<20).first { history(ofUnit: $0).contains { $0 != 0 } })
            var bias = try #require(model.values(of: "d.bias"))
            bias[unit] = -1_000
            model.setValues(of: "d.bias", to: bias)
            for step in 5..<705 { trainer.step(step, fill: fill) }
            #expect(history(ofUnit: unit) == [0, 0, 0, 0])
            let weights = model.values(of: "d.weight")
            for step in 705..<710 { trainer.step(step, fill: fill) }
            let kept = (0..<4).allSatisfy { model.values(of: "d.weight")?[$0 * 20 + unit] == weights?[$0 * 20 + unit] }
            #expect(kept && history(ofUnit: unit) == [0, 0, 0, 0])
            tensors.append(model.stateTensors())
        }
        #expect(tensors[0] == tensors[1])
    }
}
