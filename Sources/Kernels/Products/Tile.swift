/// The register tile: twelve rows by one or two lanes of C, held in registers for the whole reduction.
///
/// Each step loads one or two lanes of B's row and multiplies them with one broadcast float of A a row. With two lanes
/// that is 24 accumulators, two lanes of B and one broadcast: 27 of AVX-512's 32 registers, 24 fused multiply-adds for
/// 14 loads. Rows past the end repeat the first one and are not stored.
struct Tile {
    /// The number of rows.
    static let rows = 12

    let product: Product
    let row: Int
    let column: Int

    /// Computes and stores the tile.
    @inline(__always)
    func compute<Row: TileRow>(_: Row.Type) {
        let valid = min(Tile.rows, product.rows.count - row)
        let a = product.a
        @inline(__always) func rowStart(_ index: Int) -> UnsafeMutablePointer<Float> {
            a + product.rows.offset(of: index < valid ? row + index : row)
        }
        let a0 = rowStart(0), a1 = rowStart(1), a2 = rowStart(2), a3 = rowStart(3)
        let a4 = rowStart(4), a5 = rowStart(5), a6 = rowStart(6), a7 = rowStart(7)
        let a8 = rowStart(8), a9 = rowStart(9), a10 = rowStart(10), a11 = rowStart(11)

        let start = product.start.map { Row(loading: $0 + column) } ?? Row()
        var c0 = start, c1 = start, c2 = start, c3 = start, c4 = start, c5 = start
        var c6 = start, c7 = start, c8 = start, c9 = start, c10 = start, c11 = start

        let (outerCount, middleCount, innerCount) = product.reduction.counts
        let (outerStep, middleStep, innerStep) = product.reduction.steps
        for outer in 0..<outerCount {
            for middle in 0..<middleCount {
                var k = outer * outerStep + middle * middleStep
                var b = product.b + (column + outer * product.bSteps.outer + middle * product.bSteps.middle)
                for _ in 0..<innerCount {
                    let terms = Row(loading: b)
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
                    k &+= innerStep
                    b += product.bSteps.inner
                }
            }
        }

        var target = product.c + (row * product.cStride + column)
        let width = product.columns - column
        @inline(__always) func store(_ values: Row, _ index: Int) {
            guard index < valid else { return }
            values.store(to: target, first: width)
            target += product.cStride
        }
        store(c0, 0)
        store(c1, 1)
        store(c2, 2)
        store(c3, 3)
        store(c4, 4)
        store(c5, 5)
        store(c6, 6)
        store(c7, 7)
        store(c8, 8)
        store(c9, 9)
        store(c10, 10)
        store(c11, 11)
    }
}

/// One row of a tile: the accumulators of one row of C, or the terms of one row of B.
protocol TileRow {
    /// Zeros.
    init()
    /// The floats from `source` on.
    init(loading source: UnsafeMutablePointer<Float>)
    /// Adds `factor` times the terms, fused.
    mutating func add(_ factor: Float, _ terms: Self)
    /// Stores the first `count` floats, or all if there are fewer.
    func store(to target: UnsafeMutablePointer<Float>, first count: Int)
}

/// A tile row of two lanes.
struct WideRow: TileRow {
    private var low: Lane
    private var high: Lane

    @inline(__always)
    init() {
        low = Lane()
        high = Lane()
    }

    @inline(__always)
    init(loading source: UnsafeMutablePointer<Float>) {
        low = source.lane(at: 0)
        high = source.lane(at: Lane.width)
    }

    @inline(__always)
    mutating func add(_ factor: Float, _ terms: WideRow) {
        let factor = Lane(repeating: factor)
        low.addProduct(factor, terms.low)
        high.addProduct(factor, terms.high)
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, first count: Int) {
        target.store(low, at: 0, first: count)
        if count > Lane.width {
            target.store(high, at: Lane.width, first: count - Lane.width)
        }
    }
}

/// A tile row of one lane.
struct NarrowRow: TileRow {
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
    mutating func add(_ factor: Float, _ terms: NarrowRow) {
        lane.addProduct(Lane(repeating: factor), terms.lane)
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, first count: Int) {
        target.store(lane, at: 0, first: count)
    }
}
