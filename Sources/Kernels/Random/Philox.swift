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
}
