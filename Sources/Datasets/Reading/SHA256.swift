/// The hash function SHA-256 (FIPS 180-4 §6.2), fed piece by piece.
///
/// It verifies downloads and names data sets; it is not meant for secrets.
public struct SHA256: Sendable {
    private var state = SIMD8<UInt32>(
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)
    /// Bytes that do not fill a block yet.
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    private static let blockSize = 64

    public init() {}

    public mutating func update(_ bytes: [UInt8]) {
        update(bytes.span)
    }

    /// Takes the next bytes. O(n).
    public mutating func update(_ bytes: Span<UInt8>) {
        byteCount += UInt64(bytes.count)
        var position = 0
        if !pending.isEmpty {
            while pending.count < Self.blockSize, position < bytes.count {
                pending.append(bytes[position])
                position += 1
            }
            guard pending.count == Self.blockSize else { return }
            let block = pending
            compress(block.span, at: 0)
            pending.removeAll(keepingCapacity: true)
        }
        while bytes.count - position >= Self.blockSize {
            compress(bytes, at: position)
            position += Self.blockSize
        }
        while position < bytes.count {
            pending.append(bytes[position])
            position += 1
        }
    }

    /// The hash of everything so far, as 64 hexadecimal digits in lower case.
    public func hexDigest() -> String {
        var copy = self
        let bits = byteCount &* 8
        let zeros = (2 * Self.blockSize - 9 - pending.count) % Self.blockSize
        copy.update([0x80] + [UInt8](repeating: 0, count: zeros))
        copy.update((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) })
        return (0..<8).map { index in
            let word = String(copy.state[index], radix: 16)
            return String(repeating: "0", count: 8 - word.count) + word
        }.joined()
    }

    public static func hexDigest(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.hexDigest()
    }

    private mutating func compress(_ bytes: Span<UInt8>, at start: Int) {
        var words = InlineArray<16, UInt32> { t in
            let base = start + 4 * t
            return UInt32(bytes[base]) << 24 | UInt32(bytes[base + 1]) << 16 | UInt32(bytes[base + 2]) << 8
                | UInt32(bytes[base + 3])
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        // Sixteen rounds at a time, eight of which turn the variables once around: nothing is moved.
        for first in stride(from: 0, to: 64, by: 16) {
            for t in stride(from: 0, to: 16, by: 8) {
                Self.round(a, b, c, &d, e, f, g, &h, Self.constants[first + t] &+ words[t])
                Self.round(h, a, b, &c, d, e, f, &g, Self.constants[first + t + 1] &+ words[t + 1])
                Self.round(g, h, a, &b, c, d, e, &f, Self.constants[first + t + 2] &+ words[t + 2])
                Self.round(f, g, h, &a, b, c, d, &e, Self.constants[first + t + 3] &+ words[t + 3])
                Self.round(e, f, g, &h, a, b, c, &d, Self.constants[first + t + 4] &+ words[t + 4])
                Self.round(d, e, f, &g, h, a, b, &c, Self.constants[first + t + 5] &+ words[t + 5])
                Self.round(c, d, e, &f, g, h, a, &b, Self.constants[first + t + 6] &+ words[t + 6])
                Self.round(b, c, d, &e, f, g, h, &a, Self.constants[first + t + 7] &+ words[t + 7])
            }
            if first < 48 {
                for t in 0..<16 {
                    let (w15, w2) = (words[(t + 1) & 15], words[(t + 14) & 15])
                    let s0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >> 3)
                    let s1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >> 10)
                    words[t] = words[t] &+ s0 &+ words[(t + 9) & 15] &+ s1
                }
            }
        }
        state = state &+ SIMD8(a, b, c, d, e, f, g, h)
    }

    /// One round, after which the variables are to be read one place further (FIPS 180-4 §6.2.2, step 3).
    @inline(__always)
    private static func round(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
        _ h: inout UInt32, _ word: UInt32
    ) {
        let s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
        let first = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ word
        let s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
        d = d &+ first
        h = first &+ s0 &+ ((a & b) ^ (a & c) ^ (b & c))
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4 §4.2.2).
    private static let constants: InlineArray<64, UInt32> = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

@inline(__always)
private func rotated(_ word: UInt32, _ places: UInt32) -> UInt32 {
    (word &>> places) | (word &<< (32 &- places))
}
