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

    /// The keys of eight values, numbers or not.
    @inline(__always)
    static func of(_ values: SIMD8<Float>) -> SIMD8<UInt32> {
        let bits = unsafeBitCast(values, to: SIMD8<UInt32>.self)
        let signs = unsafeBitCast(values, to: SIMD8<Int32>.self) &>> SIMD8<Int32>(repeating: 31)
        let turned = unsafeBitCast(signs, to: SIMD8<UInt32>.self) | SIMD8<UInt32>(repeating: 0x8000_0000)
        return (bits ^ turned).replacing(with: SIMD8<UInt32>(repeating: none), where: values .!= values)
    }

    /// The keys of sixteen values, numbers or not.
    @inline(__always)
    static func of(_ values: Lane) -> SIMD16<UInt32> {
        SIMD16<UInt32>(lowHalf: of(values.lowHalf), highHalf: of(values.highHalf))
    }
}
