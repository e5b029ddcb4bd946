/// Elementary functions of our own: the same bits on every machine, in lanes or alone.
///
/// The error bounds are in units in the last place of the exact result (of the smallest number where that is subnormal),
/// measured over all exponents; the functions of one float are lane 0 of the same computation. Special values follow IEEE 754.
public enum Elementary {
    // MARK: One float

    /// eˣ, within 1.1 ulp.
    public static func exp(_ x: Float) -> Float { exp(Lane(repeating: x))[0] }
    /// The natural logarithm, within 0.8 ulp. NaN below zero, −∞ at zero.
    public static func log(_ x: Float) -> Float { log(Lane(repeating: x))[0] }
    /// 1 / (1 + e⁻ˣ), within 2.5 ulp.
    public static func sigmoid(_ x: Float) -> Float { sigmoid(Lane(repeating: x))[0] }
    /// The hyperbolic tangent, within 1.5 ulp.
    public static func tanh(_ x: Float) -> Float { tanh(Lane(repeating: x))[0] }
    /// x raised to a finite power, for x ≥ 0, within 0.51 ulp: computed in Double and rounded once. NaN below zero.
    public static func power(_ x: Float, _ exponent: Float) -> Float { power(Lane(repeating: x), exponent)[0] }
    /// x^−¾ for x > 0, within 1.6 ulp, in a fraction of the time of `power`. Subnormals count as zero.
    public static func inverseThreeQuarters(_ x: Float) -> Float { inverseThreeQuarters(Lane(repeating: x))[0] }

    // MARK: Sixteen floats

    /// eˣ, lane by lane.
    ///
    /// x = n·ln 2 + r with |r| ≤ ln 2 / 2; eʳ is a polynomial, 2ⁿ is put into the exponent in two halves so that neither
    /// overflows before the result does.
    @inline(__always)
    public static func exp(_ x: SIMD16<Float>) -> SIMD16<Float> {
        // Beyond these the result is infinite or zero anyway, and n stays in range. NaN compares false and stays.
        var x = x
        let upper = Lane(repeating: 89)
        let lower = Lane(repeating: -104)
        x.replace(with: upper, where: x .> upper)
        x.replace(with: lower, where: x .< lower)
        // Adding 1.5·2²³ rounds to an integer and leaves it in the low bits.
        let shifter = Lane(repeating: 12_582_912)
        let shifted = shifter.addingProduct(x, Lane(repeating: 1.442_695_04))
        let n = shifted - shifter
        // ln 2 in two parts, the first of which is exact when multiplied by n.
        var r = x.addingProduct(n, Lane(repeating: -0.693_145_752))
        r.addProduct(n, Lane(repeating: -1.428_606_82e-6))
        var p = Lane(repeating: 1.984_126_98e-4)
        p = Lane(repeating: 1.388_888_89e-3).addingProduct(p, r)
        p = Lane(repeating: 8.333_333_33e-3).addingProduct(p, r)
        p = Lane(repeating: 4.166_666_67e-2).addingProduct(p, r)
        p = Lane(repeating: 1.666_666_67e-1).addingProduct(p, r)
        p = Lane(repeating: 0.5).addingProduct(p, r)
        p = r.addingProduct(p, r * r)
        p += Lane(repeating: 1)
        let bits = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- 0x4B40_0000
        let half = bits &>> 1
        return p * powerOfTwo(half) * powerOfTwo(bits &- half)
    }

