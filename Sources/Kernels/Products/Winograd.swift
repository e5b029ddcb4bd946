/// The three products of a convolution by Winograd's algorithm: stride 1, square filters of three or five taps.
///
/// Maps are cut into tiles of m × m outputs, which need 6 × 6 inputs. With V = Bᵀ d B of each tile and channel, and U = G g Gᵀ
/// of each filter, Y = Aᵀ [Σ over channels of U ⊙ V] A: the sums are 36 products of matrices, [tiles × channels] by
/// [channels × outputs], in place of one with r² times as many terms. Only inputs, filters and outputs go through memory: some
/// tiles at a time are transformed, multiplied and transformed back while they are in the nearest caches.
///
/// Each element of a product is one chain of fused multiply-adds over the channels, in order, from zero; transforms are
/// computed lane by lane in a fixed order. So the bits depend neither on how tiles are grouped nor on the instruction set.
/// Complexity: 36/m² multiply-adds for each output and channel, and about 15 operations for each input and output.
struct WinogradConvolution<Form: WinogradForm>: @unchecked Sendable {
    let geometry: ConvolutionGeometry

    /// - Precondition: the geometry allows the algorithm.
    init(_ geometry: ConvolutionGeometry) {
        precondition(geometry.allowsWinograd && geometry.kernelHeight == Form.taps, "no tiles for \(geometry)")
        self.geometry = geometry
    }

    /// The tiles over the outputs.
    private var forwardTiles: TileGrid {
        TileGrid(
            images: geometry.images, map: (geometry.height, geometry.width),
            outputs: (geometry.outputHeight, geometry.outputWidth), pad: (geometry.padHeight, geometry.padWidth),
            step: Form.outputs)
    }

    /// The tiles over the inputs, of a convolution of the output gradient with the turned filter.
    private var gradientTiles: TileGrid {
        TileGrid(
            images: geometry.images, map: (geometry.outputHeight, geometry.outputWidth),
            outputs: (geometry.height, geometry.width),
            pad: (Form.taps - 1 - geometry.padHeight, Form.taps - 1 - geometry.padWidth), step: Form.outputs)
    }

    /// Whether the gradient of the data is computed by the transposed algorithm, whose tiles are those of the outputs, and not
    /// as a convolution, whose tiles are those of the inputs: where that spares tiles.
    private var transposes: Bool { forwardTiles.perImage < gradientTiles.perImage }

    // MARK: Forward

    private var forwardProducts: TileProducts<Form> {
        TileProducts(tiles: forwardTiles, depth: geometry.channels, columns: geometry.outputChannels)
    }

    var forwardScratch: Int {
        WinogradFilters.count(depth: geometry.channels, columns: geometry.outputChannels) + forwardProducts.scratch
    }

    /// output = the convolution, plus the bias where there is one; then the epilogue.
    func forward(
        _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix, epilogue: Epilogue, scratch: Vector,
        team: Team
    ) {
        let filters = WinogradFilters(depth: geometry.channels, columns: geometry.outputChannels, scratch)
        filters.transform(weight, Form.self, team: team)
        forwardProducts.compute(
            input, filters, bias: bias, into: output, adds: false, epilogue: epilogue,
            scratch: filters.rest(of: scratch), team: team)
    }

    // MARK: Gradient of the data

    private var dataProducts: TileProducts<Form> {
        TileProducts(tiles: gradientTiles, depth: geometry.outputChannels, columns: geometry.channels)
    }

    private var overlapAdd: OverlapAdd<Form> { OverlapAdd(tiles: forwardTiles, depth: geometry.outputChannels) }

    /// The floats of the turned filters, whole cache lines.
    private var turnedCount: Int { wholeLanes(geometry.filterSize * geometry.outputChannels + Storage.slack) }

    var dataGradientScratch: Int {
        turnedCount + WinogradFilters.count(depth: geometry.outputChannels, columns: geometry.channels)
            + (transposes ? overlapAdd.scratch : dataProducts.scratch)
    }

    /// inputGradient = the gradient by the input, or that is added.
    func dataGradient(
        _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix, adds: Bool, scratch: Vector, team: Team
    ) {
        let turned = scratch.range(0..<weight.count)
            .matrix(rows: weight.count / geometry.channels, columns: geometry.channels)
        let rest = scratch.range(turnedCount..<scratch.count)
        let filters = WinogradFilters(depth: geometry.outputChannels, columns: geometry.channels, rest)
        Transposition.transposeTaps(weight, geometry: geometry, turns: !transposes, into: turned, team: team)
        filters.transform(turned, Form.self, team: team)
        if transposes {
            overlapAdd.compute(
                outputGradient, filters, into: inputGradient, adds: adds, scratch: filters.rest(of: rest), team: team)
        } else {
            dataProducts.compute(
                outputGradient, filters, bias: nil, into: inputGradient, adds: adds, epilogue: .none,
                scratch: filters.rest(of: rest), team: team)
        }
    }

