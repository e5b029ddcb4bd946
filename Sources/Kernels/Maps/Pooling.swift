/// Maximum and average pooling of channels-last maps, with their gradients.
///
/// Inputs are [images·height·width × channels], outputs [images·outputHeight·outputWidth × channels].
/// Complexity of each: output positions · window · channels at most.
public enum Pooling {
    /// output = the greatest element of each window; `winners` remembers where it was.
    ///
    /// The first of equals wins, in reading order, and a NaN wins over everything.
    ///
    /// - Parameter winners: Of the output's shape; is given the bit patterns of Int32 places y·width + x in the input map.
    public static func max(
        _ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, winners: Matrix, team: Team
    ) {
        check(geometry, input: input, output: output)
        winners.requireSameShape(output)
        forEachRow(geometry, of: geometry.outputHeight, team: team) { image, y in
            MaxRow(geometry, input, into: output, winners: winners, image: image, y: y).reduce()
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that p won. Overwrites.
    public static func maxGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, winners: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        winners.requireSameShape(outputGradient)
        forEachRow(geometry, of: geometry.height, team: team) { image, y in
            MaxGradientRow(geometry, outputGradient, winners: winners, into: inputGradient, image: image, y: y)
                .gather()
        }
    }

    /// output = the sum of each window divided by its size within the padded map.
    ///
    /// Caffe's divisor: padding counts as zeros, what sticks out beyond the padding does not count. The sum, in reading
    /// order, is multiplied by the nearest float to 1 / size.
    public static func average(_ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, team: Team) {
        check(geometry, input: input, output: output)
        forEachRow(geometry, of: geometry.outputHeight, team: team) { image, y in
            AverageRow(geometry, input, into: output, image: image, y: y).reduce()
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that contain p, each times 1 / its size. Overwrites.
    ///
    /// One chain of fused multiply-adds over the windows in reading order.
    public static func averageGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        forEachRow(geometry, of: geometry.height, team: team) { image, y in
            AverageGradientRow(geometry, outputGradient, into: inputGradient, image: image, y: y).gather()
        }
    }

    // MARK: Rows

    /// The floats of the larger side that one item handles, about: some 20 microseconds of work.
    private static let floatsPerItem = 65_536

    /// Visits every row of the output maps or of the input maps, whose height is `height`, in items of several rows.
    ///
    /// No row needs another's result, and a row is long enough that nothing outside its loops matters.
    private static func forEachRow(
        _ geometry: PoolingGeometry, of height: Int, team: Team, _ body: @Sendable (_ image: Int, _ y: Int) -> Void
    ) {
        let rows = geometry.images * height
        let floats = Swift.max(geometry.inputPositions, geometry.outputPositions) * geometry.channels
        let items = Swift.min(rows, (floats + floatsPerItem - 1) / floatsPerItem)
        team.forEach(items, operations: floats / Lane.width) { item in
            for row in rows * item / items..<rows * (item + 1) / items {
                let (image, y) = row.quotientAndRemainder(dividingBy: height)
                body(image, y)
            }
        }
    }

    private static func check(_ geometry: PoolingGeometry, input: Matrix, output: Matrix) {
        precondition(
            input.rows == geometry.inputPositions && input.columns == geometry.channels,
            "an input of \(input.rows)×\(input.columns) for \(geometry)")
        precondition(
            output.rows == geometry.outputPositions && output.columns == geometry.channels,
            "an output of \(output.rows)×\(output.columns) for \(geometry)")
    }
}
