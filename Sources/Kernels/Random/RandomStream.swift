/// An endless sequence of random numbers that has a name: a seed and a path such as `init/conv1/weight`.
///
/// Every number is a function of the seed, the path and its index, and of nothing that happened before: streams can be
/// read in any order, by any thread, from the middle. Different names give independent streams. The words are Philox's;
/// the name is hashed into its key and the upper half of its counter, 128 bits in all.
public struct RandomStream: Hashable, Sendable {
    private let key: UInt64
    private let nonce: UInt64

    /// The stream of a seed and a path.
    public init(seed: UInt64, _ path: String) {
        key = RandomStream.hash(path, start: RandomStream.mix(seed))
        nonce = RandomStream.hash(path, start: RandomStream.mix(seed ^ 0x6A09_E667_F3BC_C909))
    }

    /// The stream of a seed and of the path `prefix` followed by `number` in decimal, made without making that path.
    ///
    /// It is the same stream as `RandomStream(seed: seed, "\(prefix)\(number)")`, but nothing is allocated.
    public init(seed: UInt64, _ prefix: String, _ number: Int) {
        key = RandomStream.hash(prefix, number, start: RandomStream.mix(seed))
        nonce = RandomStream.hash(prefix, number, start: RandomStream.mix(seed ^ 0x6A09_E667_F3BC_C909))
    }

    // MARK: Single numbers

    /// 32 random bits.
    public func bits(at index: UInt64) -> UInt32 {
        block(index >> 2)[Int(index & 3)]
    }

    /// A float in [0, 1): a multiple of 2⁻²⁴ made of the bits at the same index.
    public func uniform(at index: UInt64) -> Float {
        Float(bits(at: index) >> 8) * 0x1p-24
    }

    /// A double in [0, 1): a multiple of 2⁻⁵³ made of the bits at 2·index and 2·index + 1.
    public func uniformDouble(at index: UInt64) -> Double {
        Double(wide(at: index) >> 11) * 0x1p-53
    }

    /// A normal deviate of mean 0 and variance 1: the inverse of the distribution function at a 53-bit uniform number.
    ///
    /// It uses the bits of `uniformDouble(at: index)`. No value is beyond ±8.3.
    public func normal(at index: UInt64) -> Float {
        RandomStream.normal(wide(at: index))
    }

    /// The normal deviate of 64 random bits.
    private static func normal(_ bits: UInt64) -> Float {
        // The middles of 2⁵³ equal intervals: neither 0 nor 1, and symmetrical.
        Float(NormalDistribution.quantile((Double(bits >> 11) + 0.5) * 0x1p-53))
    }

    // MARK: Many numbers

    /// 0 ..< count in random order, every order equally likely (Fisher and Yates' shuffle).
    public func permutation(of count: Int) -> [Int] {
        var order = Array(0..<max(count, 0))
        var position: UInt64 = 0
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(integer(below: UInt64(last + 1), position: &position)))
        }
        return order
    }

    /// Fills a vector with normal deviates: element i is mean + deviation · `normal(at: i)`.
    public func fill(_ vector: Vector, mean: Float = 0, deviation: Float) {
        fill(vector, places: 0..<vector.count, mean: mean, deviation: deviation)
    }

    /// Fills a contiguous matrix with normal deviates on a team: element (i, j) is deviation · `normal(at: i · columns + j)`.
    public func fill(_ matrix: Matrix, deviation: Float, team: Team) {
        let vector = matrix.vector
        team.forEachPart(of: vector.count, size: 512) { places in
            fill(vector, places: places, mean: 0, deviation: deviation)
        }
    }

    /// Fills some places of a vector with normal deviates; the first is a multiple of a lane's width.
    private func fill(_ vector: Vector, places: Range<Int>, mean: Float, deviation: Float) {
        for start in stride(from: places.lowerBound, to: places.upperBound, by: Lane.width) {
            // Sixteen 64-bit numbers are eight blocks, which are computed together.
            let words = Philox.blocks(key: philoxKey, low: UInt64(start) >> 1, high: nonce)
            let wide = (unsafeBitCast(words.0, to: SIMD8<UInt64>.self), unsafeBitCast(words.1, to: SIMD8<UInt64>.self))
            for place in 0..<min(Lane.width, places.upperBound - start) {
                let pair = place < 8 ? wide.0[place] : wide.1[place - 8]
                // The first word is the upper half.
                let deviate = RandomStream.normal(pair << 32 | pair >> 32)
                vector.base[start + place] = mean.addingProduct(deviation, deviate)
            }
        }
    }

    /// Fills a vector with uniform numbers: element i is lower + (upper − lower) · `uniform(at: i)`.
    public func fill(_ vector: Vector, uniform range: Range<Float>) {
        let width = range.upperBound - range.lowerBound
        for index in stride(from: 0, to: vector.count, by: Lane.width) {
            let numbers = Lane(repeating: range.lowerBound)
                .addingProduct(Lane(repeating: width), uniformLane(at: UInt64(index)))
            vector.base.store(numbers, at: index, first: vector.count - index)
        }
    }

    /// `uniform(at: index)` … `uniform(at: index + 15)`.
    @inline(__always)
    func uniformLane(at index: UInt64) -> Lane {
        let words = Philox.blocks(key: philoxKey, low: index >> 2, high: nonce)
        let first = unsafeBitCast(words.0 &>> 8, to: SIMD16<Int32>.self).floats * 0x1p-24
        let second = unsafeBitCast(words.1 &>> 8, to: SIMD16<Int32>.self).floats * 0x1p-24
        return withUnsafeBytes(of: (first, second)) { floats in
            floats.loadUnaligned(fromByteOffset: Int(index & 3) * MemoryLayout<Float>.stride, as: Lane.self)
        }
    }

    // MARK: Words

    /// Four words of the stream.
    @inline(__always)
    private func block(_ index: UInt64) -> SIMD4<UInt32> {
        Philox.block(
            key: philoxKey,
            counter: SIMD4(
                UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
                UInt32(truncatingIfNeeded: nonce), UInt32(truncatingIfNeeded: nonce >> 32)))
    }

    private var philoxKey: (UInt32, UInt32) {
        (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    }

    /// 64 bits, from the words 2·index and 2·index + 1.
    private func wide(at index: UInt64) -> UInt64 {
        let words = block(index >> 1)
        let first = Int(index & 1) * 2
        return UInt64(words[first]) << 32 | UInt64(words[first + 1])
    }

    /// An unbiased integer below a bound (Lemire 2019), using 64-bit numbers from `position` on.
    private func integer(below bound: UInt64, position: inout UInt64) -> UInt64 {
        while true {
            let product = wide(at: position).multipliedFullWidth(by: bound)
            position += 1
            // Products whose low half is among the first 2⁶⁴ mod bound would make some results likelier.
            if product.low >= bound || product.low >= (0 &- bound) % bound {
                return product.high
            }
        }
    }

    /// FNV-1a of a path, scrambled at the end.
    private static func hash(_ path: String, _ number: Int? = nil, start: UInt64) -> UInt64 {
        var hash = start
        for byte in path.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        guard let number else { return mix(hash) }
        precondition(number >= 0, "a stream numbered \(number)")
        var unit = 1
        while number / unit >= 10 { unit *= 10 }
        while unit > 0 {
            hash = (hash ^ UInt64(48 + number / unit % 10)) &* 0x0000_0100_0000_01B3
            unit /= 10
        }
        return mix(hash)
    }

    /// The finalizer of SplitMix64: a bijection in which every bit of the argument reaches every bit of the result.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
