/// The three products of a convolution (cross-correlation, as in every framework) on channels-last maps.
///
/// Inputs are matrices of [images·height·width × channels], outputs of [images·outputHeight·outputWidth × outputChannels].
/// Weights are [(kernelHeight·kernelWidth·channels) × outputChannels], row (ky·kernelWidth + kx)·channels + c.
/// Nothing is unrolled into columns: the register tile walks through the maps themselves, zero-padded in scratch if need be.
/// Complexity of each: `geometry.multiplyAdds`.
public enum Convolution {
    // MARK: Forward

    /// The scratch floats that `forward` needs: the padded input.
    public static func forwardScratch(_ geometry: ConvolutionGeometry) -> Int {
        paddedCount(geometry)
    }

    /// output[n, y, x, o] = bias[o] + Σ input[n, y·stride + ky − pad, x·stride + kx − pad, c] · weight[(ky, kx, c), o].
    ///
    /// Each element is one chain of fused multiply-adds, from the bias over (ky, kx, c) in order.
    public static func forward(
        _ geometry: ConvolutionGeometry, _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix,
        scratch: Vector, team: Team
    ) {
        check(geometry, input: input, weight: weight, output: output)
        precondition(bias.map { $0.count == geometry.outputChannels } ?? true, "one bias for each output channel")
        let maps = padded(input, geometry, scratch: scratch, team: team)
        Product(
            a: maps.base, rows: positions(geometry, in: maps), reduction: filter(geometry, in: maps),
            b: weight.base, bSteps: filterSteps(geometry, in: maps, stride: weight.stride),
            columns: weight.columns, c: output.base, cStride: output.stride, start: bias?.base
        ).compute(team: team)
    }

    // MARK: Gradient of the data

    /// The scratch floats that `dataGradient` needs: the turned weights and the padded output gradient.
    public static func dataGradientScratch(_ geometry: ConvolutionGeometry) -> Int {
        let full = adjoint(geometry)
        return geometry.filterSize * geometry.outputChannels + Storage.slack
            + (isPointwise(geometry) ? 0 : full.images * full.height * full.width * full.channels + Storage.slack)
    }

    /// inputGradient = the gradient of `forward` with respect to its input. Overwrites.
    ///
    /// It is itself a convolution, with the filter turned by 180°, of the output gradient with stride − 1 zeros between
    /// its pixels and kernel − 1 − pad around them. Each element is one chain over (ky, kx, output channel).
    public static func dataGradient(
        _ geometry: ConvolutionGeometry, _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix,
        scratch: Vector, team: Team
    ) {
        check(geometry, input: inputGradient, weight: weight, output: outputGradient)
        precondition(scratch.count >= dataGradientScratch(geometry), "too little scratch")
        let flipped = scratch.range(0..<weight.count)
            .matrix(rows: weight.count / geometry.channels, columns: geometry.channels)
        Transposition.flip(weight, geometry: geometry, into: flipped, team: team)

        let full = adjoint(geometry)
        var maps = FeatureMaps(
            outputGradient, images: geometry.images, height: geometry.outputHeight, width: geometry.outputWidth)
        if !isPointwise(geometry) {
            let offset = weight.count + Storage.slack
            let target = scratch.range(offset..<offset + full.inputPositions * full.channels)
                .matrix(rows: full.inputPositions, columns: full.channels)
            let spread = FeatureMaps(target, images: full.images, height: full.height, width: full.width)
            maps.spread(
                into: spread, top: geometry.kernelHeight - 1 - geometry.padHeight,
                left: geometry.kernelWidth - 1 - geometry.padWidth,
                dilationHeight: geometry.strideHeight, dilationWidth: geometry.strideWidth, team: team)
            maps = spread
        }
        Product(
            a: maps.base, rows: positions(full, in: maps), reduction: filter(full, in: maps),
            b: flipped.base, bSteps: filterSteps(full, in: maps, stride: flipped.stride),
            columns: flipped.columns, c: inputGradient.base, cStride: inputGradient.stride, start: nil
        ).compute(team: team)
    }

    // MARK: Gradient of the weights

    /// The scratch floats that `weightGradient` needs: the padded input and the partial sums.
    public static func weightGradientScratch(_ geometry: ConvolutionGeometry) -> Int {
        paddedCount(geometry)
            + PartialSums.scratch(
                parts: parts(geometry), rows: geometry.filterSize, columns: geometry.outputChannels)
    }

    /// weightGradient = the gradient of `forward` with respect to its weights. Overwrites.
    ///
    /// The images are cut into at most eight groups (a function of the batch alone); each group's sum is one chain over
    /// (image, y, x), and the groups are added in order in Double.
    public static func weightGradient(
        _ geometry: ConvolutionGeometry, _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix,
        scratch: Vector, team: Team
    ) {
        check(geometry, input: input, weight: weightGradient, output: outputGradient)
        precondition(scratch.count >= weightGradientScratch(geometry), "too little scratch")
        let maps = padded(input, geometry, scratch: scratch, team: team)
        let parts = parts(geometry)
        let sums = PartialSums(
            parts: parts, into: weightGradient, scratch: scratch.range(paddedCount(geometry)..<scratch.count))
        let places = positions(geometry, in: maps)
        let rowSteps = outputGradient.stride
        let imageSteps = geometry.outputHeight * geometry.outputWidth * rowSteps
        sums.compute(team: team) { part, target in
            let first = part * geometry.images / parts
            var group = places
            group.counts.outer = (part + 1) * geometry.images / parts - first
            return Product(
                a: maps.base + first * maps.imageStride, rows: filter(geometry, in: maps), reduction: group,
                b: outputGradient.base + first * imageSteps,
                bSteps: (imageSteps, geometry.outputWidth * rowSteps, rowSteps),
                columns: outputGradient.columns, c: target.base, cStride: target.stride, start: nil)
        }
    }

