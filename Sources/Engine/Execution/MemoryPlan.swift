/// How long a booked buffer is needed.
public enum BookingLifetime: Sendable {
    /// During the layer's forward pass only.
    case forward
    /// During the layer's backward pass only; books nothing in a program without one.
    case backward
    /// From the layer's forward to its backward pass: a cache.
    case untilBackward
    /// Until the program's end.
    case program
    /// From the layer's forward pass to the program's end, and only where it is observed.
    case observed
}

/// A handle of a booked matrix: what a layer keeps, and gives to a pass to borrow the memory.
public struct MatrixSlot: Sendable {
    let index: Int
    let rowsPerImage: Int
    let columns: Int
}

public struct VectorSlot: Sendable {
    let index: Int
    let count: Int
}

/// The register in which a layer books the buffers of its passes, before any memory exists.
///
/// Nothing is allocated here: when every layer has booked, a ``MemoryPlan`` gives each buffer an offset in one slab.
public struct Booking {
    /// The node's name, which names its random streams.
    public let node: String
    /// The largest number of images of a pass.
    public let batch: Int
    /// The shapes of the layer's inputs.
    public let inputs: [Shape]
    /// The shape of its output.
    public let output: Shape

    struct Request {
        let name: String
        let count: Int
        let lifetime: BookingLifetime
    }
    private(set) var requests: [Request] = []
    /// The matrices that an observer can find by name.
    private(set) var matrices: [String: MatrixSlot] = [:]
    /// The buffer for moments of the input, where the layer has booked one.
    private(set) var inputMoments: VectorSlot?

    init(node: String, batch: Int, inputs: [Shape], output: Shape) {
        self.node = node
        self.batch = batch
        self.inputs = inputs
        self.output = output
    }

    /// The layer's first input shape.
    public var input: Shape { inputs[0] }

    /// Books a matrix with `rowsPerImage` rows for each image of the batch. Its contents are undefined until written.
    public mutating func matrix(
        _ name: String, rowsPerImage: Int, columns: Int, _ lifetime: BookingLifetime
    ) -> MatrixSlot {
        let slot = MatrixSlot(index: requests.count, rowsPerImage: rowsPerImage, columns: columns)
        requests.append(Request(name: name, count: batch * rowsPerImage * columns, lifetime: lifetime))
        matrices[name] = slot
        return slot
    }

    /// Books a vector of `count` floats. Its contents are undefined until written.
    public mutating func vector(_ name: String, count: Int, _ lifetime: BookingLifetime) -> VectorSlot {
        let slot = VectorSlot(index: requests.count, count: count)
        requests.append(Request(name: name, count: count, lifetime: lifetime))
        return slot
    }

    /// Books a vector of `count` floats for the moments of the input's blocks, for ``Kernels/BlockMoments``. They may be there
    /// before the forward pass, if the layer ``LayerTraits/takesInputMoments``: see ``Pass/inputMomentsAreGathered``.
    public mutating func inputMoments(_ name: String, count: Int) -> VectorSlot {
        let slot = vector(name, count: count, .forward)
        inputMoments = slot
        return slot
    }
}

/// Offsets in one slab for buffers of known lifetimes: two buffers share memory only if they are never needed together.
///
/// The plan is made once, by placing the largest buffers first, each into the smallest gap that fits among those that live
/// at the same time (Pisarchyk & Lee 2020, "greedy by size"). It depends on sizes and lifetimes only.
public struct MemoryPlan: Sendable {
    public struct Request: Sendable {
        /// What it is for: `conv1/output`.
        public let name: String
        public let count: Int
        /// The moments of the program in which it is needed, both ends included.
        public internal(set) var lifetime: ClosedRange<Int>
    }

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
    public let count: Int

    /// Plans the given buffers. Complexity: quadratic in their number.
    init(_ requests: [Request]) {
        let order = requests.indices.sorted {
            (requests[$0].count, -$0) > (requests[$1].count, -$1)
        }
        var ranges = [Range<Int>](repeating: 0..<0, count: requests.count)
        var placed: [Int] = []
        for index in order where requests[index].count > 0 {
            let live = placed.filter { requests[$0].lifetime.overlaps(requests[index].lifetime) }
            let need = (requests[index].count + Self.granule - 1) / Self.granule * Self.granule
            let offset = Self.smallestGap(of: need, among: live.map { ranges[$0] })
            ranges[index] = offset..<(offset + need)
            placed.append(index)
        }
        self.init(
            regions: zip(requests, ranges).map { Region(name: $0.name, lifetime: $0.lifetime, range: $1) })
    }

    /// The plan with these regions, right or wrong.
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

    /// Where the buffer of a request starts.
    func offset(of request: Int) -> Int { regions[request].range.lowerBound }

    /// Floats that the buffers would take if none shared memory.
    public var bookedCount: Int { regions.reduce(0) { $0 + $1.range.count } }

    /// The parts of the slab that are not in use at a moment.
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
