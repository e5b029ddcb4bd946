/// Maximum and average pooling of channels-last maps, with their gradients.
///
/// Inputs are [images·height·width × channels], outputs [images·outputHeight·outputWidth × channels].
/// Complexity of each: output positions · kernel² · channels at most. No gradient adds into memory that two items share.
public enum Pooling {
    // MARK: Maximum

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
        forEachOutput(geometry, channels: output.columns, team: team) { image, y, x, position, channel in
            let maps = input.base + image * geometry.height * geometry.width * input.stride + channel
            let rows = geometry.window(y, size: geometry.height).inside
            let columns = geometry.window(x, size: geometry.width).inside
            let first = rows.lowerBound * geometry.width + columns.lowerBound
            var best = maps.lane(at: first * input.stride)
            var winner = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: first))
            for row in rows {
                for column in columns {
                    let place = row * geometry.width + column
                    let candidate = maps.lane(at: place * input.stride)
                    let wins = (candidate .> best) .| (candidate .!= candidate)
                    best.replace(with: candidate, where: wins)
                    winner.replace(with: SIMD16(repeating: Int32(truncatingIfNeeded: place)), where: wins)
                }
            }
            let left = output.columns - channel
            output.base.store(best, at: position * output.stride + channel, first: left)
            winners.base.store(
                unsafeBitCast(winner, to: Lane.self), at: position * winners.stride + channel, first: left)
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that p won. Overwrites.
    public static func maxGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, winners: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        winners.requireSameShape(outputGradient)
        forEachInput(geometry, channels: inputGradient.columns, team: team) { image, y, x, position, channel in
            let place = SIMD16(repeating: Int32(truncatingIfNeeded: y * geometry.width + x))
            var sum = Lane()
            for row in geometry.windows(containing: y, count: geometry.outputHeight) {
                for column in geometry.windows(containing: x, count: geometry.outputWidth) {
                    let window = (image * geometry.outputHeight + row) * geometry.outputWidth + column
                    let winner = unsafeBitCast(
                        winners.base.lane(at: window * winners.stride + channel), to: SIMD16<Int32>.self)
                    let gradient = outputGradient.base.lane(at: window * outputGradient.stride + channel)
                    sum += Lane().replacing(with: gradient, where: winner .== place)
                }
            }
            inputGradient.base.store(
                sum, at: position * inputGradient.stride + channel, first: inputGradient.columns - channel)
        }
    }

    // MARK: Average

    /// output = the sum of each window divided by its size within the padded map.
    ///
    /// Caffe's divisor: padding counts as zeros, what sticks out beyond the padding does not count.
    public static func average(_ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, team: Team) {
        check(geometry, input: input, output: output)
        forEachOutput(geometry, channels: output.columns, team: team) { image, y, x, position, channel in
            let maps = input.base + image * geometry.height * geometry.width * input.stride + channel
            let rows = geometry.window(y, size: geometry.height)
            let columns = geometry.window(x, size: geometry.width)
            var sum = Lane()
            for row in rows.inside {
                for column in columns.inside {
                    sum += maps.lane(at: (row * geometry.width + column) * input.stride)
                }
            }
            let mean = sum / Float(rows.padded * columns.padded)
            output.base.store(mean, at: position * output.stride + channel, first: output.columns - channel)
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that contain p, each divided by its size. Overwrites.
    public static func averageGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        forEachInput(geometry, channels: inputGradient.columns, team: team) { image, y, x, position, channel in
            var sum = Lane()
            for row in geometry.windows(containing: y, count: geometry.outputHeight) {
                let height = geometry.window(row, size: geometry.height).padded
                for column in geometry.windows(containing: x, count: geometry.outputWidth) {
                    let size = height * geometry.window(column, size: geometry.width).padded
                    let window = (image * geometry.outputHeight + row) * geometry.outputWidth + column
                    sum += outputGradient.base.lane(at: window * outputGradient.stride + channel) / Float(size)
                }
            }
            inputGradient.base.store(
                sum, at: position * inputGradient.stride + channel, first: inputGradient.columns - channel)
        }
    }
}

// MARK: - Loops

extension Pooling {
    /// Runs over the lanes of all output positions; an item is one row of windows.
    @inline(__always)
    private static func forEachOutput(
        _ geometry: PoolingGeometry, channels: Int, team: Team,
        _ body: @Sendable (_ image: Int, _ y: Int, _ x: Int, _ position: Int, _ channel: Int) -> Void
    ) {
        let (height, width) = (geometry.outputHeight, geometry.outputWidth)
        forEachPixel(images: geometry.images, height: height, width: width, channels: channels, team: team, body)
    }

    /// Runs over the lanes of all input positions; an item is one row of pixels.
    @inline(__always)
    private static func forEachInput(
        _ geometry: PoolingGeometry, channels: Int, team: Team,
        _ body: @Sendable (_ image: Int, _ y: Int, _ x: Int, _ position: Int, _ channel: Int) -> Void
    ) {
        let (height, width) = (geometry.height, geometry.width)
        forEachPixel(images: geometry.images, height: height, width: width, channels: channels, team: team, body)
    }

    @inline(__always)
    private static func forEachPixel(
        images: Int, height: Int, width: Int, channels: Int, team: Team,
        _ body: @Sendable (_ image: Int, _ y: Int, _ x: Int, _ position: Int, _ channel: Int) -> Void
    ) {
        team.forEach(images) { image in
            for y in 0..<height {
                for x in 0..<width {
                    let position = (image * height + y) * width + x
                    for channel in stride(from: 0, to: channels, by: Lane.width) {
                        body(image, y, x, position, channel)
                    }
                }
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