    private static func parts(_ geometry: ConvolutionGeometry) -> Int {
        max(1, min(geometry.images, 8))
    }
}

// MARK: - Walks

extension Convolution {
    /// The filter's places in the maps, one for each output position.
    private static func positions(_ geometry: ConvolutionGeometry, in maps: FeatureMaps) -> Walk {
        Walk(
            (geometry.images, geometry.outputHeight, geometry.outputWidth),
            steps: (
                maps.imageStride, geometry.strideHeight * maps.rowStride, geometry.strideWidth * maps.stride
            ))
    }

    /// The elements under the filter; where pixels lie side by side, filter column and channel are one counter.
    private static func filter(_ geometry: ConvolutionGeometry, in maps: FeatureMaps) -> Walk {
        if maps.stride == geometry.channels {
            return Walk(
                (geometry.kernelHeight, 1, geometry.kernelWidth * geometry.channels), steps: (maps.rowStride, 0, 1))
        }
        return Walk(
            (geometry.kernelHeight, geometry.kernelWidth, geometry.channels), steps: (maps.rowStride, maps.stride, 1))
    }

    /// The steps from row to row of the weights along `filter`.
    private static func filterSteps(
        _ geometry: ConvolutionGeometry, in maps: FeatureMaps, stride: Int
    ) -> (outer: Int, middle: Int, inner: Int) {
        (geometry.kernelWidth * geometry.channels * stride, geometry.channels * stride, stride)
    }

    /// The convolution that `dataGradient` is: over the spread output gradient, to the input's size.
    private static func adjoint(_ geometry: ConvolutionGeometry) -> ConvolutionGeometry {
        ConvolutionGeometry(
            images: geometry.images, height: geometry.height + geometry.kernelHeight - 1,
            width: geometry.width + geometry.kernelWidth - 1, channels: geometry.outputChannels,
            kernelHeight: geometry.kernelHeight, kernelWidth: geometry.kernelWidth,
            outputChannels: geometry.channels)
    }

    /// Whether the output gradient needs no spreading: a 1×1 filter at every pixel.
    private static func isPointwise(_ geometry: ConvolutionGeometry) -> Bool {
        geometry.kernelHeight == 1 && geometry.kernelWidth == 1 && geometry.strideHeight == 1
            && geometry.strideWidth == 1 && geometry.padHeight == 0 && geometry.padWidth == 0
    }
}

// MARK: - Padding

extension Convolution {
    private static func paddedCount(_ geometry: ConvolutionGeometry) -> Int {
        guard geometry.padHeight > 0 || geometry.padWidth > 0 else { return 0 }
        return geometry.images * (geometry.height + 2 * geometry.padHeight)
            * (geometry.width + 2 * geometry.padWidth) * geometry.channels + Storage.slack
    }

    /// The input as maps with zeros around them; the input itself if there is nothing to pad.
    private static func padded(
        _ input: Matrix, _ geometry: ConvolutionGeometry, scratch: Vector, team: Team
    ) -> FeatureMaps {
        let maps = FeatureMaps(input, images: geometry.images, height: geometry.height, width: geometry.width)
        let count = paddedCount(geometry)
        guard count > 0 else { return maps }
        precondition(scratch.count >= count, "\(count) floats of scratch needed, \(scratch.count) given")
        let height = geometry.height + 2 * geometry.padHeight
        let width = geometry.width + 2 * geometry.padWidth
        let positions = geometry.images * height * width
        let target = scratch.range(0..<positions * geometry.channels)
            .matrix(rows: positions, columns: geometry.channels)
        let padded = FeatureMaps(target, images: geometry.images, height: height, width: width)
        maps.spread(
            into: padded, top: geometry.padHeight, left: geometry.padWidth, dilationHeight: 1, dilationWidth: 1,
            team: team)
        return padded
    }

    private static func check(
        _ geometry: ConvolutionGeometry, input: Matrix, weight: Matrix, output: Matrix
    ) {
        precondition(
            input.rows == geometry.inputPositions && input.columns == geometry.channels,
            "an input of \(input.rows)×\(input.columns) for \(geometry)")
        precondition(
            weight.rows == geometry.filterSize && weight.columns == geometry.outputChannels,
            "weights of \(weight.rows)×\(weight.columns) for \(geometry)")
        precondition(
            output.rows == geometry.outputPositions && output.columns == geometry.outputChannels,
            "an output of \(output.rows)×\(output.columns) for \(geometry)")
    }
}
