/// Local response normalization (Krizhevsky et al. 2012, §3.3): y = x · scale^−β with scale = k + coefficient · Σ x².
///
/// The coefficient of the sum is a parameter because its conventions differ: Caffe divides its α by the window's size
/// (α/n across channels, α/n² within one), the AlexNet paper does not, and uses k = 2 where Caffe's default is 1.
/// Matrices are [positions × channels]. No result may share memory with what it is computed from: an element depends on its
/// neighbours, and the last lane of a row repeats some of the lane before. Nothing is lost by it: the gradient reads input
/// and output, so that both stay in memory anyway, and only gradients of single elements are planned in place.
/// Complexity of each: the number of elements times the size of the window.
public struct LocalResponse: Hashable, Sendable {
    /// Which elements are in the window around an element.
    public enum Window: Hashable, Sendable {
        /// The same pixel in neighbouring channels.
        case acrossChannels
        /// Neighbouring pixels in the same channel of maps of this height and width; Caffe's form has k = 1.
        case withinChannel(height: Int, width: Int)
    }

    /// Which elements are in the window.
    public let window: Window
    /// The extent of the window, odd: in channels, or in pixels each way.
    public let size: Int
    /// What the sum of squares is multiplied with.
    public let coefficient: Float
    public let beta: Float
    /// The scale without any response.
    public let k: Float

    /// A normalization over windows of `size`, cut off at the edges.
    public init(_ window: Window, size: Int, coefficient: Float, beta: Float, k: Float = 1) {
        precondition(size > 0 && size % 2 == 1, "a window of \(size) has no middle")
        self.window = window
        self.size = size
        self.coefficient = coefficient
        self.beta = beta
        self.k = k
    }

    /// output = input · scale^−β.
    ///
    /// - Parameter scale: Of the input's shape; is given k + coefficient · Σ input², which the gradient needs.
    public func forward(_ input: Matrix, into output: Matrix, scale: Matrix, team: Team) {
        check(output, apartFrom: input)
        check(scale, apartFrom: input)
        func run(_ power: some ScalePower) {
            let response = Response(
                input: input, output: output, scale: scale, k: k, coefficient: coefficient, power: power)
            forEachBlock(of: input, team) { rows in
                switch window {
                case .acrossChannels: SourceRows(input, rows).sum(response, rows: rows, size: size)
                case .withinChannel(let height, let width):
                    PixelWindows(size: size, height: height, width: width, source: input).sum(response, rows: rows)
                }
            }
        }
        beta == 0.75 ? run(ThreeQuarters()) : run(AnyPower(exponent: -beta))
    }

    /// The scratch floats that `gradient` needs for a matrix of this shape.
    public static func gradientScratch(rows: Int, columns: Int) -> Int {
        rows * columns + Storage.slack
    }

    /// inputGradient = dy · scale^−β − 2 · coefficient · β · x · Σ dy·y/scale over the windows that x is in. Overwrites.
    public func gradient(
        _ input: Matrix, output: Matrix, scale: Matrix, outputGradient: Matrix, into inputGradient: Matrix,
        scratch: Vector, team: Team
    ) {
        check(inputGradient, apartFrom: input)
        check(inputGradient, apartFrom: output)
        check(inputGradient, apartFrom: scale)
        check(inputGradient, apartFrom: outputGradient)
        let ratios = Ratios(
            output: output, scale: scale, outputGradient: outputGradient,
            memory: scratch.range(0..<input.count).matrix(rows: input.rows, columns: input.columns))
        func run(_ power: some ScalePower) {
            let gradient = ResponseGradient(
                input: input, scale: scale, outputGradient: outputGradient, inputGradient: inputGradient,
                factor: -2 * coefficient * beta, power: power)
            switch window {
            case .acrossChannels:
                forEachBlock(of: input, team) { rows in
                    ratios.forEachBlock(of: rows, reach: size / 2) { block, source in
                        source.sum(gradient, rows: block, size: size)
                    }
                }
            case .withinChannel(let height, let width):
                forEachBlock(of: input, team) { rows in
                    ratios.write(rows, to: ratios.memory.base + rows.lowerBound * ratios.memory.stride)
                }
                forEachBlock(of: input, team) { rows in
                    PixelWindows(size: size, height: height, width: width, source: ratios.memory)
                        .sum(gradient, rows: rows)
                }
            }
        }
        beta == 0.75 ? run(ThreeQuarters()) : run(AnyPower(exponent: -beta))
    }

    private func check(_ result: Matrix, apartFrom source: Matrix) {
        result.requireSameShape(source)
        precondition(!result.overlaps(source), "local response normalization does not work in place")
        if case .withinChannel(let height, let width) = window {
            precondition(result.rows % (height * width) == 0, "\(result.rows) rows for maps of \(height)×\(width)")
        }
    }

