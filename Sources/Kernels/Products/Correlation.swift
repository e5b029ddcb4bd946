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

/// The shapes of a correlation, and how its work is cut up.
struct CorrelationShape {
    var images: Int
    /// The maps that the filter moves over.
    var map: (height: Int, width: Int)
    /// The channels of the maps.
    var channels: Int
    /// The taps of the filter.
    var taps: (rows: Int, columns: Int)
    /// The pixels of the map from place to place.
    var stride = (rows: 1, columns: 1)
    /// The pixel under the first tap at the first place; negative where that is in a padding.
    var origin = (y: 0, x: 0)
    var places: (rows: Int, columns: Int)

    var terms: Int { taps.rows * taps.columns * channels }
    /// Whether places and pixels are the same, so that the product is one of matrices.
    var isPointwise: Bool { taps == (1, 1) && stride == (1, 1) && origin == (0, 0) && places == map }

    // MARK: Padding

    /// The columns of the maps under a row of places.
    var span: Range<Int> {
        origin.x..<origin.x + max((places.columns - 1) * stride.columns + taps.columns, 0)
    }
    /// Whether rows of places need copies of the map between zeros.
    var isPadded: Bool { (span.lowerBound < 0 || span.upperBound > map.width) && !goesAcrossImages }

    /// Whether a product is one place of all images: where it spares an eighth of the work. The number of images takes no
    /// part, so that a smaller batch computes the same terms and needs no more scratch.
    var goesAcrossImages: Bool {
        var inside = 0
        for place in 0..<places.columns {
            let left = origin.x + place * stride.columns
            inside += (-left..<map.width - left).clamped(to: 0..<taps.columns).count
        }
        return 8 * inside < 7 * places.columns * taps.columns
    }

    /// The floats of the largest copy between zeros that a block needs, whole cache lines.
    var copyCount: Int {
        guard isPadded else { return 0 }
        let placeRows = min((placesPerBlock + places.columns - 2) / places.columns + 1, places.rows)
        let rows = min((placeRows - 1) * stride.rows + taps.rows, map.height)
        return (rows * span.count * channels + Storage.slack + 15) & ~15
    }

    /// The scratch floats for all copies.
    var scratch: Int { parts * copyCount }

    // MARK: Partition

    /// The output pixels of one block: as many as the rows of a block of moments, which are taken while it is at hand.
    var placesPerBlock: Int { Numerics.rowsPerBlock }
    /// The output pixels of one image.
    var placesPerImage: Int { places.rows * places.columns }
    /// All output pixels.
    var placeCount: Int { images * placesPerImage }
    var blocks: Int { (placeCount + placesPerBlock - 1) / placesPerBlock }
    /// The parts of the work, each with scratch memory of its own: enough for many threads.
    var parts: Int { min(blocks, 32) }
}

extension CorrelationShape {
    /// The forward pass of a convolution.
    init(_ geometry: ConvolutionGeometry) {
        self.init(
            images: geometry.images, map: (geometry.height, geometry.width), channels: geometry.channels,
            taps: (geometry.kernelHeight, geometry.kernelWidth), stride: (geometry.strideHeight, geometry.strideWidth),
            origin: (-geometry.padHeight, -geometry.padWidth), places: (geometry.outputHeight, geometry.outputWidth))
    }

    /// The gradient of one phase of the input's pixels, which moves over the output.
    init(_ geometry: ConvolutionGeometry, _ rows: AdjointAxis.Phase, _ columns: AdjointAxis.Phase) {
        self.init(
            images: geometry.images, map: (geometry.outputHeight, geometry.outputWidth),
            channels: geometry.outputChannels, taps: (rows.taps, columns.taps),
            origin: (rows.firstPlace, columns.firstPlace), places: (rows.count, columns.count))
    }
}

/// Images × height × width × channels in memory: a matrix of positions, seen as maps.
struct FeatureMaps: @unchecked Sendable {
    var base: UnsafeMutablePointer<Float>
    var images: Int
    var height: Int
    var width: Int
    var channels: Int
    /// The number of floats from pixel to pixel.
    var stride: Int

    /// A matrix as maps.
    init(_ matrix: Matrix, images: Int, height: Int, width: Int) {
        precondition(matrix.rows == images * height * width, "\(matrix.rows) rows for \(images)×\(height)×\(width)")
        base = matrix.base
        self.images = images
        self.height = height
        self.width = width
        channels = matrix.columns
        stride = matrix.stride
    }

    /// The number of floats from row to row of pixels.
    var rowStride: Int { width * stride }
    /// The number of floats from image to image.
    var imageStride: Int { height * width * stride }
    /// Whether pixels lie side by side.
    var isContiguous: Bool { stride == channels }

    /// Copies rows of one image, with zeros to the left and right of them, side by side into scratch memory.
    ///
    /// - Parameters:
    ///   - rows: The rows to copy, all inside the map.
    ///   - columns: The columns to copy; those outside the map become zeros.
    func copy(
        image: Int, rows: Range<Int>, columns: Range<Int>, into target: UnsafeMutablePointer<Float>
    ) {
        let inside = columns.clamped(to: 0..<width)
        let (before, after) = ((inside.lowerBound - columns.lowerBound), (columns.upperBound - inside.upperBound))
        var target = target
        for y in rows {
            target.update(repeating: 0, count: before * channels)
            target += before * channels
            let source = base + (image * imageStride + y * rowStride + inside.lowerBound * stride)
            if isContiguous {
                target.update(from: source, count: inside.count * channels)
            } else {
                for x in 0..<inside.count {
                    (target + x * channels).update(from: source + x * stride, count: channels)
                }
            }
            target += inside.count * channels
            target.update(repeating: 0, count: after * channels)
            target += after * channels
        }
    }
}

/// One axis of a convolution, seen from the gradient of its data.
///
/// Pixel y of the input was under tap k of the filter at place (y + pad − k) / stride, where that is whole. So the pixels of
/// one phase, y = phase, phase + stride, …, meet every stride-th tap only, and the places that they meet move on by one
/// from pixel to pixel: a convolution with stride 1.
struct AdjointAxis {
    /// The pixels of the input.
    var size: Int
    /// The taps of the filter.
    var taps: Int
    /// The pixels from place to place.
    var stride: Int
    /// The zeros in front of the input.
    var pad: Int
    /// The places: the pixels of the output.
    var places: Int

    /// Every stride-th pixel of the input.
    struct Phase {
        /// The first of its pixels.
        var start: Int
        /// The number of its pixels.
        var count: Int
        /// The number of taps that they meet.
        var taps: Int
        /// The first of them in the filter turned round; the others follow at `stride`.
        var firstTap: Int
        /// The place under that tap at the first pixel; negative in front of the output.
        var firstPlace: Int
    }

    /// One of the phases 0 ..< stride.
    func phase(_ start: Int) -> Phase {
        let lowest = (start + pad) % stride
        let count = lowest < taps ? (taps - lowest + stride - 1) / stride : 0
        let highest = lowest + stride * (count - 1)
        return Phase(
            start: start, count: max(0, (size - start + stride - 1) / stride), taps: count,
            firstTap: taps - 1 - highest, firstPlace: (start + pad - lowest) / stride - (count - 1))
    }
}
