/// The affine map of each column by parameters of its own: batch normalization with fixed statistics.
public enum ColumnAffine {
    /// output[i, j] = f(input[i, j] · scale[j] + shift[j]), product and sum fused.
    ///
    /// Input and output may be the same matrix. Complexity: rows · columns.
    ///
    /// - Parameter nonlinearity: f.
    public static func apply(
        _ input: Matrix, scale: Vector, shift: Vector, nonlinearity: Nonlinearity = .identity, into output: Matrix,
        team: Team
    ) {
        precondition(scale.count == input.columns && shift.count == input.columns, "one of each a column")
        input.requireSameShape(output)
        func run<Function: LaneFunction>(_: Function.Type) {
            AffineMap<Function>(input: input, scale: scale, shift: shift).store(into: output, team: team)
        }
        nonlinearity.withFunction { run($0) }
    }
}

private struct AffineMap<Function: LaneFunction>: ColumnMap {
    let input: Matrix
    let scale: Vector
    let shift: Vector

    @inline(__always)
    func parameters(column: Int) -> (scale: Lane, shift: Lane) {
        (scale.base.lane(at: column), shift.base.lane(at: column))
    }

    @inline(__always)
    func value(row: Int, column: Int, _ parameters: (scale: Lane, shift: Lane)) -> Lane {
        let x = input.base.lane(at: row * input.stride + column)
        return Function.value(parameters.shift.addingProduct(x, parameters.scale))
    }
}
