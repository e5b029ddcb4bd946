import Kernels
import Testing

@testable import Engine

@Suite("Tracked statistics")
struct NormalizationStateTests {
    private func state(fraction: Double = 0.999) -> NormalizationState {
        NormalizationState(TrackedStatistics(channels: 2, positions: 1, fraction: fraction))
    }

    @Test("sum as Caffe's do: s is 1, 9.955, 95.21, 632.3 and 993.3 after 1, 10, 100, 1000 and 5000 steps")
    func scaleFactor() {
        let state = state()
        let storage = Storage(count: 32)
        let (mean, variance) = (storage.vector(offset: 0, count: 2), storage.vector(offset: 16, count: 2))
        mean.copy(from: [3, -1])
        variance.copy(from: [2, 0.5])
        let expected = [1: 1, 10: 9.9551, 100: 95.2079, 1_000: 632.3046, 5_000: 993.2789]
        for step in 1...5_000 {
            state.accumulate(mean: mean, variance: variance, correction: NormalizationState.correction(5))
            if let expected = expected[step] {
                #expect(abs(Double(state.scaleFactor) - expected) < 1e-4 * expected / 10)
                // Of constant statistics the average is that constant, from the first step on: no bias to be corrected.
                let found = state.estimates(.movingAverage)
                #expect(zip(found?.mean ?? [], [3, -1]).allSatisfy { abs($0 - $1) < 1e-4 })
                #expect(zip(found?.variance ?? [], [2.5, 0.625]).allSatisfy { abs($0 - $1) < 1e-4 })
            }
        }
        #expect(state.steps == 5_000)
        withExtendedLifetime(storage) {}
    }

    @Test("are the batch's mean and unbiased variance after one step")
    func firstStep() throws {
        let network = try Network(
            input: .flat(2),
            nodes: [Node(name: "norm", layer: BatchNormalization()), Node(name: "scores", layer: Dense(units: 2))],
            initializer: Xavier())
        let model = Model(network, seed: 1)
        let state = try #require(model.normalizationState(of: "norm"))
        #expect(state.estimates(.movingAverage) == nil)
        Fixtures.trainer(model, batch: 4).step(0) { matrix, _ in matrix.copy(from: [1, 10, 2, 20, 3, 30, 4, 40]) }
        let found = try #require(state.estimates(.movingAverage))
        #expect(found.mean == [2.5, 25])
        let expected = [5.0 / 3, 500.0 / 3]
        for channel in 0..<2 {
            #expect(abs(Double(found.variance[channel]) - expected[channel]) < 1e-5 * expected[channel])
        }
        let tensors = Dictionary(uniqueKeysWithValues: model.stateTensors().map { ($0.name, $0) })
        #expect(tensors["norm/scale-factor"]?.values == [1])
        #expect(tensors["norm/mean-sum"]?.values == [2.5, 25])
        #expect(tensors["norm/steps"]?.elements == .integers([1]))
    }

