/// Sixteen floats handled by one instruction (or by several where the machine's registers are narrower).
///
/// All arithmetic of this module is written in explicit lanes with explicit fused multiply-adds. The compiler never
/// reorders floating-point operations, so the bits do not depend on what it does with them.
typealias Lane = SIMD16<Float>

/// Eight doubles: half a `Lane`, widened. Reductions accumulate in these.
typealias DoubleLane = SIMD8<Double>

extension SIMD16 where Scalar == Float {
    /// The number of scalars in a lane.
    static var width: Int { 16 }

    /// 0, 1, …, 15. Computed, because a stored constant of a vector type would be looked up with a lock.
    @inline(__always)
    static var places: SIMD16<Int32> {
        SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    }
}

// The library's converting initializers are not always inlined, and a call splits every vector around it into small
// pieces. Spelled out, a conversion is one instruction.

extension SIMD8<Float> {
    /// The same numbers as doubles.
    @inline(__always)
    var widened: DoubleLane {
        DoubleLane(
            Double(self[0]), Double(self[1]), Double(self[2]), Double(self[3]),
            Double(self[4]), Double(self[5]), Double(self[6]), Double(self[7]))
    }
}

extension SIMD16<Int32> {
    /// The nearest floats.
    @inline(__always)
    var floats: Lane {
        Lane(
            Float(self[0]), Float(self[1]), Float(self[2]), Float(self[3]),
            Float(self[4]), Float(self[5]), Float(self[6]), Float(self[7]),
            Float(self[8]), Float(self[9]), Float(self[10]), Float(self[11]),
            Float(self[12]), Float(self[13]), Float(self[14]), Float(self[15]))
    }
}

extension SIMD8<Double> {
    /// The nearest floats.
    @inline(__always)
    var narrowed: SIMD8<Float> {
        SIMD8<Float>(
            Float(self[0]), Float(self[1]), Float(self[2]), Float(self[3]),
            Float(self[4]), Float(self[5]), Float(self[6]), Float(self[7]))
    }
}

extension UnsafeMutablePointer<Float> {
    /// The sixteen floats from `offset` on, aligned or not.
    @inline(__always)
    func lane(at offset: Int) -> Lane {
        UnsafeRawPointer(self + offset).loadUnaligned(as: Lane.self)
    }

    /// The first `count` of the sixteen floats from `offset` on (all of them for `count` ≥ 16) and zeros; touches nothing behind
    /// them, which another thread may be writing.
    @inline(__always)
    func lane(at offset: Int, first count: Int) -> Lane {
        count >= Lane.width ? lane(at: offset) : (self + offset).lanePart(first: count)
    }

    /// Loads 0…15 floats as a half, a quarter, an eighth and a sixteenth of a lane.
    @inline(never)
    private func lanePart(first count: Int) -> Lane {
        var rest = UnsafeRawPointer(self)
        var (eight, four, two) = (SIMD8<Float>(), SIMD4<Float>(), SIMD2<Float>())
        if count & 8 != 0 {
            eight = rest.loadUnaligned(as: SIMD8<Float>.self)
            rest += 32
        }
        if count & 4 != 0 {
            four = rest.loadUnaligned(as: SIMD4<Float>.self)
            rest += 16
        }
        if count & 2 != 0 {
            two = rest.loadUnaligned(as: SIMD2<Float>.self)
            rest += 8
        }
        let one = SIMD2(count & 1 != 0 ? rest.loadUnaligned(as: Float.self) : 0, 0)
        let lastFour = count & 2 != 0 ? SIMD4(lowHalf: two, highHalf: one) : SIMD4(lowHalf: one, highHalf: two)
        let lastEight =
            count & 4 != 0 ? SIMD8(lowHalf: four, highHalf: lastFour) : SIMD8(lowHalf: lastFour, highHalf: four)
        return count & 8 != 0 ? Lane(lowHalf: eight, highHalf: lastEight) : Lane(lowHalf: lastEight, highHalf: eight)
    }

    /// The eight floats from `offset` on, widened.
    @inline(__always)
    func doubleLane(at offset: Int) -> DoubleLane {
        UnsafeRawPointer(self + offset).loadUnaligned(as: SIMD8<Float>.self).widened
    }

    /// Stores all sixteen floats.
    @inline(__always)
    func store(_ lane: Lane, at offset: Int) {
        UnsafeMutableRawPointer(self + offset).storeBytes(of: lane, as: Lane.self)
    }

    /// Stores the first `count` of the sixteen floats (all of them for `count` ≥ 16) and touches nothing behind them.
    @inline(__always)
    func store(_ lane: Lane, at offset: Int, first count: Int) {
        if count >= Lane.width {
            store(lane, at: offset)
        } else {
            storePart(lane, at: offset, first: count)
        }
    }

