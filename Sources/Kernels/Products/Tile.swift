import CProcessor

/// The shape of the register tile: how many rows and columns of C are held in registers for a whole reduction.
///
/// | registers | tile | accumulators + B + A | why |
/// |---|---|---|---|
/// | AVX-512: 32 of 16 floats | 12 × 32 | 24 + 2 + 1 of 32 | 24 multiply-adds for 14 loads; 24 chains cover the latency of 2 × 4 |
/// | AVX2: 16 of 8 floats | 6 × 16 | 12 + 2 + 1 of 16 | 12 multiply-adds for 8 loads |
/// | NEON: 32 of 4 floats | 6 × 16 | 24 + 4 + 1 of 32 | 24 multiply-adds for 10 loads |
///
/// The shape decides speed only: every element is the same chain in any tile.
///
///                 B  ┌──────── columns ────────┐
///      one term at a │ b[k, j] … one or two    │
///      time, k = 0…  │ lanes, loaded once      │
///                    └────────────┬────────────┘
///     A  ┌ a[i, k] ┐  ┌───────────▼────────────┐
///        │ one     │  │ C: an accumulator for  │
///   rows │ float a │─▶│ each lane of each row, │
///        │ row,    │  │ c[i, j] += a[i, k] ·   │
///        │ spread  │  │            b[k, j]     │
///        └─────────┘  └────────────────────────┘
enum TileShape {
    /// The rows of a whole tile.
    static var rows: Int { hasWideRegisters ? 12 : 6 }
    /// The columns of a whole tile: of a panel.
    static var columns: Int { hasWideRegisters ? WideRow.width : LaneRow.width }
    /// Whether there are 32 registers of a whole lane.
    @inline(__always)
    static var hasWideRegisters: Bool { VECTOR_REGISTER_BITS == 512 }
}

extension Product {
    /// Computes and stores C: panel by panel, each of the fewest half lanes, and down each panel tile by tile.
    func compute() {
        var column = 0
        while column < columns {
            let left = columns - column
            if TileShape.hasWideRegisters && left > MiddleRow.width {
                column += computeWide(column: column, WideRow.self)
            } else if TileShape.hasWideRegisters && left > LaneRow.width {
                column += computeWide(column: column, MiddleRow.self)
            } else if left > HalfRow.width {
                column += computePanel(column: column, LaneRow.self)
            } else {
                column += computePanel(column: column, HalfRow.self)
            }
        }
    }

    /// Computes a panel that only wide registers can hold. Without them it is never called, and empty.
    @inline(__always)
    private func computeWide<Row: TileRow>(column: Int, _ row: Row.Type) -> Int {
        TileShape.hasWideRegisters ? computePanel(column: column, row) : columns
    }

    /// Computes one panel and returns its width. Twelve rows (or six) at a time, then eight, four, two and one: every row
    /// exactly once. Where a row is one register, sixteen at a time come first: four rows left over would be four chains,
    /// which wait for each other.
    private func computePanel<Row: TileRow>(column: Int, _: Row.Type) -> Int {
        var row = 0
        if TileShape.hasWideRegisters {
            if Row.width <= LaneRow.width {
                while rows - row >= 16 { row += tile(row, column, SixteenRows<Row>.self) }
            }
            while rows - row >= 12 { row += tile(row, column, TwelveRows<Row>.self) }
            if rows - row >= 8 { row += tile(row, column, EightRows<Row>.self) }
        } else {
            while Row.width == HalfRow.width && rows - row >= 12 { row += tile(row, column, TwelveRows<Row>.self) }
            while rows - row >= 6 { row += tile(row, column, SixRows<Row>.self) }
        }
        if rows - row >= 4 { row += tile(row, column, FourRows<Row>.self) }
        if rows - row >= 2 { row += tile(row, column, TwoRows<Row>.self) }
        if rows - row >= 1 { row += tile(row, column, OneRow<Row>.self) }
        return Row.width
    }

    /// Computes and stores one tile and returns the number of its rows.
    @inline(__always)
    private func tile<Rows: TileRows>(_ row: Int, _ column: Int, _: Rows.Type) -> Int {
        let target = c + (row &* cStep &+ column)
        var tile =
            switch start {
            case .zero: Rows(start: Rows.Row())
            case .row(let start): Rows(start: Rows.Row(loading: start + column))
            case .target: Rows(loading: target, step: cStep, first: columns &- column)
            }
        if addsToTarget {
            for row in 0..<Rows.count {
                processor_prefetch(target + row &* cStep)
                processor_prefetch(target + (row &* cStep &+ Rows.Row.width &- 1))
            }
        }
        let (aSteps, bSteps, counts) = (reduction.aSteps, reduction.bSteps, reduction.counts)
        let firstA = a + row &* aStep
        let firstB = b + column
        for outer in 0..<counts.outer {
            for middle in 0..<counts.middle {
                let a = firstA + (outer &* aSteps.outer &+ middle &* aSteps.middle)
                var b = firstB + (outer &* bSteps.outer &+ middle &* bSteps.middle)
                switch fetch {
                case .nothing: break
                case .rows:
                    for row in Rows.count..<2 * Rows.count { processor_prefetch(a + row &* aStep) }
                case .lines:
                    for place in 0..<counts.inner { processor_prefetch(a + (place &* aSteps.inner &+ Lane.width)) }
                }
                var places = Rows.places(a, step: aStep)
                for _ in 0..<counts.inner {
                    tile.add(places, step: aStep, Rows.Row(loading: b))
                    places.advance(by: aSteps.inner)
                    b += bSteps.inner
                }
            }
        }
        if addsToTarget { tile = Rows(loading: target, step: cStep, first: columns &- column).adding(tile) }
        tile.store(to: target, step: cStep, first: columns &- column)
        return Rows.count
    }
}

