/// Batch normalization by given statistics and the nonlinearity after it, forward and backward (Ioffe & Szegedy 2015, §3):
///
///     x̂[i, j] = (x[i, j] − mean[j]) · inverseDeviation[j],   y[i, j] = f(x̂[i, j] · scale[j] + shift[j])
///
/// x̂ is not kept: it is computed again wherever it is needed, to the same bits, which costs less than to load it. So the
/// forward pass reads x and writes y once, and the backward pass reads both gradients' inputs twice.
/// Complexity of each: rows · columns.
public struct Standardization: Sendable {
    /// μ of each column.
    public var mean: Vector
    /// 1/√(σ² + ε) of each column.
    public var inverseDeviation: Vector
    /// γ of each column.
    public var scale: Vector
    /// β of each column.
    public var shift: Vector
    public var nonlinearity: Nonlinearity

    /// A normalization by the given parameters, one of each a column.
    public init(
        mean: Vector, inverseDeviation: Vector, scale: Vector, shift: Vector, nonlinearity: Nonlinearity = .identity
    ) {
        precondition(
            inverseDeviation.count == mean.count && scale.count == mean.count && shift.count == mean.count,
            "one of each a column")
        self.mean = mean
        self.inverseDeviation = inverseDeviation
        self.scale = scale
        self.shift = shift
        self.nonlinearity = nonlinearity
    }

    /// output = x̂.
    public func normalize(_ input: Matrix, into output: Matrix, team: Team) {
        check(input, output)
        NormalizedMap(input: input, parameters: self).store(into: output, team: team)
    }

    /// output = y. Input and output may be the same matrix.
    public func forward(_ input: Matrix, into output: Matrix, team: Team) {
        check(input, output)
        func run<Function: LaneFunction>(_: Function.Type) {
            ForwardMap<Function>(input: input, parameters: self).store(into: output, team: team)
        }
        nonlinearity.withFunction { run($0) }
    }

    /// The scratch floats that `sums` needs for a matrix of this shape.
    public static func sumsScratch(rows: Int, columns: Int) -> Int {
        ColumnSums.scratch(rows: rows, columns: columns)
    }

    /// With dz = dy · f′, the gradient in front of the nonlinearity: sum[j] = Σ dz[i, j], which is dβ, and
    /// productSum[j] = Σ dz[i, j] · x̂[i, j], which is dγ. One pass, in Double.
    public func sums(
        _ input: Matrix, output: Matrix, outputGradient: Matrix, sum: Vector, productSum: Vector, scratch: Vector,
        team: Team
    ) {
        check(input, output)
        outputGradient.requireSameShape(input)
        precondition(sum.count == input.columns && productSum.count == input.columns, "one sum for each column")
        let sums = ColumnSums(rows: input.rows, columns: input.columns, scratch: scratch)
        func run<Function: LaneFunction>(_: Function.Type) {
            let terms = GradientTerms<Function>(
                input: input, output: output, outputGradient: outputGradient, parameters: self)
            sums.compute(terms, team: team)
        }
        nonlinearity.withFunction { run($0) }
        for column in 0..<input.columns {
            sum.base[column] = Float(sums.first[column])
            productSum.base[column] = Float(sums.second[column])
        }
    }

    /// inputGradient = γ · inverseDeviation · (dz − mean dz − x̂ · mean(dz · x̂)): the paper's chain rule in closed form.
    /// The statistics depend on the input, and the two means are what comes back through them.
    ///
    /// - Parameters:
    ///   - meanGradient: The mean of dz over each column.
    ///   - meanProduct: The mean of dz · x̂ over each column.
    ///   - inputGradient: Overwritten; may be `outputGradient` itself.
    public func gradient(
        _ input: Matrix, output: Matrix, outputGradient: Matrix, meanGradient: Vector, meanProduct: Vector,
        into inputGradient: Matrix, team: Team
    ) {
        check(input, output)
        outputGradient.requireSameShape(input)
        inputGradient.requireSameShape(input)
        precondition(meanGradient.count == input.columns && meanProduct.count == input.columns, "one mean a column")
        func run<Function: LaneFunction>(_: Function.Type) {
            GradientMap<Function>(
                terms: GradientTerms(
                    input: input, output: output, outputGradient: outputGradient, parameters: self),
                meanGradient: meanGradient, meanProduct: meanProduct
            ).store(into: inputGradient, team: team)
        }
        nonlinearity.withFunction { run($0) }
    }

