/// Maximum and average pooling of channels-last maps, with their gradients.
///
/// Inputs are [images·height·width × channels], outputs [images·outputHeight·outputWidth × channels].
/// Complexity of each: output positions · kernel² · channels at most. Each image is one item.
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
        forEachWindow(geometry, team: team) { image, row, rows, columns in
            let map = input.base + image * geometry.height * geometry.width * input.stride
            let first = rows.inside.lowerBound * geometry.width + columns.inside.lowerBound
            for channel in stride(from: 0, to: geometry.channels, by: Lane.width) {
                var best = map.lane(at: first * input.stride + channel)
                var winner = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: first))
                for y in rows.inside {
                    var place = y * geometry.width + columns.inside.lowerBound
                    var source = map + (place * input.stride + channel)
                    for _ in columns.inside {
                        let candidate = source.lane(at: 0)
                        let wins = (candidate .> best) .| (candidate .!= candidate)
                        best.replace(with: candidate, where: wins)
                        winner.replace(with: SIMD16(repeating: Int32(truncatingIfNeeded: place)), where: wins)
                        place += 1
                        source += input.stride
                    }
                }
                let left = geometry.channels - channel
                output.base.store(best, at: row * output.stride + channel, first: left)
                winners.base.store(
                    unsafeBitCast(winner, to: Lane.self), at: row * winners.stride + channel, first: left)
            }
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that p won. Overwrites.
    public static func maxGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, winners: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        winners.requireSameShape(outputGradient)
        forEachPixel(geometry, team: team) { pixel in
            let place = SIMD16(repeating: Int32(truncatingIfNeeded: pixel.place))
            for channel in stride(from: 0, to: geometry.channels, by: Lane.width) {
                var sum = Lane()
                for y in pixel.rows {
                    let window = pixel.firstWindow + y * geometry.outputWidth + pixel.columns.lowerBound
                    var gradient = outputGradient.base + (window * outputGradient.stride + channel)
                    var winner = winners.base + (window * winners.stride + channel)
                    for _ in pixel.columns {
                        let isWinner = unsafeBitCast(winner.lane(at: 0), to: SIMD16<Int32>.self) .== place
                        sum += Lane().replacing(with: gradient.lane(at: 0), where: isWinner)
                        gradient += outputGradient.stride
                        winner += winners.stride
                    }
                }
                inputGradient.base.store(
                    sum, at: pixel.row * inputGradient.stride + channel, first: geometry.channels - channel)
            }
        }
    }

    // MARK: Average

    /// output = the sum of each window divided by its size within the padded map.
    ///
    /// Caffe's divisor: padding counts as zeros, what sticks out beyond the padding does not count.
    public static func average(_ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, team: Team) {
        check(geometry, input: input, output: output)
        forEachWindow(geometry, team: team) { image, row, rows, columns in
            let map = input.base + image * geometry.height * geometry.width * input.stride
            let size = Float(rows.padded * columns.padded)
            for channel in stride(from: 0, to: geometry.channels, by: Lane.width) {
                var sum = Lane()
                for y in rows.inside {
                    var source = map + ((y * geometry.width + columns.inside.lowerBound) * input.stride + channel)
                    for _ in columns.inside {
                        sum += source.lane(at: 0)
                        source += input.stride
                    }
                }
                output.base.store(
                    sum / size, at: row * output.stride + channel, first: geometry.channels - channel)
            }
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that contain p, each divided by its size. Overwrites.
    public static func averageGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        forEachPixel(geometry, team: team) { pixel in
            for channel in stride(from: 0, to: geometry.channels, by: Lane.width) {
                var sum = Lane()
                for y in pixel.rows {
                    let height = geometry.extent(y, size: geometry.height).padded
                    for x in pixel.columns {
                        let size = height * geometry.extent(x, size: geometry.width).padded
                        let window = pixel.firstWindow + y * geometry.outputWidth + x
                        sum += outputGradient.base.lane(at: window * outputGradient.stride + channel) / Float(size)
                    }
                }
                inputGradient.base.store(
                    sum, at: pixel.row * inputGradient.stride + channel, first: geometry.channels - channel)
            }
        }
    }
}

// MARK: - Loops

extension Pooling {
    /// A pixel of the input and the windows that it is in.
    private struct Pixel {
        /// Its row in the input matrix.
        var row: Int
        /// Its place in the map, y·width + x.
        var place: Int
        /// The row of the output matrix at which its image starts.
        var firstWindow: Int
        /// The rows of windows that contain it.
        var rows: Range<Int>
        /// The columns of windows that contain it.
        var columns: Range<Int>
    }

    /// Visits all windows, image by image in reading order, with their row in the output matrix and what they cover.
    @inline(__always)
    private static func forEachWindow(
        _ geometry: PoolingGeometry, team: Team,
        _ body:
            @Sendable (
                _ image: Int, _ row: Int, _ rows: PoolingGeometry.Extent, _ columns: PoolingGeometry.Extent
            ) -> Void
    ) {
        let (height, width) = (geometry.outputHeight, geometry.outputWidth)
        team.forEach(geometry.images) { image in
            for y in 0..<height {
                let rows = geometry.extent(y, size: geometry.height)
                for x in 0..<width {
                    body(image, (image * height + y) * width + x, rows, geometry.extent(x, size: geometry.width))
                }
            }
        }
    }

    /// Visits all pixels of the input, image by image in reading order.
    @inline(__always)
    private static func forEachPixel(
        _ geometry: PoolingGeometry, team: Team, _ body: @Sendable (Pixel) -> Void
    ) {
        let windows = (height: geometry.outputHeight, width: geometry.outputWidth)
        team.forEach(geometry.images) { image in
            var rows = PoolingGeometry.Cover(geometry, count: windows.height)
            for y in 0..<geometry.height {
                rows.advance(to: y)
                var columns = PoolingGeometry.Cover(geometry, count: windows.width)
                for x in 0..<geometry.width {
                    columns.advance(to: x)
                    let place = y * geometry.width + x
                    body(
                        Pixel(
                            row: image * geometry.height * geometry.width + place, place: place,
                            firstWindow: image * windows.height * windows.width, rows: rows.windows,
                            columns: columns.windows))
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
