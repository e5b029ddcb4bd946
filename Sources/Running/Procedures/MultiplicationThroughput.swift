import Kernels

/// Whether single-precision multiplication is faster for some operands than for others, on one thread.
///
/// A multiplier of IEEE 754 numbers multiplies significands of 24 bits whose first is 1 and adds exponents: of normal
/// operands each is as fast as any other. Subnormal operands or products, which have no such bit, take many processors a
/// detour through microcode.
///
/// All operands are in the first-level cache. Ranges take turns (``InterleavedTimes``). Complexity: about half a second
/// for sixty rounds.
enum MultiplicationThroughput {
    enum Kind: String, CaseIterable, Sendable {
        /// One product after another: see ``Kernels/Multiplication/chained(_:_:mask:)``.
        case scalar
        /// Sixteen at once: see ``Kernels/Multiplication/independent(_:_:)``.
        case simd
        /// The matrix product that dense layers are trained by, of 64 × 64 matrices.
        case product
    }

    /// The times of one kind with operands of one range.
    struct Entry: Sendable {
        let kind: Kind
        let range: OperandRange
        /// Multiplications of one execution.
        let multiplications: Int
        /// Seconds of one execution.
        let time: RepeatedTime

        /// Multiplications a second, in 10⁹.
        var throughput: Double { Double(multiplications) / time.median * 1e-9 }
    }

    /// Seconds of a turn: long against the clock, short against what else a machine does.
    static let turn = 0.0003

    /// Measures every kind with every range, kind by kind.
    ///
    /// - Parameters:
    ///   - seed: of the operands.
    ///   - rounds: turns of each.
    static func measure(seed: UInt64, rounds: Int) -> [Entry] {
        Kind.allCases.flatMap { kind in
            let works = OperandRange.allCases.map { MultiplicationWork(kind, $0, seed: seed) }
            let times = InterleavedTimes(rounds: rounds, turn: turn).seconds(works.map { work in { work.run() } })
            return zip(works, times).map {
                Entry(kind: kind, range: $0.range, multiplications: $0.multiplications, time: $1)
            }
        }
    }
}

/// Operands of a range, and what multiplies them.
final class MultiplicationWork {
    let kind: MultiplicationThroughput.Kind
    let range: OperandRange
    let left: Vector
    let right: Vector
    /// The product's result, [size × size].
    let output: Matrix
    /// The fold of the products of the last execution; not of matrix products.
    private(set) var fold: UInt32 = 0

    /// Pairs of the two loops: 16 KB of operands.
    static let pairs = 2048
    /// Rows and columns of the matrices: 16 KB each.
    static let size = 64

    private let storage: Storage
    private let team = Team(threads: 1)

    init(_ kind: MultiplicationThroughput.Kind, _ range: OperandRange, seed: UInt64) {
        self.kind = kind
        self.range = range
        let count = kind == .product ? Self.size * Self.size : Self.pairs
        storage = Storage(count: 2 * count + Self.size * Self.size)
        left = storage.vector(count: count)
        right = storage.vector(offset: count, count: count)
        output = storage.matrix(offset: 2 * count, rows: Self.size, columns: Self.size)
        range.fill(left, right, seed: seed)
    }

    var multiplications: Int { kind == .product ? Self.size * Self.size * Self.size : Self.pairs }

    func run() {
        switch kind {
        case .scalar: fold = Multiplication.chained(left, right, mask: 0)
        case .simd: fold = Multiplication.independent(left, right)
        case .product:
            MatrixProduct.forward(
                left.matrix(rows: Self.size, columns: Self.size), right.matrix(rows: Self.size, columns: Self.size),
                bias: nil, into: output, team: team)
        }
    }
}

/// Where the operands of timed multiplications come from.
enum OperandRange: String, CaseIterable, Sendable {
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
    func fill(_ left: Vector, _ right: Vector, seed: UInt64) {
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