    @Test("count images times positions, so that one step and a population pass of the same batch agree")
    func maps() throws {
        let network = try Fixtures.leNet(batchNorm: true, widths: [3, 4, 6])
        let model = Model(network, seed: 1)
        let fill = Fixtures.fill(network, step: 0)
        Fixtures.trainer(model, batch: 2, rate: 0).step(0, fill: fill)
        PopulationPass(model: model, batch: 2, team: Team(threads: 1)).run(batches: 1) { _, matrix in
            var labels: [Int32] = []
            fill(matrix, &labels)
        }
        for node in ["norm1", "norm2", "norm3"] {
            let state = try #require(model.normalizationState(of: node))
            let (average, population) = (
                try #require(state.estimates(.movingAverage)), try #require(state.estimates(.population))
            )
            #expect(average.mean == population.mean)
            for (one, other) in zip(average.variance, population.variance) { #expect(abs(one - other) <= 1e-6 * other) }
        }
    }

    @Test("follow Caffe's recurrence over several different steps")
    func recurrence() {
        let state = state(fraction: 0.9)
        let storage = Storage(count: 32)
        let (mean, variance) = (storage.vector(offset: 0, count: 2), storage.vector(offset: 16, count: 2))
        var (s, m, v) = (0.0, 0.0, 0.0)
        for step in 0..<20 {
            mean.fill(Float(step))
            variance.fill(Float(step * step))
            state.accumulate(mean: mean, variance: variance, correction: NormalizationState.correction(3))
            (s, m, v) = (0.9 * s + 1, 0.9 * m + Double(step), 0.9 * v + 1.5 * Double(step * step))
        }
        #expect(abs(Double(state.estimates(.movingAverage)?.mean[1] ?? 0) - m / s) < 1e-5 * m / s)
        #expect(abs(Double(state.estimates(.movingAverage)?.variance[0] ?? 0) - v / s) < 1e-5 * v / s)
        #expect(NormalizationState.correction(1) == 1)
        withExtendedLifetime(storage) {}
    }

    @Test("stay an average where nothing is forgotten, however many steps there are", arguments: [1, 1 - 0x1p-30])
    func manySteps(fraction: Double) throws {
        let state = NormalizationState(TrackedStatistics(channels: 1, positions: 1, fraction: fraction))
        let storage = Storage(count: 32)
        let (mean, variance) = (storage.vector(offset: 0, count: 1), storage.vector(offset: 16, count: 1))
        // After 2²⁴ steps with mean 1 and variance 2, single-precision sums take nothing more in.
        state.scaleFactor = 0x1p24
        state.meanSum[0] = 0x1p24
        state.varianceSum[0] = 0x1p25
        mean.fill(3)
        variance.fill(5)
        let keep = 1 - 0x1p-20
        var (s, m, v) = (0x1p24, 0x1p24, 0x1p25)
        for _ in 0..<1 << 21 {
            state.accumulate(mean: mean, variance: variance, correction: 1)
            (s, m, v) = (keep * s + 1, keep * m + 3, keep * v + 5)
        }
        let factor = Double(state.scaleFactor)
        #expect(abs(factor - s) < 1e-2 * s, "\(factor), not \(s)")
        #expect(abs(Double(state.meanSum[0]) / factor - m / s) < 1e-2 * m / s)
        #expect(abs(Double(state.varianceSum[0]) / factor - v / s) < 1e-2 * v / s)
        withExtendedLifetime(storage) {}
    }

    @Test("of a channel that has become 0 end at 0")
    func silentChannel() {
        let state = state(fraction: 0.9)
        let storage = Storage(count: 32)
        let (mean, variance) = (storage.vector(offset: 0, count: 2), storage.vector(offset: 16, count: 2))
        mean.copy(from: [3, -1])
        variance.copy(from: [2, 0.5])
        state.accumulate(mean: mean, variance: variance, correction: 1)
        mean.fill(0)
        variance.fill(0)
        for _ in 0..<700 {
            state.accumulate(mean: mean, variance: variance, correction: 1)
            #expect(state.meanSum.elements.allSatisfy { !$0.isSubnormal })
        }
        #expect(state.meanSum.elements == [0, 0])
        #expect(state.varianceSum.elements == [0, 0])
        withExtendedLifetime(storage) {}
    }

    @Test("give the average that starts from 0 and 1 too", arguments: [0.9, 0.999, 0, 1])
    func plainAverage(fraction: Double) throws {
        let state = state(fraction: fraction)
        let storage = Storage(count: 32)
        let (mean, variance) = (storage.vector(offset: 0, count: 2), storage.vector(offset: 16, count: 2))
        #expect(state.estimates(.plainAverage) == nil)
        var (e, v) = (0.0, 1.0)
        for step in 1...400 {
            mean.fill(Float(step % 7) - 2)
            variance.fill(Float(step % 5))
            state.accumulate(mean: mean, variance: variance, correction: 1.5)
            e = fraction * e + (1 - fraction) * (Double(step % 7) - 2)
            v = fraction * v + (1 - fraction) * 1.5 * Double(step % 5)
            let found = try #require(state.estimates(.plainAverage))
            for channel in 0..<2 {
                #expect(abs(Double(found.mean[channel]) - e) < 1e-5)
                #expect(abs(Double(found.variance[channel]) - v) < 1e-5)
            }
        }
        withExtendedLifetime(storage) {}
    }

    @Test("differ by the start of the plain average, which fades")
    func plainAverageOfConstants() throws {
        let state = state(fraction: 0.99)
        let storage = Storage(count: 32)
        let (mean, variance) = (storage.vector(offset: 0, count: 2), storage.vector(offset: 16, count: 2))
        mean.fill(3)
        variance.fill(4)
        var errors: [Float] = []
        for step in 1...1000 {
            state.accumulate(mean: mean, variance: variance, correction: 1)
            guard [1, 100, 1000].contains(step) else { continue }
            #expect(abs(try #require(state.estimates(.movingAverage)).mean[0] - 3) < 1e-4)
            errors.append(3 - (try #require(state.estimates(.plainAverage)).mean[0]))
        }
        // 3 · 0.99ᵗ
        for (found, expected) in zip(errors, [2.97, 1.098_1, 1.295e-4] as [Float]) {
            #expect(abs(found - expected) < 1e-4, "\(found), not \(expected)")
        }
        withExtendedLifetime(storage) {}
    }

    /// The estimates after one training step and after a population pass of the same batch.
    private func estimates(
        _ layer: any Layer, _ values: [Float]
    ) throws -> [(mean: [Float], variance: [Float])] {
        let network = try Network(
            input: .flat(1), nodes: [Node(name: "norm", layer: layer), Node(name: "scores", layer: Dense(units: 2))],
            initializer: Xavier())
        let model = Model(network, seed: 1)
        Fixtures.trainer(model, batch: values.count).step(0) { matrix, _ in matrix.copy(from: values) }
        PopulationPass(model: model, batch: values.count, team: Team(threads: 1)).run(batches: 2) {
            $1.copy(from: values)
        }
        let state = try #require(model.normalizationState(of: "norm"))
        return [try #require(state.estimates(.movingAverage)), try #require(state.estimates(.population))]
    }

    @Test("of ghost batches are the means of theirs, each unbiased by its own m")
    func ghostBatches() throws {
        for found in try estimates(GhostBatchNormalization(ghost: 3), [1, 2, 6, -1, 0, 1, 10, 20]) {
            // Means 3, 0 and 15, unbiased variances 7, 1 and 50, of three, three and two images.
            #expect(abs(found.mean[0] - (3 * 3 + 3 * 0 + 2 * 15) / 8) < 1e-5)
            #expect(abs(found.variance[0] - (3 * 7 + 3 * 1 + 2 * 50) / 8) < 1e-4)
        }
        // A single image that is left over belongs to the part before.
        for found in try estimates(GhostBatchNormalization(ghost: 2), [1, 3, 4, 6, 11]) {
            #expect(abs(found.mean[0] - 5) < 1e-5)
            #expect(abs(found.variance[0] - (2 * 2 + 3 * 13) / 5) < 1e-4)
        }
    }

    @Test("of a norm are the mean and the norm's square, unbiased where that means something")
    func norms() throws {
        let values: [Float] = [1, -2, 4, 3.5, -1]
        for (p, values2, deviations2) in [
            (.one, 2.3 * 2.3, 2.12 * 2.12 * 5 / 4), (.two, 6.85, 5.64 * 5 / 4), (.infinity, 16, 3.1 * 3.1),
        ] as [(LpBatchNormalization.Order, Double, Double)] {
            for (subject, expected) in [(.values, values2), (.deviations, deviations2)]
                as [(LpBatchNormalization.Subject, Double)]
            {
                for found in try estimates(LpBatchNormalization(p: p, of: subject), values) {
                    #expect(abs(found.mean[0] - 1.1) < 1e-6)
                    #expect(abs(Double(found.variance[0]) - expected) < 1e-5 * expected)
                }
            }
        }
    }
}
