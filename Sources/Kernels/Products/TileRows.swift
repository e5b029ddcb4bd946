/// The rows of a tile: one set of accumulators each, evenly spaced in A and in C. All of it is to stay in registers.
protocol TileRows {
    associatedtype Row: TileRow
    /// The number of rows.
    static var count: Int { get }
    /// Rows that all start with the same values.
    init(start: Row)
    /// Rows that start with the floats from `source` on, `step` floats from row to row.
    init(loading source: UnsafeMutablePointer<Float>, step: Int)
    /// Adds a[0]·terms to the first row, a[step]·terms to the second, and so on.
    mutating func add(_ a: UnsafeMutablePointer<Float>, step: Int, _ terms: Row)
    /// Stores the first `count` floats of each row, `step` floats from row to row.
    func store(to target: UnsafeMutablePointer<Float>, step: Int, first count: Int)
    /// The sums with the rows of another set.
    func adding(_ other: Self) -> Self
}

/// A single row.
struct OneRow<Row: TileRow>: TileRows {
    static var count: Int { 1 }

    private var row: Row

    @inline(__always)
    init(start: Row) {
        row = start
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>, step: Int) {
        row = Row(loading: source)
    }

    @inline(__always)
    mutating func add(_ a: UnsafeMutablePointer<Float>, step: Int, _ terms: Row) {
        row.add(a[0], terms)
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, step: Int, first count: Int) {
        row.store(to: target, first: count)
    }

    @inline(__always)
    func adding(_ other: OneRow) -> OneRow {
        OneRow(start: row.adding(other.row))
    }
}

/// Rows on top of other rows.
///
/// Every address is written as a multiple of one step, from which the compiler makes a running sum: pointers of their own
/// for twelve rows would not fit into the registers.
struct StackedRows<Upper: TileRows, Lower: TileRows>: TileRows where Upper.Row == Lower.Row {
    static var count: Int { Upper.count + Lower.count }

    private var upper: Upper
    private var lower: Lower

    @inline(__always)
    private init(_ upper: Upper, _ lower: Lower) {
        self.upper = upper
        self.lower = lower
    }

    @inline(__always)
    init(start: Upper.Row) {
        self.init(Upper(start: start), Lower(start: start))
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>, step: Int) {
        self.init(
            Upper(loading: source, step: step), Lower(loading: source + Upper.count &* step, step: step))
    }

    @inline(__always)
    mutating func add(_ a: UnsafeMutablePointer<Float>, step: Int, _ terms: Upper.Row) {
        upper.add(a, step: step, terms)
        lower.add(a + Upper.count &* step, step: step, terms)
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, step: Int, first count: Int) {
        upper.store(to: target, step: step, first: count)
        lower.store(to: target + Upper.count &* step, step: step, first: count)
    }

    @inline(__always)
    func adding(_ other: StackedRows) -> StackedRows {
        StackedRows(upper.adding(other.upper), lower.adding(other.lower))
    }
}

typealias TwoRows<Row: TileRow> = StackedRows<OneRow<Row>, OneRow<Row>>
typealias FourRows<Row: TileRow> = StackedRows<TwoRows<Row>, TwoRows<Row>>
typealias SixRows<Row: TileRow> = StackedRows<FourRows<Row>, TwoRows<Row>>
typealias EightRows<Row: TileRow> = StackedRows<FourRows<Row>, FourRows<Row>>
typealias TwelveRows<Row: TileRow> = StackedRows<EightRows<Row>, FourRows<Row>>
