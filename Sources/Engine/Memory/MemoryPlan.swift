/// Offsets in one slab for buffers of known lifetimes: two buffers share memory only if they are never needed together.
///
/// The plan is made once, by placing the largest buffers first, each into the smallest gap that fits among those that live
/// at the same time (Pisarchyk & Lee 2020, "greedy by size"). It depends on sizes and lifetimes only.
public struct MemoryPlan: Sendable {
    /// A buffer that needs memory.
    public struct Request: Sendable {
        /// What it is for: `conv1/output`.
        public let name: String
        /// Its floats.
        public let count: Int
        /// The moments of the program in which it is needed, both ends included.
        public let lifetime: ClosedRange<Int>
    }

    /// A buffer with its place.
    public struct Region: Sendable {
        /// What it is for: `conv1/output`.
        public let name: String
        /// The moments of the program in which it is needed, both ends included.
        public let lifetime: ClosedRange<Int>
        /// The floats it takes, a multiple of ``MemoryPlan/granule``.
        public let range: Range<Int>
    }

    /// Floats of a cache line: every buffer starts at a multiple of it.
    public static let granule = 16

    /// The buffers, in the order in which they were requested.
    public let regions: [Region]
    /// Floats of the whole slab.
    public let count: Int

    /// Plans the given buffers. Complexity: quadratic in their number.
    init(_ requests: [Request]) {
        let order = requests.indices.sorted {
            (requests[$0].count, -$0) > (requests[$1].count, -$1)
        }
        var ranges = [Range<Int>](repeating: 0..<0, count: requests.count)
        var placed: [Int] = []
        for index in order where requests[index].count > 0 {
            let rivals = placed.filter { requests[$0].lifetime.overlaps(requests[index].lifetime) }
            let need = (requests[index].count + Self.granule - 1) / Self.granule * Self.granule
            let offset = Self.smallestGap(of: need, among: rivals.map { ranges[$0] })
            ranges[index] = offset..<(offset + need)
            placed.append(index)
        }
        self.init(
            regions: zip(requests, ranges).map { Region(name: $0.name, lifetime: $0.lifetime, range: $1) })
    }

    /// The plan with these places, right or wrong.
    init(regions: [Region]) {
        self.regions = regions
        count = regions.map(\.range.upperBound).max() ?? 0
    }

    /// The start of the smallest gap of at least `need` floats between taken ranges, or of the free end.
    private static func smallestGap(of need: Int, among taken: [Range<Int>]) -> Int {
        var best: Range<Int>?
        var end = 0
        for range in taken.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound - end >= need, best.map({ range.lowerBound - end < $0.count }) ?? true {
                best = end..<range.lowerBound
            }
            end = max(end, range.upperBound)
        }
        return best?.lowerBound ?? end
    }

    /// The pairs of buffers that share memory while both are needed: empty in a valid plan.
    public var conflicts: [(Region, Region)] {
        var found: [(Region, Region)] = []
        for (index, one) in regions.enumerated() {
            for other in regions[(index + 1)...]
            where one.range.overlaps(other.range) && one.lifetime.overlaps(other.lifetime) {
                found.append((one, other))
            }
        }
        return found
    }

    /// Floats that the buffers would take if none shared memory.
    public var bookedCount: Int { regions.reduce(0) { $0 + $1.range.count } }

    /// The parts of the slab that nobody needs at a moment.
    func gaps(at moment: Int) -> [Range<Int>] {
        let live = regions.filter { $0.lifetime.contains(moment) && !$0.range.isEmpty }
        var gaps: [Range<Int>] = []
        var end = 0
        for range in live.map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > end { gaps.append(end..<range.lowerBound) }
            end = max(end, range.upperBound)
        }
        if end < count { gaps.append(end..<count) }
        return gaps
    }
}
