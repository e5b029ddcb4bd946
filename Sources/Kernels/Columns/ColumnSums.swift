/// What a pass over a matrix adds up: two terms for each element, the second of which may be left at zero.
protocol ColumnTerms: Sendable {
    /// Adds the terms of eight columns of one row.
    func add(row: Int, column: Int, to sums: inout ColumnSums.Pair)
}

/// One pass over the rows of a matrix: up to two sums for each column, in Double.
///
/// An item is one block of `rowsPerBlock` rows by one panel of `columnsPerPanel` columns. It leaves its sums in scratch,
/// and the blocks are then added in order. Scratch holds rows of doubles, each `width` wide: the two totals, a spare row
/// for the caller, and two rows for each block.
struct ColumnSums: @unchecked Sendable {
    /// Two running sums of eight columns.
    struct Pair {
        var first = DoubleLane()
        var second = DoubleLane()
    }

    /// The rows added up in one chain.
    private static let rowsPerBlock = 512
    /// The columns of one item: four double lanes, so that four chains are under way.
    private static let columnsPerPanel = 4 * DoubleLane.scalarCount
    /// The rows of scratch in front of the blocks'.
    private static let headRows = 3

    private let rows: Int
    private let columns: Int
    private let width: Int
    private let scratch: UnsafeMutablePointer<Double>

    /// The scratch floats for a matrix of this shape.
    static func scratch(rows: Int, columns: Int) -> Int {
        let doubles = (headRows + 2 * blocks(rows)) * width(columns)
        return 2 * doubles + Storage.alignment / MemoryLayout<Float>.stride
    }

    init(rows: Int, columns: Int, scratch: Vector) {
        let needed = ColumnSums.scratch(rows: rows, columns: columns)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        self.rows = rows
        self.columns = columns
        width = ColumnSums.width(columns)
        self.scratch = UnsafeMutableRawPointer(scratch.base).alignedUp(toMultipleOf: Storage.alignment)
            .assumingMemoryBound(to: Double.self)
    }

    /// The first total of each column.
    var first: UnsafeMutablePointer<Double> { scratch }
    /// The second total of each column.
    var second: UnsafeMutablePointer<Double> { scratch + width }
    /// Room for one double a column that no pass touches.
    var spare: UnsafeMutablePointer<Double> { scratch + 2 * width }

    /// Computes the totals.
    func compute<Terms: ColumnTerms>(_ terms: Terms, team: Team) {
        let panels = width / ColumnSums.columnsPerPanel
        let blocks = ColumnSums.blocks(rows)
        team.forEach(blocks * panels, operations: rows * width / DoubleLane.scalarCount) { item in
            let (block, panel) = item.quotientAndRemainder(dividingBy: panels)
            reduce(terms, block: block, column: panel * ColumnSums.columnsPerPanel)
        }
        for column in stride(from: 0, to: 2 * width, by: DoubleLane.scalarCount) {
            var total = DoubleLane()
            for block in 0..<blocks {
                total += lane(at: (ColumnSums.headRows + 2 * block) * width + column)
            }
            store(total, at: column)
        }
    }

    /// Adds up one block of rows of one panel.
    private func reduce<Terms: ColumnTerms>(_ terms: Terms, block: Int, column: Int) {
        let lanes = DoubleLane.scalarCount
        var pair0 = Pair()
        var pair1 = Pair()
        var pair2 = Pair()
        var pair3 = Pair()
        let first = block * ColumnSums.rowsPerBlock
        let last = min(first + ColumnSums.rowsPerBlock, rows)
        if columns - column > 2 * lanes {
            for row in first..<last {
                terms.add(row: row, column: column, to: &pair0)
                terms.add(row: row, column: column + lanes, to: &pair1)
                terms.add(row: row, column: column + 2 * lanes, to: &pair2)
                terms.add(row: row, column: column + 3 * lanes, to: &pair3)
            }
        } else {
            for row in first..<last {
                terms.add(row: row, column: column, to: &pair0)
                terms.add(row: row, column: column + lanes, to: &pair1)
            }
        }
        let target = (ColumnSums.headRows + 2 * block) * width + column
        store(pair0, at: target)
        store(pair1, at: target + lanes)
        store(pair2, at: target + 2 * lanes)
        store(pair3, at: target + 3 * lanes)
    }

    private func store(_ pair: Pair, at index: Int) {
        store(pair.first, at: index)
        store(pair.second, at: index + width)
    }

    private func store(_ lane: DoubleLane, at index: Int) {
        UnsafeMutableRawPointer(scratch + index).storeBytes(of: lane, as: DoubleLane.self)
    }

    private func lane(at index: Int) -> DoubleLane {
        UnsafeRawPointer(scratch + index).load(as: DoubleLane.self)
    }

    private static func blocks(_ rows: Int) -> Int {
        max(1, (rows + rowsPerBlock - 1) / rowsPerBlock)
    }

    private static func width(_ columns: Int) -> Int {
        (columns + columnsPerPanel - 1) / columnsPerPanel * columnsPerPanel
    }
}
