import Kernels
import Testing

@Suite("Convolution")
struct ConvolutionTests {
    /// Channels, kernels, strides and pads in odd combinations, so that no dimension can stand in for another.
    static let geometries: [ConvolutionGeometry] = {
        var all: [ConvolutionGeometry] = []
        for (channels, outputs) in [(1, 20), (3, 1), (20, 50), (5, 17), (2, 33)] {
            for kernel in [1, 3, 5] {
                for stride in [1, 2] {
                    for pad in 0...2 {
                        // Large tensors only with the plain strides: the reference is slow.
                        if channels == 20 && (stride == 2) == (pad == 1) { continue }
                        all.append(
                            ConvolutionGeometry(
                                images: 3, height: 7, width: 6, channels: channels, kernelHeight: kernel,
                                kernelWidth: kernel, strideHeight: stride, strideWidth: stride, padHeight: pad,
                                padWidth: pad, outputChannels: outputs))
                    }
                }
            }
        }
        all.append(
            ConvolutionGeometry(
                images: 2, height: 5, width: 9, channels: 3, kernelHeight: 3, kernelWidth: 2, strideHeight: 2,
                strideWidth: 3, padHeight: 0, padWidth: 1, outputChannels: 4))
        all.append(
            ConvolutionGeometry(
                images: 10, height: 4, width: 3, channels: 2, kernelHeight: 2, kernelWidth: 3, strideHeight: 1,
                strideWidth: 2, padHeight: 1, padWidth: 0, outputChannels: 3))
        // Groups of one and of two images, and a filter of many elements on a small map.
        all.append(
            ConvolutionGeometry(
                images: 13, height: 5, width: 4, channels: 9, kernelHeight: 3, kernelWidth: 5, strideHeight: 2,
                strideWidth: 1, padHeight: 1, padWidth: 2, outputChannels: 6))
        // Pads beyond the filter, and strides beyond it.
        all.append(
            ConvolutionGeometry(
                images: 14, height: 3, width: 4, channels: 2, kernelHeight: 2, kernelWidth: 1, strideHeight: 3,
                strideWidth: 2, padHeight: 2, padWidth: 3, outputChannels: 18))
        return all
    }()

