import CProcessor

/// The least multiple of a lane that is at least `count`.
func wholeLanes(_ count: Int) -> Int { (count + Lane.width - 1) & ~(Lane.width - 1) }
/// The least multiple of half a lane: what rows of transformed channels take.
func halfLanes(_ count: Int) -> Int { (count + Lane.width / 2 - 1) & ~(Lane.width / 2 - 1) }
/// The floats of one element of some transformed tiles: a cache line more than these take, lest all elements meet in the same
/// few lines of a cache.
func slabSize(_ tiles: Int, _ width: Int) -> Int { wholeLanes(tiles * width) + Lane.width }

// MARK: - Lanes of channels

/// The pixels of a tile on a map, or the elements of a transformed tile: rows of floats at two distances.
///
/// It moves on along the channels and counts in bytes, so that a place is the base and small multiples of the distances, which
/// a processor adds as it loads: 36 addresses are more than there are registers.
struct Patch {
    private var base: UnsafeMutableRawPointer
    private var row: Int
    private var column: Int

    /// - Parameters:
    ///   - row: The floats from row to row.
    ///   - column: The floats from column to column.
    init(_ base: UnsafeMutablePointer<Float>, row: Int, column: Int) {
        self.base = UnsafeMutableRawPointer(base)
        self.row = row &* MemoryLayout<Float>.stride
        self.column = column &* MemoryLayout<Float>.stride
    }

    /// The elements of a transformed tile, `slab` floats apart.
    init(elements base: UnsafeMutablePointer<Float>, slab: Int) {
        self.init(base, row: WinogradPoints.count &* slab, column: slab)
    }

    @inline(__always)
    func place(_ y: Int, _ x: Int) -> UnsafeMutablePointer<Float> {
        (base + y &* row + x &* column).assumingMemoryBound(to: Float.self)
    }

    /// Has the cache lines of some places fetched, which will be written.
    @inline(__always)
    func fetchToWrite(rows: Int, columns: Int, floats: Int) {
        for y in 0..<rows {
            for x in 0..<columns {
                for float in stride(from: 0, to: floats, by: Lane.width) {
                    processor_prefetch_to_write(place(y, x) + float)
                }
            }
        }
    }

    @inline(__always)
    mutating func advance(by floats: Int) {
        base = UnsafeMutableRawPointer(processor_unrelated(place(0, 0) + floats))
        row = processor_unrelated_distance(row)
        column = processor_unrelated_distance(column)
    }
}

/// What is done to neighbouring channels at once.
protocol ChannelKernel {
    /// Handles the channels of one lane.
    func run<V: TransformLane>(_ lane: V.Type)
    /// Moves on to later channels.
    mutating func advance(by channels: Int)
}

extension ChannelKernel {
    /// Handles all channels, a multiple of half a lane, in whole lanes where registers hold them.
    @inline(__always)
    consuming func run(channels: Int) {
        var left = channels
        if TileShape.hasWideRegisters {
            while left >= Lane.width {
                run(Lane.self)
                advance(by: Lane.width)
                left -= Lane.width
            }
        }
        while left > 0 {
            run(SIMD8<Float>.self)
            advance(by: SIMD8<Float>.scalarCount)
            left -= SIMD8<Float>.scalarCount
        }
    }
}

/// A transform of some places into others.
struct PatchTransform<Transform: WinogradTransform>: ChannelKernel {
    var source: Patch
    var target: Patch

    @inline(__always)
    func run<V: TransformLane>(_: V.Type) {
        Transform.apply {
            V.load(source.place($0, $1))
        } _: {
            $2.store(target.place($0, $1))
        }
    }

    @inline(__always)
    mutating func advance(by channels: Int) {
        source.advance(by: channels)
        target.advance(by: channels)
    }
}

