/// Sums over the rows of a matrix, one for each column: what bias gradients and batch normalization are made of.
///
/// Everything is accumulated in Double. Rows are cut into blocks of a fixed size whose sums are added in order, so the bits
/// depend on the matrix alone. Complexity of each pass: rows · columns.
public enum ColumnReduction {
    /// The scratch floats that any function here needs for a matrix of this shape.
    public static func scratch(rows: Int, columns: Int) -> Int {
        max(ColumnSums.scratch(rows: rows, columns: columns), BlockMoments.scratch(rows: rows, columns: columns))
    }

    /// sum[j] = Σ m[i, j].
    public static func sum(_ matrix: Matrix, into sum: Vector, scratch: Vector, team: Team) {
        precondition(sum.count == matrix.columns, "one sum for each column")
        let sums = ColumnSums(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        sums.compute(SumTerms(matrix: matrix), team: team)
        for column in 0..<matrix.columns {
            sum.base[column] = Float(sums.first[column])
        }
    }

    /// gradient[i, j] ← gradient[i, j] · f′, where f′ is computed from output = f(…), and sum[j] = Σ gradient[i, j], in one
    /// pass: how a gradient gets behind a nonlinearity to a bias and on to a product.
    public static func sum(
        behind nonlinearity: Nonlinearity, output: Matrix, gradient: Matrix, into sum: Vector, scratch: Vector,
        team: Team
    ) {
        precondition(sum.count == gradient.columns, "one sum for each column")
        output.requireSameShape(gradient)
        let sums = ColumnSums(rows: gradient.rows, columns: gradient.columns, scratch: scratch)
        func run<Function: LaneFunction>(_: Function.Type) {
            sums.compute(SlopeTerms<Function>(output: output, gradient: gradient), team: team)
        }
        nonlinearity.withFunction { run($0) }
        for column in 0..<gradient.columns {
            sum.base[column] = Float(sums.first[column])
        }
    }

    /// The mean and the biased variance (divisor: rows) of each column, as by `BlockMoments`.
    ///
    /// Without rows both are zero.
    public static func moments(
        _ matrix: Matrix, mean: Vector, variance: Vector, scratch: Vector, team: Team
    ) {
        let moments = BlockMoments(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        moments.gather(matrix, team: team)
        moments.join(mean: mean, variance: variance)
    }

    /// The mean and the variance (divisor: the number of elements) of a whole matrix.
    static func moments(of matrix: Matrix, scratch: Vector, team: Team) -> (mean: Double, variance: Double) {
        let moments = BlockMoments(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        moments.gather(matrix, team: team)
        return moments.joinAll()
    }
}

/// Σ dy · f′, which takes the place of dy.
private struct SlopeTerms<Function: LaneFunction>: ColumnTerms {
    let output: Matrix
    let gradient: Matrix

    /// How many of a lane's columns there are.
    @inline(__always)
    func parameters(column: Int) -> Int { gradient.columns - column }

    @inline(__always)
    func add(row: Int, column: Int, _ count: Int, to sums: inout ColumnSums.Pair) {
        let place = gradient.base + (row * gradient.stride + column)
        let y = output.base.lane(at: row * output.stride + column)
        let slope = Function.gradient(place.lane(at: 0), output: y)
        place.store(slope, at: 0, first: count)
        sums.add(slope)
    }
}

/// Σ x.
private struct SumTerms: ColumnTerms {
    let matrix: Matrix

    @inline(__always)
    func parameters(column: Int) {}

    @inline(__always)
    func add(row: Int, column: Int, _: Void, to sums: inout ColumnSums.Pair) {
        sums.add(matrix.base.lane(at: row * matrix.stride + column))
    }
}
