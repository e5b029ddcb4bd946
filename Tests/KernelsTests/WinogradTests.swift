import Kernels
import Testing

@Suite("Winograd's algorithm")
struct WinogradTests {
    /// Filters of three and five taps with every pad, maps that are whole tiles and that are not, few and many channels, widths
    /// that are no whole lane, one image and several.
    static let geometries: [ConvolutionGeometry] = [
        geometry(images: 3, height: 8, width: 8, channels: 8, kernel: 3, pad: 1, outputs: 8),
        geometry(images: 5, height: 4, width: 4, channels: 9, kernel: 3, pad: 1, outputs: 20),
        geometry(images: 2, height: 32, width: 32, channels: 3, kernel: 3, pad: 1, outputs: 5),
        geometry(images: 2, height: 16, width: 16, channels: 20, kernel: 3, pad: 1, outputs: 50),
        geometry(images: 3, height: 7, width: 9, channels: 17, kernel: 3, pad: 1, outputs: 33),
        geometry(images: 2, height: 14, width: 5, channels: 1, kernel: 3, pad: 2, outputs: 3),
        geometry(images: 2, height: 10, width: 10, channels: 10, kernel: 3, pad: 0, outputs: 12),
        geometry(images: 2, height: 12, width: 12, channels: 20, kernel: 5, pad: 0, outputs: 50),
        geometry(images: 3, height: 8, width: 8, channels: 16, kernel: 5, pad: 2, outputs: 11),
        geometry(images: 1, height: 9, width: 6, channels: 5, kernel: 5, pad: 1, outputs: 9),
        geometry(images: 4, height: 5, width: 7, channels: 2, kernel: 5, pad: 4, outputs: 4),
        geometry(images: 70, height: 8, width: 8, channels: 4, kernel: 3, pad: 1, outputs: 70),
    ]

    private static func geometry(
        images: Int, height: Int, width: Int, channels: Int, kernel: Int, pad: Int, outputs: Int
    ) -> ConvolutionGeometry {
        ConvolutionGeometry(
            images: images, height: height, width: width, channels: channels, kernelHeight: kernel, kernelWidth: kernel,
            padHeight: pad, padWidth: pad, outputChannels: outputs)
    }

    // MARK: Errors

    @Test(
        "the matrices are those of the points: in exact arithmetic the result is the convolution",
        arguments: [(4, 3), (2, 5)])
    func derivation(_ outputs: Int, _ taps: Int) {
        let matrices = WinogradMatrices(outputs: outputs, taps: taps)
        var generator = SplitMix(seed: 1)
        let d = (0..<6).map { _ in Double(generator.symmetric()) }
        let g = (0..<taps).map { _ in Double(generator.symmetric()) }
        let products = zip(matrices.input(d), matrices.filter(g)).map { $0 * $1 }
        let y = matrices.output(products)
        for index in 0..<outputs {
            let expected = (0..<taps).reduce(0) { $0 + d[index + $1] * g[$1] }
            #expect(abs(y[index] - expected) < 1e-14)
        }
    }

    @Test("forward agrees with Double within the bound of its roundings", arguments: geometries)
    func forward(_ geometry: ConvolutionGeometry) {
        let tensors = Tensors(geometry)
        let result = TestMatrix(rows: geometry.outputPositions, columns: geometry.outputChannels, gap: 2)
        tensors.forward(into: result.view, team: teams[0])
        let x = tensors.input.view.elements.map(Double.init)
        let w = tensors.weight.view.elements.map(Double.init)
        let bias = tensors.bias.view.elements.map(Double.init)
        let expected = ConvolutionReference(geometry).forward(x, w, start: bias) { $0 += $1 * $2 }
        let bound = WinogradBound(geometry).forward(x, w)
        expectWithin(
            result, expected, zip(bound, bound.indices).map { $0 + abs(expected[$1]) }, roundings: geometry.channels)
    }

