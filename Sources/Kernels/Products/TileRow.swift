/// One row of a tile: the accumulators of one row of C, or the terms of one row of B.
protocol TileRow {
    /// The number of columns.
    static var width: Int { get }
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
    static var width: Int { 2 * Lane.width }

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
    mutating func add(_ factor: Float, _ terms: NarrowRow) {
        lane.addProduct(Lane(repeating: factor), terms.lane)
    }

    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, first count: Int) {
        target.store(lane, at: 0, first: count)
    }
}
