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

        /// Stores the sixteen sums of each kind.
        @inline(__always)
        fileprivate func store(first target: UnsafeMutablePointer<Double>, second other: UnsafeMutablePointer<Double>) {
            target.store(first.low, at: 0)
            target.store(first.high, at: DoubleLane.scalarCount)
            other.store(second.low, at: 0)
            other.store(second.high, at: DoubleLane.scalarCount)
        }
    }

    /// The rows added up in one chain.
    private static let rowsPerBlock = 256
    /// The columns of one item: two lanes, so that four chains (or eight) are under way.
    static let columnsPerPanel = 2 * Lane.width
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
                total += scratch.lane(at: (ColumnSums.headRows + 2 * block) * width + column)
            }
            scratch.store(total, at: column)
        }
    }

    /// Adds up one block of rows of one panel.
    private func reduce<Terms: ColumnTerms>(_ terms: Terms, block: Int, column: Int) {
        let rows = block * ColumnSums.rowsPerBlock..<min((block + 1) * ColumnSums.rowsPerBlock, self.rows)
        let target = scratch + ((ColumnSums.headRows + 2 * block) * width + column)
        ColumnSums.reduce(terms, rows: rows, column: column, columns: columns, first: target, second: target + width)
    }

    /// Adds up some rows of one panel: two sums for each of its columns.
    static func reduce<Terms: ColumnTerms>(
        _ terms: Terms, rows: Range<Int>, column: Int, columns: Int, first: UnsafeMutablePointer<Double>,
        second: UnsafeMutablePointer<Double>
    ) {
        var left = Pair()
        var right = Pair()
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
        left.store(first: first, second: second)
        right.store(first: first + Lane.width, second: second + Lane.width)
    }

    private static func blocks(_ rows: Int) -> Int {
        max(1, (rows + rowsPerBlock - 1) / rowsPerBlock)
    }

    /// The columns of whole panels.
    static func width(_ columns: Int) -> Int {
        (columns + columnsPerPanel - 1) / columnsPerPanel * columnsPerPanel
    }
}
