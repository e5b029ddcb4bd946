/// The least multiple of a lane that is at least `count`.
func wholeLanes(_ count: Int) -> Int { (count + Lane.width - 1) & ~(Lane.width - 1) }
/// The least multiple of half a lane: what rows of transformed channels take.
func halfLanes(_ count: Int) -> Int { (count + Lane.width / 2 - 1) & ~(Lane.width / 2 - 1) }
/// The floats of one element of some transformed tiles: a cache line more than these take, lest all elements meet in the same
/// few lines of a cache.
func slabSize(_ tiles: Int, _ width: Int) -> Int { wholeLanes(tiles * width) + Lane.width }

// MARK: - Lanes of channels

/// What is done to neighbouring channels at once.
protocol ChannelKernel {
    /// Handles the channels of one lane, from `channel` on.
    func run<V: TransformLane>(_ lane: V.Type, channel: Int)
}

extension ChannelKernel {
    /// Handles all channels, a multiple of half a lane, in whole lanes where registers hold them.
    @inline(__always)
    func run(channels: Int) {
        var channel = 0
        if TileShape.hasWideRegisters {
            while channels - channel >= Lane.width {
                run(Lane.self, channel: channel)
                channel += Lane.width
            }
        }
        while channel < channels {
            run(SIMD8<Float>.self, channel: channel)
            channel += SIMD8<Float>.scalarCount
        }
    }
}

/// A square part of a map.
struct Patch {
    let base: UnsafeMutablePointer<Float>
    /// The floats from row to row and from pixel to pixel.
    let row: Int
    let pixel: Int

    @inline(__always)
    func load<V: TransformLane>(_ y: Int, _ x: Int, channel: Int) -> V {
        V.load(base + (y &* row &+ x &* pixel &+ channel))
    }
}

/// Bᵀ d B of one tile.
struct InputTransform: ChannelKernel {
    let patch: Patch
    let target: UnsafeMutablePointer<Float>
    let slab: Int

    @inline(__always)
    func run<V: TransformLane>(_: V.Type, channel: Int) {
        let target = target + channel
        winogradInput {
            patch.load($0, $1, channel: channel) as V
        } _: {
            $2.store(target + ($0 * 6 + $1) &* slab)
        }
    }
}

/// A dy Aᵀ of one tile.
struct OutputGradientTransform<Form: WinogradForm>: ChannelKernel {
    let patch: Patch
    let target: UnsafeMutablePointer<Float>
    let slab: Int

    @inline(__always)
    func run<V: TransformLane>(_: V.Type, channel: Int) {
        let target = target + channel
        Form.outputAdjoint {
            patch.load($0, $1, channel: channel) as V
        } _: {
            $2.store(target + ($0 * 6 + $1) &* slab)
        }
    }
}

/// G g Gᵀ of one row of filters, for some columns.
struct FilterTransform<Form: WinogradForm>: ChannelKernel {
    let source: UnsafeMutablePointer<Float>
    let tap: Int
    let target: UnsafeMutablePointer<Float>
    let slab: Int

    @inline(__always)
    func run<V: TransformLane>(_: V.Type, channel: Int) {
        let (source, target) = (source + channel, target + channel)
        Form.filter {
            V.load(source + ($0 * Form.taps + $1) &* tap)
        } _: {
            $2.store(target + ($0 * 6 + $1) &* slab)
        }
    }
}

/// Aᵀ M A of one tile, with the bias, into the map.
struct OutputTransform<Form: WinogradForm>: ChannelKernel {
    let source: UnsafeMutablePointer<Float>
    let slab: Int
    let bias: UnsafeMutablePointer<Float>?
    let target: Patch
    /// The outputs of the tile that are on the map, and the channels.
    let rows: Int
    let columns: Int
    let channels: Int
    /// Whether the outputs are added to what the map holds.
    let adds: Bool
    /// Memory for the outputs of one lane of a tile.
    let buffer: UnsafeMutablePointer<Float>

    /// The floats of the buffer.
    static var bufferCount: Int { Form.outputs * Form.outputs * Lane.width }