    /// The natural logarithm, lane by lane.
    ///
    /// x = m·2ⁿ with √½ ≤ m < √2; log m is a polynomial in m − 1 (after Cephes' `logf`), n·ln 2 is added in two parts.
    @inline(__always)
    public static func log(_ x: SIMD16<Float>) -> SIMD16<Float> {
        // Subnormals are scaled into the normal range first.
        let isTiny = x .< Lane(repeating: Float.leastNormalMagnitude)
        let scaled = x.replacing(with: x * 33_554_432, where: isTiny)
        let bias = Lane().replacing(with: Lane(repeating: -25), where: isTiny)
        // Subtracting the bits of √½ leaves the exponent of m·2ⁿ in front.
        let bits = unsafeBitCast(scaled, to: SIMD16<Int32>.self) &- 0x3F35_04F3
        let exponent = bits &>> 23
        let mantissa = (bits & 0x007F_FFFF) &+ 0x3F35_04F3
        let n = exponent.floats + bias
        let f = unsafeBitCast(mantissa, to: Lane.self) - 1
        let square = f * f
        var p = Lane(repeating: 7.037_683_63e-2)
        p = Lane(repeating: -1.151_461_03e-1).addingProduct(p, f)
        p = Lane(repeating: 1.167_699_87e-1).addingProduct(p, f)
        p = Lane(repeating: -1.242_014_08e-1).addingProduct(p, f)
        p = Lane(repeating: 1.424_932_28e-1).addingProduct(p, f)
        p = Lane(repeating: -1.666_805_77e-1).addingProduct(p, f)
        p = Lane(repeating: 2.000_071_48e-1).addingProduct(p, f)
        p = Lane(repeating: -2.499_999_40e-1).addingProduct(p, f)
        p = Lane(repeating: 3.333_333_12e-1).addingProduct(p, f)
        var tail = p * f * square
        tail.addProduct(n, Lane(repeating: -2.121_944_40e-4))
        tail.addProduct(square, Lane(repeating: -0.5))
        var result = (f + tail).addingProduct(n, Lane(repeating: 0.693_359_375))
        result.replace(with: Lane(repeating: -.infinity), where: x .== Lane())
        result.replace(with: Lane(repeating: .nan), where: x .< Lane())
        result.replace(with: x, where: x .== Lane(repeating: .infinity))
        result.replace(with: x, where: x .!= x)
        return result
    }

    /// The logistic function, lane by lane, by e^−|x| so that neither tail loses digits.
    @inline(__always)
    public static func sigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> {
        let isNegative = x .< Lane()
        let e = exp(x.replacing(with: -x, where: x .> Lane()))
        let numerator = Lane(repeating: 1).replacing(with: e, where: isNegative)
        return numerator / (1 + e)
    }

    /// The hyperbolic tangent, lane by lane.
    ///
    /// Below 0.625 a polynomial in x² (after Cephes' `tanhf`), above 1 − 2 / (e²ˣ + 1), with the sign put back.
    @inline(__always)
    public static func tanh(_ x: SIMD16<Float>) -> SIMD16<Float> {
        let magnitude = x.replacing(with: -x, where: x .< Lane())
        let square = x * x
        var p = Lane(repeating: -5.704_988_73e-3)
        p = Lane(repeating: 2.063_908_88e-2).addingProduct(p, square)
        p = Lane(repeating: -5.373_971_56e-2).addingProduct(p, square)
        p = Lane(repeating: 1.333_144_19e-1).addingProduct(p, square)
        p = Lane(repeating: -3.333_328_23e-1).addingProduct(p, square)
        let small = x.addingProduct(p * square, x)
        let large = 1 - 2 / (exp(2 * magnitude) + 1)
        let signed = large.replacing(with: -large, where: x .< Lane())
        return small.replacing(with: signed, where: magnitude .> Lane(repeating: 0.625))
    }

