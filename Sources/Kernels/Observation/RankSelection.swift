/// Finds order statistics of many floats without sorting them.
///
/// Floats order like integers once negative ones are turned over. A first pass counts the upper sixteen bits of all
/// elements; for each rank wanted, a second one counts the lower sixteen bits of those elements that share the upper bits
/// of the element sought. Small sets are sorted.
struct RankSelection {
    private let matrix: Matrix
    /// Sets up to this size are sorted.
    private static let smallCount = 16_384

    init(_ matrix: Matrix) {
        self.matrix = matrix
    }

    /// The quantiles of type 7: the element of rank p·(n − 1), interpolated between its neighbours.
    func quantiles(_ probabilities: [Double]) -> [Float] {
        let count = matrix.count
        let none = [Float](repeating: .nan, count: probabilities.count)
        guard count > 0 else { return none }
        let places = probabilities.map { probability in
            precondition(probability >= 0 && probability <= 1, "a probability of \(probability)")
            return probability * Double(count - 1)
        }
        let ranks = places.flatMap { place in
            let lower = Int(place)
            return [lower, min(lower + 1, count - 1)]
        }
        guard let values = elements(ofRanks: ranks) else { return none }
        return places.enumerated().map { index, place in
            let lower = Double(values[2 * index])
            let upper = Double(values[2 * index + 1])
            let share = place - Double(Int(place))
            // Equal neighbours may be infinite, and their difference NaN.
            return lower == upper ? Float(lower) : Float(lower + (upper - lower) * share)
        }
    }

    /// The elements that would stand at these places if all were sorted; nil if there is a NaN.
    func elements(ofRanks ranks: [Int]) -> [Float]? {
        if matrix.count <= RankSelection.smallCount {
            var keys = [UInt32]()
            keys.reserveCapacity(matrix.count)
            guard forEachKey({ keys.append($0) }) else { return nil }
            keys.sort()
            return ranks.map { RankSelection.value(ofKey: keys[$0]) }
        }
        var upper = Counts()
        guard forEachKey({ upper.add(Int($0 >> 16)) }) else { return nil }
        let places = ranks.map { upper.bin(ofRank: $0) }
        let bins = Set(places.map(\.bin)).sorted()
        var lower = [Counts](repeating: Counts(), count: bins.count)
        // Which of the few bins sought an element is in, by its upper bits; −1 for most.
        var slots = [Int16](repeating: -1, count: Counts.bins)
        for (slot, bin) in bins.enumerated() {
            slots[bin] = Int16(slot)
        }
        _ = forEachKey { key in
            let slot = slots[Int(key >> 16)]
            if slot >= 0 { lower[Int(slot)].add(Int(key & 0xFFFF)) }
        }
        return places.map { place in
            let low = lower[Int(slots[place.bin])].bin(ofRank: place.rest).bin
            return RankSelection.value(ofKey: UInt32(place.bin) << 16 | UInt32(low))
        }
    }

    /// Hands over the keys of all elements; false if there is a NaN.
    @inline(__always)
    private func forEachKey(_ body: (UInt32) -> Void) -> Bool {
        var isOrdered = true
        for row in 0..<matrix.rows {
            let start = matrix.base + row * matrix.stride
            for column in 0..<matrix.columns {
                isOrdered = isOrdered && !start[column].isNaN
                body(RankSelection.key(of: start[column]))
            }
        }
        return isOrdered
    }

    /// An integer that is in the order of the floats.
    @inline(__always)
    private static func key(of value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
    }

    /// The float of a key.
    private static func value(ofKey key: UInt32) -> Float {
        Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
    }
}

/// How often each of 65,536 values occurred.
private struct Counts {
    static let bins = 65_536
    private var counts = [UInt32](repeating: 0, count: bins)

    @inline(__always)
    mutating func add(_ bin: Int) {
        counts[bin] += 1
    }

    /// The bin in which the element of a rank lies, and its rank within the bin.
    func bin(ofRank rank: Int) -> (bin: Int, rest: Int) {
        var rest = rank
        for bin in 0..<Counts.bins {
            if rest < counts[bin] { return (bin, rest) }
            rest -= Int(counts[bin])
        }
        preconditionFailure("rank \(rank) among fewer elements")
    }
}
