/// Statistics of observed tensors: what is recorded of activations, not what they are computed with.
///
/// Unlike the kernels of training these functions allocate.
public enum Distribution {
    /// The moments and extremes of a set of numbers.
    public struct Moments: Hashable, Sendable {
        public var mean: Double
        /// The standard deviation, with divisor n.
        public var deviation: Double
        public var minimum: Float
        public var maximum: Float
    }

    /// The keys of the edges of a histogram.
    static func keys(of edges: [Float]) -> [UInt32] {
        precondition(!edges.isEmpty && zip(edges, edges.dropFirst()).allSatisfy(<), "edges do not increase")
        // −0 lies with 0.
        return edges.map { FloatKey.of($0 == 0 ? -0.0 : $0) }
    }

    /// The counts of a histogram, from the numbers of values below its edges.
    static func counts(_ counting: Counting) -> [Int] {
        zip(counting.below + [counting.numbers], [0] + counting.below).map { $0 - $1 }
    }
}

/// The least and the greatest element of a matrix; NaN if there is one.
struct Extremes {
    private(set) var minimum: Float
    private(set) var maximum: Float

    init(of matrix: Matrix) {
        var low = Lane(repeating: .infinity)
        var high = Lane(repeating: -.infinity)
        var poison = Lane()
        for row in 0..<matrix.rows {
            let start = matrix.base + row * matrix.stride
            for column in stride(from: 0, to: matrix.columns, by: Lane.width) {
                // Columns past the end repeat the first one.
                let isOutside = Lane.places .>= SIMD16(repeating: Int32(truncatingIfNeeded: matrix.columns - column))
                let lane = start.lane(at: column).replacing(with: Lane(repeating: start[0]), where: isOutside)
                low.replace(with: lane, where: lane .< low)
                high.replace(with: lane, where: lane .> high)
                poison.replace(with: Lane(repeating: .nan), where: lane .!= lane)
            }
        }
        minimum = .infinity
        maximum = -.infinity
        for place in 0..<Lane.width {
            minimum = min(minimum, low[place])
            maximum = max(maximum, high[place])
            if poison[place].isNaN {
                (minimum, maximum) = (.nan, .nan)
                return
            }
        }
    }
}

extension Distribution {
    /// The statistics that are recorded of a matrix.
    public struct Summary: Sendable {
        /// The mean and the standard deviation (divisor n) of each column, as by `BlockMoments`.
        public let columnMeans, columnDeviations: [Float]
        /// The quantiles of each column, [column][probability].
        ///
        /// Linear interpolation between order statistics: type 7 of Hyndman & Fan (1996), the default of R and NumPy.
        /// All of a column are NaN if it holds a NaN.
        public let columnQuantiles: [[Float]]
        /// Mean, deviation and extremes of all elements, in Double and two passes. NaN throughout if there is a NaN.
        public let moments: Moments
        /// The quantiles of all elements, likewise.
        public let quantiles: [Float]
        /// How many elements lie between the edges: counts[0] below the first, counts[i] in [edges[i − 1], edges[i]), the last
        /// at or above the last edge. NaNs are in none.
        public let counts: [Int]
    }

    /// Sums up a matrix in three passes. Complexity: linear in the number of elements, however the edges are spaced.
    ///
    /// - Precondition: The matrix is not empty.
    /// - Parameters:
    ///   - edges: In increasing order, at least one.
    ///   - scratch: Not to be used by anything else meanwhile.
    public static func summary(
        of matrix: Matrix, columnProbabilities: [Double], probabilities: [Double], edges: [Float],
        scratch: DistributionScratch, team: Team
    ) -> Summary {
        precondition(matrix.count > 0, "no elements")
        let columnPlaces = QuantilePlaces(columnProbabilities, count: matrix.rows)
        let places = QuantilePlaces(probabilities, count: matrix.count)
        let counting = Counting(
            matrix, columnRanks: columnPlaces.ranks, ranks: places.ranks, edges: keys(of: edges), scratch: scratch,
            team: team)

        let columns = Storage(count: 2 * matrix.columns)
        let means = columns.vector(count: matrix.columns)
        let variances = columns.vector(offset: matrix.columns, count: matrix.columns)
        let blocks = BlockMoments(rows: matrix.rows, columns: matrix.columns, scratch: scratch.moments(of: matrix))
        blocks.gather(matrix, team: team)
        blocks.join(mean: means, variance: variances)
        let all = blocks.joinAll()
        return withExtendedLifetime(columns) {
            Summary(
                columnMeans: means.elements, columnDeviations: variances.elements.map { $0.squareRoot() },
                columnQuantiles: (0..<matrix.columns).map { column in
                    columnPlaces.quantiles(columnPlaces.ranks.isEmpty ? [] : counting.columnKeys[column])
                },
                moments: moments(all, of: matrix, counting), quantiles: places.quantiles(counting.keys),
                counts: counts(counting))
        }
    }

