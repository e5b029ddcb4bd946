/// An affine map of each column by parameters of its own: batch normalization with fixed statistics.
public struct ColumnAffine: Sendable {
    /// The factor of each column.
    public var scale: Vector
    /// What is added to each column.
    public var shift: Vector

    /// One factor and one summand a column.
    public init(scale: Vector, shift: Vector) {
        precondition(scale.count == shift.count, "one of each a column")
        self.scale = scale
        self.shift = shift
    }

    /// output[i, j] = f(input[i, j] · scale[j] + shift[j]), product and sum fused.
    ///
    /// Input and output may be the same matrix. Complexity: rows · columns.
    ///
    /// - Parameter nonlinearity: f.
    public func apply(_ input: Matrix, nonlinearity: Nonlinearity = .identity, into output: Matrix, team: Team) {
        precondition(scale.count == input.columns, "one factor a column")
        input.requireSameShape(output)
        func run<Function: LaneFunction>(_: Function.Type) {
            AffineMap<Function>(input: input, scale: scale, shift: shift).store(into: output, team: team)
        }
        nonlinearity.withFunction { run($0) }
    }

    /// matrix = f(matrix · scale + shift) for some columns of the map, on the calling thread.
    func apply(to matrix: Matrix, columns: Range<Int>, nonlinearity: Nonlinearity) {
        func run<Function: LaneFunction>(_: Function.Type) {
            AffineMap<Function>(input: matrix, scale: scale.range(columns), shift: shift.range(columns))
                .store(into: matrix, rows: 0..<matrix.rows)
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
