extension Convolution {
    // MARK: Gradient of the data

    /// The scratch floats that `dataGradient` needs: the turned weights and copies of output gradients between zeros.
    public static func dataGradientScratch(_ geometry: ConvolutionGeometry) -> Int {
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
        adds: Bool = false, scratch: Vector, team: Team
    ) {
        check(geometry, input: inputGradient, weight: weight, output: outputGradient)
        let needed = dataGradientScratch(geometry)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
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
