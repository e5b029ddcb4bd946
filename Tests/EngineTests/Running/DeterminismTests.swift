import Kernels
import Testing

@testable import Engine

/// Bits are the contract: what a run computes depends on its configuration and its seed, and on nothing else.
@Suite("The same bits")
struct DeterminismTests {
    static let steps = 4

    private static func networks() throws -> [Network] {
        [
            try Fixtures.perceptron(batchNorm: true),
            try Fixtures.leNet(batchNorm: true, response: true, dropout: true),
            try Fixtures.inception(),
        ]
    }

    @Test("on one, two, three and eight threads")
    func threads() throws {
        for network in try Self.networks() {
            let runs = [1, 2, 3, 8].map { Fixtures.train(network, steps: Self.steps, threads: $0) }
            for run in runs.dropFirst() {
                #expect(run.results == runs[0].results)
                #expect(run.model.stateTensors() == runs[0].model.stateTensors())
            }
            // The model has moved, and not to NaN, which would make any comparison easy.
            #expect(runs[0].model.stateTensors() != Model(network, seed: 3).stateTensors())
            #expect(runs[0].results.allSatisfy { $0.loss.isFinite })
        }
    }

    /// The whole of training, pinned: on every machine, for every instruction set, with and without optimization, these are
    /// the bits. What changes them raises ``numericsVersion``.
    @Test("as ever")
    func pinned() throws {
        let digests = try Self.networks().map { network in
            let (model, results) = Fixtures.train(network, steps: Self.steps, threads: 2)
            var digest: UInt64 = 0xcbf2_9ce4_8422_2325
            func add(_ bits: UInt64) { digest = (digest ^ bits) &* 0x0000_0100_0000_01b3 }
            for result in results { add(result.loss.bitPattern) }
            for tensor in model.stateTensors() {
                for value in tensor.values ?? [] { add(UInt64(value.bitPattern)) }
            }
            return digest
        }
        #expect(numericsVersion == 3)
        #expect(digests == [8_574_094_371_712_596_091, 15_628_565_281_687_180_395, 14_603_424_020_098_554_846])
    }

    @Test("with layers computed together and each by itself")
    func fusion() throws {
        for network in try Self.networks() {
            let (fused, apart) = (
                Fixtures.train(network, steps: Self.steps), Fixtures.train(network, steps: Self.steps, fuses: false)
            )
            #expect(fused.results == apart.results)
            #expect(fused.model.stateTensors() == apart.model.stateTensors())
            #expect(FusionPlan(network, taps: [], isEnabled: true).isAbsorbed.contains(true))
        }
    }

    @Test("with released and unborn memory full of NaN")
    func poison() throws {
        for network in try Self.networks() {
            let (clean, poisoned) = (
                Fixtures.train(network, steps: Self.steps),
                Fixtures.train(network, steps: Self.steps, poisoned: true)
            )
            #expect(clean.results == poisoned.results)
            #expect(clean.model.stateTensors() == poisoned.model.stateTensors())
        }
    }

    @Test("with and without observers, evaluators and population passes in between")
    func observation() throws {
        for network in try Self.networks() {
            let plain = Fixtures.train(network, steps: Self.steps)
            let model = Model(network, seed: 3)
            let trainer = Fixtures.trainer(model)
            let team = Team(threads: 2)
            let observer = Observer(model: model, batch: 5, taps: network.taps, team: team)
            let evaluator = Evaluator(model: model, batch: 4, team: team)
            let fill = Fixtures.fill(network, step: 77)
            var results: [StepResult] = []
            for step in 0..<Self.steps {
                var labels: [Int32] = []
                observer.observe { fill($0, &labels) }
                let state = model.stateTensors()
                _ = evaluator.evaluate(count: 6, statistics: .movingAverage) { fill($1, &$2) }
                _ = evaluator.evaluate(count: 6, statistics: .batch) { fill($1, &$2) }
                #expect(model.stateTensors() == state)
                results.append(trainer.step(step, fill: Fixtures.fill(network, step: step)))
            }
            #expect(results == plain.results)
            #expect(model.stateTensors() == plain.model.stateTensors())
            PopulationPass(model: model, batch: 4, team: team).run(batches: 2) { _, matrix in
                var labels: [Int32] = []
                fill(matrix, &labels)
            }
            let changed = Set(
                zip(model.stateTensors(), plain.model.stateTensors()).filter { $0 != $1 }.map {
                    $0.0.name.split(separator: "/").last ?? ""
                })
            #expect(changed == ["population-mean", "population-variance", "population-batches"])
        }
    }

    @Test("after a run was saved and restored in the middle, by a model of another seed")
    func resume() throws {
        for network in try Self.networks() {
            let whole = Fixtures.train(network, steps: 2 * Self.steps)
            let half = Fixtures.train(network, steps: Self.steps)
            let resumed = Model(network, seed: 1234)
            try resumed.restore(half.model.stateTensors().reversed())
            let trainer = Fixtures.trainer(resumed)
            let rest = (Self.steps..<2 * Self.steps).map { trainer.step($0, fill: Fixtures.fill(network, step: $0)) }
            #expect(rest == Array(whole.results[Self.steps...]))
            #expect(resumed.stateTensors() == whole.model.stateTensors())
        }
    }

    @Test("of a dropout mask for a seed and a step, and others for another step or seed")
    func dropout() throws {
        let network = try Network(
            input: .flat(40), nodes: [Node(name: "drop", layer: Dropout()), Node(name: "d", layer: Dense(units: 3))],
            initializer: Xavier())
        let model = Model(network, seed: 1)
        let program = Program(model, batch: 2, purpose: .training(inputGradient: false))
        func mask(step: Int, seed: UInt64) -> [Float] {
            program.input(images: 2).fill(1)
            program.forward(images: 2, phase: .training(step: step, seed: seed), team: Team(threads: 1))
            return program.value(1, images: 2).elements
        }
        let first = mask(step: 12, seed: 5)
        #expect(Set(first) == [0, 2])
        #expect(mask(step: 12, seed: 5) == first)
        #expect(mask(step: 13, seed: 5) != first)
        #expect(mask(step: 12, seed: 6) != first)
        program.input(images: 2).fill(1)
        program.forward(images: 2, phase: .inference(.batch), team: Team(threads: 1))
        #expect(Set(program.value(1, images: 2).elements) == [1])
    }
}
