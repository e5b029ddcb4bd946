/// Functions of single elements, with their gradients, and sums of tensors.
///
/// Input and output may be the same matrix; NaN goes through every function, so that a diverged network shows.
/// Complexity of each: the number of elements.
public enum Pointwise {
    // MARK: Nonlinearities

    /// output = max(input, 0); NaN stays NaN.
    public static func rectify(_ input: Matrix, into output: Matrix, team: Team) {
        input.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            let x = input.base.lane(at: row * input.stride + column)
            return x.replacing(with: Lane(), where: x .< Lane())
        }
    }

    /// inputGradient = outputGradient where output > 0, else 0.
    public static func rectifyGradient(
        output: Matrix, outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        output.requireSameShape(inputGradient)
        outputGradient.requireSameShape(inputGradient)
        RowLanes.forEach(inputGradient, team: team) { row, column in
            let y = output.base.lane(at: row * output.stride + column)
            let gradient = outputGradient.base.lane(at: row * outputGradient.stride + column)
            return gradient.replacing(with: Lane(), where: y .<= Lane())
        }
    }

    /// output = 1 / (1 + e^−input).
    public static func sigmoid(_ input: Matrix, into output: Matrix, team: Team) {
        input.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            Elementary.sigmoid(input.base.lane(at: row * input.stride + column))
        }
    }

    /// inputGradient = outputGradient · y · (1 − y), where y is the sigmoid's output.
    public static func sigmoidGradient(
        output: Matrix, outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        output.requireSameShape(inputGradient)
        outputGradient.requireSameShape(inputGradient)
        RowLanes.forEach(inputGradient, team: team) { row, column in
            let y = output.base.lane(at: row * output.stride + column)
            let gradient = outputGradient.base.lane(at: row * outputGradient.stride + column)
            return gradient * (y * (1 - y))
        }
    }

    /// output = tanh(input).
    public static func tanh(_ input: Matrix, into output: Matrix, team: Team) {
        input.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            Elementary.tanh(input.base.lane(at: row * input.stride + column))
        }
    }

    /// inputGradient = outputGradient · (1 − y²), where y is the hyperbolic tangent's output.
    public static func tanhGradient(
        output: Matrix, outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        output.requireSameShape(inputGradient)
        outputGradient.requireSameShape(inputGradient)
        RowLanes.forEach(inputGradient, team: team) { row, column in
            let y = output.base.lane(at: row * output.stride + column)
            let gradient = outputGradient.base.lane(at: row * outputGradient.stride + column)
            return gradient * Lane(repeating: 1).addingProduct(-y, y)
        }
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
