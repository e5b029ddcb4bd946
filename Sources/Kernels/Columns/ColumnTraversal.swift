/// The two ways down the rows of a matrix that everything by columns is made of: `map` stores a lane for every lane,
/// `sum` adds lanes up.
///
/// Both go down the rows with two lanes of columns at a time. What these need, the same for all rows, is asked for once and
/// stays in registers. A loop is compiled for each use, as if it had been written there, and holds no call if what is done in
/// it is a short closure, or a local function marked `@inline(always)`; `@inline(__always)` is not enough for that.
///
/// A lane that reaches past the end of a row is loaded in part where another thread may be writing what lies behind: see
/// `Neighbours`.
enum ColumnTraversal {
    /// The columns of one way down.
    static let columnsPerStep = 2 * Lane.width

    /// What other threads write while this one goes down some rows.
    enum Neighbours {
        /// Nothing that lies behind a row of a source.
        case apart
        /// The rows behind the last, of a matrix that this one reads and perhaps writes.
        case below
        /// These and the other columns of the same rows.
        case beside
    }

    /// The first rows, of which a lane with the last `count` columns may be loaded whole, if there are at least `width` floats
    /// from row to row.
    @inline(__always)
    private static func inner(_ rows: Range<Int>, _ neighbours: Neighbours, count: Int, width: Int) -> Range<Int> {
        let missing = max(Lane.width - count, 0)
        let outer =
            switch neighbours {
            case .apart: 0
            case .below: min((missing + width - 1) / width, rows.count)
            case .beside: missing > 0 ? rows.count : 0
            }
        return rows.lowerBound..<rows.upperBound - outer
    }

    /// Stores value(position, parameters(column)) as the sixteen elements of each position, for every lane of some rows of the
    /// target, which may be a source too. What it is for columns past the end is dropped.
    @inline(__always)
    static func map<Parameters>(
        _ target: Matrix, rows: Range<Int>, _ parameters: (_ column: Int) -> Parameters,
        _ value: (_ position: LanePosition, _ parameters: Parameters) -> Lane
    ) {
        for column in stride(from: 0, to: target.columns, by: columnsPerStep) {
            let (next, left) = (column + Lane.width, target.columns - column)
            if left >= columnsPerStep {
                let (first, second) = (parameters(column), parameters(next))
                var element = target.base + (rows.lowerBound * target.stride + column)
                for row in rows {
                    element.store(value(LanePosition(row: row, column: column), first), at: 0)
                    element.store(value(LanePosition(row: row, column: next), second), at: Lane.width)
                    element += target.stride
                }
            } else {
                for column in stride(from: column, to: target.columns, by: Lane.width) {
                    mapLane(target, rows: rows, column: column, parameters, value)
                }
            }
        }
    }

    /// One lane of columns, or what there is of it.
    @inline(__always)
    private static func mapLane<Parameters>(
        _ target: Matrix, rows: Range<Int>, column: Int, _ parameters: (_ column: Int) -> Parameters,
        _ value: (_ position: LanePosition, _ parameters: Parameters) -> Lane
    ) {
        let parameters = parameters(column)
        let count = target.columns - column
        let inner = inner(rows, .below, count: count, width: target.columns)
        var element = target.base + (rows.lowerBound * target.stride + column)
        for row in inner {
            element.store(value(LanePosition(row: row, column: column), parameters), at: 0, first: count)
            element += target.stride
        }
        for row in inner.upperBound..<rows.upperBound {
            let position = LanePosition(row: row, column: column, count: count)
            element.store(value(position, parameters), at: 0, first: count)
            element += target.stride
        }
    }

    /// Two running sums for each of sixteen columns, in Double.
    struct Sums {
        var first = WideLane()
        var second = WideLane()

        /// first += a.
        @inline(always)
        mutating func add(_ a: Lane) { first.add(WideLane(a)) }

        /// first += a, second += a·b, the product exact.
        @inline(always)
        mutating func add(_ a: Lane, times b: Lane) { add(WideLane(a), times: WideLane(b)) }