    /// Visits blocks of rows, in whole lines of pixels where windows are over pixels.
    private func forEachBlock(of matrix: Matrix, _ team: Team, _ body: @Sendable (_ rows: Range<Int>) -> Void) {
        let line = if case .withinChannel(_, let width) = window { width } else { 1 }
        let lines = matrix.rows / line
        // About 16,384 floats are some ten microseconds of work; a lane costs some thirty operations.
        let items = min(lines, (matrix.count + 16_383) / 16_384)
        team.forEach(items, operations: matrix.count / Lane.width * 30) { item in
            body(lines * item / items * line..<lines * (item + 1) / items * line)
        }
    }
}

// MARK: Equations

/// What is summed over a window, from zero and in order, and what becomes of the sum.
private protocol WindowSum: Sendable {
    func add(_ lane: Lane, to sum: inout Lane)
    func finish(_ sum: Lane, row: Int, channel: Int, count: Int)
}

/// s = k + α' Σ x²,  y = x · s^−β
private struct Response<Power: ScalePower>: WindowSum {
    let input: Matrix
    let output: Matrix
    let scale: Matrix
    let k: Float
    let coefficient: Float
    let power: Power

    @inline(__always)
    func add(_ x: Lane, to sum: inout Lane) { sum.addProduct(x, x) }

    @inline(__always)
    func finish(_ sum: Lane, row: Int, channel: Int, count: Int) {
        let x = input.lane(row, channel)
        let s = Lane(repeating: k).addingProduct(Lane(repeating: coefficient), sum)
        scale.store(s, row, channel, count)
        output.store(x * power.of(s), row, channel, count)
    }
}

/// r = dy · y / s: what each output passes on to the inputs in its window, but for the input itself and a factor.
private struct Ratios: Sendable {
    let output: Matrix
    let scale: Matrix
    let outputGradient: Matrix
    /// Room for all of them.
    let memory: Matrix

    @inline(never)
    func write(_ rows: Range<Int>, to start: UnsafeMutablePointer<Float>) {
        for row in rows {
            let target = start + (row &- rows.lowerBound) &* memory.stride
            ChannelLanes.forEach(of: memory.columns, Write(ratios: self, row: row, target: target))
        }
    }

    private struct Write: LaneOperation {
        let ratios: Ratios
        let row: Int
        let target: UnsafeMutablePointer<Float>

        @inline(__always)
        func apply(_ channel: Int, _ count: Int) {
            let dy = ratios.outputGradient.lane(row, channel)
            let ratio = dy * ratios.output.lane(row, channel) / ratios.scale.lane(row, channel)
            ChannelLanes.store(ratio, to: target + channel, count)
        }
    }

    /// Visits some rows in blocks that stay in the first-level cache, with their ratios.
    ///
    /// The ratios are always in the same part of what belongs to these rows, which has some of it before and behind where
    /// there are rows enough.
    func forEachBlock(of rows: Range<Int>, reach: Int, _ body: (_ block: Range<Int>, _ ratios: SourceRows) -> Void) {
        let (columns, step) = (memory.columns, memory.stride)
        // Six matrices of 1024 floats fit into the cache.
        let margin = min(rows.count / 3, (reach + Lane.width) / columns + 1)
        let blockRows = max(1, min(rows.count - 2 * margin, 1024 / columns))
        let source = SourceRows(
            start: memory.base + (rows.lowerBound + margin) * step, step: step, columns: columns,
            readable: -margin * step..<(rows.count - margin) * step)
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
            let block = first..<min(first + blockRows, rows.upperBound)
            write(block, to: source.start)
            body(block, source)
        }
    }
}

/// dx = dy · s^−β − 2α'β · x · Σ r
private struct ResponseGradient<Power: ScalePower>: WindowSum {
    let input: Matrix
    let scale: Matrix
    let outputGradient: Matrix
    let inputGradient: Matrix
    let factor: Float
    let power: Power

    @inline(__always)
    func add(_ ratio: Lane, to sum: inout Lane) { sum += ratio }

    @inline(__always)
    func finish(_ sum: Lane, row: Int, channel: Int, count: Int) {
        let direct = outputGradient.lane(row, channel) * power.of(scale.lane(row, channel))
        inputGradient.store(
            direct.addingProduct(input.lane(row, channel) * factor, sum), row, channel, count)
    }
}

/// scale^−β, so that the loops are compiled for each kind.
private protocol ScalePower: Sendable {
    func of(_ scale: Lane) -> Lane
}

/// For β = ¾, the usual exponent.
private struct ThreeQuarters: ScalePower {
    @inline(__always)
    func of(_ scale: Lane) -> Lane { Elementary.inverseThreeQuarters(scale) }
}

private struct AnyPower: ScalePower {
    let exponent: Float

    @inline(__always)
    func of(_ scale: Lane) -> Lane { Elementary.power(scale, exponent) }
}

// MARK: Sums

/// Windows of size × size pixels of maps.
private struct PixelWindows {
    let size: Int
    let height: Int
    let width: Int
    let source: Matrix

