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
