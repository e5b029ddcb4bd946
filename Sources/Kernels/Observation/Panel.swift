/// Some columns of a matrix whose values are counted by bucket, and those of chosen buckets listed.
///
/// Counters stand in rows of eight, one a column, so that neither a column's repeated values nor those of its neighbour
/// make the processor wait for the counter that it has just written. If there are more than eight columns, every eighth
/// shares counters: enough for what is asked of all together.
final class Panel: @unchecked Sendable {
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

    /// Notes the column of each value of a block.
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

extension Panel {
    /// The keys at some ranks of each of up to eight columns, and the lists of the buckets that hold them or are wanted of
    /// all columns together. To be called once, after counting.
    ///
    /// - Parameters:
    ///   - ranks: in increasing order.
    ///   - common: the buckets that are wanted of all columns, in increasing order.
    /// - Returns: for each column the keys at the ranks; `FloatKey.none` for a column that holds what is not a number.
    func columnKeys(ranks: [Int], columns: Int, listing common: [Int]) -> [[UInt32]] {
        let pure = seen.zerosArePure ? [Bucket.negativeZero: FloatKey.of(-0.0), Bucket.zero: FloatKey.of(0.0)] : [:]
        let finds = ranks.isEmpty ? [] : find(ranks, columns: columns)
        var wanted: [Int: UInt8] = [:]
        for bucket in common { wanted[bucket] = .max }
        for (lane, finds) in finds.enumerated() {
            for find in finds where pure[find.bucket] == nil { wanted[find.bucket, default: 0] |= 1 << lane }
        }
        list(wanted.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        return finds.enumerated().map { lane, finds in
            var selection: (bucket: Int, list: ListSelection)?
            let keys = finds.map { find in
                if let key = pure[find.bucket] { return key }
                if selection?.bucket != find.bucket {
                    selection = (find.bucket, ListSelection([self.keys(of: find.bucket, lane: lane)]))
                }
                return selection?.list.key(ofRank: find.rank) ?? FloatKey.none
            }
            return keys.isEmpty ? ranks.map { _ in FloatKey.none } : keys
        }
    }

    /// The bucket of each rank of each column, and the rank within; none for a column that holds what is not a number.
    private func find(_ ranks: [Int], columns: Int) -> [[(bucket: Int, rank: Int)]] {
        let nanCount = memory[Bucket.none]
        var finds = [[(bucket: Int, rank: Int)]](repeating: [], count: columns)
        var below = SIMD8<UInt32>()
        // The next rank of each column; for a column without one a rank that none reaches.
        var next = SIMD8<UInt32>(repeating: .max)
        for lane in 0..<columns where nanCount[lane] == 0 { next[lane] = UInt32(ranks[0]) }
        for range in seen.ranges {
            for bucket in range {
                let upTo = below &+ memory[bucket]
                if any(upTo .> next) {
                    for lane in 0..<columns {
                        while upTo[lane] > next[lane] {
                            finds[lane].append((bucket, Int(next[lane] - below[lane])))
                            next[lane] = finds[lane].count < ranks.count ? UInt32(ranks[finds[lane].count]) : .max
                        }
                    }
                }
                below = upTo
            }
        }
        return finds
    }
}

/// Where the quantiles of type 7 lie among sorted values: at p·(n − 1), interpolated between the neighbours.
struct QuantilePlaces: Sendable {
    /// The ranks of all neighbours, each once, in increasing order.
    let ranks: [Int]
    private let places: [Double]
    /// For each quantile the indices of its two neighbours in `ranks`.
    private let neighbours: [(lower: Int, upper: Int)]

    /// The neighbours among `count` values. Without values there are no ranks.
    init(_ probabilities: [Double], count: Int) {
        places = probabilities.map { probability in
            precondition(probability >= 0 && probability <= 1, "a probability of \(probability)")
            return probability * Double(max(count - 1, 0))
        }
        let pairs = places.map { (Int($0), min(Int($0) + 1, max(count - 1, 0))) }
        let ranks = count > 0 ? Set(pairs.flatMap { [$0.0, $0.1] }).sorted() : []
        self.ranks = ranks
        neighbours = count > 0 ? pairs.map { (ranks.firstIndex(of: $0.0) ?? 0, ranks.firstIndex(of: $0.1) ?? 0) } : []
    }

    /// The quantiles, given the keys at `ranks`; NaN where there are none or they are of no numbers.
    func quantiles(_ keys: [UInt32]) -> [Float] {
        guard !keys.isEmpty else { return places.map { _ in .nan } }
        return places.indices.map { index in
            let (lowerKey, upperKey) = (keys[neighbours[index].lower], keys[neighbours[index].upper])
            guard lowerKey != FloatKey.none, upperKey != FloatKey.none else { return .nan }
            let (lower, upper) = (Double(FloatKey.value(of: lowerKey)), Double(FloatKey.value(of: upperKey)))
            let share = places[index] - Double(Int(places[index]))
            // An infinite neighbour must not be multiplied with a share of nothing, nor be taken from itself.
            return share == 0 || lower == upper ? Float(lower) : Float(lower + (upper - lower) * share)
        }
    }
}

/// Sorts the columns of a matrix of few rows, sixteen at a time: each lane of a sorting network's comparisons is a column.
///
/// The network is Batcher's in the form for any number of rows (Knuth, The Art of Computer Programming, volume 3,
/// algorithm 5.2.2 M). It takes about (log₂ rows)² / 4 comparisons a row, of which a processor makes sixteen at once.
enum ColumnSort {
    /// The most rows for which this is quicker than counting.
    static let mostRows = 1024

    /// The integers of scratch memory for sixteen columns.
    static func scratch(rows: Int) -> Int { rows * Lane.width }

    /// Writes the keys of up to sixteen columns to scratch memory, each column in increasing order: row after row, sixteen
    /// keys each. What stands behind the last column never matters.
    static func sort(_ matrix: Matrix, column: Int, into scratch: UnsafeMutablePointer<UInt32>) {
        let memory = UnsafeMutableRawPointer(scratch)
        let rows = matrix.rows
        for row in 0..<rows {
            let keys = FloatKey.of(matrix.base.lane(at: row * matrix.stride + column))
            (memory + row * 64).storeBytes(of: keys, as: SIMD16<UInt32>.self)
        }
        guard rows > 1 else { return }
        var top = 1
        while top * 2 < rows { top *= 2 }
        var bit = top
        while bit > 0 {
            var (limit, wanted, distance) = (top, 0, bit)
            while true {
                // The rows i whose bit is as wanted are compared with i + distance.
                for start in stride(from: wanted, to: rows - distance, by: 2 * bit) {
                    for row in start..<min(start + bit, rows - distance) {
                        exchange(memory + row * 64, memory + (row + distance) * 64)
                    }
                }
                if limit == bit { break }
                (distance, limit, wanted) = (limit - bit, limit / 2, bit)
            }
            bit /= 2
        }
    }

    /// Puts the lesser of two rows' keys into the first, column by column, and the greater into the second.
    @inline(__always)
    private static func exchange(_ first: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer) {
        let a = first.loadUnaligned(as: SIMD16<UInt32>.self)
        let b = second.loadUnaligned(as: SIMD16<UInt32>.self)
        let isSorted: SIMDMask<SIMD16<Int32>> = a .< b
        first.storeBytes(of: b.replacing(with: a, where: isSorted), as: SIMD16<UInt32>.self)
        second.storeBytes(of: a.replacing(with: b, where: isSorted), as: SIMD16<UInt32>.self)
    }
}
