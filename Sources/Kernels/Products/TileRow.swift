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
