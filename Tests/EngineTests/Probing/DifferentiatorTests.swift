import Kernels
import Testing

@testable import Engine

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
