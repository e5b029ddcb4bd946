import CAllocations
import Kernels
import Testing

@testable import Engine

@Suite("Heap allocations")
struct AllocationTests {
    /// Allocations of the calling thread during `body`.
    private func allocations(_ body: () -> Void) -> Int {
        let before = allocations_of_this_thread()
        body()
        return allocations_of_this_thread() - before
    }

    @Test("are counted", .enabled(if: allocations_of_this_thread() >= 0))
    func areCounted() {
        #expect(allocations { _ = Storage(count: 100) } > 0)
        #expect(allocations { _ = [Float](repeating: 1, count: 100) } > 0)
    }

    /// On one thread, so that all of them are seen. (A team of more makes one for each loop that it shares out.)
    @Test("a training step makes none after the first", .enabled(if: allocations_of_this_thread() >= 0))
    func trainingStep() throws {
        let networks = [
            try Fixtures.perceptron(batchNorm: true),
            try Fixtures.leNet(batchNorm: true, response: true, dropout: true, widths: [4, 6, 20]),
            try Fixtures.inception(),
            try Fixtures.normalizers(),
        ]
        for network in networks {
            let trainer = Fixtures.trainer(Model(network, seed: 1))
            let fill = Fixtures.fill(network, step: 0)
            trainer.step(0, fill: fill)
            let count = allocations { for step in 1...3 { trainer.step(step, fill: fill) } }
            #expect(count == 0, "\(count) allocations in three steps")
        }
    }

    @Test("an evaluation makes none after the first", .enabled(if: allocations_of_this_thread() >= 0))
    func evaluation() throws {
        let network = try Fixtures.perceptron(batchNorm: true, units: 20)
        let trained = Fixtures.train(network, steps: 2)
        let evaluator = Evaluator(model: trained.model, batch: 8, team: Team(threads: 1))
        let fill = Fixtures.fill(network, step: 0)
        let evaluate = {
            _ = evaluator.evaluate(count: 20, statistics: .movingAverage) { _, matrix, labels in fill(matrix, &labels) }
        }
        evaluate()
        #expect(allocations(evaluate) == 0)
    }
}
