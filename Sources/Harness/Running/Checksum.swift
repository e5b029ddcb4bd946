/// A 64-bit check value that tells a damaged file from a whole one (FNV-1a); it is no defence against intent.
enum Checksum {
    /// The check value of bytes, in 16 hexadecimal digits.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