    @Test("forward is one fused chain over the filter, from the bias", arguments: geometries)
    func forward(_ geometry: ConvolutionGeometry) {
        let input = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, seed: 1)
        let weight = TestMatrix(rows: geometry.filterSize, columns: geometry.outputChannels, seed: 2)
        let bias = TestVector(count: geometry.outputChannels, seed: 3)
        let output = TestMatrix(rows: geometry.outputPositions, columns: geometry.outputChannels, gap: 2)
        let scratch = TestVector.scratch(Convolution.forwardScratch(geometry))
        Convolution.forward(
            geometry, input.view, weight.view, bias: bias.view, into: output.view, scratch: scratch.view,
            team: teams[0])
        let reference = ConvolutionReference(geometry)
        let x = input.view.elements
        let w = weight.view.elements
        let expected = reference.forward(x, w, start: bias.view.elements) { $0.addProduct($1, $2) }
        #expect(output.view.elements.map(\.bitPattern) == expected.map(\.bitPattern))
        #expect(output.gapIsUntouched)
    }

    @Test("the gradient of the data agrees with Double", arguments: geometries)
    func dataGradient(_ geometry: ConvolutionGeometry) {
        let gradient = TestMatrix(rows: geometry.outputPositions, columns: geometry.outputChannels, seed: 4)
        let weight = TestMatrix(rows: geometry.filterSize, columns: geometry.outputChannels, seed: 5)
        let result = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: 3)
        let scratch = TestVector.scratch(Convolution.dataGradientScratch(geometry))
        Convolution.dataGradient(
            geometry, gradient.view, weight.view, into: result.view, scratch: scratch.view, team: teams[0])
        let expected = ConvolutionReference(geometry).dataGradient(
            gradient.view.elements.map(Double.init), weight.view.elements.map(Double.init))
        let terms = Double(geometry.kernelHeight * geometry.kernelWidth * geometry.outputChannels)
        expectClose(result.view.elements, expected, tolerance: 0x1p-24 * terms)
        #expect(result.gapIsUntouched)
    }

    @Test("the gradient of the weights agrees with Double", arguments: geometries)
    func weightGradient(_ geometry: ConvolutionGeometry) {
        let input = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, seed: 6)
        let gradient = TestMatrix(rows: geometry.outputPositions, columns: geometry.outputChannels, gap: 1, seed: 7)
        let result = TestMatrix(rows: geometry.filterSize, columns: geometry.outputChannels, gap: 1)
        let scratch = TestVector.scratch(Convolution.weightGradientScratch(geometry))
        Convolution.weightGradient(
            geometry, input.view, gradient.view, into: result.view, scratch: scratch.view, team: teams[0])
        let expected = ConvolutionReference(geometry).weightGradient(
            input.view.elements.map(Double.init), gradient.view.elements.map(Double.init))
        expectClose(
            result.view.elements, expected, tolerance: 0x1p-24 * Double(geometry.outputPositions))
        #expect(result.gapIsUntouched)
    }

    @Test("the gradient of the weights of large maps goes on from stretch to stretch")
    func stretches() {
        let geometry = ConvolutionGeometry(
            images: 20, height: 24, width: 23, channels: 2, kernelHeight: 3, kernelWidth: 3, padHeight: 1, padWidth: 1,
            outputChannels: 3)
        weightGradient(geometry)
    }

    @Test("a gradient of the data is added to what is there in one rounding", arguments: geometries)
    func adds(_ geometry: ConvolutionGeometry) {
        let gradient = TestMatrix(rows: geometry.outputPositions, columns: geometry.outputChannels, seed: 4)
        let weight = TestMatrix(rows: geometry.filterSize, columns: geometry.outputChannels, seed: 5)
        let scratch = TestVector.scratch(Convolution.dataGradientScratch(geometry))
        let alone = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels)
        let result = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: 3, seed: 12)
        let before = result.view.elements
        Convolution.dataGradient(
            geometry, gradient.view, weight.view, into: alone.view, scratch: scratch.view, team: teams[0])
        Convolution.dataGradient(
            geometry, gradient.view, weight.view, into: result.view, adds: true, scratch: scratch.view, team: teams[1])
        let expected = zip(before, alone.view.elements).map { ($0 + $1).bitPattern }
        #expect(result.bits == expected)
        #expect(result.gapIsUntouched)
    }

    @Test("an epilogue gives the bits of passes by themselves", arguments: geometries + [large])
    func epilogue(_ geometry: ConvolutionGeometry) {
        let (rows, columns) = (geometry.outputPositions, geometry.outputChannels)
        let input = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, seed: 1)
        let weight = TestMatrix(rows: geometry.filterSize, columns: columns, seed: 2)
        let scratch = TestVector.scratch(Convolution.forwardScratch(geometry))
        let moments = (0..<2).map { _ in
            BlockMoments(
                rows: rows, columns: columns,
                scratch: TestVector.scratch(BlockMoments.scratch(rows: rows, columns: columns)).view)
        }
        let (fused, apart) = (
            TestMatrix(rows: rows, columns: columns, gap: 1), TestMatrix(rows: rows, columns: columns)
        )
        Convolution.forward(
            geometry, input.view, weight.view, bias: nil, into: fused.view,
            epilogue: Epilogue(nonlinearity: .rectifier, moments: moments[0]), scratch: scratch.view, team: teams[1])
        Convolution.forward(
            geometry, input.view, weight.view, bias: nil, into: apart.view, scratch: scratch.view, team: teams[0])
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

    /// Several blocks of moments, which begin and end inside of rows and images.
    static let large = ConvolutionGeometry(
        images: 5, height: 15, width: 14, channels: 3, kernelHeight: 3, kernelWidth: 3, padHeight: 1, padWidth: 1,
        outputChannels: 21)

    @Test("columns of a wider matrix are convolved in place", arguments: [0, 1])
    func strided(pad: Int) {
        let geometry = ConvolutionGeometry(
            images: 2, height: 5, width: 4, channels: 3, kernelHeight: 3, kernelWidth: 3, padHeight: pad,
            padWidth: pad, outputChannels: 5)
        let wide = TestMatrix(rows: geometry.inputPositions, columns: 8, gap: 2, seed: 8)
        let part = wide.view.columns(2..<5)
        let weight = TestMatrix(rows: geometry.filterSize, columns: 5, gap: 2, seed: 9)
        let packed = TestMatrix(rows: geometry.inputPositions, columns: 3)
        packed.view.copy(from: part)
        let count = max(
            Convolution.forwardScratch(geometry), Convolution.weightGradientScratch(geometry),
            Convolution.dataGradientScratch(geometry))
        let scratch = TestVector.scratch(count).view
        func results(_ input: Matrix, _ inputGradient: Matrix) -> [UInt32] {
            let output = TestMatrix(rows: geometry.outputPositions, columns: 5)
            let weightGradient = TestMatrix(rows: geometry.filterSize, columns: 5)
            let team = teams[0]
            Convolution.forward(
                geometry, input, weight.view, bias: nil, into: output.view, scratch: scratch, team: team)
            Convolution.weightGradient(
                geometry, input, output.view, into: weightGradient.view, scratch: scratch, team: team)
            Convolution.dataGradient(
                geometry, output.view, weight.view, into: inputGradient, scratch: scratch, team: team)
            return output.bits + weightGradient.bits + inputGradient.elements.map(\.bitPattern)
        }
        let expected = results(packed.view, TestMatrix(rows: geometry.inputPositions, columns: 3).view)
        #expect(results(part, part) == expected)
        #expect(wide.gapIsUntouched)
    }

    @Test("the bits do not depend on the number of threads", arguments: [0, 2])
    func threads(pad: Int) {
        let geometry = ConvolutionGeometry(
            images: 11, height: 12, width: 12, channels: 20, kernelHeight: 5, kernelWidth: 5, padHeight: pad,
            padWidth: pad, outputChannels: 50)
        let input = TestMatrix(rows: geometry.inputPositions, columns: 20, seed: 10)
        let weight = TestMatrix(rows: geometry.filterSize, columns: 50, seed: 11)
        let count = max(
            Convolution.forwardScratch(geometry), Convolution.weightGradientScratch(geometry),
            Convolution.dataGradientScratch(geometry))
        let scratch = TestVector.scratch(count).view
        expectSameBits { team in
            let output = TestMatrix(rows: geometry.outputPositions, columns: 50)
            let inputGradient = TestMatrix(rows: geometry.inputPositions, columns: 20)
            let weightGradient = TestMatrix(rows: geometry.filterSize, columns: 50)
            Convolution.forward(
                geometry, input.view, weight.view, bias: nil, into: output.view, scratch: scratch, team: team)
            Convolution.dataGradient(
                geometry, output.view, weight.view, into: inputGradient.view, scratch: scratch, team: team)
            Convolution.weightGradient(
                geometry, input.view, output.view, into: weightGradient.view, scratch: scratch, team: team)
            return output.bits + inputGradient.bits + weightGradient.bits
        }
    }

    @Test("fewer images need no more scratch", arguments: geometries)
    func scratch(_ geometry: ConvolutionGeometry) {
        func smaller(_ images: Int) -> ConvolutionGeometry {
            ConvolutionGeometry(
                images: images, height: geometry.height, width: geometry.width, channels: geometry.channels,
                kernelHeight: geometry.kernelHeight, kernelWidth: geometry.kernelWidth,
                strideHeight: geometry.strideHeight, strideWidth: geometry.strideWidth, padHeight: geometry.padHeight,
                padWidth: geometry.padWidth, outputChannels: geometry.outputChannels)
        }
        for images in 1...30 {
            let (fewer, more) = (smaller(images), smaller(images + 1))
            #expect(Convolution.forwardScratch(fewer) <= Convolution.forwardScratch(more))
            #expect(Convolution.dataGradientScratch(fewer) <= Convolution.dataGradientScratch(more))
        }
    }

    @Test("output sizes round down")
    func sizes() {
        let geometry = ConvolutionGeometry(
            images: 1, height: 224, width: 223, channels: 3, kernelHeight: 7, kernelWidth: 7, strideHeight: 2,
            strideWidth: 2, padHeight: 3, padWidth: 3, outputChannels: 64)
        #expect(geometry.outputHeight == 112)
        #expect(geometry.outputWidth == 112)
        #expect(geometry.multiplyAdds == 112 * 112 * 7 * 7 * 3 * 64)
    }
}

