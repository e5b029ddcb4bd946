@testable import Engine
import Kernels
import Testing

@Suite("Derivatives that may be repeated")
struct DifferentiatorTests {
    private func check(_ network: Network, phase: Phase) {
        let model = Fixtures.train(network, steps: 2).model
        let team = Team(threads: 1)
        let other = Model(network, seed: 0)
        other.copy(from: model)
        let before = model.stateTensors()
        let gradients = network.parameters.map { model.gradient(of: $0.name) }
        // What training computes, fused and with memory shared.
        let program = Program(other, batch: 6, purpose: .training(inputGradient: true))
        var labels = [Int32](repeating: 0, count: 6)
        Fixtures.fill(network, step: 5)(program.input(images: 6), &labels)
        program.forward(images: 6, phase: phase, team: team)
        let loss = program.loss(labels: labels, images: 6).loss / 6
        program.backward(images: 6, phase: phase, team: team)
        let differentiator = Differentiator(network, batch: 6, team: team)
        differentiator.take(model, phase: phase, fill: Fixtures.fill(network, step: 5))
        differentiator.forward()
        for _ in 0..<2 {
            #expect(differentiator.loss() == loss)
            var visited: [Int] = []
            differentiator.backward { value, _ in visited.append(value) }
            #expect(visited == Array((0...network.nodes.count).reversed()))
            #expect(differentiator.gradient(0).elements == program.gradient(0, images: 6)?.elements)
            for parameter in network.parameters {
                #expect(differentiator.model.gradient(of: parameter.name) == other.gradient(of: parameter.name))
            }
        }
        #expect(model.stateTensors() == before)
        #expect(network.parameters.map { model.gradient(of: $0.name) } == gradients)
    }

    @Test("have the bits of a training step, each time, and leave the model alone")
    func bits() throws {
        check(try Fixtures.inception(), phase: .inference(.batch))
        check(
            try Fixtures.leNet(batchNorm: true, response: true, dropout: true, widths: [2, 3, 8]),
            phase: .training(step: 4, seed: 2))
    }

    @Test("need every buffer for themselves")
    func memory() throws {
        let plan = Program(Model(try Fixtures.inception(), seed: 1), batch: 3, purpose: .differentiation).plan
        #expect(plan.conflicts.isEmpty)
        #expect(plan.count == plan.bookedCount)
    }

    @Test("are measured by norms that see strided rows")
    func norms() {
        let storage = Storage(count: 40)
        storage.vector(count: 40).copy(from: (0..<40).map(Float.init))
        let (part, other) = (
            storage.matrix(offset: 1, rows: 3, columns: 2, stride: 5), storage.matrix(offset: 20, rows: 3, columns: 2)
        )
        // 1 2, 6 7, 11 12 and 20 21, 22 23, 24 25.
        #expect(part.squaredNorm == 1 + 4 + 36 + 49 + 121 + 144)
        #expect(part.squaredDistance(to: other) == 361 + 361 + 256 + 256 + 169 + 169)
        withExtendedLifetime(storage) {}
    }
}

@Suite("The Jacobian of layers")
struct LayerJacobianTests {
    private static func tap(_ network: Network, _ address: String) throws -> Tap {
        try #require(network.taps.first { $0.address == address })
    }

