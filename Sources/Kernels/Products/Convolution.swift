/// The three products of a convolution (cross-correlation, as in every framework) on channels-last maps.
///
/// Inputs are matrices of [images·height·width × channels], outputs of [images·outputHeight·outputWidth × outputChannels].
/// Weights are [(kernelHeight·kernelWidth·channels) × outputChannels], row (ky·kernelWidth + kx)·channels + c.
/// Nothing is unrolled into columns: the register tile walks through the maps themselves, which are copied into a frame of
/// zeros first if there is a pad. Complexity of each: `geometry.multiplyAdds`.
public enum Convolution {
    // MARK: Forward

    /// The scratch floats that `forward` needs: the padded input.
    public static func forwardScratch(_ geometry: ConvolutionGeometry) -> Int {
        framedCount(geometry)
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
        let maps = framed(input, geometry, scratch: scratch, team: team)
        let step = weight.stride
        var product = Product(
            a: maps.base, rows: places(geometry, in: maps), reduction: filter(geometry, in: maps), b: weight.base,
            bSteps: (geometry.kernelWidth * geometry.channels * step, geometry.channels * step, step),
            columns: weight.columns, c: output.base, targets: pixels(geometry, of: output), start: bias?.base)
        if !frame(geometry).isEmpty {
            product.skip(
                Padding(
                    vertical: Padding.Axis(
                        stride: geometry.strideHeight, taps: geometry.kernelHeight, pad: geometry.padHeight,
                        size: geometry.height),
                    horizontal: Padding.Axis(
                        stride: geometry.strideWidth, taps: geometry.kernelWidth, pad: geometry.padWidth,
                        size: geometry.width),
                    tapLength: maps.isContiguous ? geometry.channels : 0))
        }
        product.compute(team: team)
    }

    // MARK: Gradient of the weights

    /// The scratch floats that `weightGradient` needs: the padded input and the partial sums.
    public static func weightGradientScratch(_ geometry: ConvolutionGeometry) -> Int {
        framedCount(geometry)
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
        let maps = framed(input, geometry, scratch: scratch, team: team)
        let parts = parts(geometry)
        let sums = PartialSums(
            parts: parts, into: weightGradient, scratch: scratch.range(framedCount(geometry)..<scratch.count))
        let places = places(geometry, in: maps)
        let pixels = pixels(geometry, of: outputGradient)
        sums.compute(team: team) { part, target in
            let first = part * geometry.images / parts
            var group = places
            group.counts.outer = (part + 1) * geometry.images / parts - first
            return Product(
                a: maps.base + first * maps.imageStride, rows: filter(geometry, in: maps), reduction: group,
                b: outputGradient.base + first * pixels.steps.outer, bSteps: pixels.steps,
                columns: outputGradient.columns, c: target.base, targets: Walk(target.rows, step: target.stride))
        }
    }

    private static func parts(_ geometry: ConvolutionGeometry) -> Int {
        max(1, min(geometry.images, 8))
    }
}

// MARK: - Walks

extension Convolution {
    /// The filter's places in the maps, one for each output pixel.
    private static func places(_ geometry: ConvolutionGeometry, in maps: FeatureMaps) -> Walk {
        Walk(
            (geometry.images, geometry.outputHeight, geometry.outputWidth),
            steps: (maps.imageStride, geometry.strideHeight * maps.rowStride, geometry.strideWidth * maps.stride))
    }

    /// The output's pixels.
    private static func pixels(_ geometry: ConvolutionGeometry, of output: Matrix) -> Walk {
        let rowStep = geometry.outputWidth * output.stride
        return Walk(
            (geometry.images, geometry.outputHeight, geometry.outputWidth),
            steps: (geometry.outputHeight * rowStep, rowStep, output.stride))
    }

    /// The elements under the filter; where pixels lie side by side, filter column and channel are one counter.
    private static func filter(_ geometry: ConvolutionGeometry, in maps: FeatureMaps) -> Walk {
        maps.isContiguous
            ? Walk((geometry.kernelHeight, 1, geometry.kernelWidth * geometry.channels), steps: (maps.rowStride, 0, 1))
            : Walk(
                (geometry.kernelHeight, geometry.kernelWidth, geometry.channels),
                steps: (maps.rowStride, maps.stride, 1))
    }
}

// MARK: - Padding and checks

extension Convolution {
    private static func frame(_ geometry: ConvolutionGeometry) -> FeatureMaps.Frame {
        FeatureMaps.Frame(
            top: geometry.padHeight, bottom: geometry.padHeight, left: geometry.padWidth, right: geometry.padWidth)
    }

    private static func framedCount(_ geometry: ConvolutionGeometry) -> Int {
        frame(geometry).scratch(
            images: geometry.images, height: geometry.height, width: geometry.width, channels: geometry.channels)
    }

    /// The input as maps with zeros around them; the input itself if there is nothing to pad.
    private static func framed(
        _ input: Matrix, _ geometry: ConvolutionGeometry, scratch: Vector, team: Team
    ) -> FeatureMaps {
        let needed = framedCount(geometry)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        return FeatureMaps(input, images: geometry.images, height: geometry.height, width: geometry.width)
            .framed(frame(geometry), scratch: scratch, team: team)
    }

    /// Traps unless the matrices have the shapes of a convolution.
    static func check(_ geometry: ConvolutionGeometry, input: Matrix, weight: Matrix, output: Matrix) {
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
