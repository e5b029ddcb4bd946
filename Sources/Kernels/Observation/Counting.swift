import Synchronization

/// Exact quantiles and histogram counts of a matrix, and the quantiles of its columns, in two passes over it: one counts the
/// values by bucket, the other lists the few whose buckets matter.
///
/// Integers are counted, so the result does not depend on how the columns are shared out.
struct Counting {
    /// The most columns whose quantiles come from counters of their own: a bound of the memory.
    private static let mostColumns = 512

    /// For each column the keys at the ranks asked for.
    private(set) var columnKeys: [[UInt32]] = []
    /// The keys of the whole at the ranks asked for.
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

    /// Counts a matrix. Ranks in increasing order; none are asked for if the matrix is empty.
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
                let hasStranger = sorted[(matrix.rows - 1) * Lane.width + lane] == FloatKey.none
                return ranks.map { hasStranger ? FloatKey.none : sorted[$0 * Lane.width + lane] }
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
        if whole.strangers == 0 { extremes = (whole.seen.lowest, whole.seen.highest) }
        // Edges and ranks whose bucket is not known to hold but one key.
        let parts = edges.map { whole.below($0) }
        let finds = whole.strangers > 0 ? [] : ranks.map { whole.find($0) }
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
        keys = whole.strangers > 0 ? ranks.map { _ in FloatKey.none } : select(finds, whole, panels)
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
