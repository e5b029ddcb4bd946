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
}