    // MARK: Gradient of the filters

    private var filterGradient: FilterGradientSums<Form> {
        FilterGradientSums(tiles: forwardTiles, channels: geometry.channels, outputs: geometry.outputChannels)
    }

    var weightGradientScratch: Int { filterGradient.scratch }

    /// weightGradient = the gradient by the filters.
    func weightGradient(
        _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix, scratch: Vector, team: Team
    ) {
        filterGradient.compute(input, outputGradient, into: weightGradient, scratch: scratch, team: team)
    }
}

extension ConvolutionGeometry {
    /// Calls `body` with the form for its filter as a type, for which its loops are compiled apart.
    @inline(__always)
    func withWinogradForm<Result>(_ body: (any WinogradForm.Type) -> Result) -> Result {
        kernelHeight == FourOutputsThreeTaps.taps ? body(FourOutputsThreeTaps.self) : body(TwoOutputsFiveTaps.self)
    }

    /// The tiles over a map.
    func winogradTiles(height: Int, width: Int) -> Int {
        let step = WinogradPoints.count + 1 - kernelHeight
        return (height + step - 1) / step * ((width + step - 1) / step)
    }
}

/// The tiles of a convolution: `step` × `step` outputs each, image by image and row by row.
struct TileGrid: Sendable {
    let images: Int
    /// What the filter moves over.
    let map: (height: Int, width: Int)
    let outputs: (height: Int, width: Int)
    let pad: (rows: Int, columns: Int)
    let step: Int

    var rows: Int { (outputs.height + step - 1) / step }
    var columns: Int { (outputs.width + step - 1) / step }
    var perImage: Int { rows * columns }
    var count: Int { images * perImage }

    /// Whether the outputs of every block of moments are whole tiles, neighbours in the order of tiles.
    var fitsBlocks: Bool {
        let (rows, positions) = (Numerics.rowsPerBlock, outputs.height * outputs.width)
        guard outputs.height % step == 0, outputs.width % step == 0 else { return false }
        return rows % positions == 0 || positions % rows == 0 && rows % (step * outputs.width) == 0
    }

    /// The tiles with the outputs of one block of moments.
    var tilesPerBlock: Int { Numerics.rowsPerBlock / (step * step) }
    var blocks: Int { (count + tilesPerBlock - 1) / tilesPerBlock }
    /// The parts of the work, each with scratch memory of its own: enough for many threads.
    var parts: Int { min(blocks, 16) }

    /// The tiles that are transformed at once, whole blocks or an even part of one: as many as stay in a second-level cache,
    /// but no fewer than 16, for which the filters are read once. It decides speed only.
    func tilesAtOnce(channels: Int) -> Int {
        let most = 110_000 / (WinogradPoints.elements * (channels + TileShape.columns))
        guard most >= tilesPerBlock else { return most >= 32 ? min(tilesPerBlock, 32) : 16 }
        return min(most / tilesPerBlock, 4) * tilesPerBlock
    }
}