    /// x raised to a finite power, lane by lane, for x ≥ 0. NaN below zero; zero and infinity go where they must.
    @inline(__always)
    public static func power(_ x: SIMD16<Float>, _ exponent: Float) -> SIMD16<Float> {
        let (power, one) = (Double(exponent), Float(1))
        let low = DoubleElementary.exp(DoubleElementary.log(x.lowHalf.widened) * power)
        let high = DoubleElementary.exp(DoubleElementary.log(x.highHalf.widened) * power)
        var result = Lane(lowHalf: low.narrowed, highHalf: high.narrowed)
        let (ofZero, ofInfinity): (Float, Float) =
            exponent == 0 ? (one, one) : exponent > 0 ? (0, .infinity) : (.infinity, 0)
        result.replace(with: Lane(repeating: ofZero), where: x .== Lane())
        result.replace(with: Lane(repeating: ofInfinity), where: x .== Lane(repeating: .infinity))
        return result.replacing(with: Lane(repeating: .nan), where: .!(x .>= Lane()))
    }

    /// x^−¾, lane by lane: local response normalization's usual power. NaN below zero; zero and infinity go where they must.
    ///
    /// Newton's method for x³p⁴ = 1, which needs no division. (Two square roots and one division would be as short, but
    /// Swift has no square root of a lane that is one instruction.) The bits of a float are nearly its logarithm, so that
    /// three quarters of them, subtracted from a constant, are p within 4.5 %, and g = x³p⁴ − 1 is within 0.172. Of the
    /// two steps p ← p · (1 + g)^−¼, the first takes the cubic that approximates the power within 1.2 · 10⁻⁵ where g is,
    /// the second 1 − g/4. What is left is rounding: 5/4 of 2⁻²⁴ from g, and half a unit from the last addition, at
    /// most 1.571 ulp together among all floats from 1 to 16 (of 16x the bits are those of x, but for the exponent).
    @inline(__always)
    public static func inverseThreeQuarters(_ x: SIMD16<Float>) -> SIMD16<Float> {
        let bits = unsafeBitCast(x, to: SIMD16<Int32>.self)
        var p = unsafeBitCast(SIMD16<Int32>(repeating: 0x6F14_6000) &- (bits &- bits &>> 2), to: Lane.self)
        var root = x * p
        var g = Lane(repeating: -1).addingProduct(root * root, root * p)
        var q = Lane(repeating: -0.119_619_69)
        q = Lane(repeating: 0.159_108_6).addingProduct(q, g)
        q = Lane(repeating: -0.249_991_02).addingProduct(q, g)
        q = Lane(repeating: 0.999_989_45).addingProduct(q, g)
        p *= q
        root = x * p
        g = Lane(repeating: -1).addingProduct(root * root, root * p)
        var result = p.addingProduct(p, g * -0.25)
        result.replace(with: Lane(), where: x .> Lane(repeating: Float.greatestFiniteMagnitude))
        result.replace(with: Lane(repeating: .infinity), where: x .< Lane(repeating: Float.leastNormalMagnitude))
        result.replace(with: Lane(repeating: .nan), where: x .< Lane())
        return result
    }

    /// 2ⁿ for −126 ≤ n ≤ 127, from its bits.
    @inline(__always)
    private static func powerOfTwo(_ n: SIMD16<Int32>) -> Lane {
        unsafeBitCast((n &+ 127) &<< 23, to: Lane.self)
    }
}

