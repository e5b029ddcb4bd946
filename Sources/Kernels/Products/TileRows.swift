/// The rows of a tile: for each, where it starts in A and its accumulators. All of it is to stay in registers.
protocol TileRows {
    associatedtype Row: TileRow
    /// The number of rows.
    static var count: Int { get }
    /// Rows that start with given values; `nextRow` is called once for each, in order.
    init(start: Row, nextRow: () -> UnsafeMutablePointer<Float>)
    /// Adds a[k]·terms to each row.
    mutating func add(_ k: Int, _ terms: Row)
    /// Hands over the rows in order.
    func forEach(_ body: (_ index: Int, _ row: Row) -> Void)
}

/// Twelve rows. Of two lanes each they are 24 accumulators, which with two lanes of B and one broadcast float of A take 27
/// of AVX-512's 32 registers: 24 fused multiply-adds for 14 loads.
struct TwelveRows<Row: TileRow>: TileRows {
    static var count: Int { 12 }

    private let a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11: UnsafeMutablePointer<Float>
    private var c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11: Row

    @inline(__always)
    init(start: Row, nextRow: () -> UnsafeMutablePointer<Float>) {
        a0 = nextRow()
        a1 = nextRow()
        a2 = nextRow()
        a3 = nextRow()
        a4 = nextRow()
        a5 = nextRow()
        a6 = nextRow()
        a7 = nextRow()
        a8 = nextRow()
        a9 = nextRow()
        a10 = nextRow()
        a11 = nextRow()
        (c0, c1, c2, c3, c4, c5) = (start, start, start, start, start, start)
        (c6, c7, c8, c9, c10, c11) = (start, start, start, start, start, start)
    }

    @inline(__always)
    mutating func add(_ k: Int, _ terms: Row) {
        c0.add(a0[k], terms)
        c1.add(a1[k], terms)
        c2.add(a2[k], terms)
        c3.add(a3[k], terms)
        c4.add(a4[k], terms)
        c5.add(a5[k], terms)
        c6.add(a6[k], terms)
        c7.add(a7[k], terms)
        c8.add(a8[k], terms)
        c9.add(a9[k], terms)
        c10.add(a10[k], terms)
        c11.add(a11[k], terms)
    }

    @inline(__always)
    func forEach(_ body: (_ index: Int, _ row: Row) -> Void) {
        body(0, c0)
        body(1, c1)
        body(2, c2)
        body(3, c3)
        body(4, c4)
        body(5, c5)
        body(6, c6)
        body(7, c7)
        body(8, c8)
        body(9, c9)
        body(10, c10)
        body(11, c11)
    }
}

/// Four rows, for what twelve leave over.
struct FourRows<Row: TileRow>: TileRows {
    static var count: Int { 4 }

    private let a0, a1, a2, a3: UnsafeMutablePointer<Float>
    private var c0, c1, c2, c3: Row

    @inline(__always)
    init(start: Row, nextRow: () -> UnsafeMutablePointer<Float>) {
        a0 = nextRow()
        a1 = nextRow()
        a2 = nextRow()
        a3 = nextRow()
        (c0, c1, c2, c3) = (start, start, start, start)
    }

    @inline(__always)
    mutating func add(_ k: Int, _ terms: Row) {
        c0.add(a0[k], terms)
        c1.add(a1[k], terms)
        c2.add(a2[k], terms)
        c3.add(a3[k], terms)
    }

    @inline(__always)
    func forEach(_ body: (_ index: Int, _ row: Row) -> Void) {
        body(0, c0)
        body(1, c1)
        body(2, c2)
        body(3, c3)
    }
}
