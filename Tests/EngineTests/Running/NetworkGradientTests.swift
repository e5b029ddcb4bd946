import Kernels
import Testing

@testable import Engine

@Suite("A network's gradient")
struct NetworkGradientTests {
    static let images = 5

    /// The loss of one step, the gradients, and the reference at the same point.
    private func run(_ network: Network) -> (StepResult, Model, NetworkReference, Maps, [Int32]) {
        let model = Model(network, seed: 9)
        // Biases, γ and β start at constants; random ones show more.
        var numbers = Numbers(seed: 4)
        for parameter in network.parameters where parameter.kind != .weight {
            model.setValues(of: parameter.name, to: numbers.list(parameter.count, offset: 0.5).map(Float.init))
        }
        let reference = NetworkReference(model)
        let trainer = Trainer(
            model: model, batch: Self.images, optimizer: StochasticGradientDescent(rate: 0), policy: FixedRate(),
            steps: 1, seed: 1, team: Team(threads: 2), poisonsReleasedMemory: true)
        var input = Maps(images: Self.images, shape: network.input)
        var labels: [Int32] = []
        let result = trainer.step(0) { matrix, given in
            Fixtures.fill(network, step: 2)(matrix, &given)
            input.values = matrix.elements.map(Double.init)
            labels = given
        }
        return (result, model, reference, input, labels)
    }

    private func check(_ network: Network, samples: Int) {
        let (result, model, reference, input, labels) = run(network)
        let loss = reference.loss(input, labels: labels)
        #expect(abs(result.loss - loss) < 1e-5 * loss)
        var numbers = Numbers(seed: 6)
        // A shift that a later normalization takes away again has a gradient of nearly 0, the difference of large numbers.
        let noise = 1e-6 * Double(network.parameters.flatMap { model.gradient(of: $0.name) ?? [] }.map(abs).max() ?? 0)
        for (index, parameter) in network.parameters.enumerated() {
            let gradient = model.gradient(of: parameter.name) ?? []
            let scale = Double(gradient.map(abs).max() ?? 0)
            #expect(scale > 0, "no gradient by \(parameter.name)")
            for _ in 0..<samples {
                let place = Int(numbers.next() % UInt64(parameter.count))
                let expected = reference.derivative(input, labels: labels, parameter: index, index: place)
                #expect(
                    abs(Double(gradient[place]) - expected) < 2e-4 * scale + noise,
                    "\(parameter.name)[\(place)] is \(gradient[place]), not \(expected)")
            }
        }
    }

    @Test("through joins, branches and shared values agrees with differences of a reference in double precision")
    func inception() throws { check(try Fixtures.inception(), samples: 4) }

    @Test("of the perceptron agrees with differences of a reference in double precision", arguments: [false, true])
    func perceptron(batchNorm: Bool) throws {
        let input = Shape(height: 4, width: 3, channels: 2)
        check(try Fixtures.perceptron(batchNorm: batchNorm, input: input, units: 12), samples: 4)
    }

    @Test("through every normalization agrees with differences of a reference in double precision")
    func normalizers() throws { check(try Fixtures.normalizers(), samples: 2) }

    @Test("of a small LeNet agrees with differences of a reference in double precision")
    func leNet() throws {
        check(try Fixtures.leNet(batchNorm: true, response: true, widths: [2, 3, 8]), samples: 1)
    }
}
