import Kernels
import Testing

@testable import Engine

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