/// Convolutions written down as in a textbook: seven loops.
struct ConvolutionReference {
    private let geometry: ConvolutionGeometry

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
    }

    /// Visits every pair of an output position and a filter element that lies inside the image:
    /// (output row, input row, filter tap).
    private func forEachTap(_ body: (_ output: Int, _ input: Int, _ tap: Int) -> Void) {
        let g = geometry
        for image in 0..<g.images {
            for outputY in 0..<g.outputHeight {
                for outputX in 0..<g.outputWidth {
                    for tapY in 0..<g.kernelHeight {
                        for tapX in 0..<g.kernelWidth {
                            let y = outputY * g.strideHeight + tapY - g.padHeight
                            let x = outputX * g.strideWidth + tapX - g.padWidth
                            guard y >= 0, y < g.height, x >= 0, x < g.width else { continue }
                            body(
                                (image * g.outputHeight + outputY) * g.outputWidth + outputX,
                                (image * g.height + y) * g.width + x, tapY * g.kernelWidth + tapX)
                        }
                    }
                }
            }
        }
    }

    /// The output, with each product added by `accumulate`.
    func forward<Number: FloatingPoint>(
        _ input: [Number], _ weight: [Number], start: [Number],
        accumulate: (inout Number, Number, Number) -> Void
    ) -> [Number] {
        let (channels, outputs) = (geometry.channels, geometry.outputChannels)
        var result = (0..<geometry.outputPositions).flatMap { _ in start }
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { output, position, tap in
                for channel in 0..<channels {
                    let x = input[position * channels + channel]
                    for o in 0..<outputs {
                        accumulate(&result[output * outputs + o], x, weight[(tap * channels + channel) * outputs + o])
                    }
                }
            }
        }
        return result
    }

    /// The gradient with respect to the input.
    func dataGradient(_ gradient: [Double], _ weight: [Double]) -> [Double] {
        let (channels, outputs) = (geometry.channels, geometry.outputChannels)
        var result = [Double](repeating: 0, count: geometry.inputPositions * channels)
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { output, position, tap in
                for channel in 0..<channels {
                    var sum = 0.0
                    for o in 0..<outputs {
                        sum += gradient[output * outputs + o] * weight[(tap * channels + channel) * outputs + o]
                    }
                    result[position * channels + channel] += sum
                }
            }
        }
        return result
    }

    /// The gradient with respect to the weights.
    func weightGradient(_ input: [Double], _ gradient: [Double]) -> [Double] {
        let (channels, outputs) = (geometry.channels, geometry.outputChannels)
        var result = [Double](repeating: 0, count: geometry.filterSize * outputs)
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { output, position, tap in
                for channel in 0..<channels {
                    let x = input[position * channels + channel]
                    for o in 0..<outputs {
                        result[(tap * channels + channel) * outputs + o] += x * gradient[output * outputs + o]
                    }
                }
            }
        }
        return result
    }
}
