extension Standardization {
    /// inputGradient = γ · inverseDeviation · (dz − meanGradient − sgn(x − center) · slope), with dz = dy · f′ and sgn 0 = 0:
    /// what a normalization by the mean absolute deviation sends back, in place of one by the variance.
    ///
    /// - Parameters:
    ///   - center: What the absolute deviations are taken from, one a column.
    ///   - inputGradient: Overwritten; may be `outputGradient` itself.
    public func signGradient(
        _ input: Matrix, output: Matrix, outputGradient: Matrix, center: Vector, meanGradient: Vector, slope: Vector,
        into inputGradient: Matrix, team: Team
    ) {
        input.requireSameShape(output)
        outputGradient.requireSameShape(input)
        inputGradient.requireSameShape(input)
        precondition(
            center.count == input.columns && meanGradient.count == input.columns && slope.count == input.columns
                && mean.count == input.columns, "one of each a column")
        func run<Function: LaneFunction>(_: Function.Type) {
            SignGradientMap<Function>(
                terms: GradientTerms(
                    input: input, output: output, outputGradient: outputGradient, parameters: self),
                center: center, meanGradient: meanGradient, slope: slope
            ).store(into: inputGradient, team: team)
        }
        nonlinearity.withFunction { run($0) }
    }
}

private struct SignGradientMap<Function: LaneFunction>: ColumnMap {
    let terms: GradientTerms<Function>
    let center: Vector
    let meanGradient: Vector
    let slope: Vector

    struct Parameters {
        let lanes: StandardizationLanes
        let factor: Lane
        let center: Lane
        let meanGradient: Lane
        let slope: Lane
    }

    @inline(__always)
    func parameters(column: Int) -> Parameters {
        let lanes = terms.parameters(column: column)
        return Parameters(
            lanes: lanes, factor: lanes.inverseDeviation * lanes.scale, center: center.base.lane(at: column),
            meanGradient: meanGradient.base.lane(at: column), slope: slope.base.lane(at: column))
    }

    @inline(__always)
    func value(row: Int, column: Int, _ parameters: Parameters) -> Lane {
        let (_, gradient) = terms.terms(row: row, column: column, parameters.lanes)
        let deviation = terms.input.base.lane(at: row * terms.input.stride + column) - parameters.center
        return (gradient - parameters.meanGradient).addingProduct(-deviation.signs, parameters.slope)
            * parameters.factor
    }
}
