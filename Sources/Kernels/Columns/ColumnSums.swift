/// What a pass over a matrix adds up: two terms for each element, the second of which may be left at zero.
protocol ColumnTerms: Sendable {
    /// What the terms of a lane of columns need, the same for all rows: it stays in registers.
    associatedtype Parameters
    /// The parameters of the sixteen columns from `column` on.
    func parameters(column: Int) -> Parameters
    /// Adds the terms of sixteen columns of one row.
    func add(row: Int, column: Int, _ parameters: Parameters, to sums: inout ColumnSums.Pair)
}

/// One pass over the rows of a matrix: up to two sums for each column, in Double.
///
/// An item is one block of `rowsPerBlock` rows by one panel of `columnsPerPanel` columns. It leaves its sums in scratch,
/// and the blocks are then added in order. Scratch holds rows of doubles, each `width` wide: the two totals, and two rows
/// for each block.
struct ColumnSums: @unchecked Sendable {
    /// Two running sums of sixteen columns.
    struct Pair {
        fileprivate var first = (low: DoubleLane(), high: DoubleLane())
        fileprivate var second = (low: DoubleLane(), high: DoubleLane())

        /// first += a.
        @inline(__always)
        mutating func add(_ a: Lane) {
            first.low += a.lowHalf.widened
            first.high += a.highHalf.widened
        }

        /// first += a, second += a·b, the product exact.
        @inline(__always)
        mutating func add(_ a: Lane, times b: Lane) {
            let (low, high) = (a.lowHalf.widened, a.highHalf.widened)
            first.low += low
            first.high += high
            second.low.addProduct(low, b.lowHalf.widened)
            second.high.addProduct(high, b.highHalf.widened)
        }
    }

    /// The rows added up in one chain.
    private static let rowsPerBlock = 256
    /// The columns of one item: two lanes, so that four chains (or eight) are under way.
    private static let columnsPerPanel = 2 * Lane.width
    /// The rows of scratch in front of the blocks'.
    private static let headRows = 2

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
        var left = Pair()
        var right = Pair()
        let rows = block * ColumnSums.rowsPerBlock..<min((block + 1) * ColumnSums.rowsPerBlock, self.rows)
        let parameters = terms.parameters(column: column)
        if columns - column > Lane.width {
            let next = column + Lane.width
            let nextParameters = terms.parameters(column: next)
            for row in rows {
                terms.add(row: row, column: column, parameters, to: &left)
                terms.add(row: row, column: next, nextParameters, to: &right)
            }
        } else {
            for row in rows { terms.add(row: row, column: column, parameters, to: &left) }
        }
        let target = (ColumnSums.headRows + 2 * block) * width + column
        store(left, at: target)
        store(right, at: target + Lane.width)
    }

    private func store(_ pair: Pair, at index: Int) {
        store(pair.first.low, at: index)
        store(pair.first.high, at: index + DoubleLane.scalarCount)
        store(pair.second.low, at: index + width)
        store(pair.second.high, at: index + width + DoubleLane.scalarCount)
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
