import Synchronization

/// Integers in the order of the floats: counting, sorting and comparing them needs no thought of signs.
///
/// Floats order like integers once negative ones are turned over. −0 comes before 0. All values that are not numbers share
/// the largest key, which belongs to no number.
enum FloatKey {
    /// The key of what is not a number.
    static let none = UInt32.max

    /// The key of a number.
    @inline(__always)
    static func of(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
    }

    /// The float of a key.
    static func value(of key: UInt32) -> Float {
        Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
    }

    /// The keys of sixteen values, numbers or not.
    @inline(__always)
    static func of(_ values: Lane) -> SIMD16<UInt32> {
        let bits = unsafeBitCast(values, to: SIMD16<UInt32>.self)
        let signs = unsafeBitCast(values, to: SIMD16<Int32>.self) &>> SIMD16<Int32>(repeating: 31)
        let turned = unsafeBitCast(signs, to: SIMD16<UInt32>.self) | SIMD16<UInt32>(repeating: 0x8000_0000)
        let isNone: SIMDMask<SIMD16<Int32>> = values .!= values
        return (bits ^ turned).replacing(with: SIMD16<UInt32>(repeating: none), where: isNone)
    }
}

/// How many values of a whole matrix lie in each bucket: the sum of its panels' counters.
///
/// It says which buckets hold the neighbours of a quantile or an edge of a histogram inside them: only the keys of these
/// need be listed. All others are counted as a whole.
struct WholeCounts {
    /// A bucket that holds values, and how many lie in those before it.
    struct Entry {
        let bucket: Int
        let count: Int
        let below: Int
    }

    /// What was seen anywhere.
    let seen: BucketRanges
    /// The values that are numbers.
    let numbers: Int
    /// The values that are not.
    let nanCount: Int
    private let entries: [Entry]

    /// The sum of panels that have been counted.
    init(_ panels: [Panel]) {
        var seen = BucketRanges()
        for panel in panels { seen.join(panel.seen) }
        var entries: [Entry] = []
        var below = 0
        for range in seen.ranges {
            for bucket in range {
                var counts = SIMD8<UInt32>()
                for panel in panels { counts &+= panel.memory[bucket] }
                let count = Int(counts.wrappedSum())
                guard count > 0 else { continue }
                entries.append(Entry(bucket: bucket, count: count, below: below))
                below += count
            }
        }
        self.seen = seen
        nanCount = entries.last.map { $0.bucket == Bucket.none ? $0.count : 0 } ?? 0
        numbers = below - nanCount
        self.entries = entries
    }

    /// The key that all values of a bucket share for certain: where only zeros can be.
    func onlyKey(of bucket: Int) -> UInt32? {
        guard seen.zerosArePure else { return nil }
        return bucket == Bucket.zero ? FloatKey.of(0.0) : bucket == Bucket.negativeZero ? FloatKey.of(-0.0) : nil
    }

    /// Whether there may be zeros of both signs.
    var hasBothZeros: Bool { holds(Bucket.negativeZero) && holds(Bucket.zero) }

    private func holds(_ bucket: Int) -> Bool {
        let index = index(of: bucket)
        return index < entries.count && entries[index].bucket == bucket
    }

    /// The bucket of a rank, and the rank within it.
    func find(_ rank: Int) -> (bucket: Int, rank: Int) {
        let entry = entries[partition { $0.below <= rank } - 1]
        return (entry.bucket, rank - entry.below)
    }

    /// How many values lie in whole buckets below a key, and the bucket whose values must be compared one by one.
    func below(_ key: UInt32) -> (count: Int, bucket: Int?) {
        let bucket = Bucket.of(key)
        let index = index(of: bucket)
        guard index < entries.count else { return (numbers, nil) }
        let entry = entries[index]
        guard entry.bucket == bucket, key & (1 << Bucket.shift - 1) != 0 else { return (entry.below, nil) }
        guard let only = onlyKey(of: bucket) else { return (entry.below, bucket) }
        return (only < key ? entry.below + entry.count : entry.below, nil)
    }

    /// The first entry of this or a later bucket.
    private func index(of bucket: Int) -> Int { partition { $0.bucket < bucket } }

