/// A filter that moves over maps: what the forward pass of a convolution and the gradient of its data have in common.
///
/// c[n, y, x, j] = start[j] + Σ over taps (ky, kx) and channels i of
/// maps[n, origin.y + y·stride.rows + ky, origin.x + x·stride.columns + kx, i] · b[(ky, kx, i), j].
///
/// A row of output pixels is one `Product`, whose rows are evenly spaced in the maps. Taps above and below the map are left
/// out. Where taps stick out to the left or right, the rows of the map that a block of pixels needs are first copied
/// between zeros, into memory that stays in the nearest caches.
struct Correlation: @unchecked Sendable {
    /// The shapes.
    var shape: CorrelationShape
    /// What the filter moves over.
    var maps: FeatureMaps
    /// The filter: the first row of B…
    var b: UnsafeMutablePointer<Float>
    /// … and the floats from row to row of B for a tap downwards, a tap sideways and a channel.
    var bSteps: (tapRow: Int, tap: Int, channel: Int)
    /// The output channels.
    var columns: Int
    /// The first output pixel.
    var c: UnsafeMutablePointer<Float>
    /// The floats from image to image, row to row and pixel to pixel of the output.
    var cSteps: (image: Int, row: Int, pixel: Int)
    /// What each chain starts with.
    var start = Product.Start.zero
    /// Whether the result is added to what C holds.
    var addsToTarget = false

    // MARK: Computing

    /// Computes the output on the team.
    ///
    /// - Parameters:
    ///   - scratch: `shape.scratch` floats.
    ///   - finish: Called with the number of each block of output pixels when it is computed.
    func compute(scratch: Vector, team: Team, finish: @Sendable (_ block: Int) -> Void) {
        precondition(scratch.count >= shape.scratch, "\(shape.scratch) floats of scratch, \(scratch.count) given")
        let (parts, blocks) = (shape.parts, shape.blocks)
        team.forEach(parts, operations: shape.placeCount * shape.terms * columns / Lane.width) { part in
            let copy = scratch.base + part * shape.copyCount
            for block in part * blocks / parts..<(part + 1) * blocks / parts {
                compute(block: block, copy: copy)
                finish(block)
            }
        }
    }

    /// Computes one block, image by image.
    private func compute(block: Int, copy: UnsafeMutablePointer<Float>) {
        let end = min((block + 1) * shape.placesPerBlock, shape.placeCount)
        var first = block * shape.placesPerBlock
        if isMatrix {
            computeRun(
                a: maps.base + first * maps.stride, taps: 0..<1, rowStride: 0, pixel: maps.stride,
                c: c + first * cSteps.pixel, places: end - first)
            return
        }
        while first < end {
            let (image, place) = first.quotientAndRemainder(dividingBy: shape.placesPerImage)
            let count = min(end - first, shape.placesPerImage - place)
            compute(image: image, places: place..<place + count, copy: copy)
            first += count
        }
    }

    /// Whether places and pixels are the same, so that the product is one of matrices.
    private var isMatrix: Bool {
        shape.isPointwise && cSteps.row == shape.places.columns * cSteps.pixel
            && cSteps.image == shape.places.rows * cSteps.row
    }

    /// Computes some places of one image, row by row.
    private func compute(image: Int, places range: Range<Int>, copy: UnsafeMutablePointer<Float>) {
        let (places, taps, stride, origin) = (shape.places, shape.taps, shape.stride, shape.origin)
        let (firstRow, lastRow) = (range.lowerBound / places.columns, (range.upperBound - 1) / places.columns)
        var (source, pixel, rowStride) = (maps.base + image * maps.imageStride, maps.stride, maps.rowStride)
        if shape.isPadded {
            let rows = (origin.y + firstRow * stride.rows..<origin.y + lastRow * stride.rows + taps.rows)
                .clamped(to: 0..<maps.height)
            maps.copy(image: image, rows: rows, columns: shape.span, into: copy)
            (pixel, rowStride) = (maps.channels, shape.span.count * maps.channels)
            source = copy - rows.lowerBound * rowStride
        } else {
            source += origin.x * pixel
        }
        for y in firstRow...lastRow {
            let first = max(range.lowerBound - y * places.columns, 0)
            let end = min(range.upperBound - y * places.columns, places.columns)
            let top = origin.y + y * stride.rows
            let inside = (-top..<maps.height - top).clamped(to: 0..<taps.rows)
            computeRun(
                a: source + ((top + inside.lowerBound) * rowStride + first * stride.columns * pixel), taps: inside,
                rowStride: rowStride, pixel: pixel,
                c: c + (image * cSteps.image + y * cSteps.row + first * cSteps.pixel), places: end - first)
        }
    }

    /// Computes places side by side.
    @inline(__always)
    private func computeRun(
        a: UnsafeMutablePointer<Float>, taps rows: Range<Int>, rowStride: Int, pixel: Int,
        c: UnsafeMutablePointer<Float>, places: Int
    ) {
        let (channels, taps) = (maps.channels, shape.taps)
        // Where taps and pixels lie side by side, filter column and channel are one counter.
        let isMerged = (pixel == channels || taps.columns == 1) && bSteps.tap == channels * bSteps.channel
        Product(
            a: a, aStep: shape.stride.columns * pixel, rows: places,
            reduction: Product.Reduction(
                counts: isMerged ? (rows.count, 1, taps.columns * channels) : (rows.count, taps.columns, channels),
                aSteps: (rowStride, pixel, 1), bSteps: (bSteps.tapRow, bSteps.tap, bSteps.channel)),
            b: b + rows.lowerBound * bSteps.tapRow, columns: columns, c: c, cStep: cSteps.pixel, start: start,
            addsToTarget: addsToTarget
        ).compute()
    }
}
