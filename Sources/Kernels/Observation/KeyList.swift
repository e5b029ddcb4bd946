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

    /// The key that would stand at `rank` if all were sorted. Quickest if ranks are asked for in increasing order.
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
