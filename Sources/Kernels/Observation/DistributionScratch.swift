/// Memory that summaries of matrices need: counters and lists. Made once, it grows to what the largest matrix needs.
///
/// One summary at a time may use it.
public final class DistributionScratch: @unchecked Sendable {
    private var tables = Storage(count: 0)
    private var lists = Storage(count: 0)
    private var moments = Storage(count: 0)

    /// No memory yet.
    public init() {}

    /// Memory for integers that stand in no panel.
    func integers(count: Int) -> KeyList {
        if lists.count < count { lists = Storage(count: count) }
        let vector = lists.vector(count: count)
        return KeyList(base: UnsafeMutableRawPointer(vector.base).assumingMemoryBound(to: UInt32.self), count: count)
    }

    /// Memory for the moments of a matrix.
    func moments(of matrix: Matrix) -> Vector {
        let count = BlockMoments.scratch(rows: matrix.rows, columns: matrix.columns)
        if moments.count < count { moments = Storage(count: count) }
        return moments.vector(count: count)
    }

    /// Memory for each panel of a matrix.
    func panels(_ columns: [Range<Int>], of matrix: Matrix) -> [PanelMemory] {
        let sizes = columns.map { $0.count * matrix.rows + PanelMemory.slack }
        let (tableCount, listCount) = (columns.count * PanelMemory.tableCount, sizes.reduce(0, +))
        if tables.count < tableCount { tables = Storage(count: tableCount) }
        if lists.count < listCount { lists = Storage(count: listCount) }
        var offset = 0
        return sizes.enumerated().map { index, size in
            defer { offset += size }
            return PanelMemory(
                table: tables.vector(offset: index * PanelMemory.tableCount, count: PanelMemory.tableCount),
                list: lists.vector(offset: offset, count: size))
        }
    }
}

/// The memory of one panel.
struct PanelMemory: @unchecked Sendable {
    /// The columns that are counted apart: as many as a row of counters has.
    static let lanes = 8
    /// The rows whose keys are computed at once, and then counted.
    static let rowsPerBlock = 64
    /// The integers of a block, and a lane more, because whole lanes are stored.
    private static let blockCount = rowsPerBlock * lanes + Lane.width
    /// The integers of counters and of a block's keys, places and columns.
    static let tableCount = Bucket.count * lanes + 3 * blockCount
    /// What a list has beyond its keys: a place in front for what is not listed, and what is read with the last keys.
    static let slack = 32

    /// For each bucket eight counters. All are zero between uses.
    let counters: UnsafeMutablePointer<UInt32>
    /// The keys of a block, the places of their counters (before them: the values), and which columns they are of.
    let keys, places, lanes: UnsafeMutablePointer<UInt32>
    /// Room for all keys of the panel.
    let list: UnsafeMutablePointer<UInt32>

    init(table: Vector, list: Vector) {
        counters = UnsafeMutableRawPointer(table.base).assumingMemoryBound(to: UInt32.self)
        keys = counters + Bucket.count * PanelMemory.lanes
        places = keys + PanelMemory.blockCount
        lanes = places + PanelMemory.blockCount
        self.list = UnsafeMutableRawPointer(list.base).assumingMemoryBound(to: UInt32.self)
    }

    /// The counters of a bucket.
    @inline(__always)
    subscript(bucket: Int) -> SIMD8<UInt32> {
        get { UnsafeRawPointer(counters + bucket * 8).loadUnaligned(as: SIMD8<UInt32>.self) }
        nonmutating set {
            UnsafeMutableRawPointer(counters + bucket * 8).storeBytes(of: newValue, as: SIMD8<UInt32>.self)
        }
    }
}