    /// The number of entries for which something holds, which does for the first of them only.
    private func partition(_ holds: (Entry) -> Bool) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(entries[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Exact quantiles and histogram counts of a matrix, and the quantiles of its columns, in two passes over it: one counts the
/// values by bucket, the other lists the few whose buckets matter.
///
/// Integers are counted, so the result does not depend on how the columns are shared out.
struct Counting {
    /// The most columns whose quantiles come from counters of their own: a bound of the memory.
    private static let mostColumns = 512

    /// For each column the keys at the given ranks.
    private(set) var columnKeys: [[UInt32]] = []
    /// The keys of the whole matrix at the given ranks.
    private(set) var keys: [UInt32] = []
    /// How many values lie below each edge.
    private(set) var below: [Int] = []
    /// The values that are numbers.
    private(set) var numbers = 0
    /// Whether there may be zeros of both signs.
    private(set) var hasBothZeros = false
    /// The least and the greatest key; `FloatKey.none` if there is what is not a number.
    private(set) var extremes = (least: FloatKey.none, greatest: FloatKey.none)

    private let matrix: Matrix
    private let scratch: DistributionScratch
    private let team: Team

    /// Counts a matrix. Ranks are in increasing order; there are none if the matrix is empty.
    init(
        _ matrix: Matrix, columnRanks: [Int] = [], ranks: [Int] = [], edges: [UInt32] = [],
        scratch: DistributionScratch, team: Team
    ) {
        (self.matrix, self.scratch, self.team) = (matrix, scratch, team)
        if columnRanks.isEmpty {
            countWhole(ranks: ranks, edges: edges, columnRanks: [])
        } else if matrix.rows <= ColumnSort.mostRows {
            columnKeys = sortColumns(columnRanks)
            countWhole(ranks: ranks, edges: edges, columnRanks: [])
        } else if matrix.columns <= Counting.mostColumns {
            countWhole(ranks: ranks, edges: edges, columnRanks: columnRanks)
        } else {
            for column in stride(from: 0, to: matrix.columns, by: Counting.mostColumns) {
                let part = matrix.columns(column..<min(column + Counting.mostColumns, matrix.columns))
                columnKeys += Counting(part, columnRanks: columnRanks, scratch: scratch, team: team).columnKeys
            }
            countWhole(ranks: ranks, edges: edges, columnRanks: [])
        }
    }

    /// Finds the ranks of columns by sorting them.
    private func sortColumns(_ ranks: [Int]) -> [[UInt32]] {
        let (matrix, count) = (matrix, matrix.columns)
        let panels = (count + Lane.width - 1) / Lane.width
        let size = ColumnSort.scratch(rows: matrix.rows)
        let memory = scratch.integers(count: panels * size)
        let results = Mutex([[UInt32]](repeating: [], count: count))
        team.forEach(panels) { panel in
            let column = panel * Lane.width
            let sorted = memory.base + panel * size
            ColumnSort.sort(matrix, column: column, into: sorted)
            let keys = (0..<min(Lane.width, count - column)).map { lane in
                // What is not a number is sorted behind the last.
                let hasNaN = sorted[(matrix.rows - 1) * Lane.width + lane] == FloatKey.none
                return ranks.map { hasNaN ? FloatKey.none : sorted[$0 * Lane.width + lane] }
            }
            results.withLock { $0.replaceSubrange(column..<column + keys.count, with: keys) }
        }
        return results.withLock { $0 }
    }

    private mutating func countWhole(ranks: [Int], edges: [UInt32], columnRanks: [Int]) {
        let isWanted = !columnRanks.isEmpty || !ranks.isEmpty || !edges.isEmpty
        guard matrix.count > 0, isWanted else {
            below = edges.map { _ in 0 }
            return
        }
        let ranges = shares(apart: !columnRanks.isEmpty)
        let panels = zip(ranges, scratch.panels(ranges, of: matrix)).map { Panel(matrix.columns($0), $1) }
        team.forEach(panels.count) { panels[$0].count() }

        let whole = WholeCounts(panels)
        numbers = whole.numbers
        hasBothZeros = whole.hasBothZeros
        if whole.nanCount == 0 { extremes = (whole.seen.lowest, whole.seen.highest) }
        // Edges and ranks whose bucket is not known to hold but one key.
        let parts = edges.map { whole.below($0) }
        let finds = whole.nanCount > 0 ? [] : ranks.map { whole.find($0) }
        let unclear = finds.map(\.bucket).filter { whole.onlyKey(of: $0) == nil }
        let listing = Set(parts.compactMap(\.bucket) + unclear).sorted()
        let columns = Mutex([[[UInt32]]](repeating: [], count: panels.count))
        let inside = Mutex([Int](repeating: 0, count: edges.count))
        team.forEach(panels.count) { index in
            let keys = panels[index].columnKeys(
                ranks: columnRanks, columns: columnRanks.isEmpty ? 0 : ranges[index].count, listing: listing)
            let counts = zip(edges, parts).map { edge, part in
                part.bucket.map { panels[index].keys(of: $0).count(upTo: edge - 1) } ?? 0
            }
            columns.withLock { $0[index] = keys }
            inside.withLock { sums in
                for edge in counts.indices { sums[edge] += counts[edge] }
            }
        }
        if !columnRanks.isEmpty { columnKeys = columns.withLock { $0 }.flatMap { $0 } }
        below = zip(parts, inside.withLock { $0 }).map { $0.count + $1 }
        keys = whole.nanCount > 0 ? ranks.map { _ in FloatKey.none } : select(finds, whole, panels)
    }

    /// The keys at places in buckets, a bucket at a time.
    private func select(_ finds: [(bucket: Int, rank: Int)], _ whole: WholeCounts, _ panels: [Panel]) -> [UInt32] {
        let buckets = Set(finds.map(\.bucket)).sorted()
        let results = Mutex([UInt32](repeating: FloatKey.none, count: finds.count))
        team.forEach(buckets.count) { index in
            let bucket = buckets[index]
            let only = whole.onlyKey(of: bucket)
            var selection = ListSelection(only == nil ? panels.map { $0.keys(of: bucket) } : [])
            for (place, find) in finds.enumerated() where find.bucket == bucket {
                let key = only ?? selection.key(ofRank: find.rank)
                results.withLock { $0[place] = key }
            }
        }
        return results.withLock { $0 }
    }

    /// The columns of each panel: at most eight where each column is to have counters of its own, and such a number of
    /// panels that all threads have the same to do.
    private func shares(apart: Bool) -> [Range<Int>] {
        let least = (matrix.columns + PanelMemory.lanes - 1) / PanelMemory.lanes
        let even = (least + team.threads - 1) / team.threads * team.threads
        let panels = apart ? max(least, min(even, matrix.columns)) : min(least, team.threads)
        return (0..<panels).map { $0 * matrix.columns / panels..<($0 + 1) * matrix.columns / panels }
    }
}

/// Keys that stand somewhere in scratch memory, in no order: those of one bucket.
struct KeyList: @unchecked Sendable {
    /// The first key. Sixteen more than there are can be read.
    let base: UnsafeMutablePointer<UInt32>
    let count: Int

    /// How many keys are at most `key`.
    func count(upTo key: UInt32) -> Int {
        let bound = SIMD16<UInt32>(repeating: key)
        var counts = SIMD16<UInt32>()
        var place = 0
        while place + 16 <= count {
            let isIn: SIMDMask<SIMD16<Int32>> = lane(at: place) .<= bound
            counts.replace(with: counts &+ SIMD16<UInt32>(repeating: 1), where: isIn)
            place += 16
        }
        let isIn: SIMDMask<SIMD16<Int32>> = lane(at: place) .<= bound
        counts.replace(with: counts &+ SIMD16<UInt32>(repeating: 1), where: isIn .& isInside(place))
        return Int(counts.wrappedSum())
    }

    /// The least and the greatest key, and the least that is greater than `key`; the ends of all integers if there is none.
    func extremes(above key: UInt32 = 0) -> (least: UInt32, greatest: UInt32, next: UInt32) {
        let bound = SIMD16<UInt32>(repeating: key)
        var least = SIMD16<UInt32>(repeating: .max)
        var greatest = SIMD16<UInt32>()
        var next = SIMD16<UInt32>(repeating: .max)
        for place in stride(from: 0, to: count, by: 16) {
            let keys = lane(at: place)
            let inside = isInside(place)
            let isLess: SIMDMask<SIMD16<Int32>> = keys .< least
            let isGreater: SIMDMask<SIMD16<Int32>> = keys .> greatest
            let isAbove: SIMDMask<SIMD16<Int32>> = keys .> bound
            let isNearer: SIMDMask<SIMD16<Int32>> = keys .< next
            least.replace(with: keys, where: isLess .& inside)
            greatest.replace(with: keys, where: isGreater .& inside)
            next.replace(with: keys, where: isAbove .& isNearer .& inside)
        }
        return (least.min(), greatest.max(), next.min())
    }

    @inline(__always)
    private func isInside(_ place: Int) -> SIMDMask<SIMD16<Int32>> {
        Lane.places .< SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: count - place))
    }

    @inline(__always)
    private func lane(at place: Int) -> SIMD16<UInt32> {
        UnsafeRawPointer(base + place).loadUnaligned(as: SIMD16<UInt32>.self)
    }
}

/// Finds order statistics among a few lists of keys by bisection: each step counts the keys in the lower half of the
/// integers that are left. Nothing is moved, and a list of equal keys takes a single pass.
struct ListSelection {
    private let lists: [KeyList]
    private var last: (rank: Int, key: UInt32)?

    init(_ lists: [KeyList]) { self.lists = lists }

    /// The key that would stand at `rank` if all were sorted. Fastest for ranks in increasing order.
    mutating func key(ofRank rank: Int) -> UInt32 {
        let key =
            if let last, rank <= last.rank + 1 { following(last.key, rank: rank) } else { search(rank) }
        last = (rank, key)
        return key
    }

    /// The key at `rank`, given that of the rank before or of itself.
    private func following(_ key: UInt32, rank: Int) -> UInt32 {
        lists.reduce(0) { $0 + $1.count(upTo: key) } > rank
            ? key : lists.reduce(.max) { min($0, $1.extremes(above: key).next) }
    }

    private func search(_ rank: Int) -> UInt32 {
        var (low, high) = (UInt32.max, UInt32.min)
        for list in lists {
            let extremes = list.extremes()
            (low, high) = (min(low, extremes.least), max(high, extremes.greatest))
        }
        while low < high {
            let middle = low + (high - low) / 2
            if lists.reduce(0, { $0 + $1.count(upTo: middle) }) > rank { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
