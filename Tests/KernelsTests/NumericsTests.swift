import Kernels
import Testing

/// The bits of every kernel, pinned: what changes them must raise `Numerics.version`, and no machine may.
///
/// The digests are the same for AVX-512, AVX2 and SSE2, with and without optimization.
@Suite("Numerics")
struct NumericsTests {
    private let team = teams[2]

    /// FNV-1a of the elements' bits.
    private func digest(_ elements: [Float]) -> UInt64 {
        elements.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x0000_0100_0000_01b3 }
    }

    @Test("products")
    func products() {
        let geometry = ConvolutionGeometry(
            images: 13, height: 9, width: 8, channels: 5, kernelHeight: 3, kernelWidth: 5, strideHeight: 2,
            strideWidth: 1, padHeight: 1, padWidth: 2, outputChannels: 37)
        let input = TestMatrix(rows: geometry.inputPositions, columns: 5, seed: 1)
        let weight = TestMatrix(rows: geometry.filterSize, columns: 37, seed: 2)
        let bias = TestVector(count: 37, seed: 3)
        let output = TestMatrix(rows: geometry.outputPositions, columns: 37)
        let inputGradient = TestMatrix(rows: geometry.inputPositions, columns: 5)
        let weightGradient = TestMatrix(rows: geometry.filterSize, columns: 37)
        let scratch = TestVector.scratch(200_000).view
        Convolution.forward(
            geometry, input.view, weight.view, bias: bias.view, into: output.view, scratch: scratch, team: team)
        Convolution.dataGradient(
            geometry, output.view, weight.view, into: inputGradient.view, scratch: scratch, team: team)
        Convolution.weightGradient(
            geometry, input.view, output.view, into: weightGradient.view, scratch: scratch, team: team)
        #expect(digest(output.view.elements) == 0x844d_9357_4304_a924)
        #expect(digest(inputGradient.view.elements) == 0x49ed_b25d_4ddd_9f91)
        #expect(digest(weightGradient.view.elements) == 0x87c3_944e_d81c_7efd)
    }

    @Test("column reductions and maps")
    func columns() {
        let matrix = TestMatrix(rows: 1300, columns: 21, seed: 4)
        let scratch = TestVector.scratch(ColumnReduction.scratch(rows: 1300, columns: 21)).view
        let (mean, variance) = (TestVector(count: 21), TestVector(count: 21))
        Normalization.moments(matrix.view, mean: mean.view, variance: variance.view, scratch: scratch, team: team)
        #expect(digest(mean.view.elements + variance.view.elements) == 0xe45e_3dac_9b7c_0a67)
        let output = TestMatrix(rows: 1300, columns: 21)
        let shift = TestVector(count: 21, seed: 9)
        let normalization = Normalization(
            mean: mean.view, inverseDeviation: variance.view, scale: variance.view, shift: shift.view,
            nonlinearity: .rectifier)
        normalization.forward(matrix.view, into: output.view, team: team)
        #expect(digest(output.view.elements) == 0x5298_d80f_79d8_7122)
        let (sum, product) = (TestVector(count: 21), TestVector(count: 21))
        normalization.sums(
            matrix.view, output: output.view, outputGradient: matrix.view, sum: sum.view, productSum: product.view,
            scratch: scratch, team: team)
        #expect(digest(sum.view.elements + product.view.elements) == 0x6c42_dc9e_fef6_3d1d)
        normalization.gradient(
            matrix.view, output: output.view, outputGradient: matrix.view, sum: sum.view, productSum: product.view,
            count: 1, into: output.view, team: team)
        #expect(digest(output.view.elements) == 0xaa69_5fa1_7e35_3d0b)
    }

    @Test("elementary functions")
    func elementary() {
        let points = (-3000...3000).map { Float($0) * 0.017 }
        #expect(digest(points.map { Elementary.exp($0) }) == 0xb293_acec_4fa4_248b)
        #expect(digest(points.map { Elementary.sigmoid($0) }) == 0xe254_83c7_fc3a_006d)
        #expect(digest(points.map { Elementary.tanh($0) }) == 0x5a16_671f_fe98_3f97)
        #expect(digest(points.filter { $0 > 0 }.map { Elementary.log($0) }) == 0x7ec4_949a_5412_ebb2)
        #expect(digest(points.filter { $0 > 0 }.map { Elementary.power($0, -0.75) }) == 0xafaf_95c3_ab49_cc14)
        #expect(digest(points.filter { $0 > 0 }.map { Elementary.inverseThreeQuarters($0) }) == 0xa849_c0f0_0ed6_e5b1)
    }

    @Test("maps of channels")
    func maps() {
        let input = TestMatrix(rows: 2 * 7 * 6, columns: 19, seed: 5)
        let output = TestMatrix(rows: input.rows, columns: 19)
        let scale = TestMatrix(rows: input.rows, columns: 19)
        let gradient = TestMatrix(rows: input.rows, columns: 19)
        let scratch = TestVector.scratch(LocalResponse.gradientScratch(rows: input.rows, columns: 19)).view
        for (window, size, expected) in [
            (LocalResponse.Window.acrossChannels, 5, 0xa812_0c51_2318_253b),
            (.acrossChannels, 3, 0x1869_ca59_97ea_5d55),
            (.withinChannel(height: 7, width: 6), 3, 0x1060_250c_8b1f_3749),
        ] as [(LocalResponse.Window, Int, UInt64)] {
            let response = LocalResponse(window, size: size, coefficient: 0.3, beta: 0.75)
            response.forward(input.view, into: output.view, scale: scale.view, team: team)
            response.gradient(
                input.view, output: output.view, scale: scale.view, outputGradient: input.view, into: gradient.view,
                scratch: scratch, team: team)
            #expect(digest(output.view.elements + gradient.view.elements) == expected)
        }
        let geometry = PoolingGeometry(
            images: 2, height: 7, width: 6, channels: 19, kernel: 3, stride: 2, pad: 1, rounding: .ceil)
        let pooled = TestMatrix(rows: geometry.outputPositions, columns: 19)
        let winners = TestMatrix(rows: geometry.outputPositions, columns: 19)
        Pooling.max(geometry, input.view, into: pooled.view, winners: winners.view, team: team)
        Pooling.maxGradient(geometry, pooled.view, winners: winners.view, into: gradient.view, team: team)
        #expect(digest(pooled.view.elements + gradient.view.elements) == 0xf42c_f066_dd64_e8c0)
        Pooling.average(geometry, input.view, into: pooled.view, team: team)
        Pooling.averageGradient(geometry, pooled.view, into: gradient.view, team: team)
        #expect(digest(pooled.view.elements + gradient.view.elements) == 0xc21f_6bb7_3115_1cbf)
    }

    @Test("loss, update and dropout")
    func learning() {
        let logits = TestMatrix(rows: 30, columns: 18, seed: 6)
        let probabilities = TestMatrix(rows: 30, columns: 18)
        let labels = (0..<30).map { Int32($0 % 18) }
        let (loss, _) = SoftmaxCrossEntropy.forward(logits.view, labels: labels, probabilities: probabilities.view)
        #expect(loss.bitPattern == 0x4056_884d_4080_0000)
        SoftmaxCrossEntropy.gradient(probabilities.view, labels: labels, scale: 1 / 30, into: probabilities.view)
        #expect(digest(probabilities.view.elements) == 0x08db_83ed_f7f8_cc32)
        let history = TestVector(count: 540, seed: 7)
        MomentumUpdate.apply(
            values: logits.view.vector, gradients: probabilities.view.vector, history: history.view, rate: 0.1,
            momentum: 0.9, decay: 0.01, team: team)
        #expect(digest(logits.view.elements + history.view.elements) == 0x5e64_87ca_6a83_bc40)
        Pointwise.drop(logits.view, ratio: 0.4, stream: RandomStream(seed: 8, "drop"), into: logits.view, team: team)
        #expect(digest(logits.view.elements) == 0xe2f8_c611_0e0f_67dc)
    }
}
