/// A filter that moves over maps: output[n, y, x, j] = start[j] + Σ over taps (ky, kx) and channels i of
/// maps[n, origin + y·stride + ky, origin + x·stride + kx, i] · filter[(ky, kx, i), j].
///
/// A row of places is one `Product`, whose rows are evenly spaced in the maps. Taps above and below the map are left out.
/// Where taps stick out to the left or right, the rows of the map that a block of places needs are first copied between zeros,
/// into memory that stays in the nearest caches; but where most would be products with these zeros, a product is one place of
/// all images instead, under which all miss the same taps.
struct Correlation {
    let images: Int
    /// The channels of the maps.
    let channels: Int
    let rows: Axis
    let columns: Axis

    struct Operands: @unchecked Sendable {
        let maps: Matrix
        /// Its taps and channels are rows, the output's channels columns.
        let filter: Matrix
        let output: Matrix
        /// What each chain starts with.
        var start = Product.Start.zero
        /// Whether the result is added to what the output holds.
        var adds = false
    }

    /// One axis: at place p, tap k is on pixel origin + p·stride + k of the map.
    struct Axis {
        /// The pixels of the map.
        let pixels: Int
        let taps: Int
        /// The pixels from place to place.
        let stride: Int
        /// The pixel under the first tap at the first place; negative where that is in a padding.
        let origin: Int
        let places: Int
        /// Where the taps are among those of the whole filter, and the places among the pixels of the output: the first, the
        /// distance from one to the next, and the number of all.
        var filter: (first: Int, step: Int, count: Int)
        var output: (first: Int, step: Int, count: Int)

        init(pixels: Int, taps: Int, stride: Int, origin: Int, places: Int) {
            (self.pixels, self.taps, self.stride, self.origin, self.places) = (pixels, taps, stride, origin, places)
            (filter, output) = ((0, 1, taps), (0, 1, places))
        }

        /// The axis of the gradient by every stride-th pixel, from the `start`-th on: a correlation over the places.
        ///
        /// Pixel y was under tap k at place (y − origin − k) / stride, where that is whole. So the pixels of one phase meet every
        /// stride-th tap only, and the places that they meet move on by one from pixel to pixel.
        func phase(_ start: Int) -> Axis {
            let lowest = (start - origin) % stride
            let count = lowest < taps ? (taps - lowest + stride - 1) / stride : 0
            var phase = Axis(
                pixels: places, taps: count, stride: 1, origin: (start - origin - lowest) / stride - (count - 1),
                places: (pixels - start + stride - 1) / stride)
            // The filter is turned round: its first tap is the highest that is met.
            phase.filter = (taps - 1 - lowest - stride * (count - 1), stride, taps)
            phase.output = (start, stride, pixels)
            return phase
        }

        /// The pixel under the first tap.
        func pixel(_ place: Int) -> Int { origin + place * stride }

        /// The taps that are on the map.
        func taps(at place: Int) -> Range<Int> {
            let first = pixel(place)
            return (-first..<pixels - first).clamped(to: 0..<taps)
        }

        /// The places at which a tap is on the map.
        func places(under tap: Int) -> Range<Int> {
            let first = min(max(stride - 1 - origin - tap, 0) / stride, places)
            return first..<max(first, min(max(pixels - origin - tap + stride - 1, 0) / stride, places))
        }

        /// The pixels under all places, some perhaps not on the map.
        var span: Range<Int> { origin..<origin + max((places - 1) * stride + taps, 0) }
    }

    private var terms: Int { rows.taps * columns.taps * channels }
    private var placesPerImage: Int { rows.places * columns.places }
    private var places: Int { images * placesPerImage }

    /// Whether places and pixels are the same, so that each pixel is read once.
    private var isPointwise: Bool {
        func isPointwise(_ axis: Axis) -> Bool {
            axis.taps == 1 && axis.stride == 1 && axis.origin == 0 && axis.places == axis.pixels
        }
        return isPointwise(rows) && isPointwise(columns)
    }