    @inline(__always)
    func run<V: TransformLane>(_: V.Type, channel: Int) {
        let source = source + channel
        let base = target.base + channel
        let summand = bias.map { V.load($0 + channel) } ?? V()
        if rows < Form.outputs || columns < Form.outputs || channels - channel < V.scalarCount {
            storePart(V.self, channel: channel)
        } else if adds {
            Form.output {
                V.load(source + ($0 * 6 + $1) &* slab)
            } _: {
                let place = base + ($0 &* target.row &+ $1 &* target.pixel)
                (V.load(place) + ($2 + summand)).store(place)
            }
        } else {
            Form.output {
                V.load(source + ($0 * 6 + $1) &* slab)
            } _: {
                ($2 + summand).store(base + ($0 &* target.row &+ $1 &* target.pixel))
            }
        }
    }

    /// Of a tile or a lane that is not whole: all outputs of the tile go through a small buffer, from which those that exist
    /// are stored.
    @inline(never)
    private func storePart<V: TransformLane>(_: V.Type, channel: Int) {
        let (source, base, width) = (source + channel, target.base + channel, V.scalarCount)
        let summand = bias.map { V.load($0 + channel) } ?? V()
        Form.output {
            V.load(source + ($0 * 6 + $1) &* slab)
        } _: {
            ($2 + summand).store(buffer + ($0 * Form.outputs + $1) * width)
        }
        let count = channels - channel
        for y in 0..<rows {
            for x in 0..<columns {
                let value = V.load(buffer + (y * Form.outputs + x) * width)
                let place = base + (y * target.row + x * target.pixel)
                (adds ? V.load(place, first: count) + value : value).store(place, first: count)
            }
        }
    }
}

/// B M Bᵀ of one tile, added to the sums.
struct OverlapTransform: ChannelKernel {
    let source: UnsafeMutablePointer<Float>
    let slab: Int
    let target: Patch

    @inline(__always)
    func run<V: TransformLane>(_: V.Type, channel: Int) {
        let source = source + channel
        let base = target.base + channel
        winogradInputAdjoint {
            V.load(source + ($0 * 6 + $1) &* slab)
        } _: {
            let place = base + ($0 &* target.row &+ $1 &* target.pixel)
            (V.load(place) + $2).store(place)
        }
    }
}

/// Gᵀ S G of one channel, S the sum over the groups.
struct FilterGradientTransform<Form: WinogradForm>: ChannelKernel {
    let source: UnsafeMutablePointer<Float>
    let slab: Int
    let groups: Int
    let groupSize: Int
    let target: UnsafeMutablePointer<Float>
    let tap: Int
    let outputs: Int

    @inline(__always)
    func run<V: TransformLane>(_: V.Type, channel: Int) {
        let (source, target) = (source + channel, target + channel)
        let left = outputs - channel
        Form.filterAdjoint {
            V.sum(source + ($0 * 6 + $1) &* slab, groups, step: groupSize)
        } _: {
            $2.store(target + ($0 * Form.taps + $1) &* tap, first: left)
        }
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

    /// Where some rows of tiles of an image are: a patch that begins with the first tile of the image.
    private func source(
        _ matrix: Matrix, image: Int, rows: ClosedRange<Int>, _ copy: UnsafeMutablePointer<Float>
    ) -> Patch {
        let step = Form.outputs
        let line = map.width * matrix.stride
        let source = matrix.base + image * map.height * line
        guard sticksOut else { return Patch(base: source, row: line, pixel: matrix.stride) }
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
        return Patch(base: copy - rows.lowerBound * step * width * channels, row: width * channels, pixel: channels)
    }

    @inline(never)
    private func transform(
        _ range: Range<Int>, of source: Patch, into target: UnsafeMutablePointer<Float>, width: Int, slab: Int
    ) {
        var (row, column) = range.lowerBound.quotientAndRemainder(dividingBy: tiles.columns)
        for tile in range {
            let offset = Form.outputs * (row * source.row + column * source.pixel)
            let patch = Patch(base: source.base + offset, row: source.row, pixel: source.pixel)
            let target = target + (tile - range.lowerBound) * width
            switch part {
            case .inputs: InputTransform(patch: patch, target: target, slab: slab).run(channels: width)
            case .outputGradients:
                OutputGradientTransform<Form>(patch: patch, target: target, slab: slab).run(channels: width)
            }
            column += 1
            if column == tiles.columns { (row, column) = (row + 1, 0) }
        }
    }
}

/// Transformed filters: for each panel of columns the 36 matrices [depth × panel], one after the other.
struct WinogradFilters: @unchecked Sendable {
    let depth: Int
    let columns: Int
    private let base: UnsafeMutablePointer<Float>

