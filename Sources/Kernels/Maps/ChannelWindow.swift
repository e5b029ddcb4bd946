/// Runs over the channels of one pixel, lane by lane.
///
/// For loops that do not work in place: lanes may overlap.
enum ChannelLanes {
    /// Visits lanes that cover all channels: body(the lane's first channel, how many of its places count).
    ///
    /// Where there are at least sixteen channels, the last lane ends with the last channel and repeats what it shares
    /// with the lane before: that is cheaper than storing a part of a lane.
    @inline(__always)
    static func forEach(of channels: Int, _ body: (_ channel: Int, _ count: Int) -> Void) {
        if channels < Lane.width {
            body(0, channels)
        } else {
            var channel = 0
            while channel < channels {
                body(min(channel, channels &- Lane.width), Lane.width)
                channel &+= Lane.width
            }
        }
    }

    /// Stores the places of a lane that count.
    @inline(__always)
    static func store(_ lane: Lane, to target: UnsafeMutablePointer<Float>, _ count: Int) {
        if count == Lane.width {
            target.store(lane, at: 0)
        } else {
            storePart(lane, to: target, count)
        }
    }

    /// Not inlined: it splits the lane, and the compiler would split the whole computation of it, in whole lanes too.
    @inline(never)
    private static func storePart(_ lane: Lane, to target: UnsafeMutablePointer<Float>, _ count: Int) {
        target.store(lane, at: 0, first: count)
    }
}

/// Windows over neighbouring channels, for local response normalization.
struct ChannelWindow: Sendable {
    let size: Int
    let columns: Int

    // MARK: Passes

    /// Writes scales and outputs of some rows.
    func forward(
        _ response: LocalResponse, _ input: Matrix, into output: Matrix, scale: Matrix, power: some ScalePower,
        rows: Range<Int>
    ) {
        if size == 5 {
            forward5(response, input, into: output, scale: scale, power: power, rows: rows)
        } else {
            forward(response, input, into: output, scale: scale, power: power, rows: rows, size: size)
        }
    }

    /// Writes the gradient by the input of some rows.
    ///
    /// The shares stay in the first-level cache: a few rows of them at a time, always at the same place. The place is
    /// within what belongs to these rows, and has some of it before and behind where there are rows enough.
    func gradient(_ pass: LocalResponseGradient, power: some ScalePower, rows: Range<Int>) {
        let margin = min(rows.count / 3, (size / 2 + Lane.width) / columns + 1)
        let blockRows = max(1, min(rows.count - 2 * margin, ChannelWindow.floatsPerBlock / columns))
        let step = pass.shares.stride
        let source = Source(
            start: pass.shares.base + (rows.lowerBound + margin) * step, step: step, before: margin * step,
            behind: (rows.count - margin) * step)
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
            let block = first..<min(first + blockRows, rows.upperBound)
            pass.share(rows: block, into: source.start)
            if size == 5 {
                gradient5(pass, source, power: power, rows: block)
            } else {
                gradient(pass, source, power: power, rows: block, size: size)
            }
        }
    }

    /// The floats of one matrix in a block: six matrices of this size fit into the first-level cache.
    private static let floatsPerBlock = 1024

    // The usual size is a literal: the loop over the window is unrolled.

    @inline(never)
    private func forward5(
        _ response: LocalResponse, _ input: Matrix, into output: Matrix, scale: Matrix, power: some ScalePower,
        rows: Range<Int>
    ) {
        forward(response, input, into: output, scale: scale, power: power, rows: rows, size: 5)
    }

    @inline(never)
    private func gradient5(
        _ pass: LocalResponseGradient, _ source: Source, power: some ScalePower, rows: Range<Int>
    ) {
        gradient(pass, source, power: power, rows: rows, size: 5)
    }

    @inline(__always)
    private func forward(
        _ response: LocalResponse, _ input: Matrix, into output: Matrix, scale: Matrix, power: some ScalePower,
        rows: Range<Int>, size: Int
    ) {
        let source = Source(
            start: input.base + rows.lowerBound * input.stride, step: input.stride,
            before: rows.lowerBound * input.stride,
            behind: (input.rows - 1 - rows.lowerBound) * input.stride + columns)
        forEachSum(of: source, rows: rows, size: size) { sum, lane in
            sum.addProduct(lane, lane)
        } result: { row, channel, count, sum in
            response.finish(
                input.base.lane(at: row &* input.stride &+ channel), sum: sum, power: power,
                to: output.base + (row &* output.stride &+ channel),
                scale: scale.base + (row &* scale.stride &+ channel), count)
        }
    }

    @inline(__always)
    private func gradient(
        _ pass: LocalResponseGradient, _ source: Source, power: some ScalePower, rows: Range<Int>, size: Int
    ) {
        forEachSum(of: source, rows: rows, size: size) { sum, lane in
            sum += lane
        } result: { row, channel, count, sum in
            pass.finish(row, channel, count, sum: sum, power: power)
        }
    }

    // MARK: Sums

    /// Rows to sum over, and how far memory may be read.
    private struct Source {
        /// The first of the rows.
        let start: UnsafeMutablePointer<Float>
        let step: Int
        /// The floats before the first row, and from it on.
        let before: Int
        let behind: Int
    }

    /// Calls result(row, channel, count, Σ over the window of source) for every lane of some rows.
    ///
    /// Sums run over the window in order, from zero.
    @inline(__always)
    private func forEachSum(
        of source: Source, rows: Range<Int>, size: Int, add: (_ sum: inout Lane, _ lane: Lane) -> Void,
        result: (_ row: Int, _ channel: Int, _ count: Int, _ sum: Lane) -> Void
    ) {
        let reach = size / 2
        ChannelLanes.forEach(of: columns) { channel, count in
            let isInside = channel >= reach && channel + Lane.width + reach <= columns
            for row in rows {
                let offset = (row &- rows.lowerBound) &* source.step
                let middle = offset &+ channel
                let window = source.start + (middle &- reach)
                var sum = Lane()
                if isInside {
                    for shift in 0..<size {
                        add(&sum, window.lane(at: shift))
                    }
                } else if middle &- reach >= -source.before && middle &+ reach &+ Lane.width <= source.behind {
                    // The ends of the neighbouring rows come along and are struck out.
                    for shift in 0..<size {
                        add(&sum, strike(window.lane(at: shift), from: channel &- reach &+ shift))
                    }
                } else {
                    for shift in 0..<size {
                        add(&sum, part(of: source.start + offset, from: channel &- reach &+ shift))
                    }
                }
                result(row, channel, count, sum)
            }
        }
    }

    /// A lane that starts at `channel`, with zeros where there are no channels.
    @inline(__always)
    private func strike(_ lane: Lane, from channel: Int) -> Lane {
        // What is below zero is a large number without its sign.
        let start = SIMD16<UInt32>(repeating: UInt32(truncatingIfNeeded: channel))
        let places: SIMD16<UInt32> = unsafeBitCast(Lane.places, to: SIMD16<UInt32>.self) &+ start
        let end = SIMD16<UInt32>(repeating: UInt32(truncatingIfNeeded: columns))
        return Lane().replacing(with: lane, where: places .< end)
    }

    /// The same without reading anything else.
    @inline(never)
    private func part(of row: UnsafeMutablePointer<Float>, from channel: Int) -> Lane {
        var lane = Lane()
        for place in max(0, -channel)..<max(0, -channel, min(Lane.width, columns - channel)) {
            lane[place] = row[channel + place]
        }
        return lane
    }
}

