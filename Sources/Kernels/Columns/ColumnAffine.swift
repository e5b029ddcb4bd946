/// An affine map of each column by parameters of its own: a normalization with fixed statistics.
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

    /// Makes the map that a normalization with fixed statistics is (Ioffe & Szegedy 2015, Algorithm 2, line 11): the factor
    /// γ/√(variance + ε) and the summand β − factor · mean, in Double.
    ///
    /// - Parameters:
    ///   - variance: nil: nothing is divided by.
    ///   - gamma: nil: 1.
    ///   - beta: nil: 0.
    public func fold(mean: Vector, variance: Vector?, epsilon: Double, gamma: Vector?, beta: Vector?) {
        for column in 0..<mean.count {
            let gamma = gamma.map { Double($0[column]) } ?? 1
            let beta = beta.map { Double($0[column]) } ?? 0
            let factor = variance.map { gamma / (Double($0[column]) + epsilon).squareRoot() } ?? gamma
            scale[column] = Float(factor)
            shift[column] = Float(beta - factor * Double(mean[column]))
        }
    }

    /// output[i, j] = f(input[i, j] · scale[j] + shift[j]), product and sum fused.
    ///
    /// Input and output may be the same matrix. Complexity: rows · columns.
    ///
    /// - Parameter nonlinearity: f.
    public func apply(_ input: Matrix, nonlinearity: Nonlinearity = .identity, into output: Matrix, team: Team) {
        precondition(scale.count == input.columns, "one factor a column")
        input.requireSameShape(output)
        team.forEachPart(of: 0..<output.rows, columns: output.columns) {
            apply(input, rows: $0, nonlinearity: nonlinearity, into: output)
        }
    }

    /// The same for some rows, on the calling thread.
    fileprivate func apply(_ input: Matrix, rows: Range<Int>, nonlinearity: Nonlinearity, into output: Matrix) {
        nonlinearity.withFunction { map($0, input, rows: rows, into: output) }
    }

    private func map<Function: LaneFunction>(_: Function.Type, _ input: Matrix, rows: Range<Int>, into output: Matrix) {
        @inline(always)
        func value(_ position: LanePosition, _ parameters: (scale: Lane, shift: Lane)) -> Lane {
            Function.value(parameters.shift.addingProduct(input.lane(position), parameters.scale))
        }
        ColumnTraversal.map(
            output, rows: rows, { (scale: scale.base.lane(at: $0), shift: shift.base.lane(at: $0)) }, value)
    }

    /// matrix = f(matrix · scale + shift) for some columns of the map, on the calling thread.
    func apply(to matrix: Matrix, columns: Range<Int>, nonlinearity: Nonlinearity) {
        ColumnAffine(scale: scale.range(columns), shift: shift.range(columns))
            .apply(matrix, rows: 0..<matrix.rows, nonlinearity: nonlinearity, into: matrix)
    }
}

/// An affine map of each column by parameters of its own that change from group to group of rows: what differs between the
/// images of a batch, whose positions are the rows of a group.
///
///     y[i, j] = x[i, j] · scale[g, j] + shift[g, j],   g = ⌊i / rows of a group⌋
///
/// Complexity: rows · columns.
public struct GroupAffine: Sendable {
    /// The factors, a row a group.
    public var scale: Matrix
    /// The summands, a row a group; none where nothing is added.
    public var shift: Matrix?

    /// A map by a row of factors, and of summands if there are any, for each group.
    public init(scale: Matrix, shift: Matrix? = nil) {
        precondition(
            shift.map { $0.rows == scale.rows && $0.columns == scale.columns } ?? true, "as many summands as factors")
        self.scale = scale
        self.shift = shift
    }

    /// output = the map of the input, whose rows are a whole number of rows for each group. Product and sum are fused.
    ///
    /// Input and output may be the same matrix.
    public func apply(_ input: Matrix, into output: Matrix, team: Team) {
        input.requireSameShape(output)
        precondition(
            scale.columns == input.columns && scale.rows > 0 && input.rows.isMultiple(of: scale.rows),
            "\(scale.rows)×\(scale.columns) parameters for \(input.rows)×\(input.columns)")
        let size = input.rows / scale.rows
        let groupsPerItem = max(1, Team.floatsPerItem / max(size * input.columns, Lane.width))
        team.forEachPart(of: scale.rows, size: groupsPerItem) { groups in
            for group in groups {
                let rows = group * size..<(group + 1) * size
                if let shift {
                    ColumnAffine(scale: scale.row(group), shift: shift.row(group))
                        .apply(input, rows: rows, nonlinearity: .identity, into: output)
                } else {
                    ColumnTraversal.map(output, rows: rows, { scale.lane(group, $0) }) { input.lane($0) * $1 }
                }
            }
        }
    }
}

extension Matrix {
    fileprivate func row(_ index: Int) -> Vector { Vector(base + index * stride, count: columns) }
}

/// The correction of batch renormalization (Ioffe 2017, Algorithm 1), r and d of each column, in Double.
public struct Renormalization: Sendable {
    public var r: Vector
    public var d: Vector

    public init(r: Vector, d: Vector) { (self.r, self.d) = (r, d) }

    /// r = clip(σ_B/σ, 1/r_max … r_max) and d = clip((μ_B − μ)/σ, −d_max … d_max), with σ² = variance + ε; μ_B and σ_B are
    /// the batch's, μ and σ those that are tracked.
    public func correct(
        mean: Vector, variance: Vector, trackedMean: Vector, trackedVariance: Vector, epsilon: Double,
        limits: (r: Double, d: Double)
    ) {
        for column in 0..<mean.count {
            let deviation = (Double(trackedVariance[column]) + epsilon).squareRoot()
            let ratio = (Double(variance[column]) + epsilon).squareRoot() / deviation
            let difference = (Double(mean[column]) - Double(trackedMean[column])) / deviation
            r[column] = Float(Self.clip(ratio, 1 / limits.r, limits.r))
            d[column] = Float(Self.clip(difference, -limits.d, limits.d))
        }
    }

    /// A NaN stays one.
    private static func clip(_ value: Double, _ least: Double, _ most: Double) -> Double {
        value < least ? least : value > most ? most : value
    }

    /// Makes the map γ(rx̃ + d) + β = γr · x̃ + (γd + β) of what the batch's own statistics normalize, x̃; without γ and β they
    /// are 1 and 0.
    public func fold(gamma: Vector?, beta: Vector?, into map: ColumnAffine) {
        for column in 0..<r.count {
            let (gamma, beta) = (gamma.map { Double($0[column]) } ?? 1, beta.map { Double($0[column]) } ?? 0)
            map.scale[column] = Float(gamma * Double(r[column]))
            map.shift[column] = Float(gamma * Double(d[column]) + beta)
        }
    }

    /// dγ = Σ dz·x̂ = r · Σ dz·x̃ + d · Σ dz.
    public func scaleGradient(sum: Vector, productSum: Vector, into result: Vector) {
        for column in 0..<r.count {
            result[column] = Float(
                Double(productSum[column]) * Double(r[column]) + Double(sum[column]) * Double(d[column]))
        }
    }
}
