/// Some columns of a matrix whose values are counted by bucket, and those of chosen buckets listed.
///
/// Counters stand in rows of eight, one a column, so that neither a column's repeated values nor those of its neighbour
/// make the processor wait for the counter that it has just written. If there are more than eight columns, every eighth
/// shares counters: enough for what is asked of all together.
final class Panel: @unchecked Sendable {
    /// What was seen.
    private(set) var seen = BucketRanges()
    /// The buckets listed.
    private(set) var listed: [ListedBucket] = []
    private let matrix: Matrix
    let memory: PanelMemory

    init(_ matrix: Matrix, _ memory: PanelMemory) {
        precondition(matrix.count < 1 << 31, "\(matrix.count) values have no places of 31 bits")
        self.matrix = matrix
        self.memory = memory
    }

    // MARK: Passes

    /// Counts all values by bucket.
    func count() {
        var lanes = SeenLanes()
        let (counters, places) = (memory.counters, memory.places)
        forEachBlock(&lanes) { count in
            for index in 0..<count { counters[Int(places[index])] &+= 1 }
        }
        seen = lanes.ranges
    }

    /// Lists the keys of some buckets, those of a bucket together and in it those of a column, and clears all counters.
    ///
    /// - Parameter buckets: in increasing order, with the columns (modulo eight) that are wanted of each.
    func list(_ buckets: [(bucket: Int, lanes: UInt8)]) {
        // The place in front takes what is not listed.
        var place: UInt32 = 1
        listed = buckets.map { bucket, lanes in
            let counts = memory[bucket]
            var starts = SIMD16<UInt32>(repeating: place)
            for lane in 0..<PanelMemory.lanes {
                starts[lane] = place
                if lanes >> lane & 1 != 0 { place += counts[lane] }
            }
            starts[PanelMemory.lanes] = place
            return ListedBucket(bucket: bucket, starts: starts)
        }
        for range in seen.ranges {
            for bucket in range { memory[bucket] = SIMD8<UInt32>() }
        }
        guard place > 1 else { return }
        // Counters become the places of the next keys. The highest bit says that there is a list, and it counts.
        for ((bucket, lanes), listed) in zip(buckets, listed) {
            var cursors = SIMD8<UInt32>()
            for lane in 0..<PanelMemory.lanes where lanes >> lane & 1 != 0 {
                cursors[lane] = listed.starts[lane] | 0x8000_0000
            }
            memory[bucket] = cursors
        }
        let (counters, keys, places, list) = (memory.counters, memory.keys, memory.places, memory.list)
        var lanes = SeenLanes()
        forEachBlock(&lanes) { count in
            for index in 0..<count {
                let counter = counters + Int(places[index])
                let cursor = counter.pointee
                list[Int(cursor & 0x7FFF_FFFF)] = keys[index]
                counter.pointee = cursor &+ cursor &>> 31
            }
        }
        for (bucket, _) in buckets { memory[bucket] = SIMD8<UInt32>() }
    }

    /// Computes the keys of block after block and the places of their counters.
    ///
    /// A block's values are packed first, so that lanes are full whatever the number of columns.
    @inline(__always)
    private func forEachBlock(_ seen: inout SeenLanes, _ body: (_ count: Int) -> Void) {
        let packed = UnsafeMutableRawPointer(memory.places).assumingMemoryBound(to: Float.self)
        var widthBefore = 0
        for column in stride(from: 0, to: matrix.columns, by: PanelMemory.lanes) {
            let width = min(PanelMemory.lanes, matrix.columns - column)
            if width != widthBefore { numberLanes(width) }
            widthBefore = width
            for row in stride(from: 0, to: matrix.rows, by: PanelMemory.rowsPerBlock) {
                let rows = min(PanelMemory.rowsPerBlock, matrix.rows - row)
                var source = matrix.base + (row * matrix.stride + column)
                var target = packed
                for _ in 0..<rows {
                    // What is stored of columns outside is overwritten by the next row.
                    let values = UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Float>.self)
                    UnsafeMutableRawPointer(target).storeBytes(of: values, as: SIMD8<Float>.self)
                    source += matrix.stride
                    target += width
                }
                // The last lane is filled up with a value that is there.
                target.store(Lane(repeating: packed[0]), at: 0)
                let count = rows * width
                for place in stride(from: 0, to: count, by: Lane.width) {
                    let values = packed.lane(at: place)
                    let keys = FloatKey.of(values)
                    seen.add(values, keys)
                    let lanes = UnsafeRawPointer(memory.lanes + place).loadUnaligned(as: SIMD16<UInt32>.self)
                    let buckets = keys &>> SIMD16<UInt32>(repeating: Bucket.shift)
                    let places = buckets &<< SIMD16<UInt32>(repeating: 3) | lanes
                    UnsafeMutableRawPointer(memory.keys + place).storeBytes(of: keys, as: SIMD16<UInt32>.self)
                    UnsafeMutableRawPointer(memory.places + place).storeBytes(of: places, as: SIMD16<UInt32>.self)
                }
                body(count)
            }
        }
    }

    /// Writes down which column each value of a block is of.
    private func numberLanes(_ width: Int) {
        var place = 0
        for _ in 0..<PanelMemory.rowsPerBlock {
            for lane in 0..<width { memory.lanes[place + lane] = UInt32(lane) }
            place += width
        }
    }

    // MARK: Lists

    /// The keys in a bucket that was listed, of one column (modulo eight) or of all.
    func keys(of bucket: Int, lane: Int? = nil) -> KeyList {
        var (low, high) = (0, listed.count)
        while low < high {
            let middle = (low + high) / 2
            if listed[middle].bucket < bucket { low = middle + 1 } else { high = middle }
        }
        precondition(low < listed.count && listed[low].bucket == bucket, "a bucket that is not listed")
        let starts = listed[low].starts
        let (start, end) = lane.map { (starts[$0], starts[$0 + 1]) } ?? (starts[0], starts[PanelMemory.lanes])
        return KeyList(base: memory.list + Int(start), count: Int(end - start))
    }
}

/// Where the keys of a bucket are listed.
struct ListedBucket: Sendable {
    let bucket: Int
    /// Where each column's keys start, and where the last one's end.
    let starts: SIMD16<UInt32>
}

/// What was seen, in lanes.
private struct SeenLanes {
    private var lowest = SIMD16<UInt32>(repeating: .max)
    private var highest = SIMD16<UInt32>()
    private var nearest = SIMD16<UInt32>(repeating: .max)

    @inline(__always)
    mutating func add(_ values: Lane, _ keys: SIMD16<UInt32>) {
        let magnitudes = unsafeBitCast(values, to: SIMD16<UInt32>.self) & SIMD16<UInt32>(repeating: 0x7FFF_FFFF)
        // Zero becomes the greatest integer.
        let lessOne = magnitudes &- SIMD16<UInt32>(repeating: 1)
        let isLowest: SIMDMask<SIMD16<Int32>> = keys .< lowest
        let isHighest: SIMDMask<SIMD16<Int32>> = keys .> highest
        let isNearest: SIMDMask<SIMD16<Int32>> = lessOne .< nearest
        lowest.replace(with: keys, where: isLowest)
        highest.replace(with: keys, where: isHighest)
        nearest.replace(with: lessOne, where: isNearest)
    }

    var ranges: BucketRanges {
        BucketRanges(lowest: lowest.min(), highest: highest.max(), nearest: nearest.min())
    }
}
