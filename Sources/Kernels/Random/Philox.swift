/// The counter-based generator Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
///
/// A pure function from a 64-bit key and a 128-bit counter to four independent 32-bit words.
enum Philox {
    /// The four words at a counter.
    @inline(__always)
    static func block(key: (UInt32, UInt32), counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var (k0, k1) = key
        var (x0, x1, x2, x3) = (counter[0], counter[1], counter[2], counter[3])
        for _ in 0..<10 {
            let left = UInt64(x0) &* 0xD251_1F53
            let right = UInt64(x2) &* 0xCD9E_8D57
            (x0, x1, x2, x3) = (
                UInt32(truncatingIfNeeded: right >> 32) ^ x1 ^ k0, UInt32(truncatingIfNeeded: right),
                UInt32(truncatingIfNeeded: left >> 32) ^ x3 ^ k1, UInt32(truncatingIfNeeded: left)
            )
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return SIMD4(x0, x1, x2, x3)
    }

    /// The words at eight consecutive counters, in order: those of the first, those of the second, …
    ///
    /// - Parameter low: The lower half of the first counter; `high` is the upper half of all.
    @inline(__always)
    static func blocks(key: (UInt32, UInt32), low: UInt64, high: UInt64) -> (SIMD16<UInt32>, SIMD16<UInt32>) {
        // Words stand in 64-bit lanes, their upper halves zero, so that a product of two is one instruction.
        let mask = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
        let counter = SIMD8<UInt64>(repeating: low) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7)
        var x0 = counter & mask
        var x1 = counter &>> 32
        var x2 = SIMD8<UInt64>(repeating: high & 0xFFFF_FFFF)
        var x3 = SIMD8<UInt64>(repeating: high >> 32)
        var (k0, k1) = key
        for _ in 0..<10 {
            let left = (x0 & mask) &* SIMD8(repeating: 0xD251_1F53)
            let right = (x2 & mask) &* SIMD8(repeating: 0xCD9E_8D57)
            x0 = (right &>> 32) ^ x1 ^ SIMD8(repeating: UInt64(k0))
            x1 = right & mask
            x2 = (left &>> 32) ^ x3 ^ SIMD8(repeating: UInt64(k1))
            x3 = left & mask
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        let p = x0 | x1 &<< 32
        let q = x2 | x3 &<< 32
        return (
            unsafeBitCast(SIMD8(p[0], q[0], p[1], q[1], p[2], q[2], p[3], q[3]), to: SIMD16<UInt32>.self),
            unsafeBitCast(SIMD8(p[4], q[4], p[5], q[5], p[6], q[6], p[7], q[7]), to: SIMD16<UInt32>.self)
        )
    }
}
