/// The three products of a convolution (cross-correlation, as in every framework) on channels-last maps.
///
/// Inputs are matrices of [images·height·width × channels], outputs of [images·outputHeight·outputWidth × outputChannels].
/// Weights are [(kernelHeight·kernelWidth·channels) × outputChannels], row (ky·kernelWidth + kx)·channels + c.
/// Nothing is unrolled into columns: the register tile walks through the maps themselves.
/// Complexity of each: `geometry.multiplyAdds(algorithm)`.
public enum Convolution {
    // MARK: Forward

    /// The scratch floats that `forward` needs.
    public static func forwardScratch(
        _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm = .direct
    ) -> Int {
        guard algorithm == .winograd else { return CorrelationShape(geometry).scratch }
        func scratch<Form: WinogradForm>(_: Form.Type) -> Int { WinogradConvolution<Form>(geometry).forwardScratch }
        return geometry.withWinogradForm { scratch($0) }
    }

    /// output[n, y, x, o] = f(bias[o] + Σ input[n, y·stride + ky − pad, x·stride + kx − pad, c] · weight[(ky, kx, c), o]).
    ///
    /// Each element is one chain of fused multiply-adds, from the bias over (ky, kx, c) in order. Terms of the padding
    /// above and below are left out; those to the sides are products with zeros, unless they are so many that a product goes
    /// across the images instead. Which of the two follows from the filter and the map alone. By Winograd's algorithm the bias
    /// is added to the sum of products; see ``WinogradConvolution``.
    ///
    /// - Parameter epilogue: What is done to the output while it is at hand: f, an affine map of its columns and a function, and the
    ///   moments of its columns before f.
    public static func forward(
        _ geometry: ConvolutionGeometry, _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix,
        epilogue: Epilogue = .none, algorithm: ConvolutionAlgorithm = .direct, scratch: Vector, team: Team
    ) {
        check(geometry, input: input, weight: weight, output: output)
        precondition(bias.map { $0.count == geometry.outputChannels } ?? true, "one bias for each output channel")
        if algorithm == .winograd {
            func run<Form: WinogradForm>(_: Form.Type) {
                WinogradConvolution<Form>(geometry).forward(
                    input, weight, bias: bias, into: output, epilogue: epilogue, scratch: scratch, team: team)
            }
            return geometry.withWinogradForm { run($0) }
        }
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

extension Convolution {
    // MARK: Gradient of the data

    /// The scratch floats that `dataGradient` needs: the turned weights and copies of output gradients between zeros.
    public static func dataGradientScratch(
        _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm = .direct
    ) -> Int {
        if algorithm == .winograd {
            func scratch<Form: WinogradForm>(_: Form.Type) -> Int {
                WinogradConvolution<Form>(geometry).dataGradientScratch
            }
            return geometry.withWinogradForm { scratch($0) }
        }
        let adjoint = Adjoint(geometry)
        return turnedCount(geometry) + adjoint.phases.reduce(0) { max($0, adjoint.shape(phase: $1).scratch) }
    }

    /// inputGradient = the gradient of `forward` with respect to its input. Overwrites, or adds.
    ///
    /// It is itself a correlation, of the output gradient with the filter turned by 180°. With a stride, the input's
    /// pixels fall into stride × stride phases that each meet some of the taps only; each is a correlation of its own.
    /// Each element is one chain of fused multiply-adds over (ky, kx, output channel), ky and kx falling.
    ///
    /// - Parameter adds: Whether the gradient is added to what `inputGradient` holds.
    public static func dataGradient(
        _ geometry: ConvolutionGeometry, _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix,
        adds: Bool = false, algorithm: ConvolutionAlgorithm = .direct, scratch: Vector, team: Team
    ) {
        check(geometry, input: inputGradient, weight: weight, output: outputGradient)
        let needed = dataGradientScratch(geometry, algorithm)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        if algorithm == .winograd {
            func run<Form: WinogradForm>(_: Form.Type) {
                WinogradConvolution<Form>(geometry).dataGradient(
                    outputGradient, weight, into: inputGradient, adds: adds, scratch: scratch, team: team)
            }
            return geometry.withWinogradForm { run($0) }
        }
        let turned = scratch.range(0..<weight.count)
            .matrix(rows: weight.count / geometry.channels, columns: geometry.channels)
        Transposition.turn(weight, geometry: geometry, into: turned, team: team)
        let maps = FeatureMaps(
            outputGradient, images: geometry.images, height: geometry.outputHeight, width: geometry.outputWidth)
        let rest = scratch.range(turnedCount(geometry)..<scratch.count)
        let adjoint = Adjoint(geometry)
        for phase in adjoint.phases {
            var correlation = adjoint.correlation(phase: phase, maps, turned, into: inputGradient)
            correlation.addsToTarget = adds
            correlation.compute(scratch: rest, team: team, output: inputGradient)
        }
    }

    /// The scratch floats of the turned weights, whole cache lines.
    private static func turnedCount(_ geometry: ConvolutionGeometry) -> Int {
        (geometry.filterSize * geometry.outputChannels + Storage.slack + 15) & ~15
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

    /// The phases of the input's pixels, row by row.
    var phases: PhaseList {
        PhaseList(
            rows: min(geometry.strideHeight, geometry.height), columns: min(geometry.strideWidth, geometry.width))
    }

    func shape(phase: (y: Int, x: Int)) -> CorrelationShape {
        CorrelationShape(geometry, vertical.phase(phase.y), horizontal.phase(phase.x))
    }

    /// The gradient of one phase of the input's pixels.
    ///
    /// - Parameters:
    ///   - maps: The output gradient.
    ///   - turned: The turned weights, [(ky, kx, output channel) × channels].
    func correlation(
        phase: (y: Int, x: Int), _ maps: FeatureMaps, _ turned: Matrix, into inputGradient: Matrix
    ) -> Correlation {
        let (rows, columns) = (vertical.phase(phase.y), horizontal.phase(phase.x))
        let tap = geometry.outputChannels * turned.stride
        let tapRow = geometry.kernelWidth * tap
        let pixel = inputGradient.stride
        let pixelRow = geometry.width * pixel
        return Correlation(
            shape: shape(phase: phase), maps: maps,
            b: turned.base + (rows.firstTap * tapRow + columns.firstTap * tap),
            bSteps: (geometry.strideHeight * tapRow, geometry.strideWidth * tap, turned.stride),
            columns: turned.columns, c: inputGradient.base + (rows.start * pixelRow + columns.start * pixel),
            cSteps: (geometry.height * pixelRow, geometry.strideHeight * pixelRow, geometry.strideWidth * pixel))
    }
}

/// The numbers (y, x) of rows × columns phases, without an array of them.
private struct PhaseList: Sequence, IteratorProtocol {
    let rows: Int
    let columns: Int
    private var index = 0

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    mutating func next() -> (y: Int, x: Int)? {
        guard index < rows * columns else { return nil }
        defer { index += 1 }
        return (index / columns, index % columns)
    }
}

extension Convolution {
    // MARK: Gradient of the weights

    /// The scratch floats that `weightGradient` needs: the partial sums.
    public static func weightGradientScratch(
        _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm = .direct
    ) -> Int {
        if algorithm == .winograd {
            func scratch<Form: WinogradForm>(_: Form.Type) -> Int {
                WinogradConvolution<Form>(geometry).weightGradientScratch
            }
            return geometry.withWinogradForm { scratch($0) }
        }
        return PartialSums.scratch(parts: parts(geometry), rows: geometry.filterSize, columns: geometry.outputChannels)
    }

    /// weightGradient = the gradient of `forward` with respect to its weights. Overwrites.
    ///
    /// The images are cut into at most eight groups (a function of the batch alone); each group's sum is one chain over
    /// (image, y, x), without the pixels of the padding, and the groups are added in order in Double.
    public static func weightGradient(
        _ geometry: ConvolutionGeometry, _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix,
        algorithm: ConvolutionAlgorithm = .direct, scratch: Vector, team: Team
    ) {
        check(geometry, input: input, weight: weightGradient, output: outputGradient)
        precondition(scratch.count >= weightGradientScratch(geometry, algorithm), "too little scratch")
        if algorithm == .winograd {
            func run<Form: WinogradForm>(_: Form.Type) {
                WinogradConvolution<Form>(geometry).weightGradient(
                    input, outputGradient, into: weightGradient, scratch: scratch, team: team)
            }
            return geometry.withWinogradForm { run($0) }
        }
        let parts = parts(geometry)
        let sums = PartialSums(parts: parts, into: weightGradient, scratch: scratch)
        let gradient = FilterGradient(geometry, input, outputGradient)
        sums.compute(team: team, operations: geometry.multiplyAdds / Lane.width) { part, target, columns in
            let images = part * geometry.images / parts..<(part + 1) * geometry.images / parts
            gradient.compute(images: images, columns: columns, into: target)
        }
    }

    private static func parts(_ geometry: ConvolutionGeometry) -> Int {
        max(1, min(geometry.images, 8))
    }
}

/// The gradient of a filter, tap by tap: the rows of each product are a tap's channels, its reduction is the pixels under
/// the tap.
private struct FilterGradient: @unchecked Sendable {
    let geometry: ConvolutionGeometry
    let maps: FeatureMaps
    let outputs: FeatureMaps
    /// Filter columns that are one product: all, where pixels lie side by side and none is of a padding.
    let tapsPerProduct: Int

    init(_ geometry: ConvolutionGeometry, _ input: Matrix, _ outputGradient: Matrix) {
        self.geometry = geometry
        maps = FeatureMaps(input, images: geometry.images, height: geometry.height, width: geometry.width)
        outputs = FeatureMaps(
            outputGradient, images: geometry.images, height: geometry.outputHeight, width: geometry.outputWidth)
        tapsPerProduct = geometry.padWidth == 0 && maps.isContiguous ? geometry.kernelWidth : 1
    }

    /// The images whose pixels are one stretch of a chain: their maps are read again for every tap and tile, from a near
    /// cache if they are few.
    private var imagesPerStretch: Int { max(1, 512 / max(geometry.outputHeight * geometry.outputWidth, 1)) }

    /// Adds up the pixels of some images, for some output channels.
    func compute(images: Range<Int>, columns: Range<Int>, into target: Matrix) {
        let target = target.columns(columns)
        if images.isEmpty { target.fill(0) }
        for first in stride(from: images.lowerBound, to: images.upperBound, by: imagesPerStretch) {
            let stretch = first..<min(first + imagesPerStretch, images.upperBound)
            for ky in 0..<geometry.kernelHeight {
                for kx in stride(from: 0, to: geometry.kernelWidth, by: tapsPerProduct) {
                    let row = (ky * geometry.kernelWidth + kx) * geometry.channels
                    product(
                        stretch, tap: (ky, kx), columns: columns,
                        into: target.rows(row..<row + tapsPerProduct * geometry.channels),
                        continues: first > images.lowerBound
                    ).compute()
                }
            }
        }
    }

    /// One stretch of the chains of one tap.
    private func product(
        _ images: Range<Int>, tap: (y: Int, x: Int), columns: Range<Int>, into target: Matrix, continues: Bool
    ) -> Product {
        let rows = Self.places(
            geometry.outputHeight, tap: tap.y - geometry.padHeight, stride: geometry.strideHeight,
            size: geometry.height)
        let pixels = Self.places(
            geometry.outputWidth, tap: tap.x - geometry.padWidth, stride: geometry.strideWidth, size: geometry.width)
        let y = rows.lowerBound * geometry.strideHeight + tap.y - geometry.padHeight
        let x = pixels.lowerBound * geometry.strideWidth + tap.x - geometry.padWidth
        let a = maps.base + (images.lowerBound * maps.imageStride + y * maps.rowStride + x * maps.stride)
        let b =
            outputs.base
            + (images.lowerBound * outputs.imageStride + rows.lowerBound * outputs.rowStride
                + pixels.lowerBound * outputs.stride + columns.lowerBound)
        var reduction = Product.Reduction(
            counts: (images.count, rows.count, pixels.count),
            aSteps: (maps.imageStride, geometry.strideHeight * maps.rowStride, geometry.strideWidth * maps.stride),
            bSteps: (outputs.imageStride, outputs.rowStride, outputs.stride)
        ).merged
        // A pointwise filter reads each pixel for one tap only.
        let isFar = geometry.kernelHeight * geometry.kernelWidth == 1 && reduction.cut(by: Lane.width)
        return Product(
            a: a, aStep: 1, rows: target.rows, reduction: reduction, b: b, columns: target.columns, c: target.base,
            cStep: target.stride, start: continues ? .target : .zero,
            fetch: isFar ? .lines : .nothing)
    }

    /// The places of an axis at which a tap is on a pixel of the map.
    private static func places(_ count: Int, tap: Int, stride: Int, size: Int) -> Range<Int> {
        let first = min(tap >= 0 ? 0 : (-tap + stride - 1) / stride, count)
        let end = size - tap <= 0 ? 0 : min((size - tap + stride - 1) / stride, count)
        return first..<max(first, end)
    }
}

extension Product.Reduction {
    /// Cuts a single counter into pieces of equal length; false if it is none or no multiple of the length.
    fileprivate mutating func cut(by length: Int) -> Bool {
        guard counts.outer == 1, counts.middle == 1, counts.inner % length == 0 else { return false }
        counts = (1, counts.inner / length, length)
        aSteps.middle = length * aSteps.inner
        bSteps.middle = length * bSteps.inner
        return true
    }

    /// The same terms with counters that run on without a gap made one.
    fileprivate var merged: Product.Reduction {
        var merged = self
        if aSteps.middle == counts.inner * aSteps.inner && bSteps.middle == counts.inner * bSteps.inner {
            merged.counts.inner *= counts.middle
            merged.counts.middle = 1
            if aSteps.outer == merged.counts.inner * aSteps.inner && bSteps.outer == merged.counts.inner * bSteps.inner
            {
                merged.counts.inner *= counts.outer
                merged.counts.outer = 1
            }
        }
        return merged
    }
}
