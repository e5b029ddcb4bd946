/// Integers in the order of the floats: counting, sorting and comparing them needs no thought of signs.
///
/// Floats order like integers once negative ones are turned over. −0 comes before 0. All values that are not numbers share
/// the largest key, which belongs to no number.
enum FloatKey {
    /// The key of what is not a number.
    static let none = UInt32.max

    /// The key of a number.
    @inline(__always)
    static func of(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
    }

    /// The float of a key.
    static func value(of key: UInt32) -> Float {
        Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
    }

    /// The keys of sixteen values, numbers or not.
    @inline(__always)
    static func of(_ values: Lane) -> SIMD16<UInt32> {
        let bits = unsafeBitCast(values, to: SIMD16<UInt32>.self)
        let signs = unsafeBitCast(values, to: SIMD16<Int32>.self) &>> SIMD16<Int32>(repeating: 31)
        let turned = unsafeBitCast(signs, to: SIMD16<UInt32>.self) | SIMD16<UInt32>(repeating: 0x8000_0000)
        let isNone: SIMDMask<SIMD16<Int32>> = values .!= values
        return (bits ^ turned).replacing(with: SIMD16<UInt32>(repeating: none), where: isNone)
    }
}