/// Aᵀ M A of one tile, with the bias, into the map.
struct OutputTransform<Form: WinogradForm>: ChannelKernel {
    var source: Patch
    var bias: UnsafeMutablePointer<Float>?
    var target: Patch
    /// The outputs of the tile that are on the map, and the channels that are left.
    let rows: Int
    let columns: Int
    var channels: Int
    /// Whether the outputs are added to what the map holds.
    let adds: Bool
    /// Memory for the outputs of one lane of a tile.
    let buffer: UnsafeMutablePointer<Float>

    /// The floats of the buffer.
    static var bufferCount: Int { Form.outputs * Form.outputs * Lane.width }

    @inline(__always)
    func run<V: TransformLane>(_: V.Type) {
        let summand = bias.map { V.load($0) } ?? V()
        if rows < Form.outputs || columns < Form.outputs || channels < V.scalarCount {
            storePart(V.self)
        } else if adds {
            Form.output {
                V.load(source.place($0, $1))
            } _: {
                let place = target.place($0, $1)
                (V.load(place) + ($2 + summand)).store(place)
            }
        } else {
            Form.output {
                V.load(source.place($0, $1))
            } _: {
                ($2 + summand).store(target.place($0, $1))
            }
        }
    }

    @inline(__always)
    mutating func advance(by channels: Int) {
        source.advance(by: channels)
        target.advance(by: channels)
        bias? += channels
        self.channels -= channels
    }

    /// Of a tile or a lane that is not whole: all outputs of the tile go through a small buffer, from which those that exist
    /// are stored.
    @inline(never)
    private func storePart<V: TransformLane>(_: V.Type) {
        let summand = bias.map { V.load($0) } ?? V()
        Form.output {
            V.load(source.place($0, $1))
        } _: {
            ($2 + summand).store(buffer + ($0 * Form.outputs + $1) * V.scalarCount)
        }
        for y in 0..<rows {
            for x in 0..<columns {
                let value = V.load(buffer + (y * Form.outputs + x) * V.scalarCount)
                let place = target.place(y, x)
                (adds ? V.load(place, first: channels) + value : value).store(place, first: channels)
            }
        }
    }
}

/// B M Bᵀ of one tile, added to the sums.
struct OverlapTransform: ChannelKernel {
    var source: Patch
    var target: Patch

    @inline(__always)
    func run<V: TransformLane>(_: V.Type) {
        winogradInputAdjoint {
            V.load(source.place($0, $1))
        } _: {
            let place = target.place($0, $1)
            (V.load(place) + $2).store(place)
        }
    }

    @inline(__always)
    mutating func advance(by channels: Int) {
        source.advance(by: channels)
        target.advance(by: channels)
    }
}

/// Gᵀ S G of one channel, S the sum over the groups.
struct FilterGradientTransform<Form: WinogradForm>: ChannelKernel {
    var source: Patch
    let groups: Int
    let groupSize: Int
    var target: Patch
    /// The outputs that are left.
    var outputs: Int

    @inline(__always)
    func run<V: TransformLane>(_: V.Type) {
        Form.filterAdjoint {
            V.sum(source.place($0, $1), groups, step: groupSize)
        } _: {
            $2.store(target.place($0, $1), first: outputs)
        }
    }

    @inline(__always)
    mutating func advance(by channels: Int) {
        source.advance(by: channels)
        target.advance(by: channels)
        outputs -= channels
    }
}

// MARK: - Tiles

/// Reads the inputs, or the output gradients, of tiles. Where tiles stick out of the map, rows of it are first copied between
/// zeros.
struct TileReader<Form: WinogradForm>: @unchecked Sendable {
    /// What is read of each tile.
    enum Part {
        /// 6 × 6 inputs.
        case inputs
        /// m × m output gradients.
        case outputGradients
    }

    let part: Part
    let tiles: TileGrid
    let channels: Int

    private var extent: Int { part == .inputs ? WinogradPoints.count : Form.outputs }
    private var map: (height: Int, width: Int) { part == .inputs ? tiles.map : tiles.outputs }
    private var pad: (rows: Int, columns: Int) { part == .inputs ? tiles.pad : (0, 0) }
    /// The rows and columns of the map under some rows of tiles.
    private func span(_ count: Int) -> Int { (count - 1) * Form.outputs + extent }

