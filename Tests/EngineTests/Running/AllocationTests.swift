import CAllocations
import Kernels
import Synchronization
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

    /// Allocations of a team's threads so far. Each thread runs one item: none returns before all have one.
    ///
    /// The first count in a process allocates itself (the metadata of generic types): so one is made before it.
    private func allocations(of team: Team) -> Int {
        _ = count(team)
        return count(team)
    }

    private func count(_ team: Team) -> Int {
        let begun = Atomic(0)
        let sum = Atomic(0)
        team.forEach(team.threads) { _ in
            begun.add(1, ordering: .acquiringAndReleasing)
            while begun.load(ordering: .acquiring) < team.threads {}
            sum.add(allocations_of_this_thread(), ordering: .relaxed)
        }
        return sum.load(ordering: .relaxed)
    }

    @Test(
        "of all threads of a team are counted", .enabled(if: allocations_of_this_thread() >= 0), arguments: [1, 2, 3])
    func areCountedOnTeams(threads: Int) {
        let team = Team(threads: threads)
        let before = allocations(of: team)
        let begun = Atomic(0)
        team.forEach(threads) { _ in
            begun.add(1, ordering: .acquiringAndReleasing)
            while begun.load(ordering: .acquiring) < threads {}
            _ = Storage(count: 100)
        }
        #expect(allocations(of: team) - before >= threads)
        let after = allocations(of: team)
        #expect(allocations(of: team) == after)
    }

    @Test(
        "a training step makes none after the first", .enabled(if: allocations_of_this_thread() >= 0),
        arguments: [1, 2, 3])
    func trainingStep(threads: Int) throws {
        let team = Team(threads: threads)
        let networks = [
            try Fixtures.perceptron(batchNorm: true),
            try Fixtures.leNet(batchNorm: true, response: true, dropout: true, widths: [4, 6, 20]),
            try Fixtures.inception(),
            try Fixtures.normalizers(),
        ]
        for network in networks {
            let trainer = Fixtures.trainer(Model(network, seed: 1), team: team)
            let fill = Fixtures.fill(network, step: 0)
            trainer.step(0, fill: fill)
            let before = allocations(of: team)
            for step in 1...3 { trainer.step(step, fill: fill) }
            #expect(allocations(of: team) == before)
        }
    }

    @Test(
        "an evaluation makes none after the first", .enabled(if: allocations_of_this_thread() >= 0),
        arguments: [1, 2, 3])
    func evaluation(threads: Int) throws {
        let team = Team(threads: threads)
        let network = try Fixtures.perceptron(batchNorm: true, units: 20)
        let trained = Fixtures.train(network, steps: 2)
        let evaluator = Evaluator(model: trained.model, batch: 8, team: team)
        let fill = Fixtures.fill(network, step: 0)
        let evaluate = {
            _ = evaluator.evaluate(count: 20, statistics: .movingAverage) { _, matrix, labels in fill(matrix, &labels) }
        }
        evaluate()
        let before = allocations(of: team)
        evaluate()
        #expect(allocations(of: team) == before)
    }
}
