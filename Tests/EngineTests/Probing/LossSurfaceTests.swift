@testable import Engine
import Kernels
import Testing

@Suite("Landscape along the gradient")
struct GradientLandscapeTests {
    static let images = 7
    static let inputs = 4

    /// A regression by one product: its loss is a quadratic function of the weights, with the Hessian XᵀX / m for every
    /// output.
    private func quadratic() throws -> (model: Model, surface: LossSurface, input: [[Double]], targets: [[Double]]) {
        let map = LinearMap(seed: 5)
        let network = try Network(
            input: Shape(height: 1, width: 1, channels: Self.inputs),
            nodes: [Node(name: "map", layer: Dense(units: 3, bias: .absent))], initializer: Gaussian(deviation: 1),
            objective: .squaredError(map))
        let model = Model(network, seed: 2)
        let surface = LossSurface(network, batch: Self.images, team: Team(threads: 1))
        var input: [[Double]] = []
        surface.take(step: 0, seed: 1) { matrix, _ in
            var numbers = Numbers(seed: 8)
            for row in 0..<matrix.rows {
                let values = numbers.list(matrix.columns)
                input.append(values)
                for column in values.indices { matrix[row, column] = Float(values[column]) }
            }
        }
        let a = map.matrix(inputs: Self.inputs, outputs: 3).map(Double.init)
        let targets = input.map { x in
            (0..<3).map { output in (0..<Self.inputs).reduce(0) { $0 + x[$1] * a[$1 * 3 + output] } }
        }
        return (model, surface, input, targets)
    }

    /// Loss and gradient of the quadratic in double precision.
    private func reference(_ w: [Double], _ input: [[Double]], _ targets: [[Double]]) -> (Double, [Double]) {
        var (loss, gradient) = (0.0, [Double](repeating: 0, count: w.count))
        for (x, target) in zip(input, targets) {
            for output in 0..<3 {
                let value = (0..<Self.inputs).reduce(0) { $0 + x[$1] * w[$1 * 3 + output] }
                let error = value - target[output]
                loss += 0.5 * error * error / Double(Self.images)
                for index in 0..<Self.inputs { gradient[index * 3 + output] += error * x[index] / Double(Self.images) }
            }
        }
        return (loss, gradient)
    }

    private func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    @Test("of a quadratic loss: losses, gradients and smoothness are those of its Hessian")
    func hessian() throws {
        let (model, surface, input, targets) = try quadratic()
        let lengths = [0.01, 0.5, 3]
        let line = GradientLandscape(surface).measure(model, lengths: lengths)
        let w = try #require(model.values(of: "map.weight")).map(Double.init)
        let (loss, gradient) = reference(w, input, targets)
        #expect(abs(line.loss - loss) < 1e-5 * loss)
        #expect(abs(line.gradientNorm - norm(gradient)) < 1e-5 * line.gradientNorm)
        for (point, length) in zip(line.points, lengths) {
            let (there, slope) = reference(zip(w, gradient).map { $0 - length * $1 }, input, targets)
            let change = norm(zip(slope, gradient).map(-))
            #expect(abs(point.loss - there) < 1e-4 * there)
            #expect(abs(point.gradientChange - change) < 1e-3 * change)
        }
        // ‖∇L(w − sg) − ∇L(w)‖ / ‖sg‖ = ‖Hg‖ / ‖g‖ for every s.
        let product = (0..<w.count).map { place -> Double in
            let (row, output) = (place / 3, place % 3)
            return input.reduce(0) { sum, x in
                sum + x[row] * (0..<Self.inputs).reduce(0) { $0 + x[$1] * gradient[$1 * 3 + output] }
            } / Double(Self.images)
        }
        let smoothness = norm(product) / norm(gradient)
        #expect(abs(line.smoothness - smoothness) < 2e-3 * smoothness, "\(line.smoothness), not \(smoothness)")
    }

    @Test("without gradients the losses are the same")
    func lossesAlone() throws {
        let (model, surface, _, _) = try quadratic()
        let landscape = GradientLandscape(surface)
        let whole = landscape.measure(model, lengths: [0.1, 1])
        let alone = landscape.measure(model, lengths: [0.1, 1], gradients: false)
        #expect(alone.points.map(\.loss) == whole.points.map(\.loss))
        #expect(alone.points.allSatisfy { $0.gradientChange.isNaN })
        #expect(alone.smoothness == .infinity)
    }

    @Test("a step that leaves the finite numbers is infinitely rough, and the next measurement knows nothing of it")
    func overflow() throws {
        let (model, surface, _, _) = try quadratic()
        let landscape = GradientLandscape(surface)
        let line = landscape.measure(model, lengths: [0.5, 1e39])
        #expect(line.points[0].loss.isFinite && line.points[0].gradientChange.isFinite)
        #expect(!line.points[1].loss.isFinite)
        #expect(line.smoothness == .infinity)
        #expect(landscape.measure(model, lengths: [0.5]).points == [line.points[0]])
    }
}

@Suite("Gradient shift")
struct GradientShiftTests {
    static let images = 6
    static let rate = 0.7

