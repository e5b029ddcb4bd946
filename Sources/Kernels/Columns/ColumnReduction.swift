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
