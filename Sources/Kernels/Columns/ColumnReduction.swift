/// Sums over the rows of a matrix, one for each column: what bias gradients and batch normalization are made of.
///
/// Everything is accumulated in Double: a constant column of any value has exactly that mean and no variance. Rows are
/// cut into blocks of a fixed size whose sums are added in order, so the bits depend on the matrix alone.
/// Complexity of each pass: rows · columns.
public enum ColumnReduction {
    /// The scratch floats that any function here needs for a matrix of this shape.
    public static func scratch(rows: Int, columns: Int) -> Int {
        ColumnSums.scratch(rows: rows, columns: columns)
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

    /// The mean and the biased variance (divisor: rows) of each column, in two passes.
    ///
    /// The second pass takes the deviations from the mean in Double. Without rows both are zero.
    public static func moments(
        _ matrix: Matrix, mean: Vector, variance: Vector, scratch: Vector, team: Team
    ) {
        precondition(mean.count == matrix.columns && variance.count == matrix.columns, "one moment for each column")
        let rows = Double(max(matrix.rows, 1))
        let sums = ColumnSums(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        sums.compute(SumTerms(matrix: matrix), team: team)
        for column in 0..<matrix.columns {
            sums.spare[column] = sums.first[column] / rows
            mean.base[column] = Float(sums.spare[column])
        }
        sums.compute(SquareTerms(matrix: matrix, mean: sums.spare), team: team)
        for column in 0..<matrix.columns {
            variance.base[column] = Float(sums.first[column] / rows)
        }
    }

    /// sumA[j] = Σ a[i, j] and sumAB[j] = Σ a[i, j]·b[i, j], in one pass.
    public static func products(
        _ a: Matrix, _ b: Matrix, sumA: Vector, sumAB: Vector, scratch: Vector, team: Team
    ) {
        a.requireSameShape(b)
        precondition(sumA.count == a.columns && sumAB.count == a.columns, "one sum for each column")
        let sums = ColumnSums(rows: a.rows, columns: a.columns, scratch: scratch)
        sums.compute(ProductTerms(a: a, b: b), team: team)
        for column in 0..<a.columns {
            sumA.base[column] = Float(sums.first[column])
            sumAB.base[column] = Float(sums.second[column])
        }
    }
}

extension ColumnReduction {
    /// The mean and the variance (divisor: the number of elements) of a whole matrix.
    static func moments(of matrix: Matrix, scratch: Vector, team: Team) -> (mean: Double, variance: Double) {
        let sums = ColumnSums(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        func total() -> Double {
            (0..<matrix.columns).reduce(0) { $0 + sums.first[$1] }
        }
        sums.compute(SumTerms(matrix: matrix), team: team)
        let mean = total() / Double(matrix.count)
        for column in 0..<matrix.columns {
            sums.spare[column] = mean
        }
        sums.compute(SquareTerms(matrix: matrix, mean: sums.spare), team: team)
        return (mean, total() / Double(matrix.count))
    }
}

// MARK: - What is summed

/// Σ x.
private struct SumTerms: ColumnTerms {
    let matrix: Matrix

    @inline(__always)
    func add(row: Int, column: Int, to sums: inout ColumnSums.Pair) {
        sums.first += matrix.base.doubleLane(at: row * matrix.stride + column)
    }
}

/// Σ (x − μ)².
private struct SquareTerms: ColumnTerms, @unchecked Sendable {
    let matrix: Matrix
    let mean: UnsafeMutablePointer<Double>

    @inline(__always)
    func add(row: Int, column: Int, to sums: inout ColumnSums.Pair) {
        let mean = UnsafeRawPointer(mean + column).load(as: DoubleLane.self)
        let deviation = matrix.base.doubleLane(at: row * matrix.stride + column) - mean
        sums.first.addProduct(deviation, deviation)
    }
}

/// Σ a and Σ a·b.
private struct ProductTerms: ColumnTerms {
    let a: Matrix
    let b: Matrix

    @inline(__always)
    func add(row: Int, column: Int, to sums: inout ColumnSums.Pair) {
        let a = a.base.doubleLane(at: row * self.a.stride + column)
        sums.first += a
        sums.second.addProduct(a, b.base.doubleLane(at: row * b.stride + column))
    }
}
