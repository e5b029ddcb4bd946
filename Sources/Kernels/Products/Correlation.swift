/// A filter that moves over maps: what the forward pass of a convolution and the gradient of its data have in common.
///
/// c[n, y, x, j] = start[j] + Σ over taps (ky, kx) and channels i of
/// maps[n, origin.y + y·stride.rows + ky, origin.x + x·stride.columns + kx, i] · b[(ky, kx, i), j].
///
/// A row of output pixels is one `Product`, whose rows are evenly spaced in the maps. Taps above and below the map are left
/// out. Where taps stick out to the left or right, the rows of the map that a block of pixels needs are first copied
/// between zeros, into memory that stays in the nearest caches; but where most would be products with these zeros, a product
/// is one place of all images instead, under which all miss the same taps.
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
    ///   - output: All of C as a matrix.
    ///   - epilogue: What is done to each block of it when it is computed.
    func compute(scratch: Vector, team: Team, output: Matrix, epilogue: Epilogue = .none) {
        precondition(scratch.count >= shape.scratch, "\(shape.scratch) floats of scratch, \(scratch.count) given")
        let (parts, blocks) = (shape.parts, shape.blocks)
        let operations = shape.placeCount * shape.terms * columns / Lane.width
        if shape.goesAcrossImages {
            team.forEach(shape.placesPerImage, operations: operations) { compute(place: $0) }
            if !epilogue.isEmpty { team.forEach(blocks) { epilogue.apply(to: output, block: $0) } }
            return
        }
        team.forEach(parts, operations: operations) { part in
            let copy = scratch.base + part * shape.copyCount
            for block in part * blocks / parts..<(part + 1) * blocks / parts {
                compute(block: block, copy: copy)
                if !epilogue.isEmpty { epilogue.apply(to: output, block: block) }
            }
        }
    }

    /// Computes one place of all images.
    private func compute(place: Int) {
        let (y, x) = (place / shape.places.columns, place % shape.places.columns)
        let (top, left) = (shape.origin.y + y * shape.stride.rows, shape.origin.x + x * shape.stride.columns)
        let rows = (-top..<maps.height - top).clamped(to: 0..<shape.taps.rows)
        let columns = (-left..<maps.width - left).clamped(to: 0..<shape.taps.columns)
        computeRun(
            a: maps.base + ((top + rows.lowerBound) * maps.rowStride + (left + columns.lowerBound) * maps.stride),
            aStep: maps.imageStride, taps: (rows, columns), rowStride: maps.rowStride, pixel: maps.stride,
            c: c + (y * cSteps.row + x * cSteps.pixel), cStep: cSteps.image, places: maps.images)
    }

    /// Computes one block, image by image.
    private func compute(block: Int, copy: UnsafeMutablePointer<Float>) {
        let end = min((block + 1) * shape.placesPerBlock, shape.placeCount)
        var first = block * shape.placesPerBlock
        if isMatrix {
            computeRun(
                a: maps.base + first * maps.stride, aStep: maps.stride, taps: (0..<1, 0..<1), rowStride: 0,
                pixel: maps.stride, c: c + first * cSteps.pixel, cStep: cSteps.pixel, places: end - first)
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
                a: source + ((top + inside.lowerBound) * rowStride + first * stride.columns * pixel),
                aStep: stride.columns * pixel, taps: (inside, 0..<taps.columns), rowStride: rowStride, pixel: pixel,
                c: c + (image * cSteps.image + y * cSteps.row + first * cSteps.pixel), cStep: cSteps.pixel,
                places: end - first)
        }
    }

    /// Computes evenly spaced places under some of the taps.
    @inline(__always)
    private func computeRun(
        a: UnsafeMutablePointer<Float>, aStep: Int, taps: (rows: Range<Int>, columns: Range<Int>), rowStride: Int,
        pixel: Int, c: UnsafeMutablePointer<Float>, cStep: Int, places: Int
    ) {
        let channels = maps.channels
        let (rows, width) = (taps.rows.count, taps.columns.count)
        // Where taps and pixels lie side by side, filter column and channel are one counter.
        let isMerged = (pixel == channels || width == 1) && bSteps.tap == channels * bSteps.channel
        // A pixel of a pointwise filter is read once: line by line, so that the next tile's can be fetched ahead.
        let line = Lane.width
        let isFar = shape.isPointwise && channels % line == 0
        Product(
            a: a, aStep: aStep, rows: places,
            reduction: isFar
                ? Product.Reduction(
                    counts: (1, channels / line, line), aSteps: (0, line, 1),
                    bSteps: (0, line * bSteps.channel, bSteps.channel))
                : Product.Reduction(
                    counts: isMerged ? (rows, 1, width * channels) : (rows, width, channels),
                    aSteps: (rowStride, pixel, 1), bSteps: (bSteps.tapRow, bSteps.tap, bSteps.channel)),
            b: b + (taps.rows.lowerBound * bSteps.tapRow + taps.columns.lowerBound * bSteps.tap), columns: columns,
            c: c, cStep: cStep, start: start, fetch: isFar ? .rows : .nothing,
            addsToTarget: addsToTarget
        ).compute()
    }
}
