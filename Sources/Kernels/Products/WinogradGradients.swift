// MARK: - The gradient of the data by the transposed algorithm

/// Σ over tiles of B [Σ over output channels of U ⊙ (A dy Aᵀ)] Bᵀ: the tiles of the input overlap, and are added up in order,
/// image by image, in scratch memory.
struct OverlapAdd<Form: WinogradForm>: @unchecked Sendable {
    let tiles: TileGrid
    /// The channels of the output gradient.
    let depth: Int

    private var reader: TileReader<Form> { TileReader(part: .outputGradients, tiles: tiles, channels: depth) }
    private var width: Int { halfLanes(depth) }
    /// The images that are handled at once, and their tiles.
    private var imagesAtOnce: Int { max(1, tiles.tilesAtOnce(channels: depth) / tiles.perImage) }
    private var atOnce: Int { imagesAtOnce * tiles.perImage }
    private var groups: Int { (tiles.images + imagesAtOnce - 1) / imagesAtOnce }
    private var parts: Int { min(groups, 16) }
    /// The extent of an image's overlapping tiles.
    private var extent: (height: Int, width: Int) {
        let overlap = WinogradPoints.count - Form.outputs
        return (tiles.rows * Form.outputs + overlap, tiles.columns * Form.outputs + overlap)
    }
    private var partScratch: Int {
        reader.copyCount(atOnce) + WinogradPoints.elements
            * (slabSize(atOnce, width) + slabSize(atOnce, TileShape.columns))
            + wholeLanes(extent.height * extent.width * TileShape.columns)
    }

    var scratch: Int { parts * partScratch + Storage.slack }

    /// inputGradient = the sums, or these are added.
    func compute(
        _ outputGradient: Matrix, _ filters: WinogradFilters, into inputGradient: Matrix, adds: Bool, scratch: Vector,
        team: Team
    ) {
        precondition(scratch.count >= self.scratch, "too little scratch")
        team.forEach(parts) { part in
            for group in part * groups / parts..<(part + 1) * groups / parts {
                let images = group * imagesAtOnce..<min((group + 1) * imagesAtOnce, tiles.images)
                compute(
                    images, outputGradient, filters, into: inputGradient, adds: adds,
                    scratch: scratch.base + part * partScratch)
            }
        }
    }

    /// Computes some images.
    private func compute(
        _ images: Range<Int>, _ outputGradient: Matrix, _ filters: WinogradFilters, into inputGradient: Matrix,
        adds: Bool, scratch: UnsafeMutablePointer<Float>
    ) {
        let transformed = scratch + reader.copyCount(atOnce)
        let (inputSlab, productSlab) = (slabSize(atOnce, width), slabSize(atOnce, TileShape.columns))
        let products = transformed + WinogradPoints.elements * inputSlab
        let sums = products + WinogradPoints.elements * productSlab
        let range = images.lowerBound * tiles.perImage..<images.upperBound * tiles.perImage
        reader.transform(range, of: outputGradient, copy: scratch, into: transformed, slab: inputSlab)
        for index in 0..<filters.panels {
            let panel = filters.panel(index)
            filters.multiply(
                transformed, count: range.count, slab: inputSlab, panel, into: products, slab: productSlab
            ) { _ in }
            for image in images {
                let first = (image - images.lowerBound) * tiles.perImage
                addTiles(panel, from: products + first * panel.width, slab: productSlab, into: sums)
                store(panel, image: image, from: sums, into: inputGradient, adds: adds)
            }
        }
    }

    /// Adds up the tiles of one image.
    @inline(never)
    private func addTiles(
        _ panel: WinogradFilters.Panel, from products: UnsafeMutablePointer<Float>, slab: Int,
        into sums: UnsafeMutablePointer<Float>
    ) {
        let row = extent.width * panel.width
        sums.update(repeating: 0, count: extent.height * row)
        for tile in 0..<tiles.perImage {
            let (y, x) = (tile / tiles.columns * Form.outputs, tile % tiles.columns * Form.outputs)
            OverlapTransform(
                source: Patch(elements: products + tile * panel.width, slab: slab),
                target: Patch(sums + y * row + x * panel.width, row: row, column: panel.width)
            ).run(channels: panel.width)
        }
    }

    /// Stores, or adds, the sums of one image, without what lies in the pad.
    private func store(
        _ panel: WinogradFilters.Panel, image: Int, from sums: UnsafeMutablePointer<Float>, into inputGradient: Matrix,
        adds: Bool
    ) {
        for y in 0..<tiles.map.height {
            let first = sums + ((y + tiles.pad.rows) * extent.width + tiles.pad.columns) * panel.width
            let source = Matrix(first, rows: tiles.map.width, columns: panel.columns, stride: panel.width)
            let row = (image * tiles.map.height + y) * tiles.map.width
            let target = inputGradient.rows(row..<row + tiles.map.width)
                .columns(panel.first..<panel.first + panel.columns)
            if adds { target.add(source) } else { target.copy(from: source) }
        }
    }
}

// MARK: - The gradient of the filters

