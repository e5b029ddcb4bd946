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

    /// A normal deviate of mean 0 and variance 1: the inverse of the distribution function at a 53-bit uniform number.
    ///
    /// It uses the bits at 2·index and 2·index + 1. No value is beyond ±8.3.
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

/// The normal distribution of mean 0 and variance 1.
enum NormalDistribution {
    /// The value below which a normal deviate falls with a probability strictly between 0 and 1.
    ///
    /// Wichura's algorithm AS 241, PPND16 (Applied Statistics 37, 1988): relative accuracy about 10⁻¹⁶ for exact
    /// elementary functions, here about 10⁻¹³.
    static func quantile(_ probability: Double) -> Double {
        let q = probability - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * ratio(r, central.above, central.below)
        }
        let tail = q < 0 ? probability : 1 - probability
        let r = (-DoubleElementary.log(tail)).squareRoot()
        let value =
            r <= 5 ? ratio(r - 1.6, middle.above, middle.below) : ratio(r - 5, far.above, far.below)
        return q < 0 ? -value : value
    }

    /// The coefficients of a rational function, the highest power first.
    private typealias Coefficients = (above: SIMD8<Double>, below: SIMD8<Double>)

    private static let central: Coefficients = (
        SIMD8(
            2.509_080_928_730_122_672_7e+3, 3.343_057_558_358_812_810_5e+4, 6.726_577_092_700_870_085_3e+4,
            4.592_195_393_154_987_145_7e+4, 1.373_169_376_550_946_112_5e+4, 1.971_590_950_306_551_442_7e+3,
            1.331_416_678_917_843_774_5e+2, 3.387_132_872_796_366_608_0),
        SIMD8(
            5.226_495_278_852_854_561_0e+3, 2.872_908_573_572_194_267_4e+4, 3.930_789_580_009_271_061_0e+4,
            2.121_379_430_158_659_586_7e+4, 5.394_196_021_424_751_107_7e+3, 6.871_870_074_920_579_083_0e+2,
            4.231_333_070_160_091_125_2e+1, 1)
    )

    private static let middle: Coefficients = (
        SIMD8(
            7.745_450_142_783_414_076_4e-4, 2.272_384_498_926_918_458_33e-2, 2.417_807_251_774_506_117_7e-1,
            1.270_458_252_452_368_382_58, 3.647_848_324_763_204_605_04, 5.769_497_221_460_691_405_5,
            4.630_337_846_156_545_295_9, 1.423_437_110_749_683_577_34),
        SIMD8(
            1.050_750_071_644_416_843_24e-9, 5.475_938_084_995_344_946e-4, 1.519_866_656_361_645_719_66e-2,
            1.481_039_764_274_800_745_9e-1, 6.897_673_349_851_000_045_5e-1, 1.676_384_830_183_803_849_4,
            2.053_191_626_637_758_821_87, 1)
    )

    private static let far: Coefficients = (
        SIMD8(
            2.010_334_399_292_288_132_65e-7, 2.711_555_568_743_487_578_15e-5, 1.242_660_947_388_078_438_6e-3,
            2.653_218_952_657_612_309_3e-2, 2.965_605_718_285_048_912_3e-1, 1.784_826_539_917_291_335_8,
            5.463_784_911_164_114_369_9, 6.657_904_643_501_103_777_2),
        SIMD8(
            2.044_263_103_389_939_785_64e-15, 1.421_511_758_316_445_888_7e-7, 1.846_318_317_510_054_681_8e-5,
            7.868_691_311_456_132_591e-4, 1.487_536_129_085_061_485_25e-2, 1.369_298_809_227_358_053_1e-1,
            5.998_322_065_558_879_376_9e-1, 1)
    )

    /// The quotient of two polynomials.
    private static func ratio(_ x: Double, _ above: SIMD8<Double>, _ below: SIMD8<Double>) -> Double {
        var numerator = above[0]
        var denominator = below[0]
        for power in 1..<8 {
            numerator = above[power].addingProduct(numerator, x)
            denominator = below[power].addingProduct(denominator, x)
        }
        return numerator / denominator
    }
}