/// The exponential and the logarithm in Double, for what needs more digits than a float: powers and normal deviates.
///
/// Both are within 2⁻⁴⁶ of the exact value for arguments in the normal range of Float and well beyond, which a result
/// rounded to Float does not show.
enum DoubleElementary {
    /// eˣ for |x| ≤ 700; beyond, the argument is clamped.
    @inline(__always)
    static func exp(_ x: DoubleLane) -> DoubleLane {
        var x = x
        let bound = DoubleLane(repeating: 700)
        x.replace(with: bound, where: x .> bound)
        x.replace(with: -bound, where: x .< -bound)
        // Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits.
        let shifter = DoubleLane(repeating: 6_755_399_441_055_744)
        let shifted = shifter.addingProduct(x, DoubleLane(repeating: 1.442_695_040_888_963_4))
        let n = shifted - shifter
        var r = x.addingProduct(n, DoubleLane(repeating: -0x1.62e42fefa39efp-1))
        r.addProduct(n, DoubleLane(repeating: -0x1.abc9e3b39803fp-56))
        // Taylor's series: |r| ≤ ln 2 / 2, so the first term left out is below 2⁻⁵⁵.
        var p = DoubleLane(repeating: 1 / 479_001_600.0)
        p = DoubleLane(repeating: 1 / 39_916_800.0).addingProduct(p, r)
        p = DoubleLane(repeating: 1 / 3_628_800.0).addingProduct(p, r)
        p = DoubleLane(repeating: 1 / 362_880.0).addingProduct(p, r)
        p = DoubleLane(repeating: 1 / 40_320.0).addingProduct(p, r)
        p = DoubleLane(repeating: 1 / 5_040.0).addingProduct(p, r)
        p = DoubleLane(repeating: 1 / 720.0).addingProduct(p, r)
        p = DoubleLane(repeating: 1 / 120.0).addingProduct(p, r)
        p = DoubleLane(repeating: 1 / 24.0).addingProduct(p, r)
        p = DoubleLane(repeating: 1 / 6.0).addingProduct(p, r)
        p = DoubleLane(repeating: 0.5).addingProduct(p, r)
        p = DoubleLane(repeating: 1).addingProduct(p, r)
        p = DoubleLane(repeating: 1).addingProduct(p, r)
        let bits = unsafeBitCast(shifted, to: SIMD8<Int64>.self) &- 0x4338_0000_0000_0000
        return p * unsafeBitCast((bits &+ 1023) &<< 52, to: DoubleLane.self)
    }

    /// The natural logarithm of positive normal numbers. Zero and infinity count as about e⁻⁷⁰⁹ and e⁷⁰⁹.
    ///
    /// x = m·2ⁿ with √½ ≤ m < √2; log m = 2·artanh(s) with s = (m − 1)/(m + 1), a series in s².
    @inline(__always)
    static func log(_ x: DoubleLane) -> DoubleLane {
        let root: Int64 = 0x3FE6_A09E_667F_3BCD
        let bits = unsafeBitCast(x, to: SIMD8<Int64>.self) &- root
        let exponent = bits &>> 52
        let mantissa = (bits & 0x000F_FFFF_FFFF_FFFF) &+ root
        // The exponent as a double, through the low bits of 1.5·2⁵²: converting Int64 lanes is slow on old machines.
        let shifter = DoubleLane(repeating: 6_755_399_441_055_744)
        let n = unsafeBitCast(exponent &+ 0x4338_0000_0000_0000, to: DoubleLane.self) - shifter
        let m = unsafeBitCast(mantissa, to: DoubleLane.self)
        let s = (m - 1) / (m + 1)
        let square = s * s
        // |s| ≤ 0.1716: the first term left out is below 2⁻⁵⁴ of the sum.
        var p = DoubleLane(repeating: 2 / 19.0)
        p = DoubleLane(repeating: 2 / 17.0).addingProduct(p, square)
        p = DoubleLane(repeating: 2 / 15.0).addingProduct(p, square)
        p = DoubleLane(repeating: 2 / 13.0).addingProduct(p, square)
        p = DoubleLane(repeating: 2 / 11.0).addingProduct(p, square)
        p = DoubleLane(repeating: 2 / 9.0).addingProduct(p, square)
        p = DoubleLane(repeating: 2 / 7.0).addingProduct(p, square)
        p = DoubleLane(repeating: 2 / 5.0).addingProduct(p, square)
        p = DoubleLane(repeating: 2 / 3.0).addingProduct(p, square)
        p = DoubleLane(repeating: 2).addingProduct(p, square)
        return (p * s).addingProduct(n, DoubleLane(repeating: 0x1.62e42fefa39efp-1))
    }

    /// The natural logarithm of one positive normal double.
    static func log(_ x: Double) -> Double { log(DoubleLane(repeating: x))[0] }
}
