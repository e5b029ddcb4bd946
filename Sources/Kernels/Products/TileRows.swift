/// The rows of a tile: one set of accumulators each, evenly spaced in A and in C. All of it is to stay in registers.
protocol TileRows {
    associatedtype Row: TileRow
    /// Where the rows are in A.
    associatedtype Places: TilePlaces
    /// The places of rows from `first` on, `step` floats from row to row.
    static func places(_ first: UnsafeMutablePointer<Float>, step: Int) -> Places
    /// The number of rows.
    static var count: Int { get }
    /// Rows that all start with the same values.
    init(start: Row)
    /// Rows that start with the floats from `source` on, `step` floats from row to row.
    init(loading source: UnsafeMutablePointer<Float>, step: Int)
    /// Adds the product of the float at each row's place and the terms to the row.
    mutating func add(_ places: Places, step: Int, _ terms: Row)
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
    static func places(_ first: UnsafeMutablePointer<Float>, step: Int) -> Place {
        Place(first)
    }

    @inline(__always)
    mutating func add(_ place: Place, step: Int, _ terms: Row) {
        row.add(place.a[0], terms)
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

/// Rows on top of other rows, with one pointer for all or with one for each part.
struct StackedRows<Upper: TileRows, Lower: TileRows, Places: StackedPlaces>: TileRows
where Upper.Row == Lower.Row, Places.Upper == Upper.Places, Places.Lower == Lower.Places {
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
    static func places(_ first: UnsafeMutablePointer<Float>, step: Int) -> Places {
        Places(upper: Upper.places(first, step: step), lower: Lower.places(first + Upper.count &* step, step: step))
    }

    @inline(__always)
    mutating func add(_ places: Places, step: Int, _ terms: Upper.Row) {
        upper.add(places.upper, step: step, terms)
        lower.add(places.lower(Upper.count &* step), step: step, terms)
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

/// Up to four rows, which share a pointer: one or two steps further is what an address can say, three are one more register.
typealias Neighbours<Upper: TileRows, Lower: TileRows> = StackedRows<Upper, Lower, Place>
where Upper.Row == Lower.Row, Upper.Places == Place, Lower.Places == Place
/// More rows, of which each part has its own places.
typealias Apart<Upper: TileRows, Lower: TileRows> = StackedRows<Upper, Lower, PlacesApart<Upper.Places, Lower.Places>>
where Upper.Row == Lower.Row

typealias TwoRows<Row: TileRow> = Neighbours<OneRow<Row>, OneRow<Row>>
typealias ThreeRows<Row: TileRow> = Neighbours<TwoRows<Row>, OneRow<Row>>
typealias FourRows<Row: TileRow> = Apart<TwoRows<Row>, TwoRows<Row>>
typealias SixRows<Row: TileRow> = Apart<ThreeRows<Row>, ThreeRows<Row>>
typealias EightRows<Row: TileRow> = Apart<SixRows<Row>, TwoRows<Row>>
typealias TwelveRows<Row: TileRow> = Apart<SixRows<Row>, SixRows<Row>>
typealias SixteenRows<Row: TileRow> = Apart<Apart<FourNear<Row>, FourNear<Row>>, Apart<FourNear<Row>, FourNear<Row>>>
/// Four rows behind one pointer.
typealias FourNear<Row: TileRow> = Neighbours<TwoRows<Row>, TwoRows<Row>>