    private var sticksOut: Bool {
        pad != (0, 0) || span(tiles.rows) > map.height || span(tiles.columns) > map.width
    }

    /// The floats of the copy that some neighbouring tiles need.
    func copyCount(_ count: Int) -> Int {
        guard sticksOut else { return 0 }
        let rows = min((count + tiles.columns - 2) / tiles.columns + 1, tiles.rows)
        return wholeLanes(span(rows) * span(tiles.columns) * channels + Storage.slack)
    }

    /// Stores the transformed tiles: 36 matrices [tiles × width], `slab` floats apart.
    func transform(
        _ range: Range<Int>, of matrix: Matrix, copy: UnsafeMutablePointer<Float>,
        into target: UnsafeMutablePointer<Float>, slab: Int
    ) {
        let width = halfLanes(channels)
        var first = range.lowerBound
        while first < range.upperBound {
            let (image, index) = first.quotientAndRemainder(dividingBy: tiles.perImage)
            let count = min(range.upperBound - first, tiles.perImage - index)
            let rows = index / tiles.columns...(index + count - 1) / tiles.columns
            let source = source(matrix, image: image, rows: rows, copy)
            transform(
                index..<index + count, of: source, into: target + (first - range.lowerBound) * width, width: width,
                slab: slab)
            first += count
        }
    }

    /// A map: where its first tile begins, and the floats from row to row and from column to column.
    private typealias Map = (base: UnsafeMutablePointer<Float>, row: Int, column: Int)

    /// The map of an image, of which some rows of tiles are read.
    private func source(
        _ matrix: Matrix, image: Int, rows: ClosedRange<Int>, _ copy: UnsafeMutablePointer<Float>
    ) -> Map {
        let step = Form.outputs
        let line = map.width * matrix.stride
        let source = matrix.base + image * map.height * line
        guard sticksOut else { return (source, line, matrix.stride) }
        let width = span(tiles.columns)
        let first = rows.lowerBound * step - pad.rows
        let inside = -pad.columns..<width - pad.columns
        let columns = inside.clamped(to: 0..<map.width)
        for y in first..<first + span(rows.count) {
            var target = copy + (y - first) * width * channels
            guard y >= 0, y < map.height else {
                target.update(repeating: 0, count: width * channels)
                continue
            }
            let before = (columns.lowerBound - inside.lowerBound) * channels
            target.update(repeating: 0, count: before)
            target += before
            let pixels = source + y * line + columns.lowerBound * matrix.stride
            if matrix.stride == channels {
                target.update(from: pixels, count: columns.count * channels)
            } else {
                for x in 0..<columns.count {
                    (target + x * channels).update(from: pixels + x * matrix.stride, count: channels)
                }
            }
            target += columns.count * channels
            target.update(repeating: 0, count: (inside.upperBound - columns.upperBound) * channels)
        }
        return (copy - rows.lowerBound * step * width * channels, width * channels, channels)
    }

    @inline(never)
    private func transform(
        _ range: Range<Int>, of map: Map, into target: UnsafeMutablePointer<Float>, width: Int, slab: Int
    ) {
        var (row, column) = range.lowerBound.quotientAndRemainder(dividingBy: tiles.columns)
        for tile in range {
            let source = Patch(
                map.base + Form.outputs * (row * map.row + column * map.column), row: map.row, column: map.column)
            let target = Patch(elements: target + (tile - range.lowerBound) * width, slab: slab)
            switch part {
            case .inputs: PatchTransform<Inputs>(source: source, target: target).run(channels: width)
            case .outputGradients:
                PatchTransform<OutputGradients<Form>>(source: source, target: target).run(channels: width)
            }
            column += 1
            if column == tiles.columns { (row, column) = (row + 1, 0) }
        }
    }
}
