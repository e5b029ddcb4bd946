/// A map of a matrix's elements that depends on their column.
protocol ColumnMap: Sendable {
    /// What a lane of columns needs, the same for all rows: it stays in registers.
    associatedtype Parameters
    /// The parameters of the sixteen columns from `column` on.
    func parameters(column: Int) -> Parameters
    /// The result for sixteen columns of one row. What it is for columns past the end is dropped.
    func value(row: Int, column: Int, _ parameters: Parameters) -> Lane
}

extension ColumnMap {
    /// Stores the result for every element of the target, on the team. An item is some rows.
    func store(into target: Matrix, team: Team) {
        let rowsPerItem = max(1, 16_384 / max(target.columns, Lane.width))
        team.forEachPart(of: target.rows, size: rowsPerItem) { store(into: target, rows: $0) }
    }

    /// Stores the result for some rows, going down them two lanes of columns at a time.
    func store(into target: Matrix, rows: Range<Int>) {
        for column in stride(from: 0, to: target.columns, by: 2 * Lane.width) {
            let left = target.columns - column
            if left >= 2 * Lane.width {
                store(into: target, rows: rows, column: column)
            } else {
                storePart(into: target, rows: rows, column: column, count: min(left, Lane.width))
                if left > Lane.width {
                    storePart(into: target, rows: rows, column: column + Lane.width, count: left - Lane.width)
                }
            }
        }
    }

    /// Two whole lanes of columns.
    @inline(__always)
    private func store(into target: Matrix, rows: Range<Int>, column: Int) {
        let next = column + Lane.width
        let (parameters, nextParameters) = (parameters(column: column), parameters(column: next))
        var place = target.base + (rows.lowerBound * target.stride + column)
        for row in rows {
            place.store(value(row: row, column: column, parameters), at: 0)
            place.store(value(row: row, column: next, nextParameters), at: Lane.width)
            place += target.stride
        }
    }

    /// One lane of columns or the first of it.
    @inline(__always)
    private func storePart(into target: Matrix, rows: Range<Int>, column: Int, count: Int) {
        let parameters = parameters(column: column)
        var place = target.base + (rows.lowerBound * target.stride + column)
        for row in rows {
            place.store(value(row: row, column: column, parameters), at: 0, first: count)
            place += target.stride
        }
    }
}

/// What a pass over a matrix adds up: two terms for each element, the second of which may be left at zero.
protocol ColumnTerms: Sendable {
    /// What the terms of a lane of columns need, the same for all rows: it stays in registers.
    associatedtype Parameters
    /// The parameters of the sixteen columns from `column` on.
    func parameters(column: Int) -> Parameters
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

    static func width(_ columns: Int) -> Int {
        (columns + columnsPerPanel - 1) / columnsPerPanel * columnsPerPanel
    }
}

/// Sums over the rows of a matrix, one for each column: what bias gradients and batch normalization are made of.
///
/// Everything is accumulated in Double. Rows are cut into blocks of a fixed size whose sums are added in order, so the bits
/// depend on the matrix alone. Complexity of each pass: rows · columns.
public enum ColumnReduction {
    /// The scratch floats that any function here needs for a matrix of this shape.
    public static func scratch(rows: Int, columns: Int) -> Int {
        max(ColumnSums.scratch(rows: rows, columns: columns), BlockMoments.scratch(rows: rows, columns: columns))
    }

    /// sum[j] = Σ m[i, j].
    public static func sum(_ matrix: Matrix, into sum: Vector, scratch: Vector, team: Team) {
        precondition(sum.count == matrix.columns, "one sum for each column")
        let sums = ColumnSums(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        sums.compute(SumTerms(matrix: matrix), team: team)
        for column in 0..<matrix.columns {
            sum.base[column] = Float(sums.first[column])
        }
    }

    /// gradient[i, j] ← gradient[i, j] · f′, where f′ is computed from output = f(…), and sum[j] = Σ gradient[i, j], in one
    /// pass: how a gradient gets behind a nonlinearity to a bias and on to a product.
    public static func sum(
        behind nonlinearity: Nonlinearity, output: Matrix, gradient: Matrix, into sum: Vector, scratch: Vector,
        team: Team
    ) {
        precondition(sum.count == gradient.columns, "one sum for each column")
        output.requireSameShape(gradient)
        let sums = ColumnSums(rows: gradient.rows, columns: gradient.columns, scratch: scratch)
        func run<Function: LaneFunction>(_: Function.Type) {
            sums.compute(SlopeTerms<Function>(output: output, gradient: gradient), team: team)
        }
        nonlinearity.withFunction { run($0) }
        for column in 0..<gradient.columns {
            sum.base[column] = Float(sums.first[column])
        }
    }

    /// The mean and the biased variance (divisor: rows) of each column, as by `BlockMoments`.
    ///
    /// Without rows both are zero.
    public static func moments(
        _ matrix: Matrix, mean: Vector, variance: Vector, scratch: Vector, team: Team
    ) {
        let moments = BlockMoments(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        moments.gather(matrix, team: team)
        moments.join(mean: mean, variance: variance)
    }
}

/// Σ dy · f′, which takes the place of dy.
private struct SlopeTerms<Function: LaneFunction>: ColumnTerms {
    let output: Matrix
    let gradient: Matrix

    /// How many of a lane's columns there are.
    @inline(__always)
    func parameters(column: Int) -> Int { gradient.columns - column }

    @inline(__always)
    func add(row: Int, column: Int, _ count: Int, to sums: inout ColumnSums.Pair) {
        let place = gradient.base + (row * gradient.stride + column)
        let y = output.base.lane(at: row * output.stride + column)
        let slope = Function.gradient(place.lane(at: 0), output: y)
        place.store(slope, at: 0, first: count)
        sums.add(slope)
    }
}

/// Σ x.
private struct SumTerms: ColumnTerms {
    let matrix: Matrix

    @inline(__always)
    func parameters(column: Int) {}

    @inline(__always)
    func add(row: Int, column: Int, _: Void, to sums: inout ColumnSums.Pair) {
        sums.add(matrix.base.lane(at: row * matrix.stride + column))
    }
}
