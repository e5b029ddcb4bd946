/// Finds the bin of a value among edges that may be spaced in any way, in a few operations.
///
/// Floats order like integers once negative ones are turned over. The upper sixteen bits of that integer (sign, exponent
/// and seven bits of the significand) look up how many edges lie below all values that share them; only the edges among
/// those, seldom more than one, are compared.
struct EdgeIndex: Sendable {
    private let edges: [Float]
    /// How many edges come before the values of each of the 65,536 buckets, and how many there are.
    private let before: [Int32]

    /// The index of edges in increasing order, none of them NaN. O(edges + 65,536).
    init(_ edges: [Float]) {
        // −0 lies with 0.
        self.edges = edges.map { $0 + 0 }
        var before = [Int32](repeating: 0, count: 65_537)
        for edge in self.edges { before[Int(RankSelection.key(of: edge) >> 16) + 1] += 1 }
        for bucket in 1...65_536 { before[bucket] += before[bucket - 1] }
        self.before = before
    }

    /// The number of edges that are at most `value`, which is not NaN: 0 is the bin below all edges.
    @inline(__always)
    func bin(of value: Float) -> Int {
        let value = value + 0
        let bucket = Int(RankSelection.key(of: value) >> 16)
        var low = Int(before[bucket])
        var high = Int(before[bucket + 1])
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
