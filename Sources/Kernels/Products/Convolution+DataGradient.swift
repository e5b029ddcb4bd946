extension Convolution {
    // MARK: Gradient of the data

    /// The scratch floats that `dataGradient` needs: the turned weights and the output gradient in a frame of zeros.
    public static func dataGradientScratch(_ geometry: ConvolutionGeometry) -> Int {
        turnedCount(geometry)
            + Adjoint(geometry).frame.scratch(
                images: geometry.images, height: geometry.outputHeight, width: geometry.outputWidth,
                channels: geometry.outputChannels)
    }

    /// inputGradient = the gradient of `forward` with respect to its input. Overwrites.
    ///
    /// It is itself a convolution, of the output gradient with the filter turned by 180°. With a stride, the input's
    /// pixels fall into stride × stride phases that each meet some of the taps only; each is a convolution of its own.
    /// Each element is one chain of fused multiply-adds over (ky, kx, output channel), ky and kx falling.
    public static func dataGradient(
        _ geometry: ConvolutionGeometry, _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix,
        scratch: Vector, team: Team
    ) {
        check(geometry, input: inputGradient, weight: weight, output: outputGradient)
        let needed = dataGradientScratch(geometry)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        let turned = scratch.range(0..<weight.count)
            .matrix(rows: weight.count / geometry.channels, columns: geometry.channels)
        Transposition.turn(weight, geometry: geometry, into: turned, team: team)

        let adjoint = Adjoint(geometry)
        let maps = FeatureMaps(
            outputGradient, images: geometry.images, height: geometry.outputHeight, width: geometry.outputWidth
        ).framed(adjoint.frame, scratch: scratch.range(turnedCount(geometry)..<scratch.count), team: team)
        for y in 0..<min(geometry.strideHeight, geometry.height) {
            for x in 0..<min(geometry.strideWidth, geometry.width) {
                adjoint.product(phase: (y, x), maps, turned, into: inputGradient).compute(team: team)
            }
        }
    }

    /// The scratch floats of the turned weights.
    private static func turnedCount(_ geometry: ConvolutionGeometry) -> Int {
        geometry.filterSize * geometry.outputChannels + Storage.slack
    }
}

/// A convolution seen from the gradient of its data.
private struct Adjoint {
    let geometry: ConvolutionGeometry
    let vertical: AdjointAxis
    let horizontal: AdjointAxis

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        vertical = AdjointAxis(
            size: geometry.height, taps: geometry.kernelHeight, stride: geometry.strideHeight,
            pad: geometry.padHeight, places: geometry.outputHeight)
        horizontal = AdjointAxis(
            size: geometry.width, taps: geometry.kernelWidth, stride: geometry.strideWidth,
            pad: geometry.padWidth, places: geometry.outputWidth)
    }

    /// The zeros that the output gradient needs around it.
    var frame: FeatureMaps.Frame {
        let (rows, columns) = (vertical.margins, horizontal.margins)
        return FeatureMaps.Frame(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
    }

    /// The gradient of one phase of the input's pixels.
    ///
    /// - Parameters:
    ///   - maps: The output gradient in its frame.
    ///   - turned: The turned weights, [(ky, kx, output channel) × channels].
    func product(
        phase: (y: Int, x: Int), _ maps: FeatureMaps, _ turned: Matrix, into inputGradient: Matrix
    ) -> Product {
        let (rows, columns) = (vertical.phase(phase.y), horizontal.phase(phase.x))
        let frame = frame
        let start = (rows.firstPlace + frame.top) * maps.rowStride + (columns.firstPlace + frame.left) * maps.stride
        let tap = maps.channels * turned.stride
        let tapRow = geometry.kernelWidth * tap
        // Where taps and pixels lie side by side, filter column and channel are one counter.
        let isMerged = geometry.strideWidth == 1 && maps.isContiguous
        let pixel = inputGradient.stride
        let pixelRow = geometry.width * pixel
        var product = Product(
            a: maps.base + start,
            rows: Walk(
                (geometry.images, rows.count, columns.count), steps: (maps.imageStride, maps.rowStride, maps.stride)),
            reduction: isMerged
                ? Walk((rows.taps, 1, columns.taps * maps.channels), steps: (maps.rowStride, 0, 1))
                : Walk((rows.taps, columns.taps, maps.channels), steps: (maps.rowStride, maps.stride, 1)),
            b: turned.base + (rows.firstTap * tapRow + columns.firstTap * tap),
            bSteps: (geometry.strideHeight * tapRow, geometry.strideWidth * tap, turned.stride),
            columns: turned.columns,
            c: inputGradient.base + (rows.start * pixelRow + columns.start * pixel),
            targets: Walk(
                (geometry.images, rows.count, columns.count),
                steps: (geometry.height * pixelRow, geometry.strideHeight * pixelRow, geometry.strideWidth * pixel)))
        if !frame.isEmpty {
            product.skip(
                Padding(
                    vertical: vertical.padding(rows), horizontal: horizontal.padding(columns),
                    tapLength: isMerged ? maps.channels : 0))
        }
        return product
    }
}