/// One row of a tile: the accumulators of one row of C, or the terms of one row of B.
protocol TileRow {
    static var width: Int { get }
    /// Zeros.
    init()
    /// The floats from `source` on.
    init(loading source: UnsafeMutablePointer<Float>)
    /// The first `count` floats from `source` on, or all if there are fewer: of C, where other threads write behind them.
    init(loading source: UnsafeMutablePointer<Float>, first count: Int)
    /// Adds `factor` times the terms, fused.
    mutating func add(_ factor: Float, _ terms: Self)
    /// The element-wise sum.
    func adding(_ other: Self) -> Self
    /// Stores the first `count` floats, or all if there are fewer.
    func store(to target: UnsafeMutablePointer<Float>, first count: Int)
}

/// A tile row of one lane.
struct LaneRow: TileRow {
    static var width: Int { Lane.width }

    private var lane: Lane

    @inline(__always)
    init() {
        lane = Lane()
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>) {
        lane = source.lane(at: 0)
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>, first count: Int) {
        lane = source.lane(at: 0, first: count)
    }

    @inline(__always)
    mutating func add(_ factor: Float, _ terms: LaneRow) {
        lane.addProduct(Lane(repeating: factor), terms.lane)
    }

    @inline(__always)
    func adding(_ other: LaneRow) -> LaneRow {
        var sum = self
        sum.lane += other.lane
        return sum
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, first count: Int) {
        target.store(lane, at: 0, first: count)
    }
}

/// A tile row of half a lane, which takes half the time on machines that split whole ones, and no more on others.
struct HalfRow: TileRow {
    static var width: Int { Lane.width / 2 }

    private var half: SIMD8<Float>

    @inline(__always)
    init() {
        half = SIMD8()
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>) {
        half = UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>, first count: Int) {
        self.init()
        if count >= HalfRow.width {
            self.init(loading: source)
        } else {
            half = source.lane(at: 0, first: count).lowHalf
        }
    }

    @inline(__always)
    mutating func add(_ factor: Float, _ terms: HalfRow) {
        half.addProduct(SIMD8(repeating: factor), terms.half)
    }

    @inline(__always)
    func adding(_ other: HalfRow) -> HalfRow {
        var sum = self
        sum.half += other.half
        return sum
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, first count: Int) {
        if count >= HalfRow.width {
            UnsafeMutableRawPointer(target).storeBytes(of: half, as: SIMD8<Float>.self)
        } else {
            target.store(Lane(lowHalf: half, highHalf: half), at: 0, first: count)
        }
    }
}

/// Two tile rows side by side.
struct JoinedRow<Left: TileRow, Right: TileRow>: TileRow {
    static var width: Int { Left.width + Right.width }

    private var left: Left
    private var right: Right

    @inline(__always)
    init() {
        left = Left()
        right = Right()
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>) {
        left = Left(loading: source)
        right = Right(loading: source + Left.width)
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>, first count: Int) {
        left = Left(loading: source, first: count)
        right = count > Left.width ? Right(loading: source + Left.width, first: count - Left.width) : Right()
    }

    @inline(__always)
    mutating func add(_ factor: Float, _ terms: JoinedRow) {
        left.add(factor, terms.left)
        right.add(factor, terms.right)
    }

    @inline(__always)
    func adding(_ other: JoinedRow) -> JoinedRow {
        var sum = self
        sum.left = left.adding(other.left)
        sum.right = right.adding(other.right)
        return sum
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, first count: Int) {
        left.store(to: target, first: count)
        if count > Left.width {
            right.store(to: target + Left.width, first: count - Left.width)
        }
    }
}

/// A tile row of two lanes.
typealias WideRow = JoinedRow<LaneRow, LaneRow>
/// A tile row of one and a half lanes.
typealias MiddleRow = JoinedRow<LaneRow, HalfRow>

/// The rows of a tile: one set of accumulators each, evenly spaced in A and in C. All of it is to stay in registers.
protocol TileRows {
    associatedtype Row: TileRow
    /// Where the rows are in A.
    associatedtype Places: TilePlaces
    /// The places of rows from `first` on, `step` floats from row to row.
    static func places(_ first: UnsafeMutablePointer<Float>, step: Int) -> Places
    static var count: Int { get }
    /// Rows that all start with the same values.
    init(start: Row)
    /// Rows that start with the first `count` floats from `source` on, `step` floats from row to row.
    init(loading source: UnsafeMutablePointer<Float>, step: Int, first count: Int)
    /// Adds the product of the float at each row's place and the terms to the row.
    mutating func add(_ places: Places, step: Int, _ terms: Row)
    /// Stores the first `count` floats of each row, `step` floats from row to row.
    func store(to target: UnsafeMutablePointer<Float>, step: Int, first count: Int)
    /// The sums with the rows of another set.
    func adding(_ other: Self) -> Self
}

struct OneRow<Row: TileRow>: TileRows {
    static var count: Int { 1 }

    private var row: Row

    @inline(__always)
    init(start: Row) {
        row = start
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>, step: Int, first count: Int) {
        row = Row(loading: source, first: count)
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
    init(loading source: UnsafeMutablePointer<Float>, step: Int, first count: Int) {
        self.init(
            Upper(loading: source, step: step, first: count),
            Lower(loading: source + Upper.count &* step, step: step, first: count))
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
