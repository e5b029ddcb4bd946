/// Maximum and average pooling of channels-last maps, with their gradients.
///
/// Inputs are [images·height·width × channels], outputs [images·outputHeight·outputWidth × channels].
/// Complexity of each: output positions · window · channels at most.
public enum Pooling {
    /// output = the greatest element of each window; `winners` remembers where it was.
    ///
    /// The first of equals wins, in reading order, and a NaN wins over everything.
    ///
    /// - Parameter winners: Of the output's shape; is given the bit patterns of Int32 positions y·width + x in the input map.
    public static func max(
        _ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, winners: Matrix, team: Team
    ) {
        check(geometry, input: input, output: output)
        winners.requireSameShape(output)
        let columns = geometry.columns
        forEachRow(of: .windows, geometry, team) { row in
            let operation = Maximum(
                input: row.sources(in: input), output: row.targets(in: output), winners: row.targets(in: winners),
                position: row.lines.lowerBound * geometry.width, width: geometry.width)
            columns.forEachRun(of: .windows) {
                $0.apply(operation, rows: row.lines.count, channels: geometry.channels)
            }
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that p won. Overwrites.
    public static func maxGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, winners: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        winners.requireSameShape(outputGradient)
        let columns = geometry.columns
        forEachRow(of: .pixels, geometry, team) { row in
            let operation = MaximumGradient(
                outputGradient: row.sources(in: outputGradient), winners: row.sources(in: winners),
                inputGradient: row.targets(in: inputGradient), position: row.y * geometry.width)
            if geometry.stride >= Swift.max(geometry.kernelHeight, geometry.kernelWidth) {
                operation.scatter(columns, rows: row.lines.count, channels: geometry.channels)
            } else {
                columns.forEachRun(of: .pixels) {
                    $0.apply(operation, rows: row.lines.count, channels: geometry.channels)
                }
            }
        }
    }

    /// output = the sum of each window divided by its size within the padded map.
    ///
    /// Caffe's divisor: padding counts as zeros, what sticks out beyond the padding does not count. The sum, in reading
    /// order, is multiplied by the nearest float to 1 / size.
    public static func average(_ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, team: Team) {
        check(geometry, input: input, output: output)
        let (rows, columns) = (geometry.rows, geometry.columns)
        forEachRow(of: .windows, geometry, team) { row in
            let (x, y, height) = (row.sources(in: input), row.targets(in: output), rows.extent(ofWindow: row.y))
            columns.forEachRun(of: .windows) { run in
                let size = height * columns.extent(ofWindow: run.target)
                let operation = Average(input: x, output: y, weight: 1 / Float(size))
                run.apply(operation, rows: row.lines.count, channels: geometry.channels)
            }
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that contain p, each times 1 / its size. Overwrites.
    ///
    /// One chain of fused multiply-adds over the windows in reading order.
    public static func averageGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        let (columns, weights) = (geometry.columns, WindowWeights(geometry))
        forEachRow(of: .pixels, geometry, team) { row in
            let (dy, dx) = (row.sources(in: outputGradient), row.targets(in: inputGradient))
            columns.forEachRun(of: .pixels, upTo: weights.fullColumns) { run in
                if row.lines.upperBound <= weights.fullRows && run.sourceEnd <= weights.fullColumns {
                    let operation = AverageGradient(
                        outputGradient: dy, inputGradient: dx, weights: OneWeight(value: weights.full))
                    run.apply(operation, rows: row.lines.count, channels: geometry.channels)
                } else {
                    let operation = AverageGradient(
                        outputGradient: dy, inputGradient: dx, firstRow: row.lines.lowerBound, weights: weights)
                    run.apply(
                        operation, AnyExtent(value: row.lines.count), AnyExtent(value: run.columns),
                        geometry.channels)
                }
            }
        }
    }

    // MARK: Rows

    /// A row of targets, and the rows of sources that it needs.
    private struct Row {
        /// The row in its map, and the rows of sources in theirs.
        let y: Int
        let lines: Range<Int>
        /// The row and the first of its sources among those of all maps, and the widths of the maps.
        let target: (row: Int, width: Int)
        let source: (row: Int, width: Int)

        func sources(in matrix: Matrix) -> MapView { MapView(matrix, row: source.row, width: source.width) }
        func targets(in matrix: Matrix) -> MapView { MapView(matrix, row: target.row, width: target.width) }
    }

    /// Visits every row of the output maps or of the input maps, in items of several rows.
    ///
    /// No row needs another's result, and a row is long enough that nothing outside its loops matters.
    private static func forEachRow(
        of targets: PoolingGeometry.Targets, _ geometry: PoolingGeometry, _ team: Team,
        _ body: @Sendable (Row) -> Void
    ) {
        let (rows, columns) = (geometry.rows, geometry.columns)
        let sources: PoolingGeometry.Targets = targets == .windows ? .pixels : .windows
        let (height, sourceHeight) = (rows.count(of: targets), rows.count(of: sources))
        let (width, sourceWidth) = (columns.count(of: targets), columns.count(of: sources))
        // About 65,536 floats of the larger side are some 20 microseconds of work.
        let floats = geometry.images * Swift.max(height * width, sourceHeight * sourceWidth) * geometry.channels
        let count = geometry.images * height
        let items = Swift.min(count, (floats + 65_535) / 65_536)
        team.forEach(items, operations: floats / Lane.width) { item in
            for row in count * item / items..<count * (item + 1) / items {
                let (image, y) = row.quotientAndRemainder(dividingBy: height)
                let lines = rows.sources(of: targets, at: y)
                let firstSource = image * sourceHeight + lines.lowerBound
                body(Row(y: y, lines: lines, target: (row, width), source: (firstSource, sourceWidth)))
            }
        }
    }

    private static func check(_ geometry: PoolingGeometry, input: Matrix, output: Matrix) {
        input.requireShape(geometry.inputPositions, geometry.channels, "the input of \(geometry)")
        output.requireShape(geometry.outputPositions, geometry.channels, "the output of \(geometry)")
    }
}

// MARK: Operations

/// y = max x over the window.
private struct Maximum: WindowOperation {
    let input: MapView
    let output: MapView
    let winners: MapView
    /// Where in its map the input's row starts.
    let position: Int
    let width: Int

    @inline(__always)
    func apply(target: Int, source: Int, rows: Int, columns: Int, channel: Int, count: Int) {
        let x = input.at(source, channel)
        var maximum = x.lane(0, 0)
        var rowPosition = positions(position &+ source)
        var winner = rowPosition
        for row in 0..<rows {
            var candidatePosition = rowPosition
            for column in 0..<columns {
                let candidate = x.lane(row, column)
                let wins = (candidate .> maximum) .| (candidate .!= candidate)
                maximum.replace(with: candidate, where: wins)
                winner.replace(with: candidatePosition, where: wins)
                candidatePosition &+= SIMD16(repeating: 1)
            }
            rowPosition &+= positions(width)
        }
        output.at(target, channel).store(maximum, count)
        winners.at(target, channel).store(unsafeBitCast(winner, to: Lane.self), count)
    }
}

/// dx = Σ dy over the windows that the pixel won.
private struct MaximumGradient: WindowOperation {
    let outputGradient: MapView
    let winners: MapView
    let inputGradient: MapView
    /// Where in its map the gradient's row starts.
    let position: Int

    @inline(__always)
    func apply(target: Int, source: Int, rows: Int, columns: Int, channel: Int, count: Int) {
        let (dy, winners) = (outputGradient.at(source, channel), winners.at(source, channel))
        let pixel = positions(position &+ target)
        var sum = Lane()
        for row in 0..<rows {
            for column in 0..<columns {
                sum += won(dy.lane(row, column), winners.lane(row, column), by: pixel)
            }
        }
        inputGradient.at(target, channel).store(sum, count)
    }

    /// The same for windows that do not overlap: each is read once, for all its pixels of the row.
    func scatter(_ axis: PoolingGeometry.Axis, rows: Int, channels: Int) {
        let isGapless = rows > 0 && axis.kernel == axis.stride
        for x in (isGapless ? min(axis.windowCount * axis.stride - axis.pad, axis.size) : 0)..<axis.size {
            inputGradient.at(x, 0).clear(channels)
        }
        guard rows > 0 else { return }
        axis.forEachRun(of: .windows) { $0.apply(Scatter(gradient: self), rows: 1, channels: channels) }
    }

    private struct Scatter: WindowOperation {
        let gradient: MaximumGradient

        @inline(__always)
        func apply(target: Int, source: Int, rows: Int, columns: Int, channel: Int, count: Int) {
            let dy = gradient.outputGradient.at(target, channel).lane(0, 0)
            let winner = gradient.winners.at(target, channel).lane(0, 0)
            let dx = gradient.inputGradient.at(source, channel)
            var pixel = positions(gradient.position &+ source)
            for column in 0..<columns {
                dx.at(column, 0).store(won(dy, winner, by: pixel), count)
                pixel &+= SIMD16(repeating: 1)
            }
        }
    }
}

/// The gradient of a window in the channels that a pixel won, else 0.
@inline(__always)
private func won(_ gradient: Lane, _ winner: Lane, by pixel: SIMD16<Int32>) -> Lane {
    Lane().replacing(with: gradient, where: unsafeBitCast(winner, to: SIMD16<Int32>.self) .== pixel)
}

/// y = Σ x over the window, times 1 / its size.
private struct Average: WindowOperation {
    let input: MapView
    let output: MapView
    let weight: Float

    @inline(__always)
    func apply(target: Int, source: Int, rows: Int, columns: Int, channel: Int, count: Int) {
        let x = input.at(source, channel)
        var sum = Lane()
        for row in 0..<rows {
            for column in 0..<columns {
                sum += x.lane(row, column)
            }
        }
        output.at(target, channel).store(sum * weight, count)
    }
}

/// dx = Σ dy times 1 / its window's size, over the windows that contain the pixel.
private struct AverageGradient<Weights: Weighting>: WindowOperation {
    let outputGradient: MapView
    let inputGradient: MapView
    var firstRow = 0
    let weights: Weights

    @inline(__always)
    func apply(target: Int, source: Int, rows: Int, columns: Int, channel: Int, count: Int) {
        let dy = outputGradient.at(source, channel)
        var sum = Lane()
        for row in 0..<rows {
            for column in 0..<columns {
                let weight = weights.ofWindow(y: firstRow &+ row, x: source &+ column)
                sum.addProduct(dy.lane(row, column), Lane(repeating: weight))
            }
        }
        inputGradient.at(target, channel).store(sum, count)
    }
}

/// 1 / the size of each window.
private protocol Weighting: Sendable {
    func ofWindow(y: Int, x: Int) -> Float
}

/// For windows of one size.
private struct OneWeight: Weighting {
    let value: Float

    @inline(__always)
    func ofWindow(y: Int, x: Int) -> Float { value }
}

/// For all windows: only the last of a row or a column can stick out of the padded map and be smaller.
private struct WindowWeights: Weighting {
    let (full, right, bottom, corner): (Float, Float, Float, Float)
    let fullRows: Int
    let fullColumns: Int

    init(_ geometry: PoolingGeometry) {
        let (rows, columns) = (geometry.rows, geometry.columns)
        (fullRows, fullColumns) = (rows.fullWindows, columns.fullWindows)
        let height = rows.extent(ofWindow: rows.windowCount - 1)
        let width = columns.extent(ofWindow: columns.windowCount - 1)
        full = 1 / Float(rows.kernel * columns.kernel)
        right = 1 / Float(rows.kernel * width)
        bottom = 1 / Float(height * columns.kernel)
        corner = 1 / Float(height * width)
    }

    @inline(__always)
    func ofWindow(y: Int, x: Int) -> Float {
        y < fullRows ? (x < fullColumns ? full : right) : (x < fullColumns ? bottom : corner)
    }
}

@inline(__always)
private func positions(_ position: Int) -> SIMD16<Int32> {
    SIMD16(repeating: Int32(truncatingIfNeeded: position))
}
