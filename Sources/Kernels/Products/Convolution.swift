/// The three products of a convolution (cross-correlation, as in every framework) on channels-last maps.
///
/// Inputs are matrices of [images·height·width × channels], outputs of [images·outputHeight·outputWidth × outputChannels].
/// Weights are [(kernelHeight·kernelWidth·channels) × outputChannels], row (ky·kernelWidth + kx)·channels + c.
/// Nothing is unrolled into columns: the register tile walks through the maps themselves.
/// Complexity of each: `geometry.multiplyAdds(algorithm)`.
public enum Convolution {
    /// The scratch floats that `forward` needs.
    public static func forwardScratch(
        _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm = .direct
    ) -> Int {
        scratch(geometry, algorithm).forward
    }

    /// output[n, y, x, o] = f(bias[o] + Σ input[n, y·stride + ky − pad, x·stride + kx − pad, c] · weight[(ky, kx, c), o]).
    ///
    /// The direct algorithm computes each element as one chain of fused multiply-adds, from the bias over (ky, kx, c) in order.
    /// Terms of the padding above and below are left out; those to the sides are products with zeros, unless they are so many
    /// that a product goes across the images instead. Which of the two follows from the filter and the map alone. By
    /// Winograd's algorithm the bias is added to the sum of products; see ``WinogradConvolution``.
    ///
    /// - Parameter epilogue: What is done to the output while it is at hand: f, an affine map of its columns and a function, and the
    ///   moments of its columns before f.
    public static func forward(
        _ geometry: ConvolutionGeometry, _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix,
        epilogue: Epilogue = .none, algorithm: ConvolutionAlgorithm = .direct, scratch: Vector, team: Team
    ) {
        check(geometry, input: input, weight: weight, output: output)
        precondition(bias.map { $0.count == geometry.outputChannels } ?? true, "one bias for each output channel")
        func run<Products: ConvolutionProducts>(_: Products.Type) {
            Products(geometry).forward(
                input, weight, bias: bias, into: output, epilogue: epilogue, scratch: scratch, team: team)
        }
        geometry.withProducts(by: algorithm) { run($0) }
    }

    /// The scratch floats that `dataGradient` needs: the turned weights and copies of output gradients between zeros.
    public static func dataGradientScratch(
        _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm = .direct
    ) -> Int {
        scratch(geometry, algorithm).dataGradient
    }

    /// inputGradient = the gradient of `forward` with respect to its input. Overwrites, or adds.
    ///
    /// The direct algorithm computes each element as one chain of fused multiply-adds over (ky, kx, output channel), ky and kx
    /// falling.
    ///
    /// - Parameter adds: Whether the gradient is added to what `inputGradient` holds.
    public static func dataGradient(
        _ geometry: ConvolutionGeometry, _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix,
        adds: Bool = false, algorithm: ConvolutionAlgorithm = .direct, scratch: Vector, team: Team
    ) {
        check(geometry, input: inputGradient, weight: weight, output: outputGradient)
        func run<Products: ConvolutionProducts>(_: Products.Type) {
            Products(geometry).dataGradient(
                outputGradient, weight, into: inputGradient, adds: adds, scratch: scratch, team: team)
        }
        geometry.withProducts(by: algorithm) { run($0) }
    }

    /// The scratch floats that `weightGradient` needs: the partial sums.
    public static func weightGradientScratch(
        _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm = .direct
    ) -> Int {
        scratch(geometry, algorithm).weightGradient
    }

    /// weightGradient = the gradient of `forward` with respect to its weights. Overwrites.
    ///
    /// The direct algorithm cuts the images into at most eight groups (a function of the batch alone); each group's sum is one
    /// chain over (image, y, x), without the pixels of the padding, and the groups are added in order in Double.
    public static func weightGradient(
        _ geometry: ConvolutionGeometry, _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix,
        algorithm: ConvolutionAlgorithm = .direct, scratch: Vector, team: Team
    ) {
        check(geometry, input: input, weight: weightGradient, output: outputGradient)
        func run<Products: ConvolutionProducts>(_: Products.Type) {
            Products(geometry).weightGradient(
                input, outputGradient, into: weightGradient, scratch: scratch, team: team)
        }
        geometry.withProducts(by: algorithm) { run($0) }
    }