/// Gᵀ [Σ over tiles of (Bᵀ d B) ⊙ (A dy Aᵀ)] G.
///
/// The images are cut into groups, a function of the shape alone; the sums of each group are chains over its tiles, in order,
/// and groups are added in order in Double. Threads share groups and panels of output channels.
struct FilterGradientSums<Form: WinogradForm>: @unchecked Sendable {
    let tiles: TileGrid
    let channels: Int
    let outputs: Int

    /// The groups of images: one for every 128 tiles, from two to eight, but no more than two million floats of sums.
    private var groups: Int {
        let wanted = min(max(tiles.count / 128, 2), 8)
        return max(1, min(wanted, tiles.images, 2_097_152 / (WinogradPoints.elements * channels * outputs)))
    }

    /// The output channels of an item, whole panels, each of which transforms the inputs for itself. It decides speed only.
    private var columnsPerItem: Int { 64 }
    private var columnItems: Int { (outputs + columnsPerItem - 1) / columnsPerItem }
    /// The output channels of the largest item.
    private var mostColumns: Int { min(outputs, columnsPerItem) }

    /// The tiles that are transformed at once: as many as stay in a second-level cache. It decides speed only.
    private var tilesAtOnce: Int {
        min(max(130_000 / (WinogradPoints.elements * (channels + mostColumns)), 16), 128) / 8 * 8
    }

    private var inputs: TileReader<Form> { TileReader(part: .inputs, tiles: tiles, channels: channels) }
    private func gradients(_ columns: Int) -> TileReader<Form> {
        TileReader(part: .outputGradients, tiles: tiles, channels: columns)
    }

    /// The floats from row to row of the sums, those of one element, and those of a group.
    private var sumWidth: Int { halfLanes(outputs) }
    private var sumSlab: Int { channels * sumWidth + Lane.width }
    private var groupSize: Int { WinogradPoints.elements * sumSlab }
    private var copyCount: Int {
        max(inputs.copyCount(tilesAtOnce), gradients(mostColumns).copyCount(tilesAtOnce))
    }
    private var itemScratch: Int {
        copyCount
            + WinogradPoints.elements
            * (slabSize(tilesAtOnce, halfLanes(channels)) + slabSize(tilesAtOnce, halfLanes(mostColumns)))
    }

    var scratch: Int { groups * (groupSize + columnItems * itemScratch) + Storage.slack }

    /// weightGradient = the sums, transformed back.
    func compute(
        _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix, scratch: Vector, team: Team
    ) {
        precondition(scratch.count >= self.scratch, "too little scratch")
        team.forEach(groups * columnItems) { item in
            let (group, index) = item.quotientAndRemainder(dividingBy: columnItems)
            let images = group * tiles.images / groups..<(group + 1) * tiles.images / groups
            let columns = index * columnsPerItem..<min((index + 1) * columnsPerItem, outputs)
            add(
                images, input, outputGradient.columns(columns),
                into: scratch.base + group * groupSize + columns.lowerBound,
                scratch: scratch.base + groups * groupSize + item * itemScratch)
        }
        let rowsPerItem = 4
        team.forEach((channels + rowsPerItem - 1) / rowsPerItem, operations: groups * channels * outputs * 4) { item in
            for channel in item * rowsPerItem..<min((item + 1) * rowsPerItem, channels) {
                FilterGradientTransform<Form>(
                    source: Patch(elements: scratch.base + channel * sumWidth, slab: sumSlab), groups: groups,
                    groupSize: groupSize,
                    target: Patch(
                        weightGradient.base + channel * weightGradient.stride,
                        row: Form.taps * channels * weightGradient.stride, column: channels * weightGradient.stride),
                    outputs: outputs
                ).run(channels: sumWidth)
            }
        }
    }

    /// Adds up the tiles of some images, for some output channels.
    private func add(
        _ images: Range<Int>, _ input: Matrix, _ outputGradient: Matrix, into sums: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (inputWidth, gradientWidth) = (halfLanes(channels), halfLanes(outputGradient.columns))
        let (inputSlab, gradientSlab) = (slabSize(tilesAtOnce, inputWidth), slabSize(tilesAtOnce, gradientWidth))
        let transformedInputs = scratch + copyCount
        let transformedGradients = transformedInputs + WinogradPoints.elements * inputSlab
        let (inputs, gradients) = (inputs, gradients(outputGradient.columns))
        let range = images.lowerBound * tiles.perImage..<images.upperBound * tiles.perImage
        for first in stride(from: range.lowerBound, to: range.upperBound, by: tilesAtOnce) {
            let part = first..<min(first + tilesAtOnce, range.upperBound)
            inputs.transform(part, of: input, copy: scratch, into: transformedInputs, slab: inputSlab)
            gradients.transform(part, of: outputGradient, copy: scratch, into: transformedGradients, slab: gradientSlab)
            for element in 0..<WinogradPoints.elements {
                Product(
                    a: transformedInputs + element * inputSlab, aStep: 1, rows: channels,
                    reduction: Product.Reduction(
                        counts: (1, 1, part.count), aSteps: (0, 0, inputWidth), bSteps: (0, 0, gradientWidth)),
                    b: transformedGradients + element * gradientSlab, columns: gradientWidth,
                    c: sums + element * sumSlab, cStep: sumWidth,
                    start: first == range.lowerBound ? .zero : .target
                ).compute()
            }
        }
    }
}
