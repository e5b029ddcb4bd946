import Testing

@testable import Engine

/// Values computed by hand in double precision from the papers' equations.
@Suite("Golden values")
struct GoldenTests {
    private func isClose(_ found: [Float], _ expected: [Double], within tolerance: Double = 1e-6) -> Bool {
        found.count == expected.count
            && zip(found, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) }
    }

    /// x = [1, 2, 3, 4], ε = 10⁻⁵, γ = 2, β = 0.
    private func normalize(_ upstream: [Double]) throws -> LayerBench.Result {
        let bench = LayerBench(layer: BatchNormalization(), input: .flat(1), images: 4)
        return try bench.run(
            [Maps(images: 4, shape: .flat(1), values: [1, 2, 3, 4])], parameters: [[2], [0]], upstream: upstream)
    }

    @Test("Algorithm 1 normalizes [1, 2, 3, 4] with the biased variance 1.25")
    func batchNormalizationForward() throws {
        let expected = [-1.34163542, -0.44721181, 0.44721181, 1.34163542].map { 2 * $0 }
        #expect(isClose(try normalize([1, 0, 0, 0]).output, expected))
    }

    @Test("the gradient of batch normalization goes through the statistics")
    func batchNormalizationBackward() throws {
        let one = try normalize([1, 0, 0, 0])
        #expect(isClose(one.inputGradients[0], [0.536660608, -0.715536744, -0.178886869, 0.357763006]))
        #expect(isClose(one.parameterGradients[0], [-1.34163542]))
        #expect(isClose(one.parameterGradients[1], [1]))
        let other = try normalize([0.1, -0.2, 0.3, 0.4])
        #expect(isClose(other.inputGradients[0], [0.286212551, -0.500878225, 0.143108780, 0.071556894]))
        #expect(isClose(other.parameterGradients[0], [0.626096529]))
        #expect(isClose(other.parameterGradients[1], [0.6]))
    }

    private func respond(_ layer: LocalResponseNormalization) throws -> [Float] {
        let bench = LayerBench(layer: layer, input: .flat(6), images: 1)
        let input = Maps(images: 1, shape: .flat(6), values: [1, 2, 3, 4, 5, 6])
        return try bench.run([input], parameters: [], upstream: Array(repeating: 1, count: 6)).output
    }

    @Test("local response normalization in Caffe's and the AlexNet paper's conventions")
    func localResponse() throws {
        #expect(
            isClose(
                try respond(LocalResponseNormalization(.acrossChannels, size: 5, alpha: 1, beta: 0.75, k: 1)),
                [0.3674196, 0.4647362, 0.4653024, 0.4395363, 0.5674354, 0.7362382]))
        #expect(
            isClose(
                try respond(LocalResponseNormalization(.acrossChannels)),
                [0.9997901, 1.9991005, 2.9975274, 3.9946085, 4.9935597, 5.9930793]))
        #expect(
            isClose(
                try respond(LocalResponseNormalization(.alexNet)),
                [0.5942916, 1.1878710, 1.7801404, 2.3704186, 2.9634657, 3.5573544]))
    }

    @Test("within a channel, the sum is divided by the window's area and k is 1")
    func localResponseWithin() throws {
        let shape = Shape(height: 1, width: 3, channels: 1)
        let bench = LayerBench(
            layer: LocalResponseNormalization(.withinChannel, size: 3, alpha: 9, beta: 1), input: shape, images: 1)
        let input = Maps(images: 1, shape: shape, values: [1, 2, 3])
        let output = try bench.run([input], parameters: [], upstream: [1, 1, 1]).output
        // Windows {1, 2}, {1, 2, 3}, {2, 3}: sums of squares 5, 14, 13, times 9/9, plus 1.
        #expect(isClose(output, [1.0 / 6, 2.0 / 15, 3.0 / 14]))
    }

    @Test("average pooling divides by the window's size in the padded map, and rounds up as Caffe does")
    func averagePooling() throws {
        let shape = Shape(height: 3, width: 3, channels: 1)
        let input = Maps(images: 1, shape: shape, values: [1, 2, 3, 4, 5, 6, 7, 8, 9])
        let upstream = [1.0, 1, 1, 1]
        let plain = try LayerBench(layer: AveragePooling(kernel: 2), input: shape, images: 1)
            .run([input], parameters: [], upstream: upstream)
        #expect(isClose(plain.output, [3, 4.5, 7.5, 9]))
        let padded = try LayerBench(layer: AveragePooling(kernel: 2, stride: 2, pad: 1), input: shape, images: 1)
            .run([input], parameters: [], upstream: upstream)
        #expect(isClose(padded.output, [0.25, 1.25, 2.75, 7]))
    }

    @Test("max pooling sends the gradient to the first of equals")
    func maxPooling() throws {
        let shape = Shape(height: 2, width: 2, channels: 1)
        let result = try LayerBench(layer: MaxPooling(kernel: 2), input: shape, images: 1)
            .run([Maps(images: 1, shape: shape, values: [1, 3, 3, 2])], parameters: [], upstream: [5])
        #expect(result.output == [3])
        #expect(result.inputGradients[0] == [0, 5, 0, 0])
    }

    // MARK: PyTorch's

    /// Two images of 1×3 positions with four channels, channels last.
    private func normalizeImages(_ layer: any Layer) throws -> LayerBench.Result {
        let shape = Shape(height: 1, width: 3, channels: 4)
        let input = Maps(images: 2, shape: shape, values: (0..<24).map { Double($0 * 7 % 11 - 5) })
        return try LayerBench(layer: layer, input: shape, images: 2).run(
            [input], parameters: [[1, 2, -1, 0.5], [0, 1, 0.5, -1]], upstream: (0..<24).map { Double($0 * 5 % 7 - 3) })
    }

    /// x = (torch.arange(24.) * 7 % 11 - 5).reshape(2, 1, 3, 4).permute(0, 3, 1, 2), dy likewise of 5 and 7, in float64:
    /// y = F.group_norm(x, groups, γ, β, 1e-5) with groups 1 and 2, and F.instance_norm(x, weight=γ, bias=β, eps=1e-5);
    /// y.backward(dy). Printed with channels last.
    @Test(
        "normalizations by image are those of PyTorch",
        arguments: [
            (
                LayerNormalization(),
                [
                    -1.37715286, 2.45227029, 0.97574372, -0.18622785, 0.42566543, -0.55242687, -0.82707458, -0.93740214,
                    -1.07668315, 3.05320973, 0.675274, -1.68857643, 0.59568308, -0.4079782, -1.07043722, -0.86461748,
                    -1.02890714, 3.49103835, 0.55415301, -1.67691259, 0.92060113, 0.24185789, 2.17874323, -0.70215846,
                ],
                [
                    -1.09308816, 0.92052998, -0.23010896, -0.62024855, 0.63287024, 0.38364046, -0.00649914, -0.7064335,
                    0.39645044, -0.29415887, 0.35802049, 0.25902556, 0.56336607, -0.1931882, 1.04955226, 0.61791604,
                    0.51119786, -1.17032409, -0.62720618, 0.72820685, -0.14101999, -1.54741035, -0.0295383, 0.23844803,
                ], [2.93017054, 0.02622077, -9.20778372, -8.57442944]
            ),
            (
                GroupNormalization(groups: 2),
                [
                    -1.28653438, 2.92980156, 1.13059236, -0.29664699, 0.64326719, -0.28653438, -0.6156634, -1.02425355,
                    -0.96490078, 3.57306875, 0.83954973, -1.75186012, 0.57035141, -0.90117138, -1.00372024, -0.83022513,
                    -1.33081996, 3.66163993, 0.4514929, -1.5578317, 0.95058569, -0.14070283, 1.90670603, -0.68470382,
                ],
                [
                    -0.95011349, 0.52496552, -0.19345766, -0.17291374, 0.31423995, 0.43623844, 0.36465915, -0.54099688,
                    0.54714646, -0.87247688, 0.43313995, 0.10956918, 1.15444621, -0.02290565, 0.38965515, 0.20064831,
                    0.72840065, -0.72840065, -0.8652526, 0.54647501, 0.40313992, -1.53468049, -0.08286195, -0.18866392,
                ], [3.47936885, 1.28653438, -7.6156154, -7.6156154]
            ),
            (
                InstanceNormalization(),
                [
                    -0.88900024, 2.01600028, 1.38900024, -0.38762775, 1.39700038, -1.79400077, -0.89700038, -1.0,
                    -0.50800014, 2.77800049, 1.00800014, -1.61237225, 0.50800014, -0.77800049, -0.7247445, -0.74599993,
                    -1.39700038, 3.79400077, 0.5, -1.69850019, 0.88900024, -0.01600028, 1.7247445, -0.55549988,
                ],
                [
                    -0.73742051, 0.81116144, -0.33798403, 0.14288668, -0.14748241, -0.13519339, -0.06759669,
                    -0.28577372,
                    0.88490292, -0.67596805, 0.40558072, 0.14288704, 0.40558072, 0.67596805, 0.28577409, 0.20279036,
                    -0.06759669, 0.13519339, -0.57154744, -0.03379835, -0.33798403, -0.81116144, 0.28577335,
                    -0.16899201,
                ], [5.4610015, -0.76200021, -6.50472262, -6.50472262]
            ),
        ] as [(any Layer, [Double], [Double], [Double])])
    func imageNormalizations(layer: any Layer, output: [Double], gradient: [Double], byScale: [Double]) throws {
        let found = try normalizeImages(layer)
        #expect(isClose(found.output, output))
        #expect(isClose(found.inputGradients[0], gradient))
        #expect(isClose(found.parameterGradients[0], byScale))
        #expect(isClose(found.parameterGradients[1], [2, -3, -1, 1]))
    }

    /// F.layer_norm(x, (4,), γ, β, 1e-5) of x = [[1, 2, 4, 8]], dy = [[1, 0, −2, .5]], in float64.
    @Test("layer normalization of a vector is that of PyTorch")
    func layerNormalization() throws {
        let found = try LayerBench(layer: LayerNormalization(), input: .flat(4), images: 1).run(
            [Maps(images: 1, shape: .flat(4), values: [1, 2, 4, 8])], parameters: [[1, 2, -1, 0.5], [0, 1, 0.5, -1]],
            upstream: [1, 0, -2, 0.5])
        #expect(
            isClose(
                found.output, [-1.0257545754961932, -0.3055058233587913, 0.40674958404580064, -0.20737146438930532]))
        #expect(
            isClose(
                found.inputGradients[0],
                [0.027569747142027368, -0.3300253476479984, 0.44679111803914, -0.14433551753316892]))
        #expect(
            isClose(found.parameterGradients[0], [-1.0257545754961932, 0, -0.18650083190839872, 0.7926285356106947]))
    }

    /// x = [1, 2, 3, 1], ε = 1/4: mean x² + ε = 4, so that x̂ = x/2. With dy = [1, 0, −2, 4] and γ = [1, 2, −1, ½],
    /// γdy = [1, 0, 2, 2], mean(γdy·x̂) = 9/8, and dx = (γdy − x̂ · 9/8)/2.
    @Test("root mean square normalization of a vector, by hand")
    func rootMeanSquareNormalization() throws {
        let found = try LayerBench(layer: RootMeanSquareNormalization(epsilon: 0.25), input: .flat(4), images: 1).run(
            [Maps(images: 1, shape: .flat(4), values: [1, 2, 3, 1])], parameters: [[1, 2, -1, 0.5]],
            upstream: [1, 0, -2, 4])
        #expect(isClose(found.output, [0.5, 2, -1.5, 0.25]))
        #expect(isClose(found.inputGradients[0], [0.21875, -0.5625, 0.15625, 0.71875]))
        #expect(found.parameterGradients.count == 1)
        #expect(isClose(found.parameterGradients[0], [0.5, 0, -3, 2]))
    }

    /// torch.float64: u = x or x − x.mean(), N² = u.abs().mean()², u.square().mean() or u.abs().max()²,
    /// y = 2 (x − x.mean()) / √(N² + 1e-5), for x = [1, −2, 4, 3.5, −1] and dy = [1, 0, −.5, 2, .25].
    @Test(
        "normalizations by a norm have the gradients that PyTorch computes",
        arguments: [
            (
                .one, .values, [-0.08695644, -2.69564963, 2.52173675, 2.08695455, -1.82608523],
                [0.18525541, -0.27221185, -1.11909118, 1.05481981, -0.05482075]
            ),
            (
                .two, .values, [-0.07641602, -2.3688965, 2.21606447, 1.83398439, -1.60473634],
                [0.28307402, -0.29869198, -1.04556039, 0.89523904, -0.16844999]
            ),
            (
                .infinity, .values, [-0.04999998, -1.54999952, 1.44999955, 1.19999963, -1.04999967],
                [0.22499993, -0.27499991, -0.86562452, 0.72499977, -0.14999995]
            ),
            (
                .one, .deviations, [-0.09433952, -2.92452505, 2.73584601, 2.26414842, -1.98112987],
                [0.61854641, -0.32484877, -1.2815928, 1.07689514, -0.08899998]
            ),
            (
                .two, .deviations, [-0.08421512, -2.61066864, 2.44223841, 2.02116282, -1.76851747],
                [0.38710582, -0.21091153, -1.12025476, 1.02581215, -0.08175168]
            ),
            (
                .infinity, .deviations, [-0.0645161, -1.99999896, 1.87096677, 1.54838629, -1.354838],
                [0.17689909, 0.09885484, -0.79084234, 0.82206004, -0.30697163]
            ),
        ] as [(LpBatchNormalization.Order, LpBatchNormalization.Subject, [Double], [Double])])
    func norms(
        p: LpBatchNormalization.Order, subject: LpBatchNormalization.Subject, output: [Double], gradient: [Double]
    ) throws {
        let layer = LpBatchNormalization(p: p, of: subject)
        let found = try LayerBench(layer: layer, input: .flat(1), images: 5).run(
            [Maps(images: 5, shape: .flat(1), values: [1, -2, 4, 3.5, -1])], parameters: [[2], [0]],
            upstream: [1, 0, -0.5, 2, 0.25])
        #expect(isClose(found.output, output))
        #expect(isClose(found.inputGradients[0], gradient))
    }

    /// Of a constant channel nothing is left; of values that are all 0, no norm either.
    @Test(
        "a norm of nothing, and equal greatest values, are no trouble", arguments: LpBatchNormalization.Order.allCases)
    func degenerateNorms(p: LpBatchNormalization.Order) throws {
        for subject in LpBatchNormalization.Subject.allCases {
            let bench = LayerBench(layer: LpBatchNormalization(p: p, of: subject), input: .flat(2), images: 3)
            let found = try bench.run(
                [Maps(images: 3, shape: .flat(2), values: [0, 7, 0, 7, 0, 7])], parameters: [[2, 3], [0.5, -1]],
                upstream: [1, 1, 2, -1, 4, 2])
            #expect(found.output == [0.5, -1, 0.5, -1, 0.5, -1])
            #expect(found.inputGradients[0].allSatisfy { $0.isFinite })
        }
        // Of u = [−1, 1, 0], the first of the greatest has the gradient.
        let bench = LayerBench(layer: LpBatchNormalization(p: .infinity, epsilon: 1e-12), input: .flat(1), images: 3)
        let found = try bench.run(
            [Maps(images: 3, shape: .flat(1), values: [-1, 1, 0])], parameters: [[1], [0]], upstream: [0, 3, 0])
        #expect(isClose(found.inputGradients[0], [-1 + 3, 3 - 1, -1]))
    }
}