    /// Three products with batch normalization between them; nothing is above the second that is not updated late enough.
    private func network() throws -> Network {
        var nodes: [Node] = []
        for layer in 1...2 {
            nodes += [
                Node(name: "hidden\(layer)", layer: Dense(units: 4)),
                Node(name: "norm\(layer)", layer: BatchNormalization()), Node(name: "act\(layer)", layer: Sigmoid()),
            ]
        }
        nodes.append(Node(name: "scores", layer: Dense(units: 3)))
        return try Network(
            input: Shape(height: 1, width: 1, channels: 5), nodes: nodes, initializer: Gaussian(deviation: 0.8))
    }

    private func measure(_ model: Model) -> [GradientShift.Layer] {
        let surface = LossSurface(model.network, batch: Self.images, team: Team(threads: 2))
        surface.take(step: 0, seed: 1, fill: Fixtures.fill(model.network, step: 4))
        return GradientShift(surface, optimizer: StochasticGradientDescent(rate: Self.rate)).measure(
            model, rate: Self.rate)
    }

    @Test("is what brute force finds in double precision, with differences for gradients")
    func bruteForce() throws {
        let model = Model(try network(), seed: 9)
        let network = model.network
        var input = Maps(images: Self.images, shape: network.input)
        var labels = [Int32](repeating: 0, count: Self.images)
        let storage = Storage(count: Self.images * network.input.count)
        let matrix = storage.matrix(rows: Self.images, columns: network.input.count)
        Fixtures.fill(network, step: 4)(matrix, &labels)
        input.values = matrix.elements.map(Double.init)

        let before = NetworkReference(model)
        func gradient(_ reference: NetworkReference, _ parameter: Int) -> [Double] {
            (0..<network.parameters[parameter].count).map {
                reference.derivative(input, labels: labels, parameter: parameter, index: $0)
            }
        }
        let layers = measure(model)
        #expect(layers.map(\.name) == ["hidden2", "scores"])
        for layer in layers {
            let weight = try #require(network.parameters.firstIndex { $0.name == "\(layer.name).weight" })
            // Everything that stands before the layer has moved, and nothing else.
            var shifted = before
            for parameter in 0..<weight {
                let slope = gradient(before, parameter)
                for index in slope.indices { shifted.parameters[parameter][index] -= Self.rate * slope[index] }
            }
            let (old, new) = (gradient(before, weight), gradient(shifted, weight))
            func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
            let difference = zip(old, new).map(-)
            let shift = dot(difference, difference).squareRoot()
            let cosine = dot(old, new) / (dot(old, old) * dot(new, new)).squareRoot()
            #expect(shift > 1e-3 * layer.norm, "\(layer.name) does not shift, so nothing is tested")
            #expect(abs(layer.norm - dot(old, old).squareRoot()) < 1e-4 * layer.norm)
            #expect(abs(layer.shift - shift) < 1e-3 * shift, "\(layer.name): \(layer.shift), not \(shift)")
            #expect(abs(layer.cosine - cosine) < 1e-5, "\(layer.name): \(layer.cosine), not \(cosine)")
        }
    }

    @Test("counts the layers below a branch only, not its neighbours")
    func branches() throws {
        let network = try Fixtures.inception()
        let names = { (index: Int) in network.ancestors(of: index).map { network.nodes[$0].name } }
        let index = try #require(network.nodes.firstIndex { $0.name == "mixed/3x3/conv" })
        #expect(names(index) == ["stem", "stem-norm", "stem-relu"])
        #expect(measure(Model(network, seed: 1)).map(\.name) == ["mixed/1x1/conv", "mixed/3x3/conv", "scores"])
    }

    @Test("changes nothing of the model, with momentum and dropout in it")
    func sideEffects() throws {
        let network = try Fixtures.leNet(batchNorm: true, dropout: true, widths: [4, 5, 12])
        func train(measuring: Bool) -> Model {
            let model = Model(network, seed: 3)
            let trainer = Fixtures.trainer(model)
            let surface = LossSurface(network, batch: 8, team: Team(threads: 1))
            let optimizer = StochasticGradientDescent(rate: 0.05, momentum: 0.9, decay: 0.0005)
            let shift = GradientShift(surface, optimizer: optimizer)
            let landscape = GradientLandscape(surface)
            for step in 0..<4 {
                if measuring {
                    surface.take(step: step, seed: 7, fill: Fixtures.fill(network, step: step))
                    #expect(shift.measure(model, rate: 0.05).allSatisfy { $0.shift > 0 && $0.cosine < 1 })
                    #expect(landscape.measure(model, lengths: [0.01, 0.1]).points.allSatisfy { $0.loss.isFinite })
                }
                trainer.step(step, fill: Fixtures.fill(network, step: step))
            }
            return model
        }
        let (alone, measured) = (train(measuring: false), train(measuring: true))
        for tensor in zip(alone.stateTensors(), measured.stateTensors()) { #expect(tensor.0 == tensor.1) }
    }

    @Test("its gradient is the one that the next training step descends")
    func sameGradient() throws {
        let network = try Fixtures.leNet(batchNorm: true, dropout: true, widths: [4, 5, 12])
        let model = Model(network, seed: 3)
        let surface = LossSurface(network, batch: 8, team: Team(threads: 1))
        surface.take(model)
        surface.take(step: 0, seed: 7, fill: Fixtures.fill(network, step: 0))
        let loss = surface.descend()
        let result = Fixtures.trainer(model).step(0, fill: Fixtures.fill(network, step: 0))
        #expect(loss == result.loss)
        #expect(surface.gradient.elements == model.all(model.gradients).elements)
    }
}
