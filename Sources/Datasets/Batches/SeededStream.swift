/// Random numbers that a seed and a path name and a counter addresses: the same everywhere, in any order of asking.
///
/// The numbers are SplitMix64's (Steele, Lea, Flood 2014): a strong mixing of an arithmetic progression, so that the n-th
/// number needs none before it. The path is hashed into the start of the progression.
struct SeededStream: Sendable {
    private let key: UInt64

    /// The stream of a seed and a path such as `shuffle/epoch-3`.
    init(seed: UInt64, _ path: String) {
        self.init(seed: seed, hash: Self.hash(path))
    }

    /// The stream of a seed and of the path `prefix` followed by `number` in decimal, made without making that path: nothing
    /// is allocated.
    init(seed: UInt64, _ prefix: String, _ number: Int) {
        precondition(number >= 0, "a stream numbered \(number)")
        var hash = Self.hash(prefix)
        var unit = 1
        while number / unit >= 10 { unit *= 10 }
        while unit > 0 {
            hash = Self.hash(UInt8(48 + number / unit % 10), after: hash)
            unit /= 10
        }
        self.init(seed: seed, hash: hash)
    }

    /// The hash of a path mixed with the seed, so that close seeds and similar paths are far apart.
    private init(seed: UInt64, hash: UInt64) {
        key = Self.mix(Self.mix(seed &+ Self.step) ^ hash)
    }

    /// The stream of a key: SplitMix64 from that state.
    init(key: UInt64) {
        self.key = key
    }

    /// 64 random bits. O(1).
    func bits(at counter: UInt64) -> UInt64 {
        Self.mix(key &+ (counter &+ 1) &* Self.step)
    }

    /// A whole number in 0..<bound; its bias is below bound / 2⁶⁴. O(1).
    func index(below bound: Int, at counter: UInt64) -> Int {
        Int(bits(at: counter).multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A random order of 0..<count, each order equally likely (Fisher–Yates). O(count).
    func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, index(below: last + 1, at: UInt64(last)))
        }
        return order
    }

    /// FNV-1a of a path.
    private static func hash(_ path: String) -> UInt64 {
        path.utf8.reduce(0xcbf2_9ce4_8422_2325) { hash($1, after: $0) }
    }

    private static func hash(_ byte: UInt8, after hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

    private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    private static func mix(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