    @Test("the gradient of the data agrees with Double within the bound of its roundings", arguments: geometries)
    func dataGradient(_ geometry: ConvolutionGeometry) {
        let tensors = Tensors(geometry)
        let result = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: 3)
        tensors.dataGradient(into: result.view, team: teams[0])
        let dy = tensors.outputGradient.view.elements.map(Double.init)
        let w = tensors.weight.view.elements.map(Double.init)
        expectWithin(
            result, ConvolutionReference(geometry).dataGradient(dy, w), WinogradBound(geometry).dataGradient(dy, w),
            roundings: geometry.outputChannels + 9)
    }

    @Test("the gradient of the filters agrees with Double within the bound of its roundings", arguments: geometries)
    func weightGradient(_ geometry: ConvolutionGeometry) {
        let tensors = Tensors(geometry)
        let result = TestMatrix(rows: geometry.filterSize, columns: geometry.outputChannels, gap: 1)
        tensors.weightGradient(into: result.view, team: teams[0])
        let x = tensors.input.view.elements.map(Double.init)
        let dy = tensors.outputGradient.view.elements.map(Double.init)
        let tiles = geometry.multiplyAdds(.winograd) / (36 * geometry.channels * geometry.outputChannels)
        expectWithin(
            result, ConvolutionReference(geometry).weightGradient(x, dy), WinogradBound(geometry).weightGradient(x, dy),
            roundings: tiles)
    }

    /// Expects each element within u · (roundings + 24) · bound, u = 2⁻²⁴: sums of products have `roundings`, and transforms of
    /// inputs, filters and outputs eight each at most. And expects the errors to be as small as errors that do not all point
    /// the same way: 5 · 10⁻⁶ of the root mean square in the mean, 5 · 10⁻⁵ at most.
    private func expectWithin(
        _ result: TestMatrix, _ expected: [Double], _ bound: [Double], roundings: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let errors = zip(result.view.elements, expected).map { abs(Double($0) - $1) }
        let unit = 0x1p-24 * Double(roundings + 24)
        let broken = errors.indices.first { !(errors[$0] <= unit * bound[$0]) }
        #expect(broken == nil, sourceLocation: sourceLocation)
        func mean(_ values: [Double]) -> Double {
            (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
        }
        let size = mean(expected)
        #expect(mean(errors) <= 5e-6 * size, sourceLocation: sourceLocation)
        #expect((errors.max() ?? 0) <= 5e-5 * size, sourceLocation: sourceLocation)
        #expect(result.gapIsUntouched, sourceLocation: sourceLocation)
    }

    // MARK: Bits

    @Test("the bits depend neither on the threads nor on where the tensors lie", arguments: geometries)
    func bits(_ geometry: ConvolutionGeometry) {
        let (near, far) = (Tensors(geometry), Tensors(geometry, gap: 5))
        let passes: [(Int, Int, (Tensors, Matrix, Team) -> Void)] = [
            (geometry.outputPositions, geometry.outputChannels, { $0.forward(into: $1, team: $2) }),
            (geometry.inputPositions, geometry.channels, { $0.dataGradient(into: $1, team: $2) }),
            (geometry.filterSize, geometry.outputChannels, { $0.weightGradient(into: $1, team: $2) }),
        ]
        for (rows, columns, pass) in passes {
            let bits = expectSameBits { team in
                let result = TestMatrix(rows: rows, columns: columns)
                pass(near, result.view, team)
                return result.bits
            }
            let result = TestMatrix(rows: rows, columns: columns, gap: 3)
            pass(far, result.view, teams[1])
            #expect(result.bits == bits)
            #expect(result.gapIsUntouched)
        }
    }

    @Test("an image has the same outputs and gradients in any batch", arguments: geometries.filter { $0.images > 1 })
    func batches(_ geometry: ConvolutionGeometry) {
        let one = Self.geometry(
            images: 1, height: geometry.height, width: geometry.width, channels: geometry.channels,
            kernel: geometry.kernelHeight, pad: geometry.padHeight, outputs: geometry.outputChannels)
        let all = Tensors(geometry)
        let alone = Tensors(one, like: all)
        let (y, first) = (
            TestMatrix(rows: geometry.outputPositions, columns: geometry.outputChannels),
            TestMatrix(rows: one.outputPositions, columns: geometry.outputChannels)
        )
        all.forward(into: y.view, team: teams[1])
        alone.forward(into: first.view, team: teams[0])
        #expect(Array(y.bits.prefix(first.bits.count)) == first.bits)
        let (dx, firstGradient) = (
            TestMatrix(rows: geometry.inputPositions, columns: geometry.channels),
            TestMatrix(rows: one.inputPositions, columns: geometry.channels)
        )
        all.dataGradient(into: dx.view, team: teams[1])
        alone.dataGradient(into: firstGradient.view, team: teams[0])
        #expect(Array(dx.bits.prefix(firstGradient.bits.count)) == firstGradient.bits)
    }

    @Test("an epilogue gives the bits of passes by themselves", arguments: geometries)
    func epilogue(_ geometry: ConvolutionGeometry) {
        let (rows, columns) = (geometry.outputPositions, geometry.outputChannels)
        let tensors = Tensors(geometry)
        let moments = (0..<2).map { _ in
            BlockMoments(
                rows: rows, columns: columns,
                scratch: TestVector.scratch(BlockMoments.scratch(rows: rows, columns: columns)).view)
        }
        let (fused, apart) = (
            TestMatrix(rows: rows, columns: columns, gap: 1), TestMatrix(rows: rows, columns: columns)
        )
        tensors.forward(
            into: fused.view, epilogue: Epilogue(nonlinearity: .rectifier, moments: moments[0]), team: teams[1])
        tensors.forward(into: apart.view, team: teams[0])
        moments[1].gather(apart.view, team: teams[2])
        Pointwise.apply(.rectifier, apart.view, into: apart.view, team: teams[0])
        #expect(fused.bits == apart.bits)
        #expect(fused.gapIsUntouched)
        let joined = moments.map { moments in
            let (mean, variance) = (TestVector(count: columns), TestVector(count: columns))
            moments.join(mean: mean.view, variance: variance.view)
            return mean.bits + variance.bits
        }
        #expect(joined[0] == joined[1])
    }

    @Test("a gradient of the data is added to what is there in one rounding", arguments: geometries)
    func adds(_ geometry: ConvolutionGeometry) {
        let tensors = Tensors(geometry)
        let alone = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels)
        let result = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: 3, seed: 12)
        let before = result.view.elements
        tensors.dataGradient(into: alone.view, team: teams[0])
        tensors.dataGradient(into: result.view, adds: true, team: teams[1])
        #expect(result.bits == zip(before, alone.view.elements).map { ($0 + $1).bitPattern })
        #expect(result.gapIsUntouched)
    }

    // MARK: The choice

    @Test("the algorithm follows from the shape: multiplications are counted, tiles that stick out too")
    func choice() {
        func algorithm(
            _ size: Int, kernel: Int = 3, pad: Int = 1, stride: Int = 1, channels: Int = 16, outputs: Int = 16
        ) -> ConvolutionAlgorithm {
            ConvolutionGeometry(
                images: 1, height: size, width: size, channels: channels, kernelHeight: kernel, kernelWidth: kernel,
                strideHeight: stride, strideWidth: stride, padHeight: pad, padWidth: pad, outputChannels: outputs
            ).fasterAlgorithm
        }
        // 4, 3.1 and 2.8 times fewer multiplications.
        for size in [4, 7, 8, 12, 14, 16, 28, 32] { #expect(algorithm(size) == .winograd, "\(size)") }
        #expect(algorithm(12, kernel: 5, pad: 0) == .winograd)
        // 1, 1.6 and 2.3 times.
        for size in [1, 2, 3, 5, 6] { #expect(algorithm(size) == .direct, "\(size)") }
        #expect(algorithm(7, kernel: 5, pad: 2) == .direct)
        #expect(algorithm(16, channels: 3) == .direct)
        #expect(algorithm(16, outputs: 7) == .direct)
        #expect(algorithm(16, stride: 2) == .direct)
        #expect(algorithm(16, kernel: 1, pad: 0) == .direct)
        #expect(algorithm(16, kernel: 7, pad: 3) == .direct)
    }

    @Test("what is counted: 36 multiplications for each tile and pair of channels")
    func operations() {
        let geometry = Self.geometry(images: 3, height: 7, width: 9, channels: 17, kernel: 3, pad: 1, outputs: 33)
        #expect(geometry.multiplyAdds(.direct) == geometry.multiplyAdds)
        #expect(geometry.multiplyAdds(.winograd) == 3 * 2 * 3 * 36 * 17 * 33)
        #expect(geometry.dataGradientMultiplyAdds(.winograd) == geometry.multiplyAdds(.winograd))
        #expect(geometry.dataGradientMultiplyAdds(.direct) == geometry.multiplyAdds)
        // Tiles over 8 × 8 outputs, or over 12 × 12 inputs: the fewer.
        let valid = Self.geometry(images: 1, height: 12, width: 12, channels: 2, kernel: 5, pad: 0, outputs: 3)
        #expect(valid.dataGradientMultiplyAdds(.winograd) == 16 * 36 * 2 * 3)
    }
}

/// The tensors of a convolution, and its passes by Winograd's algorithm.
private struct Tensors {
    let geometry: ConvolutionGeometry
    let input: TestMatrix
    let weight: TestMatrix
    let bias: TestVector
    let outputGradient: TestMatrix

    init(_ geometry: ConvolutionGeometry, gap: Int = 0) {
        self.geometry = geometry
        input = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: gap, seed: 1)
        weight = TestMatrix(rows: geometry.filterSize, columns: geometry.outputChannels, seed: 2)
        bias = TestVector(count: geometry.outputChannels, seed: 3)
        outputGradient = TestMatrix(rows: geometry.outputPositions, columns: geometry.outputChannels, gap: gap, seed: 4)
    }

    /// The first images of others.
    init(_ geometry: ConvolutionGeometry, like other: Tensors) {
        self.init(geometry)
        input.view.copy(from: other.input.view.rows(0..<geometry.inputPositions))
        outputGradient.view.copy(from: other.outputGradient.view.rows(0..<geometry.outputPositions))
    }

    func forward(into output: Matrix, epilogue: Epilogue = .none, team: Team) {
        Convolution.forward(
            geometry, input.view, weight.view, bias: bias.view, into: output, epilogue: epilogue, algorithm: .winograd,
            scratch: TestVector.scratch(Convolution.forwardScratch(geometry, .winograd)).view, team: team)
    }

    func dataGradient(into inputGradient: Matrix, adds: Bool = false, team: Team) {
        Convolution.dataGradient(
            geometry, outputGradient.view, weight.view, into: inputGradient, adds: adds, algorithm: .winograd,
            scratch: TestVector.scratch(Convolution.dataGradientScratch(geometry, .winograd)).view, team: team)
    }

    func weightGradient(into weightGradient: Matrix, team: Team) {
        Convolution.weightGradient(
            geometry, input.view, outputGradient.view, into: weightGradient, algorithm: .winograd,
            scratch: TestVector.scratch(Convolution.weightGradientScratch(geometry, .winograd)).view, team: team)
    }
}
