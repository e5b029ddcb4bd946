import Testing

@testable import Engine

/// Ioffe 2017: batch normalization corrected towards the moving averages.
@Suite("Batch renormalization")
struct BatchRenormalizationTests {
    /// At the step of ``LayerBench/phase``, 3, the limits are half way: r_max = 1.5 and d_max = 0.3.
    static let halfway = BatchRenormalization(maximumR: 2, maximumD: 0.6, warmup: 1, rSteps: 5, dSteps: 5)
    static let tracked: (mean: [Float], variance: [Float]) = ([0.1, -0.75, 0.25], [0.05, 0.3, 9])

    /// r and d of each channel by the paper's Algorithm 1.
    private func correction(
        _ layer: BatchRenormalization, _ input: Maps, limits: (r: Double, d: Double)
    ) -> [(r: Double, d: Double)] {
        Self.tracked.mean.indices.map { channel in
            let values = stride(from: channel, to: input.values.count, by: 3).map { input.values[$0] }
            let mean = values.reduce(0, +) / Double(values.count)
            let square = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
            let deviation = (Double(Self.tracked.variance[channel]) + layer.epsilon).squareRoot()
            let ratio = (square + layer.epsilon).squareRoot() / deviation
            let shift = (mean - Double(Self.tracked.mean[channel])) / deviation
            return (min(max(ratio, 1 / limits.r), limits.r), min(max(shift, -limits.d), limits.d))
        }
    }