        /// first += a, second += a·b, fused.
        @inline(always)
        mutating func add(_ a: WideLane, times b: WideLane) {
            first.add(a)
            second.addProduct(a, b)
        }
    }

    /// Adds up the rows, from the first to the last, for each lane of some columns, and hands its sums to `store`.
    ///
    /// - Parameters:
    ///   - columns: Not necessarily whole lanes; if not, they end with the last.
    ///   - add: Adds what there is in sixteen columns of a row; a sum that it never touches costs nothing.
    @inline(__always)
    static func sum<Parameters>(
        rows: Range<Int>, columns: Range<Int>, neighbours: Neighbours = .apart,
        _ parameters: (_ column: Int) -> Parameters,
        _ add: (_ position: LanePosition, _ parameters: Parameters, _ sums: inout Sums) -> Void,
        store: (_ column: Int, _ sums: Sums) -> Void
    ) {
        for column in stride(from: columns.lowerBound, to: columns.upperBound, by: columnsPerStep) {
            let next = column + Lane.width
            let isPair = next < columns.upperBound
            let count = columns.upperBound - (isPair ? next : column)
            let inner = inner(rows, neighbours, count: count, width: columns.upperBound)
            let outer = inner.upperBound..<rows.upperBound
            var (left, right) = (Sums(), Sums())
            let first = parameters(column)
            if isPair {
                let second = parameters(next)
                for row in inner {
                    add(LanePosition(row: row, column: column), first, &left)
                    add(LanePosition(row: row, column: next), second, &right)
                }
                for row in outer {
                    add(LanePosition(row: row, column: column), first, &left)
                    add(LanePosition(row: row, column: next, count: count), second, &right)
                }
                store(next, right)
            } else {
                for row in inner { add(LanePosition(row: row, column: column), first, &left) }
                for row in outer { add(LanePosition(row: row, column: column, count: count), first, &left) }
            }
            store(column, left)
        }
    }
}

extension Team {
    /// About how many floats an item has: a few microseconds of work. It decides speed only.
    static let floatsPerItem = 16_384

    /// Runs `body` on parts of some rows of a matrix of so many columns.
    @inline(__always)
    func forEachPart(of rows: Range<Int>, columns: Int, _ body: @Sendable (_ rows: Range<Int>) -> Void) {
        forEachPart(of: rows.count, size: max(1, Team.floatsPerItem / max(columns, Lane.width))) { part in
            body(rows.lowerBound + part.lowerBound..<rows.lowerBound + part.upperBound)
        }
    }
}

/// Two sums in Double for each column and block of `Numerics.rowsPerBlock` rows, which are gathered on the team and then
/// added up, or otherwise joined, in order. So the bits depend on the matrix alone.
struct BlockSums: Sendable {
    let rows: Int
    let columns: Int
    private let width: Int
    private let table: Doubles

    /// The scratch floats for a matrix of this shape.
    static func scratch(rows: Int, columns: Int) -> Int { Doubles.scratch(count(rows: rows, columns: columns)) }

    init(rows: Int, columns: Int, scratch: Vector) {
        (self.rows, self.columns, width) = (rows, columns, BlockSums.width(columns))
        table = Doubles(scratch, count: BlockSums.count(rows: rows, columns: columns))
    }

    private static func count(rows: Int, columns: Int) -> Int { 2 * Numerics.blocks(of: rows) * width(columns) }
    /// The doubles that one sum of each column takes: whole steps.
    static func width(_ columns: Int) -> Int {
        (columns + ColumnTraversal.columnsPerStep - 1) / ColumnTraversal.columnsPerStep
            * ColumnTraversal.columnsPerStep
    }

    var blocks: Int { Numerics.blocks(of: rows) }

    func rows(of block: Int) -> Range<Int> { Numerics.rows(ofBlock: block, in: rows) }

    @inline(__always)
    func first(_ block: Int) -> Doubles { table + 2 * block * width }

    @inline(__always)
    func second(_ block: Int) -> Doubles { table + (2 * block + 1) * width }