// MARK: - Filters

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
                    PatchTransform<Filters<Form>>(
                        source: Patch(
                            weight.base + row * weight.stride + panel.first, row: Form.taps * depth * weight.stride,
                            column: depth * weight.stride),
                        target: Patch(elements: matrix(0, panel) + row * panel.width, slab: depth * panel.width)
                    ).run(channels: panel.width)
                }
            }
        }
    }

    private func matrix(_ element: Int, _ panel: Panel) -> UnsafeMutablePointer<Float> {
        base + (panel.first * WinogradPoints.elements + element * panel.width) * depth
    }

    /// The 36 products of transformed tiles [tiles × depth] with a panel, [tiles × panel] each. In between, memory for what comes
    /// next is fetched, a part of the tiles at a time.
    @inline(__always)
    func multiply(
        _ tiles: UnsafeMutablePointer<Float>, count: Int, slab: Int, _ panel: Panel,
        into products: UnsafeMutablePointer<Float>, slab productSlab: Int, fetch: (Range<Int>) -> Void
    ) {
        for element in 0..<WinogradPoints.elements {
            fetch(element * count / WinogradPoints.elements..<(element + 1) * count / WinogradPoints.elements)
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

// MARK: - Forward

/// Aᵀ [Σ U ⊙ V] A of the tiles of a convolution.
struct TileProducts<Form: WinogradForm>: @unchecked Sendable {
    let tiles: TileGrid
    /// The channels of what the filter moves over, and of the outputs.
    let depth: Int
    let columns: Int

    private var reader: TileReader<Form> { TileReader(part: .inputs, tiles: tiles, channels: depth) }
    private var width: Int { halfLanes(depth) }
    private var atOnce: Int { tiles.tilesAtOnce(channels: depth) }
    /// The floats of a part: rows of maps between zeros, transformed tiles and products.
    private var partScratch: Int {
        reader.copyCount(atOnce) + WinogradPoints.elements
            * (slabSize(atOnce, width) + slabSize(atOnce, TileShape.columns)) + OutputTransform<Form>.bufferCount
    }

    var scratch: Int { tiles.parts * partScratch + Storage.slack }

    /// output = the products, plus the bias where there is one, or that is added; then the epilogue.
    func compute(
        _ maps: Matrix, _ filters: WinogradFilters, bias: Vector?, into output: Matrix, adds: Bool, epilogue: Epilogue,
        scratch: Vector, team: Team
    ) {
        precondition(scratch.count >= self.scratch, "too little scratch")
        let (parts, blocks, perBlock) = (tiles.parts, tiles.blocks, tiles.tilesPerBlock)
        let fits = tiles.fitsBlocks
        team.forEach(parts) { part in
            let scratch = scratch.base + part * partScratch
            let end = min((part + 1) * blocks / parts * perBlock, tiles.count)
            for first in stride(from: part * blocks / parts * perBlock, to: end, by: atOnce) {
                let last = min(first + atOnce, end)
                compute(first..<last, maps, filters, bias: bias, into: output, adds: adds, scratch: scratch)
                guard fits, !epilogue.isEmpty, last == end || last % perBlock == 0 else { continue }
                for block in first / perBlock..<(last + perBlock - 1) / perBlock {
                    epilogue.apply(to: output, block: block)
                }
            }
        }
        guard !fits, !epilogue.isEmpty else { return }
        team.forEach((output.rows + Numerics.rowsPerBlock - 1) / Numerics.rowsPerBlock) {
            epilogue.apply(to: output, block: $0)
        }
    }

    /// Computes some tiles, panel by panel.
    private func compute(
        _ range: Range<Int>, _ maps: Matrix, _ filters: WinogradFilters, bias: Vector?, into output: Matrix, adds: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let transformed = scratch + reader.copyCount(atOnce)
        let (inputSlab, productSlab) = (slabSize(atOnce, width), slabSize(atOnce, TileShape.columns))
        let products = transformed + WinogradPoints.elements * inputSlab
        reader.transform(range, of: maps, copy: scratch, into: transformed, slab: inputSlab)
        for index in 0..<filters.panels {
            let panel = filters.panel(index)
            filters.multiply(
                transformed, count: range.count, slab: inputSlab, panel, into: products, slab: productSlab
            ) { part in
                for tile in part {
                    let (patch, rows, columns) = patch(range.lowerBound + tile, panel, of: output)
                    patch.fetchToWrite(rows: rows, columns: columns, floats: panel.columns)
                }
            }
            store(range, panel, from: products, bias: bias, into: output, adds: adds)
        }
    }

    /// The outputs of a tile that are on the map.
    @inline(__always)
    private func patch(_ tile: Int, _ panel: WinogradFilters.Panel, of output: Matrix) -> (
        Patch, rows: Int, columns: Int
    ) {
        let (height, width, step) = (tiles.outputs.height, tiles.outputs.width, Form.outputs)
        let (image, index) = tile.quotientAndRemainder(dividingBy: tiles.perImage)
        let (y, x) = (index / tiles.columns * step, index % tiles.columns * step)
        let corner = output.base + ((image * height + y) * width + x) * output.stride + panel.first
        return (
            Patch(corner, row: width * output.stride, column: output.stride), min(step, height - y),
            min(step, width - x)
        )
    }

    /// Transforms the products of some tiles back.
    @inline(never)
    private func store(
        _ range: Range<Int>, _ panel: WinogradFilters.Panel, from products: UnsafeMutablePointer<Float>, bias: Vector?,
        into output: Matrix, adds: Bool
    ) {
        let slab = slabSize(atOnce, TileShape.columns)
        let buffer = products + WinogradPoints.elements * slab
        for tile in range {
            let (target, rows, columns) = patch(tile, panel, of: output)
            OutputTransform<Form>(
                source: Patch(elements: products + (tile - range.lowerBound) * panel.width, slab: slab),
                bias: bias.map { $0.base + panel.first }, target: target, rows: rows, columns: columns,
                channels: panel.columns, adds: adds, buffer: buffer
            ).run(channels: panel.width)
        }
    }
}