    private func fill(_ network: Network) -> (Matrix) -> Void {
        { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 3)(matrix, &labels)
        }
    }

    @Test("of a product is its weight, transposed")
    func linear() throws {
        let network = try Network(
            input: .flat(3),
            nodes: [Node(name: "first", layer: Dense(units: 5)), Node(name: "last", layer: Dense(units: 4))],
            initializer: Gaussian(deviation: 1))
        let model = Model(network, seed: 8)
        let (start, end) = (try Self.tap(network, "first/preactivation"), try Self.tap(network, "last/preactivation"))
        let jacobian = LayerJacobian(network, batch: 6, team: Team(threads: 1))
        jacobian.take(model, fill: fill(network))
        let weight = try #require(model.values(of: "last.weight")).map(Double.init)
        for image in [0, 5] {
            let found = jacobian.jacobian(from: start, to: end, image: image)
            #expect(found.rows == 4 && found.columns == 5)
            for row in 0..<4 {
                for column in 0..<5 { #expect(found.elements[row * 5 + column] == weight[column * 4 + row]) }
            }
            #expect(found.singularValues == SingularValues.of(weight, rows: 5, columns: 4))
        }
    }

    /// The Jacobian by central differences of the references in double precision, all images but one held.
    private func differences(
        _ network: Network, _ model: Model, from start: Tap, to end: Tap, image: Int, batch: Int
    ) throws -> [Double] {
        let parameters = NetworkReference(model).parameters
        var input = Maps(images: batch, shape: network.input)
        let storage = Storage(count: batch * network.input.count)
        let matrix = storage.matrix(rows: batch * network.input.positions, columns: network.input.channels)
        fill(network)(matrix)
        input.values = matrix.elements.map(Double.init)
        func affine(_ tap: Tap) -> (scale: [Double], shift: [Double])? {
            guard tap.address.hasSuffix("/normalized") else { return nil }
            let own = Array(parameters[network.nodes[tap.node].parameters])
            return (own[0], own[1])
        }
        /// The value of the end, with one value of the start changed.
        func run(_ index: Int, _ change: Double) throws -> [Double] {
            var values = [input]
            for (position, node) in network.nodes.enumerated() {
                let reference = try #require(Reference.of(node.layer))
                values.append(reference.forward(node.inputs.map { values[$0] }, Array(parameters[node.parameters])))
                if position == start.node {
                    let scale = affine(start).map { $0.scale[index % $0.scale.count] } ?? 1
                    values[position + 1].values[image * start.shape.count + index] += scale * change
                }
            }
            let count = end.shape.count
            let result = values[end.node + 1].values[image * count..<(image + 1) * count]
            guard let (scale, shift) = affine(end) else { return Array(result) }
            return result.enumerated().map { ($1 - shift[$0 % shift.count]) / scale[$0 % scale.count] }
        }
        let (rows, columns) = (end.shape.count, start.shape.count)
        var jacobian = [Double](repeating: 0, count: rows * columns)
        for column in 0..<columns {
            let (up, down) = (try run(column, 1e-5), try run(column, -1e-5))
            for row in 0..<rows { jacobian[row * columns + column] = (up[row] - down[row]) / 2e-5 }
        }
        return jacobian
    }

    private func check(_ network: Network, from start: String, to end: String, image: Int = 2, batch: Int = 5) throws {
        let model = Model(network, seed: 6)
        var numbers = Numbers(seed: 4)
        for parameter in network.parameters where parameter.kind != .weight {
            model.setValues(
                of: parameter.name, to: numbers.list(parameter.count, scale: 0.4, offset: 0.8).map(Float.init))
        }
        let before = model.stateTensors()
        let (start, end) = (try Self.tap(network, start), try Self.tap(network, end))
        let jacobian = LayerJacobian(network, batch: batch, team: Team(threads: 2))
        jacobian.take(model, fill: fill(network))
        // Another image first: nothing of it may be left.
        _ = jacobian.jacobian(from: start, to: end, image: 0)
        let found = jacobian.jacobian(from: start, to: end, image: image)
        let expected = try differences(network, model, from: start, to: end, image: image, batch: batch)
        #expect(expected.contains { abs($0) > 1e-3 })
        #expect(
            GradientCheck.objection("\(start.address) → \(end.address)", found.elements.map(Float.init), expected) == []
        )
        #expect(model.stateTensors() == before)
    }

    @Test(
        "through products, batch normalization and sigmoids agrees with differences, the batch's statistics included",
        arguments: ["normalized", "scaled", "preactivation", "activation-input", "activation"])
    func perceptron(tap: String) throws {
        let network = try Fixtures.perceptron(
            batchNorm: true, input: .flat(6), units: 7, initializer: Gaussian(deviation: 0.8))
        try check(network, from: "hidden1/\(tap)", to: "hidden2/\(tap)")
        try check(network, from: "hidden1/\(tap)", to: "hidden3/scaled")
    }

    @Test("of branches follows every path to its end, and no other")
    func branches() throws {
        let network = try Fixtures.inception()
        try check(network, from: "stem-norm/output", to: "mixed/3x3/sigmoid/output", batch: 3)
        try check(network, from: "stem-relu/output", to: "inner/output", batch: 3)
        try check(network, from: "mixed/1x1/conv/normalized", to: "tail/output", batch: 3)
    }

    @Test("has no numbers where a γ is 0")
    func zeroScale() throws {
        let network = try Fixtures.perceptron(batchNorm: true, input: .flat(6), units: 3)
        let model = Model(network, seed: 6)
        model.setValues(of: "norm2.weight", to: [1, 0, 1])
        let jacobian = LayerJacobian(network, batch: 4, team: Team(threads: 1))
        jacobian.take(model, fill: fill(network))
        let found = jacobian.jacobian(
            from: try Self.tap(network, "hidden1/normalized"), to: try Self.tap(network, "hidden2/normalized"), image: 1
        )
        #expect(found.elements[3..<6].allSatisfy { $0.isNaN })
        #expect((found.elements[..<3] + found.elements[6...]).allSatisfy { $0.isFinite })
        #expect(found.singularValues.allSatisfy { $0.isNaN })
    }

    @Test("needs a path from its start to its end")
    func paths() throws {
        let network = try Fixtures.inception()
        func isDefined(_ start: String, _ end: String) throws -> Bool {
            LayerJacobian.isDefined(from: try Self.tap(network, start), to: try Self.tap(network, end), in: network)
        }
        #expect(try isDefined("stem/preactivation", "scores/output"))
        #expect(try isDefined("stem/normalized", "mixed/1x1/conv/normalized"))
        #expect(try !isDefined("scores/output", "stem/output"))
        #expect(try !isDefined("stem/output", "stem/preactivation"))
        #expect(try !isDefined("mixed/1x1/conv/output", "mixed/3x3/conv/output"))
    }
}
