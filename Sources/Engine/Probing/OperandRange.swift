import Kernels

/// Where the operands of timed multiplications come from.
public enum OperandRange: String, CaseIterable, Sendable {
    /// Both in −1…1.
    case symmetric
    /// Both in 1…2: one exponent, all its significands.
    case oneToTwo = "one-to-two"
    /// Both in 10³…10⁴.
    case thousands
    /// 0 times a number in 1…2.
    case zeros
    /// Both subnormal, below 2⁻¹²⁶: all products are 0.
    case subnormal
    /// A subnormal number times one in 1…2: products are subnormal, or just not.
    case subnormalOperand = "subnormal-operand"
    /// Two normal numbers of about 2⁻⁶⁸ whose product is subnormal.
    case subnormalProduct = "subnormal-product"

    /// Fills both operands with uniform numbers of a stream.
    public func fill(_ left: Vector, _ right: Vector, seed: UInt64) {
        let (one, other) = (
            RandomStream(seed: seed, "operands/\(rawValue)/left"),
            RandomStream(seed: seed, "operands/\(rawValue)/right")
        )
        switch self {
        case .symmetric:
            one.fill(left, uniform: -1..<1)
            other.fill(right, uniform: -1..<1)
        case .oneToTwo:
            one.fill(left, uniform: 1..<2)
            other.fill(right, uniform: 1..<2)
        case .thousands:
            one.fill(left, uniform: 1e3..<1e4)
            other.fill(right, uniform: 1e3..<1e4)
        case .zeros:
            left.fill(0)
            other.fill(right, uniform: 1..<2)
        case .subnormal:
            Self.fillSubnormal(left, one)
            Self.fillSubnormal(right, other)
        case .subnormalOperand:
            Self.fillSubnormal(left, one)
            other.fill(right, uniform: 1..<2)
        case .subnormalProduct:
            one.fill(left, uniform: 0x1p-69..<0x1p-68)
            other.fill(right, uniform: 0x1p-68..<0x1p-67)
        }
    }

    /// Subnormal numbers are whole multiples of the smallest one, whose bits are the multiple: from 1 to 2²³ − 1.
    private static func fillSubnormal(_ vector: Vector, _ stream: RandomStream) {
        for index in 0..<vector.count {
            vector[index] = Float(bitPattern: max(1, stream.bits(at: UInt64(index)) >> 9))
        }
    }
}