    func sum(_ pass: some WindowSum, rows: Range<Int>) {
        let (lines, columns) = (windows(height), windows(width))
        for line in rows.lowerBound / width..<rows.upperBound / width {
            let above = lines.sources(of: line % height)
            let operation = Sum(
                pass: pass, source: MapView(source, row: line - line % height + above.lowerBound, width: width),
                firstRow: line * width)
            columns.forEachRun {
                $0.apply(
                    operation, AnyExtent(value: above.count), AnyExtent(value: $0.columns), source.columns)
            }
        }
    }

    private func windows(_ extent: Int) -> Windows {
        Windows(count: extent, origin: -(size / 2), advance: 1, length: size, limit: extent)
    }

    private struct Sum<Pass: WindowSum>: WindowOperation {
        let pass: Pass
        let source: MapView
        let firstRow: Int

        @inline(__always)
        func apply(target: Int, source: Int, rows: Int, columns: Int, channel: Int, count: Int) {
            let source = self.source.at(source, channel)
            var sum = Lane()
            for row in 0..<rows {
                for column in 0..<columns {
                    pass.add(source.lane(row, column), to: &sum)
                }
            }
            pass.finish(sum, row: firstRow &+ target, channel: channel, count: count)
        }
    }
}

/// Rows to sum over, and how far memory may be read around the start of the first.
private struct SourceRows {
    let start: UnsafeMutablePointer<Float>
    let step: Int
    let columns: Int
    let readable: Range<Int>
}

extension SourceRows {
    /// Rows of a matrix, of which all may be read.
    init(_ matrix: Matrix, _ rows: Range<Int>) {
        let before = rows.lowerBound * matrix.stride
        let behind = (matrix.rows - 1 - rows.lowerBound) * matrix.stride + matrix.columns
        self.init(
            start: matrix.base + before, step: matrix.stride, columns: matrix.columns, readable: -before..<behind)
    }

    /// Sums over windows of `size` neighbouring channels.
    func sum(_ pass: some WindowSum, rows: Range<Int>, size: Int) {
        size == 5
            ? sum(ChannelSums(pass: pass, source: self, rows: rows, size: Five()))
            : sum(ChannelSums(pass: pass, source: self, rows: rows, size: AnyExtent(value: size)))
    }

    @inline(never)
    private func sum(_ sums: ChannelSums<some WindowSum, some Extent>) {
        ChannelLanes.forEach(of: columns, sums)
    }

    /// A lane that starts at `channel`, with zeros where there are no channels.
    @inline(__always)
    func mask(_ lane: Lane, from channel: Int) -> Lane {
        // What is below zero is a large number without its sign.
        let start = SIMD16<UInt32>(repeating: UInt32(truncatingIfNeeded: channel))
        let channels: SIMD16<UInt32> = unsafeBitCast(Lane.places, to: SIMD16<UInt32>.self) &+ start
        let end = SIMD16<UInt32>(repeating: UInt32(truncatingIfNeeded: columns))
        return Lane().replacing(with: lane, where: channels .< end)
    }

    /// The same without reading anything else.
    @inline(never)
    func part(of row: UnsafeMutablePointer<Float>, from channel: Int) -> Lane {
        var lane = Lane()
        for index in max(0, -channel)..<max(0, -channel, min(Lane.width, columns - channel)) {
            lane[index] = row[channel + index]
        }
        return lane
    }
}

/// The sums over windows around sixteen neighbouring channels, row by row.
private struct ChannelSums<Pass: WindowSum, Size: Extent>: LaneOperation {
    let pass: Pass
    let source: SourceRows
    let rows: Range<Int>
    let size: Size

    @inline(__always)
    func apply(_ channel: Int, _ count: Int) {
        let reach = size.value / 2
        let isInside = channel >= reach && channel + Lane.width + reach <= source.columns
        for row in rows {
            let offset = (row &- rows.lowerBound) &* source.step
            let first = offset &+ channel &- reach
            let window = source.start + first
            var sum = Lane()
            if isInside {
                for shift in 0..<size.value {
                    pass.add(window.lane(at: shift), to: &sum)
                }
            } else if first >= source.readable.lowerBound
                && first &+ 2 &* reach &+ Lane.width <= source.readable.upperBound
            {
                // The ends of the neighbouring rows come along and are masked.
                for shift in 0..<size.value {
                    pass.add(source.mask(window.lane(at: shift), from: channel &- reach &+ shift), to: &sum)
                }
            } else {
                for shift in 0..<size.value {
                    pass.add(source.part(of: source.start + offset, from: channel &- reach &+ shift), to: &sum)
                }
            }
            pass.finish(sum, row: row, channel: channel, count: count)
        }
    }
}

extension Matrix {
    @inline(__always)
    fileprivate func store(_ lane: Lane, _ row: Int, _ channel: Int, _ count: Int) {
        ChannelLanes.store(lane, to: base + (row &* stride &+ channel), count)
    }
}