    private static func moments(
        _ moments: (mean: Double, variance: Double), of matrix: Matrix, _ counting: Counting
    ) -> Moments {
        var (minimum, maximum) = (Float.nan, Float.nan)
        if counting.numbers == matrix.count {
            minimum = FloatKey.value(of: counting.extremes.least)
            maximum = FloatKey.value(of: counting.extremes.greatest)
            if counting.hasBothZeros && (minimum == 0 || maximum == 0) {
                // Which of the zeros is the extreme is a matter of their places.
                let extremes = Extremes(of: matrix)
                (minimum, maximum) = (extremes.minimum, extremes.maximum)
            }
        }
        return Moments(
            mean: moments.mean, deviation: moments.variance.squareRoot(), minimum: minimum, maximum: maximum)
    }
}

/// Memory that summaries of matrices need: counters and lists. Made once, it grows to what the largest matrix needs.
///
/// One summary at a time may use it.
public final class DistributionScratch: @unchecked Sendable {
    private var tables = Storage(count: 0)
    private var lists = Storage(count: 0)
    private var moments = Storage(count: 0)

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

/// A bucket holds all keys with the same upper fourteen bits: sign, exponent and five bits of the significand.
///
/// The values of a tensor lie in some hundred neighbouring buckets, so that their counters stay in the nearest cache, and
/// yet a bucket in the midst of a normal distribution holds less than a hundredth of it.
enum Bucket {
    /// The bits of a key below those of its bucket.
    static let shift: UInt32 = 18
    static let count = 1 << 14
    /// The bucket of −0 and that of 0: each of them holds, beside the zero, only numbers that are all but subnormal.
    static let negativeZero = 0x1FFF
    static let zero = 0x2000
    /// The bucket of what is not a number, and of nothing else: that of infinity is another.
    static let none = count - 1

    /// The bucket of a key.
    @inline(__always)
    static func of(_ key: UInt32) -> Int { Int(key &>> shift) }
}

/// Where values were seen: what bounds the buckets that may hold any.
struct BucketRanges: Sendable {
    /// The least and the greatest key.
    var lowest = UInt32.max
    var highest: UInt32 = 0
    /// The bits of the least magnitude other than zero, less one; all ones if there is none.
    var nearest = UInt32.max

    /// Whether the buckets of the two zeros hold zeros only.
    var zerosArePure: Bool { nearest >= 1 << Bucket.shift - 1 }

    mutating func join(_ other: BucketRanges) {
        lowest = min(lowest, other.lowest)
        highest = max(highest, other.highest)
        nearest = min(nearest, other.nearest)
    }

    /// The buckets from the lowest negative to the one nearest to zero, those of the zeros, and the positive ones.
    var ranges: [Range<Int>] {
        guard lowest <= highest else { return [] }
        let (first, last) = (Bucket.of(lowest), Bucket.of(highest))
        let zeros = Bucket.negativeZero..<Bucket.zero + 1
        guard nearest != .max else { return [zeros] }
        let positive = Bucket.of(0x8000_0000 | (nearest + 1))
        let negative = Bucket.of(~(0x8000_0000 | (nearest + 1)))
        let below = first..<max(first, min(negative + 1, zeros.lowerBound))
        let above = max(positive, zeros.upperBound)
        return [below, zeros, above..<max(above, last + 1)]
    }
}