    /// Whether rows of places need copies of the map between zeros.
    private var isPadded: Bool {
        (columns.span.lowerBound < 0 || columns.span.upperBound > columns.pixels) && !goesAcrossImages
    }

    /// Whether a product is one place of all images: where it spares an eighth of the work. The number of images takes no
    /// part, so that a smaller batch computes the same terms and needs no more scratch.
    private var goesAcrossImages: Bool {
        var inside = 0
        for place in 0..<columns.places { inside += columns.taps(at: place).count }
        return 8 * inside < 7 * columns.places * columns.taps
    }

    // MARK: Partition

    /// The output is computed in blocks as large as those of moments, which are taken while a block is at hand.
    private var blocks: Int { Numerics.blocks(of: places) }
    /// The parts of the work, each with scratch memory of its own: enough for many threads.
    private var parts: Int { min(blocks, 32) }

    /// The scratch floats for all copies.
    var scratch: Int { parts * copyCount }

    /// The floats of the largest copy between zeros that a block needs, whole cache lines.
    private var copyCount: Int {
        guard isPadded else { return 0 }
        let placeRows = min((Numerics.rowsPerBlock + columns.places - 2) / columns.places + 1, rows.places)
        let lines = min((placeRows - 1) * rows.stride + rows.taps, rows.pixels)
        return wholeLanes(lines * columns.span.count * channels + Storage.slack)
    }

    // MARK: Computing

    /// Computes the output on the team.
    ///
    /// - Parameter epilogue: What is done to each block of the output when it is computed; only where all of it is.
    func compute(_ operands: Operands, epilogue: Epilogue = .none, scratch: Vector, team: Team) {
        precondition(
            scratch.count >= self.scratch, "\(self.scratch) floats of scratch needed, \(scratch.count) given")
        let (output, parts, blocks, copyCount) = (operands.output, parts, blocks, copyCount)
        let operations = places * terms * output.columns / Lane.width
        if goesAcrossImages {
            team.forEach(placesPerImage, operations: operations) { compute(operands, place: $0) }
            if !epilogue.isEmpty { team.forEach(blocks) { epilogue.apply(to: output, block: $0) } }
            return
        }
        team.forEach(parts, operations: operations) { part in
            for block in part * blocks / parts..<(part + 1) * blocks / parts {
                compute(operands, block: block, copy: scratch.base + part * copyCount)
                if !epilogue.isEmpty { epilogue.apply(to: output, block: block) }
            }
        }
    }

    /// Where pixels are: the first of an image, and the floats from row to row and from pixel to pixel.
    private struct Source {
        var start: UnsafeMutablePointer<Float>
        var row: Int
        var pixel: Int
    }

    private func source(_ maps: Matrix, image: Int) -> Source {
        let row = columns.pixels * maps.stride
        return Source(start: maps.base + image * rows.pixels * row, row: row, pixel: maps.stride)
    }

    /// Computes one place of all images.
    private func compute(_ operands: Operands, place: Int) {
        let (y, x) = place.quotientAndRemainder(dividingBy: columns.places)
        compute(
            operands, source(operands.maps, image: 0), (0, y, x), taps: (rows.taps(at: y), columns.taps(at: x)),
            count: images, aStep: rows.pixels * columns.pixels * operands.maps.stride,
            cStep: rows.output.count * columns.output.count)
    }

    /// Computes one block, image by image.
    private func compute(_ operands: Operands, block: Int, copy: UnsafeMutablePointer<Float>) {
        let range = Numerics.rows(ofBlock: block, in: places)
        if isPointwise && rows.output.step == 1 && columns.output.step == 1 {
            compute(
                operands, source(operands.maps, image: 0), (0, 0, range.lowerBound), taps: (0..<1, 0..<1),
                count: range.count, aStep: operands.maps.stride, cStep: 1)
            return
        }
        var first = range.lowerBound
        while first < range.upperBound {
            let (image, place) = first.quotientAndRemainder(dividingBy: placesPerImage)
            let count = min(range.upperBound - first, placesPerImage - place)
            compute(operands, image: image, places: place..<place + count, copy: copy)
            first += count
        }
    }