    /// Stores 0…15 floats as a half, a quarter, an eighth and a sixteenth of a lane.
    @inline(__always)
    private func storePart(_ lane: Lane, at offset: Int, first count: Int) {
        var target = UnsafeMutableRawPointer(self + offset)
        var eight = lane.lowHalf
        if count & 8 != 0 {
            target.storeBytes(of: eight, as: SIMD8<Float>.self)
            target += 32
            eight = lane.highHalf
        }
        var four = eight.lowHalf
        if count & 4 != 0 {
            target.storeBytes(of: four, as: SIMD4<Float>.self)
            target += 16
            four = eight.highHalf
        }
        var two = four.lowHalf
        if count & 2 != 0 {
            target.storeBytes(of: two, as: SIMD2<Float>.self)
            target += 8
            two = four.highHalf
        }
        if count & 1 != 0 {
            target.storeBytes(of: two[0], as: Float.self)
        }
    }
}

/// Sixteen elements of a row from a column on. Behind the first `count` of them lies what another thread may be writing: only
/// these are loaded, and the others are zeros.
struct LanePosition {
    let row: Int
    let column: Int
    var count = Lane.width
}

extension Matrix {
    /// The sixteen floats of a row from a column on.
    @inline(__always)
    func lane(_ row: Int, _ column: Int) -> Lane { base.lane(at: row * stride + column) }

    @inline(__always)
    func lane(_ position: LanePosition) -> Lane {
        base.lane(at: position.row * stride + position.column, first: position.count)
    }
}

/// A lane, widened.
struct WideLane {
    var low = DoubleLane()
    var high = DoubleLane()

    @inline(__always)
    init() {}

    @inline(__always)
    init(low: DoubleLane, high: DoubleLane) { (self.low, self.high) = (low, high) }

    @inline(__always)
    init(_ lane: Lane) { (low, high) = (lane.lowHalf.widened, lane.highHalf.widened) }

    /// The floats at a position; each half of a whole lane is widened as it is loaded.
    @inline(__always)
    init(_ matrix: Matrix, _ position: LanePosition) {
        if position.count >= Lane.width {
            let start = matrix.base + (position.row * matrix.stride + position.column)
            self.init(low: start.doubleLane(at: 0), high: start.doubleLane(at: DoubleLane.scalarCount))
        } else {
            self.init(matrix.lane(position))
        }
    }

    /// The nearest floats.
    @inline(__always)
    var narrowed: Lane { Lane(lowHalf: low.narrowed, highHalf: high.narrowed) }

    @inline(__always)
    mutating func add(_ a: WideLane) {
        low += a.low
        high += a.high
    }

    /// Adds a · b, fused.
    @inline(__always)
    mutating func addProduct(_ a: WideLane, _ b: WideLane) {
        low.addProduct(a.low, b.low)
        high.addProduct(a.high, b.high)
    }

    /// f of both halves.
    @inline(__always)
    func map(_ f: (DoubleLane) -> DoubleLane) -> WideLane { WideLane(low: f(low), high: f(high)) }
}

extension SIMD16<Float> {
    /// Each divided in Double, and rounded.
    @inline(__always)
    func divided(by divisor: Double) -> Lane { WideLane(self).map { $0 / divisor }.narrowed }
}

/// Doubles in scratch memory, which is bound to floats: they are loaded and stored as bytes, whatever its type.
struct Doubles: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer

    /// The floats that `count` doubles take, with what aligns them.
    static func scratch(_ count: Int) -> Int { 2 * count + Storage.alignment / MemoryLayout<Float>.stride }

    /// `count` doubles, undefined until they are stored.
    init(_ scratch: Vector, count: Int) {
        let needed = Doubles.scratch(count)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        base = UnsafeMutableRawPointer(scratch.base).alignedUp(toMultipleOf: Storage.alignment)
    }

    private init(_ base: UnsafeMutableRawPointer) { self.base = base }

    /// Those from `offset` on.
    @inline(__always)
    static func + (doubles: Doubles, offset: Int) -> Doubles {
        Doubles(doubles.base + offset * MemoryLayout<Double>.stride)
    }

    @inline(__always)
    func lane(at offset: Int) -> DoubleLane {
        base.loadUnaligned(fromByteOffset: offset * MemoryLayout<Double>.stride, as: DoubleLane.self)
    }

    @inline(__always)
    func wide(at offset: Int) -> WideLane {
        WideLane(low: lane(at: offset), high: lane(at: offset + DoubleLane.scalarCount))
    }

    @inline(__always)
    func store(_ lane: WideLane, at offset: Int) {
        let target = base + offset * MemoryLayout<Double>.stride
        target.storeBytes(of: lane.low, as: DoubleLane.self)
        target.storeBytes(of: lane.high, toByteOffset: MemoryLayout<DoubleLane>.stride, as: DoubleLane.self)
    }

    func fill(_ value: Double, at offset: Int, count: Int) {
        for index in offset..<offset + count {
            base.storeBytes(of: value, toByteOffset: index * MemoryLayout<Double>.stride, as: Double.self)
        }
    }
}
