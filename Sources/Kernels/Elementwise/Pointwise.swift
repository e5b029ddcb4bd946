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
            RowLanes.forEach(output, team: team) { row, column in
                Function.value(input.base.lane(at: row * input.stride + column))
            }
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
            RowLanes.forEach(inputGradient, team: team) { row, column in
                let y = output.base.lane(at: row * output.stride + column)
                return Function.gradient(outputGradient.base.lane(at: row * outputGradient.stride + column), output: y)
            }
        }
        nonlinearity.withFunction { run($0) }
    }

    // MARK: Sums and copies

    /// output = a + b.
    public static func add(_ a: Matrix, _ b: Matrix, into output: Matrix, team: Team) {
        a.requireSameShape(output)
        b.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            a.base.lane(at: row * a.stride + column) + b.base.lane(at: row * b.stride + column)
        }
    }

    /// matrix[i, j] += row[j].
    public static func add(_ row: Vector, toRowsOf matrix: Matrix, team: Team) {
        precondition(row.count == matrix.columns, "\(row.count) summands for \(matrix.columns) columns")
        RowLanes.forEach(matrix, team: team) { place, column in
            matrix.base.lane(at: place * matrix.stride + column) + row.base.lane(at: column)
        }
    }

    /// output = input · factor.
    public static func scale(_ input: Matrix, by factor: Float, into output: Matrix, team: Team) {
        input.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            input.base.lane(at: row * input.stride + column) * factor
        }
    }

    /// output = input.
    public static func copy(_ input: Matrix, into output: Matrix, team: Team) {
        input.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            input.base.lane(at: row * input.stride + column)
        }
    }
}