    static func count(depth: Int, columns: Int) -> Int {
        wholeLanes(WinogradPoints.elements * depth * halfLanes(columns)) + Storage.slack
    }

    /// What is left of the scratch memory.
    func rest(of scratch: Vector) -> Vector {
        scratch.range(Self.count(depth: depth, columns: columns)..<scratch.count)
    }

    init(depth: Int, columns: Int, _ scratch: Vector) {
        precondition(scratch.count >= Self.count(depth: depth, columns: columns), "too little scratch")
        (self.depth, self.columns, base) = (depth, columns, scratch.base)
    }

    /// A panel of columns: the first, how many there are, and how many are stored.
    struct Panel {
        let first: Int
        let columns: Int
        let width: Int
    }

    var panels: Int { (columns + TileShape.columns - 1) / TileShape.columns }

    func panel(_ index: Int) -> Panel {
        let first = index * TileShape.columns
        let count = min(TileShape.columns, columns - first)
        return Panel(first: first, columns: count, width: halfLanes(count))
    }

    /// Transforms the filters [(taps · taps · depth) × columns] on the team.
    func transform<Form: WinogradForm>(_ weight: Matrix, _: Form.Type, team: Team) {
        let rowsPerItem = 8
        team.forEach((depth + rowsPerItem - 1) / rowsPerItem, operations: depth * columns * 12) { item in
            for index in 0..<panels {
                let panel = panel(index)
                for row in item * rowsPerItem..<min((item + 1) * rowsPerItem, depth) {
                    FilterTransform<Form>(
                        source: weight.base + row * weight.stride + panel.first, tap: depth * weight.stride,
                        target: matrix(0, panel) + row * panel.width, slab: depth * panel.width
                    ).run(channels: panel.width)
                }
            }
        }
    }

    private func matrix(_ element: Int, _ panel: Panel) -> UnsafeMutablePointer<Float> {
        base + (panel.first * WinogradPoints.elements + element * panel.width) * depth
    }

    /// The 36 products of transformed tiles [tiles × depth] with a panel, [tiles × panel] each.
    func multiply(
        _ tiles: UnsafeMutablePointer<Float>, count: Int, slab: Int, _ panel: Panel,
        into products: UnsafeMutablePointer<Float>, slab productSlab: Int
    ) {
        for element in 0..<WinogradPoints.elements {
            Product(
                a: tiles + element * slab, aStep: halfLanes(depth), rows: count,
                reduction: Product.Reduction(
                    counts: (1, 1, depth), aSteps: (0, 0, 1), bSteps: (0, 0, panel.width)),
                b: matrix(element, panel), columns: panel.width, c: products + element * productSlab,
                cStep: panel.width
            ).compute()
        }
    }
}

extension Transposition {
    /// target[(ky, kx, o), c] = source[(ky, kx, c), o].
    static func transposeTaps(_ source: Matrix, geometry: ConvolutionGeometry, into target: Matrix, team: Team) {
        let (channels, outputs) = (geometry.channels, geometry.outputChannels)
        team.forEach(geometry.kernelHeight * geometry.kernelWidth, operations: source.count / Lane.width) { tap in
            transpose(
                source.rows(tap * channels..<(tap + 1) * channels),
                into: target.rows(tap * outputs..<(tap + 1) * outputs))
        }
    }
}
