/// Products of pairs of floats and nothing else: what is timed to see whether a multiplication's time depends on its operands.
///
/// The bits of all products are folded by exclusive or, so that none can be left out and the order does not matter: the
/// result is exact, and the same for both forms. No branch depends on a value. Complexity of each: one product a pair.
public enum Multiplication {
    /// The fold of left[i] · right[i], one product after another: a measure of the latency of scalar multiplication.
    ///
    /// Every product goes into the next one's operand, as its bits and `mask`, which is 0 and changes nothing: the compiler
    /// does not know that, so that it can neither vectorize the loop nor begin a product before the one before it is there. On
    /// x86-64 `objdump -d` shows for a pair `vmovd`, `and`, `or`, `vmovd`, `vmulss`, and no other multiplication: a chain of
    /// about twelve cycles, four of them the multiplication's. One cycle less would be 8 % of the time.
    ///
    /// - Parameter mask: 0, as a number that is not known where this is compiled.
    @inline(never)
    public static func chained(_ left: Vector, _ right: Vector, mask: UInt32) -> UInt32 {
        precondition(left.count == right.count, "\(left.count) and \(right.count) floats are no pairs")
        var fold: UInt32 = 0
        var product: Float = 0
        for index in 0..<left.count {
            let operand = Float(bitPattern: left.base[index].bitPattern | (product.bitPattern & mask))
            product = operand * right.base[index]
            fold ^= product.bitPattern
        }
        return fold
    }

    /// The fold of left[i] · right[i], sixteen pairs at once and four times sixteen independent of each other: a measure of
    /// the throughput of vector multiplication.
    ///
    /// - Precondition: the count is a multiple of 64.
    @inline(never)
    public static func independent(_ left: Vector, _ right: Vector) -> UInt32 {
        precondition(left.count == right.count, "\(left.count) and \(right.count) floats are no pairs")
        precondition(left.count.isMultiple(of: 4 * Lane.width), "\(left.count) floats are no multiple of 64")
        var (first, second) = (SIMD16<UInt32>(), SIMD16<UInt32>())
        var (third, fourth) = (SIMD16<UInt32>(), SIMD16<UInt32>())
        for index in stride(from: 0, to: left.count, by: 4 * Lane.width) {
            first ^= bits(left, right, index)
            second ^= bits(left, right, index + Lane.width)
            third ^= bits(left, right, index + 2 * Lane.width)
            fourth ^= bits(left, right, index + 3 * Lane.width)
        }
        let lanes = first ^ second ^ third ^ fourth
        return lanes.indices.reduce(0) { $0 ^ lanes[$1] }
    }

    @inline(__always)
    private static func bits(_ left: Vector, _ right: Vector, _ index: Int) -> SIMD16<UInt32> {
        unsafeBitCast(left.base.lane(at: index) * right.base.lane(at: index), to: SIMD16<UInt32>.self)
    }
}