    private static func scratch(
        _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm
    ) -> (forward: Int, dataGradient: Int, weightGradient: Int) {
        func scratch<Products: ConvolutionProducts>(_: Products.Type) -> (Int, Int, Int) {
            let products = Products(geometry)
            return (products.forwardScratch, products.dataGradientScratch, products.weightGradientScratch)
        }
        return geometry.withProducts(by: algorithm) { scratch($0) }
    }

    /// Traps unless the matrices have the shapes of a convolution.
    private static func check(_ geometry: ConvolutionGeometry, input: Matrix, weight: Matrix, output: Matrix) {
        input.requireShape(geometry.inputPositions, geometry.channels, "the input of \(geometry)")
        weight.requireShape(geometry.filterSize, geometry.outputChannels, "the weight of \(geometry)")
        output.requireShape(geometry.outputPositions, geometry.outputChannels, "the output of \(geometry)")
    }
}

/// The products of a convolution by one algorithm, and the scratch floats that each needs.
protocol ConvolutionProducts {
    init(_ geometry: ConvolutionGeometry)
    var forwardScratch: Int { get }
    func forward(
        _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix, epilogue: Epilogue, scratch: Vector,
        team: Team)
    var dataGradientScratch: Int { get }
    func dataGradient(
        _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix, adds: Bool, scratch: Vector, team: Team)
    var weightGradientScratch: Int { get }
    func weightGradient(
        _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix, scratch: Vector, team: Team)
}

extension WinogradConvolution: ConvolutionProducts {}

extension ConvolutionGeometry {
    /// Calls `body` with the products by an algorithm as a type, for which they are compiled apart.
    @inline(__always)
    fileprivate func withProducts<Result>(
        by algorithm: ConvolutionAlgorithm, _ body: (any ConvolutionProducts.Type) -> Result
    ) -> Result {
        guard algorithm == .winograd else { return body(DirectConvolution.self) }
        func products<Form: WinogradForm>(_: Form.Type) -> Result { body(WinogradConvolution<Form>.self) }
        return withWinogradForm { products($0) }
    }
}

// MARK: - The direct algorithm

/// The products of a convolution as the equation says: each element a chain of multiply-adds, which the register tile computes
/// while it walks through the maps.
///
/// | | products |
/// |---|---|
/// | forward | the filter moves over the input: one correlation |
/// | gradient of the data | the filter, turned by 180°, moves over the output gradient: one correlation for each phase of the input's pixels, stride × stride of them |
/// | gradient of the weights | for each tap the pixels under it, transposed, times the output gradient |
struct DirectConvolution: ConvolutionProducts {
    let geometry: ConvolutionGeometry

    init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

    private var rows: Correlation.Axis {
        Correlation.Axis(
            pixels: geometry.height, taps: geometry.kernelHeight, stride: geometry.strideHeight,
            origin: -geometry.padHeight, places: geometry.outputHeight)
    }

    private var columns: Correlation.Axis {
        Correlation.Axis(
            pixels: geometry.width, taps: geometry.kernelWidth, stride: geometry.strideWidth,
            origin: -geometry.padWidth, places: geometry.outputWidth)
    }

    // MARK: Forward

    private var correlation: Correlation {
        Correlation(images: geometry.images, channels: geometry.channels, rows: rows, columns: columns)
    }

    var forwardScratch: Int { correlation.scratch }

    func forward(
        _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix, epilogue: Epilogue, scratch: Vector,
        team: Team
    ) {
        let start = bias.map { Product.Start.row($0.base) } ?? .zero
        correlation.compute(
            Correlation.Operands(maps: input, filter: weight, output: output, start: start), epilogue: epilogue,
            scratch: scratch, team: team)
    }

    // MARK: Gradient of the data

    private func forEachPhase(_ body: (Correlation) -> Void) {
        for y in 0..<min(geometry.strideHeight, geometry.height) {
            for x in 0..<min(geometry.strideWidth, geometry.width) {
                body(
                    Correlation(
                        images: geometry.images, channels: geometry.outputChannels, rows: rows.phase(y),
                        columns: columns.phase(x)))
            }
        }
    }

    /// The floats of the turned weights, whole cache lines.
    private var turnedCount: Int { wholeLanes(geometry.filterSize * geometry.outputChannels + Storage.slack) }