    private func check(_ input: Matrix, _ output: Matrix) {
        precondition(mean.count == input.columns, "\(mean.count) means for \(input.columns) columns")
        input.requireSameShape(output)
    }
}

// MARK: - Lanes

struct StandardizationLanes {
    let mean: Lane
    let inverseDeviation: Lane
    let scale: Lane
    let shift: Lane

    @inline(__always)
    init(_ parameters: Standardization, column: Int) {
        mean = parameters.mean.base.lane(at: column)
        inverseDeviation = parameters.inverseDeviation.base.lane(at: column)
        scale = parameters.scale.base.lane(at: column)
        shift = parameters.shift.base.lane(at: column)
    }

    @inline(__always)
    func normalized(_ x: Lane) -> Lane { (x - mean) * inverseDeviation }

    /// γx̂ + β.
    @inline(__always)
    func scaled(_ normalized: Lane) -> Lane { shift.addingProduct(normalized, scale) }
}

struct NormalizedMap: ColumnMap {
    let input: Matrix
    let parameters: Standardization

    @inline(__always)
    func parameters(column: Int) -> StandardizationLanes { StandardizationLanes(parameters, column: column) }

    @inline(__always)
    func value(row: Int, column: Int, _ lanes: StandardizationLanes) -> Lane {
        lanes.normalized(input.base.lane(at: row * input.stride + column))
    }
}

/// f(γx̂ + β).
struct ForwardMap<Function: LaneFunction>: ColumnMap {
    let input: Matrix
    let parameters: Standardization

    @inline(__always)
    func parameters(column: Int) -> StandardizationLanes { StandardizationLanes(parameters, column: column) }

    @inline(__always)
    func value(row: Int, column: Int, _ lanes: StandardizationLanes) -> Lane {
        Function.value(lanes.scaled(lanes.normalized(input.base.lane(at: row * input.stride + column))))
    }
}

/// What a backward pass adds up, and computes its result from: dz = dy · f′, and dz · x̂.
struct GradientTerms<Function: LaneFunction>: ColumnTerms {
    let input: Matrix
    let output: Matrix
    let outputGradient: Matrix
    let parameters: Standardization

    @inline(__always)
    func parameters(column: Int) -> StandardizationLanes { StandardizationLanes(parameters, column: column) }

    /// x̂ and dz.
    @inline(__always)
    func terms(row: Int, column: Int, _ lanes: StandardizationLanes) -> (normalized: Lane, gradient: Lane) {
        let normalized = lanes.normalized(input.base.lane(at: row * input.stride + column))
        let y =
            Function.isCheap
            ? Function.value(lanes.scaled(normalized)) : output.base.lane(at: row * output.stride + column)
        let dy = outputGradient.base.lane(at: row * outputGradient.stride + column)
        return (normalized, Function.gradient(dy, output: y))
    }

    @inline(__always)
    func add(row: Int, column: Int, _ lanes: StandardizationLanes, to sums: inout ColumnSums.Pair) {
        let (normalized, gradient) = terms(row: row, column: column, lanes)
        sums.add(gradient, times: normalized)
    }
}

/// γ · inverseDeviation · (dz − mean dz − x̂ · mean(dz · x̂)).
private struct GradientMap<Function: LaneFunction>: ColumnMap {
    let terms: GradientTerms<Function>
    let meanGradient: Vector
    let meanProduct: Vector

    struct Parameters {
        let lanes: StandardizationLanes
        let factor: Lane
        let meanGradient: Lane
        let meanProduct: Lane
    }

    @inline(__always)
    func parameters(column: Int) -> Parameters {
        let lanes = terms.parameters(column: column)
        return Parameters(
            lanes: lanes, factor: lanes.inverseDeviation * lanes.scale,
            meanGradient: meanGradient.base.lane(at: column), meanProduct: meanProduct.base.lane(at: column))
    }

    @inline(__always)
    func value(row: Int, column: Int, _ parameters: Parameters) -> Lane {
        let (normalized, gradient) = terms.terms(row: row, column: column, parameters.lanes)
        return (gradient - parameters.meanGradient).addingProduct(-normalized, parameters.meanProduct)
            * parameters.factor
    }
}

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
