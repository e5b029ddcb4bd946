/// The three products of a convolution (cross-correlation, as in every framework) on channels-last maps.
///
/// Inputs are matrices of [images·height·width × channels], outputs of [images·outputHeight·outputWidth × outputChannels].
/// Weights are [(kernelHeight·kernelWidth·channels) × outputChannels], row (ky·kernelWidth + kx)·channels + c.
/// Nothing is unrolled into columns: the register tile walks through the maps themselves.
/// Complexity of each: `geometry.multiplyAdds`.
public enum Convolution {
    // MARK: Forward

    /// The scratch floats that `forward` needs.
    public static func forwardScratch(_ geometry: ConvolutionGeometry) -> Int {
        CorrelationShape(geometry).scratch
    }

    /// output[n, y, x, o] = f(bias[o] + Σ input[n, y·stride + ky − pad, x·stride + kx − pad, c] · weight[(ky, kx, c), o]).
    ///
    /// Each element is one chain of fused multiply-adds, from the bias over (ky, kx, c) in order. Terms of the padding
    /// above and below are left out; those to the sides are products with zeros, unless they are so many that a product goes
    /// across the images instead. Which of the two follows from the filter and the map alone.
    ///
    /// - Parameter epilogue: What is done to the output while it is at hand: f, an affine map of its columns and a function, and the
    ///   moments of its columns before f.
    public static func forward(
        _ geometry: ConvolutionGeometry, _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix,
        epilogue: Epilogue = .none, scratch: Vector, team: Team
    ) {
        check(geometry, input: input, weight: weight, output: output)
        precondition(bias.map { $0.count == geometry.outputChannels } ?? true, "one bias for each output channel")
        let tap = geometry.channels * weight.stride
        let row = geometry.outputWidth * output.stride
        Correlation(
            shape: CorrelationShape(geometry),
            maps: FeatureMaps(input, images: geometry.images, height: geometry.height, width: geometry.width),
            b: weight.base, bSteps: (geometry.kernelWidth * tap, tap, weight.stride), columns: weight.columns,
            c: output.base, cSteps: (geometry.outputHeight * row, row, output.stride),
            start: bias.map { .row($0.base) } ?? .zero
        ).compute(scratch: scratch, team: team, output: output, epilogue: epilogue)
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