    var dataGradientScratch: Int {
        var most = 0
        forEachPhase { most = max(most, $0.scratch) }
        return turnedCount + most
    }

    func dataGradient(
        _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix, adds: Bool, scratch: Vector, team: Team
    ) {
        let needed = dataGradientScratch
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        let turned = scratch.range(0..<weight.count)
            .matrix(rows: weight.count / geometry.channels, columns: geometry.channels)
        Transposition.transposeTaps(weight, geometry: geometry, turns: true, into: turned, team: team)
        let operands = Correlation.Operands(maps: outputGradient, filter: turned, output: inputGradient, adds: adds)
        let rest = scratch.range(turnedCount..<scratch.count)
        forEachPhase { $0.compute(operands, scratch: rest, team: team) }
    }

    // MARK: Gradient of the weights

    private var parts: Int { max(1, min(geometry.images, 8)) }

    var weightGradientScratch: Int {
        PartialSums.scratch(parts: parts, rows: geometry.filterSize, columns: geometry.outputChannels)
    }

    func weightGradient(
        _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix, scratch: Vector, team: Team
    ) {
        let (parts, images) = (parts, geometry.images)
        let sums = PartialSums(parts: parts, into: weightGradient, scratch: scratch)
        sums.compute(team: team, operations: geometry.multiplyAdds / Lane.width) { part, target, columns in
            sum(
                input, outputGradient.columns(columns), images: part * images / parts..<(part + 1) * images / parts,
                into: target.columns(columns))
        }
    }

    /// Adds up the pixels of some images, for some output channels.
    private func sum(_ input: Matrix, _ outputGradient: Matrix, images: Range<Int>, into target: Matrix) {
        if images.isEmpty { target.fill(0) }
        // The taps of a row are one product where their pixels lie side by side and none is of a padding.
        let tapsPerProduct = geometry.padWidth == 0 && input.isContiguous ? geometry.kernelWidth : 1
        // Maps are read again for every tap and tile, from a near cache if few images at a time are.
        let imagesPerStretch = max(1, 512 / max(geometry.outputHeight * geometry.outputWidth, 1))
        for first in stride(from: images.lowerBound, to: images.upperBound, by: imagesPerStretch) {
            let stretch = first..<min(first + imagesPerStretch, images.upperBound)
            for ky in 0..<geometry.kernelHeight {
                for kx in stride(from: 0, to: geometry.kernelWidth, by: tapsPerProduct) {
                    let row = (ky * geometry.kernelWidth + kx) * geometry.channels
                    product(
                        input, outputGradient, stretch, tap: (ky, kx),
                        into: target.rows(row..<row + tapsPerProduct * geometry.channels),
                        start: first > images.lowerBound ? .target : .zero
                    ).compute()
                }
            }
        }
    }

    /// A stretch of the chains of one tap: a row for each of its channels, a term for each pixel under it.
    private func product(
        _ input: Matrix, _ outputGradient: Matrix, _ images: Range<Int>, tap: (y: Int, x: Int), into target: Matrix,
        start: Product.Start
    ) -> Product {
        let (rows, columns) = (rows, columns)
        let (lines, places) = (rows.places(under: tap.y), columns.places(under: tap.x))
        let (y, x) = (rows.pixel(lines.lowerBound) + tap.y, columns.pixel(places.lowerBound) + tap.x)
        let (inputRow, outputRow) = (columns.pixels * input.stride, columns.places * outputGradient.stride)
        var reduction = Product.Reduction(
            counts: (images.count, lines.count, places.count),
            aSteps: (rows.pixels * inputRow, rows.stride * inputRow, columns.stride * input.stride),
            bSteps: (rows.places * outputRow, outputRow, outputGradient.stride)
        ).merged
        // A pointwise filter reads each pixel for one tap only.
        let isFar = rows.taps * columns.taps == 1 && reduction.cut(by: Lane.width)
        return Product(
            a: input.base + ((images.lowerBound * rows.pixels + y) * inputRow + x * input.stride), aStep: 1,
            rows: target.rows, reduction: reduction,
            b: outputGradient.base
                + ((images.lowerBound * rows.places + lines.lowerBound) * outputRow
                    + places.lowerBound * outputGradient.stride),
            columns: target.columns, c: target.base, cStep: target.stride, start: start,
            fetch: isFar ? .lines : .nothing)
    }
}