    @Test("computes its reference, forward and backward, r and d being constants", arguments: [1, 2] as [UInt64])
    func agreesWithReference(seed: UInt64) throws {
        let free = BatchRenormalization(maximumR: 100, maximumD: 100, warmup: 0, rSteps: 0, dSteps: 0)
        let layers: [(BatchRenormalization, (r: Double, d: Double))] = [(Self.halfway, (1.5, 0.3)), (free, (100, 100))]
        for (layer, limits) in layers {
            let one = LayerCase(layer: layer, input: .flat(3), images: 7)
            let (inputs, parameters, upstream) = one.random(seed: seed)
            var bench = one.bench
            bench.tracked = Self.tracked
            let found = correction(layer, inputs[0], limits: limits)
            let check = GradientCheck(
                reference: Reference.batchRenormalization(layer, correction: found), inputs: inputs,
                parameters: parameters, upstream: upstream)
            let result = try bench.run(inputs, parameters: parameters, upstream: upstream)
            #expect(check.objections(to: result) == [])
            // Some of them are clipped, and none is trivial.
            if limits.r < 2 { #expect(found.contains { $0.r == 1.5 } && found.contains { $0.r < 1 }) }
            #expect(found.allSatisfy { $0.r != 1 && $0.d != 0 })

            // What the check must not accept: plain batch normalization, γ's gradient without d, and a gradient through r.
            let plain = try LayerBench(layer: BatchNormalization(), input: .flat(3), images: 7)
                .run(inputs, parameters: parameters, upstream: upstream)
            #expect(check.objections(to: plain).count == 3)
            var wrong = result
            for channel in 0..<3 {
                wrong.parameterGradients[0][channel] -= Float(found[channel].d) * result.parameterGradients[1][channel]
            }
            #expect(check.objections(to: wrong).count == 1)
            wrong = result
            wrong.inputGradients[0] = upstream.indices.map { place in
                let channel = place % 3
                let deviation = (Double(Self.tracked.variance[channel]) + layer.epsilon).squareRoot()
                return Float(parameters[0][channel] * upstream[place] / deviation)
            }
            #expect(check.objections(to: wrong).count == 1)
        }
    }

    /// torch: y = ((x − m)/s · r.detach() + d.detach()) · γ + β with m = x.mean(0), s = √(x.var(0, unbiased=False) + 1e-5),
    /// S = √(var + 1e-5), r = (s/S).clamp(1/1.25, 1.25), d = ((m − μ)/S).clamp(−.5, .5); μ = [3, 1], var = [4, 30].
    @Test("has the values and the gradients that PyTorch computes")
    func golden() throws {
        let layer = BatchRenormalization(maximumR: 1.25, maximumD: 0.5, warmup: 0, rSteps: 0, dSteps: 0)
        var bench = LayerBench(layer: layer, input: .flat(2), images: 4)
        bench.tracked = ([3, 1], [4, 30])
        let result = try bench.run(
            [Maps(images: 4, shape: .flat(2), values: [1, 10, 2, -3, 4, 5, 8, 4])], parameters: [[2, -1], [0.5, 1]],
            upstream: [1, 0.5, 0, -2, -0.5, 1, 2, 0.25])
        #expect(
            isClose(
                result.output,
                [
                    -1.31438738, -0.59544493, -0.38188322, 1.77801909, 1.4831251, 0.31742584, 5.21314174, 0.5,
                ]))
        #expect(
            isClose(
                result.inputGradients[0],
                [
                    0.85141614, 0.1265811, -0.26353423, 0.08624518, -1.09467873, -0.15577186, 0.50679682, -0.05705442,
                ]))
        #expect(isClose(result.parameterGradients[0], [3.56016678, 3.1613348]))
        #expect(isClose(result.parameterGradients[1], [2.5, -0.25]))
    }

    @Test("relaxes its limits as the paper does")
    func schedule() {
        let paper = BatchRenormalization()
        let expected: [(step: Int, r: Double, d: Double)] = [
            (0, 1, 0), (4_999, 1, 0), (5_000, 1, 0), (15_000, 1.571428571428571, 2.5), (25_000, 2.142857142857143, 5),
            (40_000, 3, 5), (1_000_000, 3, 5),
        ]
        for (step, r, d) in expected {
            let limits = paper.limits(step: step)
            #expect(abs(limits.r - r) < 1e-12 && abs(limits.d - d) < 1e-12, "step \(step)")
        }
        // A rise that ends before it begins is a jump.
        let jump = BatchRenormalization(warmup: 10, rSteps: 3, dSteps: 10)
        #expect(jump.limits(step: 9) == (1, 0))
        #expect(jump.limits(step: 10) == (3, 5))
    }

    @Test("is batch normalization, bit by bit, during the warm-up, in the first step, and outside training")
    func plain() throws {
        let later = BatchRenormalization(warmup: 4, rSteps: 9, dSteps: 9)
        let now = BatchRenormalization(warmup: 0, rSteps: 0, dSteps: 0)
        for (layer, tracked, phase) in [
            (later, Self.tracked, LayerBench.phase), (now, nil, LayerBench.phase),
            (now, Self.tracked, .inference(.batch)),
        ] as [(BatchRenormalization, (mean: [Float], variance: [Float])?, Phase)] {
            let one = LayerCase(layer: layer, input: Shape(height: 2, width: 2, channels: 3), images: 4)
            let (inputs, parameters, upstream) = one.random(seed: 8)
            var bench = one.bench
            bench.tracked = tracked
            let found = try bench.run(inputs, parameters: parameters, upstream: upstream, phase: phase)
            let expected = try LayerBench(layer: BatchNormalization(), input: one.input, images: 4)
                .run(inputs, parameters: parameters, upstream: upstream, phase: phase)
            #expect(found == expected)
        }
    }

    @Test("is seen by an observer as by the next training step")
    func observation() throws {
        let one = LayerCase(layer: Self.halfway, input: .flat(3), images: 7)
        let (inputs, parameters, upstream) = one.random(seed: 6)
        var bench = one.bench
        bench.tracked = Self.tracked
        func output(_ phase: Phase) throws -> [Float] {
            try bench.run(inputs, parameters: parameters, upstream: upstream, phase: phase).output
        }
        #expect(try output(.observation(step: 3, seed: 2)) == output(.training(step: 3, seed: 1)))
        #expect(try output(.observation(step: 3, seed: 2)) != output(.inference(.batch)))
    }

    /// Without limits, training normalizes by what inference does.
    @Test("is the inference's map where nothing is clipped")
    func agreesWithInference() throws {
        let layer = BatchRenormalization(maximumR: 1_000, maximumD: 1_000, warmup: 0, rSteps: 0, dSteps: 0)
        let one = LayerCase(layer: layer, input: .flat(3), images: 7)
        let (inputs, parameters, upstream) = one.random(seed: 5)
        var bench = one.bench
        bench.tracked = Self.tracked
        let training = try bench.run(inputs, parameters: parameters, upstream: upstream)
        let expected = inputs[0].values.enumerated().map { place, x in
            let channel = place % 3
            let deviation = (Double(Self.tracked.variance[channel]) + layer.epsilon).squareRoot()
            let normalized = (x - Double(Self.tracked.mean[channel])) / deviation
            return parameters[0][channel] * normalized + parameters[1][channel]
        }
        #expect(isClose(training.output, expected, within: 1e-5))
    }

    private func isClose(_ found: [Float], _ expected: [Double], within tolerance: Double = 1e-6) -> Bool {
        found.count == expected.count
            && zip(found, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) }
    }
}
