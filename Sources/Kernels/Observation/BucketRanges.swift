/// A bucket holds all keys with the same upper fourteen bits: sign, exponent and five bits of the significand.
///
/// The values of a tensor lie in some hundred neighbouring buckets, so that their counters stay in the nearest cache, and
/// yet a bucket in the midst of a normal distribution holds less than a hundredth of it.
enum Bucket {
    /// The bits of a key below those of its bucket.
    static let shift: UInt32 = 18
    /// The number of buckets.
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
