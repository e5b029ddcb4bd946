/// Functions of single elements, with their gradients, and sums of tensors.
///
/// Input and output may be the same matrix; NaN goes through every function, so that a diverged network shows.
/// Complexity of each: the number of elements.
public enum Pointwise {
    // MARK: Nonlinearities

    /// output = f(input).
    public static func apply(_ nonlinearity: Nonlinearity, _ input: Matrix, into output: Matrix, team: Team) {
        input.requireSameShape(output)
        func run<Function: LaneFunction>(_: Function.Type) {
            RowLanes.forEach(output, team: team) { Function.value(input.lane($0)) }
        }
        nonlinearity.withFunction { run($0) }
    }

    /// inputGradient = outputGradient · f′(input), where f′ is computed from output = f(input).
    public static func gradient(
        _ nonlinearity: Nonlinearity, output: Matrix, outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        output.requireSameShape(inputGradient)
        outputGradient.requireSameShape(inputGradient)
        func run<Function: LaneFunction>(_: Function.Type) {
            RowLanes.forEach(inputGradient, team: team) {
                Function.gradient(outputGradient.lane($0), output: output.lane($0))
            }
        }
        nonlinearity.withFunction { run($0) }
    }

    // MARK: Sums and copies

    /// output = a + b.
    public static func add(_ a: Matrix, _ b: Matrix, into output: Matrix, team: Team) {
        a.requireSameShape(output)
        b.requireSameShape(output)
        RowLanes.forEach(output, team: team) { a.lane($0) + b.lane($0) }
    }

    /// matrix[i, j] += row[j].
    public static func add(_ row: Vector, toRowsOf matrix: Matrix, team: Team) {
        precondition(row.count == matrix.columns, "\(row.count) summands for \(matrix.columns) columns")
        RowLanes.forEach(matrix, team: team) { matrix.lane($0) + row.base.lane(at: $0.column) }
    }

    /// output = input.
    public static func copy(_ input: Matrix, into output: Matrix, team: Team) {
        input.requireSameShape(output)
        RowLanes.forEach(output, team: team) { input.lane($0) }
    }
}

extension Pointwise {
    /// Dropout (Srivastava et al. 2014) in its inverted form: what is kept is scaled up, so that inference does nothing.
    ///
    /// output[i, j] = input[i, j] / (1 − ratio) where the element is kept, else 0. Element (i, j) is dropped if
    /// `stream.uniform(at: i · columns + j)` is below the ratio: the mask is a function of the stream and the shape alone.
    /// The gradient is the same map with the same stream, so no mask is stored.
    ///
    /// - Parameter ratio: The probability that an element is dropped, 0 ≤ ratio < 1.
    public static func drop(
        _ input: Matrix, ratio: Float, stream: RandomStream, into output: Matrix, team: Team
    ) {
        precondition(ratio >= 0 && ratio < 1, "a dropout ratio of \(ratio)")
        input.requireSameShape(output)
        let scale = 1 / (1 - ratio)
        RowLanes.forEach(output, team: team) { position in
            let uniform = stream.uniformLane(at: UInt64(position.row * output.columns + position.column))
            return (input.lane(position) * scale).replacing(with: Lane(), where: uniform .< Lane(repeating: ratio))
        }
    }
}

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
        precondition(left.count == right.count, "\(left.count) and \(right.count) floats do not form pairs")
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
        precondition(left.count == right.count, "\(left.count) and \(right.count) floats do not form pairs")
        precondition(left.count.isMultiple(of: 4 * Lane.width), "\(left.count) floats are not a multiple of 64")
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