    /// Calls `body` with every block and the columns of every step, on the team.
    func forEach(_ team: Team, _ body: @Sendable (_ block: Int, _ columns: Range<Int>) -> Void) {
        let steps = width / ColumnTraversal.columnsPerStep
        team.forEach(blocks * steps, operations: rows * width / DoubleLane.scalarCount) { item in
            let (block, step) = item.quotientAndRemainder(dividingBy: steps)
            let first = step * ColumnTraversal.columnsPerStep
            body(block, first..<min(first + ColumnTraversal.columnsPerStep, columns))
        }
    }

    @inline(__always)
    func store(_ sums: ColumnTraversal.Sums, _ block: Int, _ column: Int) {
        first(block).store(sums.first, at: column)
        second(block).store(sums.second, at: column)
    }

    /// The totals of the blocks, each divided by `divisor` and rounded.
    func join(first: Vector, second: Vector? = nil, divisor: Double = 1) {
        join(first, divisor) { self.first($0) }
        if let second { join(second, divisor) { self.second($0) } }
    }

    private func join(_ result: Vector, _ divisor: Double, _ sums: (_ block: Int) -> Doubles) {
        precondition(result.count == columns, "\(result.count) sums for \(columns) columns")
        for column in stride(from: 0, to: columns, by: Lane.width) {
            var total = WideLane()
            for block in 0..<blocks { total.add(sums(block).wide(at: column)) }
            result.base.store(total.map { $0 / divisor }.narrowed, at: column, first: columns - column)
        }
    }
}

/// Sums over the rows of a matrix, one for each column: the gradient by a bias. Complexity: rows · columns.
public enum ColumnReduction {
    /// The scratch floats that any function here needs for a matrix of this shape.
    public static func scratch(rows: Int, columns: Int) -> Int { BlockSums.scratch(rows: rows, columns: columns) }

    /// sum[j] = Σ m[i, j].
    public static func sum(_ matrix: Matrix, into sum: Vector, scratch: Vector, team: Team) {
        let sums = BlockSums(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        sums.forEach(team) { block, columns in
            ColumnTraversal.sum(
                rows: sums.rows(of: block), columns: columns, { _ in },
                { position, _, sums in sums.add(matrix.lane(position)) }, store: { sums.store($1, block, $0) })
        }
        sums.join(first: sum)
    }

    /// gradient[i, j] ← gradient[i, j] · f′, where f′ is computed from output = f(…), and sum[j] = Σ gradient[i, j], in one
    /// pass: how a gradient gets behind a nonlinearity to a bias and on to a product.
    public static func sum(
        behind nonlinearity: Nonlinearity, output: Matrix, gradient: Matrix, into sum: Vector, scratch: Vector,
        team: Team
    ) {
        output.requireSameShape(gradient)
        let sums = BlockSums(rows: gradient.rows, columns: gradient.columns, scratch: scratch)
        func run<Function: LaneFunction>(_ function: Function.Type) {
            sums.forEach(team) { reduce(behind: function, output, gradient, sums, $0, $1) }
        }
        nonlinearity.withFunction { run($0) }
        sums.join(first: sum)
    }

    @inline(__always)
    private static func reduce<Function: LaneFunction>(
        behind _: Function.Type, _ output: Matrix, _ gradient: Matrix, _ sums: BlockSums, _ block: Int,
        _ columns: Range<Int>
    ) {
        @inline(always)
        func add(_ position: LanePosition, _ count: Int, _ sums: inout ColumnTraversal.Sums) {
            let slope = Function.gradient(gradient.lane(position), output: output.lane(position))
            gradient.base.store(slope, at: position.row * gradient.stride + position.column, first: count)
            sums.add(slope)
        }
        ColumnTraversal.sum(
            rows: sums.rows(of: block), columns: columns,
            neighbours: gradient.columns <= ColumnTraversal.columnsPerStep ? .below : .beside,
            { gradient.columns - $0 }, add,
            store: { sums.store($1, block, $0) })
    }
}
