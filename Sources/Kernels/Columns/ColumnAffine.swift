/// Maps that treat every column of a matrix by parameters of its own: the elementwise half of batch normalization.
///
/// Input and output may be the same matrix. Complexity of each: rows · columns.
public enum ColumnAffine {
    /// output[i, j] = (input[i, j] − mean[j]) · inverseDeviation[j]: x̂ of Algorithm 1.
    public static func standardize(
        _ input: Matrix, mean: Vector, inverseDeviation: Vector, into output: Matrix, team: Team
    ) {
        precondition(mean.count == input.columns && inverseDeviation.count == input.columns, "one of each a column")
        input.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            let deviation = input.base.lane(at: row * input.stride + column) - mean.base.lane(at: column)
            return deviation * inverseDeviation.base.lane(at: column)
        }
    }

    /// output[i, j] = input[i, j] · scale[j] + shift[j], fused.
    public static func apply(_ input: Matrix, scale: Vector, shift: Vector, into output: Matrix, team: Team) {
        precondition(scale.count == input.columns && shift.count == input.columns, "one of each a column")
        input.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            shift.base.lane(at: column)
                .addingProduct(input.base.lane(at: row * input.stride + column), scale.base.lane(at: column))
        }
    }

    /// The gradient of batch normalization with respect to its input (Ioffe & Szegedy 2015, §3, in closed form).
    ///
    /// output[i, j] = (dy[i, j] − meanGradient[j] − x̂[i, j] · meanGradientNormalized[j]) · scale[j], where
    /// meanGradient is the mean of dy, meanGradientNormalized the mean of dy·x̂, and scale is γ times the inverse
    /// deviation. The statistics depend on the input, and the two means are what comes back through them.
    public static func standardizeGradient(
        outputGradient: Matrix, normalized: Matrix, scale: Vector, meanGradient: Vector,
        meanGradientNormalized: Vector, into output: Matrix, team: Team
    ) {
        precondition(
            scale.count == output.columns && meanGradient.count == output.columns
                && meanGradientNormalized.count == output.columns, "one of each a column")
        outputGradient.requireSameShape(output)
        normalized.requireSameShape(output)
        RowLanes.forEach(output, team: team) { row, column in
            let centred =
                outputGradient.base.lane(at: row * outputGradient.stride + column)
                - meanGradient.base.lane(at: column)
            let projected = normalized.base.lane(at: row * normalized.stride + column)
            let slope = meanGradientNormalized.base.lane(at: column)
            return centred.addingProduct(-projected, slope) * scale.base.lane(at: column)
        }
    }
}