    /// Computes some places of one image, row by row.
    private func compute(
        _ operands: Operands, image: Int, places range: Range<Int>, copy: UnsafeMutablePointer<Float>
    ) {
        let (firstRow, lastRow) = (range.lowerBound / columns.places, (range.upperBound - 1) / columns.places)
        let source =
            isPadded
            ? copyRows(firstRow...lastRow, of: operands.maps, image: image, to: copy)
            : source(operands.maps, image: image)
        for y in firstRow...lastRow {
            let first = max(range.lowerBound - y * columns.places, 0)
            let end = min(range.upperBound - y * columns.places, columns.places)
            compute(
                operands, source, (image, y, first), taps: (rows.taps(at: y), 0..<columns.taps), count: end - first,
                aStep: columns.stride * source.pixel, cStep: columns.output.step)
        }
    }

    /// Copies the pixels under some rows of places, with zeros to the left and right of them.
    private func copyRows(
        _ places: ClosedRange<Int>, of maps: Matrix, image: Int, to copy: UnsafeMutablePointer<Float>
    ) -> Source {
        let lines = (rows.pixel(places.lowerBound)..<rows.pixel(places.upperBound) + rows.taps)
            .clamped(to: 0..<rows.pixels)
        let span = columns.span
        let inside = span.clamped(to: 0..<columns.pixels)
        let (before, after) = (inside.lowerBound - span.lowerBound, span.upperBound - inside.upperBound)
        let row = span.count * channels
        for (index, y) in lines.enumerated() {
            let line = copy + index * row
            let first = (image * rows.pixels + y) * columns.pixels
            line.update(repeating: 0, count: before * channels)
            Matrix(line + before * channels, rows: inside.count, columns: channels, stride: channels)
                .copy(from: maps.rows(first + inside.lowerBound..<first + inside.upperBound))
            (line + (row - after * channels)).update(repeating: 0, count: after * channels)
        }
        let start = copy - lines.lowerBound * row - span.lowerBound * channels
        return Source(start: start, row: row, pixel: channels)
    }

    /// Computes evenly spaced places under some of the taps.
    ///
    /// - Parameters:
    ///   - first: The first of the places.
    ///   - count: The number of them.
    ///   - aStep: The floats of the source from place to place.
    ///   - cStep: The pixels of the output from place to place.
    @inline(__always)
    private func compute(
        _ operands: Operands, _ source: Source, _ first: (image: Int, y: Int, x: Int),
        taps: (rows: Range<Int>, columns: Range<Int>), count: Int, aStep: Int, cStep: Int
    ) {
        let (filter, output) = (operands.filter, operands.output)
        let tapStep = channels * filter.stride
        let line = rows.pixel(first.y) + taps.rows.lowerBound
        let pixel = columns.pixel(first.x) + taps.columns.lowerBound
        let tap = (
            row: rows.filter.first + taps.rows.lowerBound * rows.filter.step,
            column: columns.filter.first + taps.columns.lowerBound * columns.filter.step
        )
        let outputRow = first.image * rows.output.count + rows.output.first + first.y * rows.output.step
        let position = outputRow * columns.output.count + columns.output.first + first.x * columns.output.step
        // Where taps and pixels lie side by side, filter column and channel are one counter.
        var reduction = Product.Reduction(
            counts: (taps.rows.count, taps.columns.count, channels), aSteps: (source.row, source.pixel, 1),
            bSteps: (
                rows.filter.step * columns.filter.count * tapStep, columns.filter.step * tapStep, filter.stride
            )
        ).merged
        // A pixel of a pointwise filter is read once: line by line, so that the next tile's can be fetched ahead.
        let isFar = isPointwise && reduction.cut(by: Lane.width)
        Product(
            a: source.start + (line * source.row + pixel * source.pixel), aStep: aStep, rows: count,
            reduction: reduction, b: filter.base + (tap.row * columns.filter.count + tap.column) * tapStep,
            columns: output.columns, c: output.base + position * output.stride, cStep: cStep * output.stride,
            start: operands.start, fetch: isFar ? .rows : .nothing, addsToTarget: operands.adds
        ).compute()
    }
}