/// Windows over neighbouring pixels of maps, for local response normalization.
struct MapWindow: Sendable {
    let size: Int
    let height: Int
    let width: Int

    /// Traps unless a matrix is a series of maps.
    func check(_ matrix: Matrix) {
        precondition(matrix.rows % (height * width) == 0, "\(matrix.rows) rows for maps of \(height)×\(width)")
    }

    /// Writes scales and outputs of some rows of maps.
    @inline(never)
    func forward(
        _ response: LocalResponse, _ input: Matrix, into output: Matrix, scale: Matrix, power: some ScalePower,
        rows: Range<Int>
    ) {
        forEachSum(of: input, rows: rows) { sum, lane in
            sum.addProduct(lane, lane)
        } result: { row, channel, count, sum in
            response.finish(
                input.base.lane(at: row &* input.stride &+ channel), sum: sum, power: power,
                to: output.base + (row &* output.stride &+ channel),
                scale: scale.base + (row &* scale.stride &+ channel), count)
        }
    }

    /// Writes the gradient by the input of some rows of maps; all shares are there.
    @inline(never)
    func gradient(_ pass: LocalResponseGradient, power: some ScalePower, rows: Range<Int>) {
        forEachSum(of: pass.shares, rows: rows) { sum, lane in
            sum += lane
        } result: { row, channel, count, sum in
            pass.finish(row, channel, count, sum: sum, power: power)
        }
    }

    /// Calls result(row, channel, count, Σ over the window of source) for every lane of some rows of maps.
    ///
    /// Sums run over the window in reading order, from zero.
    @inline(__always)
    private func forEachSum(
        of source: Matrix, rows: Range<Int>, add: (_ sum: inout Lane, _ lane: Lane) -> Void,
        result: (_ row: Int, _ channel: Int, _ count: Int, _ sum: Lane) -> Void
    ) {
        let reach = size / 2
        for mapRow in rows.lowerBound / width..<rows.upperBound / width {
            let y = mapRow % height
            let above = min(reach, y)
            let windowHeight = above + 1 + min(reach, height - 1 - y)
            for x in 0..<width {
                let left = min(reach, x)
                let windowWidth = left + 1 + min(reach, width - 1 - x)
                let row = mapRow * width + x
                let corner = source.base + (row - above * width - left) * source.stride
                ChannelLanes.forEach(of: source.columns) { channel, count in
                    var sum = Lane()
                    var line = corner + channel
                    for _ in 0..<windowHeight {
                        for column in 0..<windowWidth {
                            add(&sum, line.lane(at: column &* source.stride))
                        }
                        line += width &* source.stride
                    }
                    result(row, channel, count, sum)
                }
            }
        }
    }
}
