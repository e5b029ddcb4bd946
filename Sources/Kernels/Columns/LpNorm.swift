/// Average norms N = (mean |u|^p)^(1/p) of the columns of a matrix in the variance's place, u being what differs from a
/// centre (Santurkar, Tsipras, Ilyas & Mądry 2018, §3.3), and what they send back.
///
/// Complexity of each pass: rows · columns.
public struct LpNorm: Sendable {
    /// The centre of each column, its mean μ; nil: u = x.
    public var center: Vector?

    /// Norms of deviations from the given centres, or of the values.
    public init(from center: Vector?) { self.center = center }

    /// The scratch floats that `absoluteMeans` and `peaks` need for a matrix of this shape.
    public static func scratch(rows: Int, columns: Int) -> Int {
        max(BlockSums.scratch(rows: rows, columns: columns), PeakTable.scratch(rows: rows, columns: columns))
    }

    private func check(_ input: Matrix, _ first: Vector, _ second: Vector) {
        precondition(
            center?.count ?? input.columns == input.columns && first.count == input.columns
                && second.count == input.columns, "one of each a column")
    }

    @inline(__always)
    fileprivate func centers(_ column: Int) -> Lane { center?.base.lane(at: column) ?? Lane() }

    // MARK: Forward

    /// norm[j] = mean of |u[i, j]|, and sign[j] = mean of sgn u[i, j], where sgn 0 is 0. One pass, in Double.
    public func absoluteMeans(_ input: Matrix, norm: Vector, sign: Vector, scratch: Vector, team: Team) {
        check(input, norm, sign)
        let sums = BlockSums(rows: input.rows, columns: input.columns, scratch: scratch)
        @inline(always)
        @Sendable func add(_ position: LanePosition, _ center: Lane, _ sums: inout ColumnTraversal.Sums) {
            let deviation = input.lane(position) - center
            sums.add(deviation.signs, times: deviation)
        }
        sums.forEach(team) { block, columns in
            ColumnTraversal.sum(
                rows: sums.rows(of: block), columns: columns, centers, add, store: { sums.store($1, block, $0) })
        }
        sums.join(first: sign, second: norm, divisor: Double(max(input.rows, 1)))
    }

    /// peak[j] = the u[i, j] of the greatest absolute value in its column, and row[j] its row: the first of equals. Rows are
    /// whole numbers in the bits of a float. A NaN is never the greatest.
    public func peaks(_ input: Matrix, peak: Vector, row: Vector, scratch: Vector, team: Team) {
        check(input, peak, row)
        precondition(input.rows > 0, "a peak needs a row")
        let table = PeakTable(rows: input.rows, columns: input.columns, scratch: scratch)
        table.gather(input, self, team: team)
        for column in 0..<input.columns {
            let index = table.row(column: column)
            peak.base[column] = input.base[index * input.stride + column] - (center?.base[column] ?? 0)
            row.base[column] = Float(bitPattern: UInt32(index))
        }
    }

    /// result = values²: N² of a norm or a peak.
    public static func square(_ values: Vector, into result: Vector) {
        for column in 0..<values.count { result[column] = Float(Double(values[column]) * Double(values[column])) }
    }

    /// result = variance + mean²: the mean square, N² for p = 2 of the values.
    public static func meanSquare(mean: Vector, variance: Vector, into result: Vector) {
        for column in 0..<mean.count {
            result[column] = Float(Double(variance[column]) + Double(mean[column]) * Double(mean[column]))
        }
    }

    // MARK: Backward

    /// Two vectors of one value a column, of what γ/D · (dz − mean dz − Σ(dz·x̂) · N/D · ∂N/∂x) is made of, D = √(N² + ε): the
    /// part that all rows have in common, and the factor of what differs from row to row.
    public typealias Terms = (common: Vector, factor: Vector)
    /// Σ dz and Σ dz·x̂ of each column.
    public typealias Sums = (sum: Vector, productSum: Vector)

    /// p = 1: ∂N/∂u = sgn(u)/m, so that the factor is mean(dz·x̂) · N/D, of sgn u. Of deviations the mean of ∂N/∂u is in
    /// common, since the centre depends on all rows.
    public func absoluteTerms(
        of sums: Sums, rows: Int, square: Vector, _ normalization: Normalization, meanSign: Vector, into terms: Terms
    ) {
        for column in 0..<square.count {
            let ratio = Double(square[column]).squareRoot() * Double(normalization.inverseDeviation[column])
            let factor = Double(sums.productSum[column]) / Double(rows) * ratio
            let shared = center == nil ? 0 : factor * Double(meanSign[column])
            terms.common[column] = Float(Double(sums.sum[column]) / Double(rows) - shared)
            terms.factor[column] = Float(factor)
        }
    }

    /// p = 2: N · ∂N/∂u = u/m, so that the factor is mean(dz·x̂), of u/D, which is x̂ + μ/D for the values and x̂ for
    /// deviations.
    public func squareTerms(of sums: Sums, rows: Int, mean: Vector, _ normalization: Normalization, into terms: Terms) {
        for column in 0..<mean.count {
            let factor = Double(sums.productSum[column]) / Double(rows)
            let offset = Double(mean[column]) * Double(normalization.inverseDeviation[column])
            let shared = center == nil ? factor * offset : 0
            terms.common[column] = Float(Double(sums.sum[column]) / Double(rows) + shared)
            terms.factor[column] = Float(factor)
        }
    }

    /// p = ∞: only the row of the greatest |u| has a part of its own, −γ/D · Σ(dz·x̂) · N/D · sgn u: the summand.
    public func peakTerms(
        of sums: Sums, rows: Int, square: Vector, _ normalization: Normalization, peak: Vector, summand: Vector,
        into terms: Terms
    ) {
        for column in 0..<square.count {
            let inverse = Double(normalization.inverseDeviation[column])
            let sign = peak[column] > 0 ? 1.0 : peak[column] < 0 ? -1.0 : 0
            let part = Double(sums.productSum[column]) * (Double(square[column]).squareRoot() * inverse) * sign
            let shared = center == nil ? 0 : part / Double(rows)
            terms.common[column] = Float(Double(sums.sum[column]) / Double(rows) - shared)
            terms.factor[column] = 0
            summand[column] = Float(-(normalization.scale.map { Double($0[column]) } ?? 1) * inverse * part)
        }
    }

    /// matrix[i, j] += summand[j] for the row i = row[j] of each column, as `peaks` has left it.
    public static func add(_ summand: Vector, at row: Vector, to matrix: Matrix) {
        precondition(summand.count == matrix.columns && row.count == matrix.columns, "one row a column")
        for column in 0..<matrix.columns { matrix[Int(row.base[column].bitPattern), column] += summand.base[column] }
    }
}

extension Normalization {
    /// inputGradient = γ/D · (dz − common − sgn u · factor), with dz = dy · f′ and sgn 0 = 0: what a normalization by the mean
    /// absolute value sends back, in place of one by the variance.
    ///
    /// - Parameter inputGradient: Overwritten; may be `outputGradient` itself.
    public func gradient(
        _ input: Matrix, output: Matrix, outputGradient: Matrix, signsOf norm: LpNorm, _ terms: LpNorm.Terms,
        into inputGradient: Matrix, team: Team
    ) {
        check(input, output)
        outputGradient.requireSameShape(input)
        inputGradient.requireSameShape(input)
        precondition(terms.common.count == columns && terms.factor.count == columns, "one of each a column")
        func run<Function: LaneFunction>(_: Function.Type) {
            let slopes = Slopes<Function>(input: input, output: output, outputGradient: outputGradient)
            team.forEachPart(of: 0..<input.rows, columns: columns) {
                signGradient(slopes, norm, terms, into: inputGradient, $0)
            }
        }
        nonlinearity.withFunction { run($0) }
    }

    private struct SignColumns {
        let columns: Columns
        let center, common, factor, scale: Lane
    }

    @inline(__always)
    private func signGradient<Function>(
        _ slopes: Slopes<Function>, _ norm: LpNorm, _ terms: LpNorm.Terms, into target: Matrix, _ rows: Range<Int>
    ) {
        @inline(always)
        func lanes(_ column: Int) -> SignColumns {
            let columns = parameters(0, column)
            return SignColumns(
                columns: columns, center: norm.centers(column), common: terms.common.base.lane(at: column),
                factor: terms.factor.base.lane(at: column), scale: columns.inverseDeviation * columns.scale)
        }
        @inline(always)
        func value(_ position: LanePosition, _ lanes: SignColumns) -> Lane {
            let (_, dz) = slopes(position, lanes.columns)
            let deviation = slopes.input.lane(position) - lanes.center
            return (dz - lanes.common).addingProduct(-deviation.signs, lanes.factor) * lanes.scale
        }
        ColumnTraversal.map(target, rows: rows, lanes, value)
    }
}

extension SIMD16 where Scalar == Float {
    /// −1, 0 or 1 in each lane; 0 where there is a NaN.
    @inline(__always)
    fileprivate var signs: Lane {
        Lane().replacing(with: Lane(repeating: 1), where: self .> Lane())
            .replacing(with: Lane(repeating: -1), where: self .< Lane())
    }
}

/// The greatest absolute deviations of each column, block of rows by block of rows, with their rows.
private struct PeakTable: Sendable {
    private let rows: Int
    private let width: Int
    /// For each block a row of greatest values and a row of their rows.
    private let table: Vector

    static func scratch(rows: Int, columns: Int) -> Int { 2 * Numerics.blocks(of: rows) * BlockSums.width(columns) }

    init(rows: Int, columns: Int, scratch: Vector) {
        (self.rows, width) = (rows, BlockSums.width(columns))
        table = scratch.range(0..<PeakTable.scratch(rows: rows, columns: columns))
    }

    /// Gathers all blocks on the team.
    func gather(_ input: Matrix, _ norm: LpNorm, team: Team) {
        team.forEach(Numerics.blocks(of: rows), operations: rows * width / Lane.width) { block in
            for column in stride(from: 0, to: input.columns, by: Lane.width) {
                gather(input, center: norm.centers(column), block: block, column: column)
            }
        }
    }

    @inline(__always)
    private func gather(_ input: Matrix, center: Lane, block: Int, column: Int) {
        let rows = Numerics.rows(ofBlock: block, in: rows)
        var best = Lane(repeating: -1)
        var bestRows = SIMD16<Int32>(repeating: Int32(rows.lowerBound))
        for row in rows {
            let deviation = input.lane(row, column) - center
            let magnitude = deviation.replacing(with: -deviation, where: deviation .< Lane())
            let isGreater = magnitude .> best
            best.replace(with: magnitude, where: isGreater)
            bestRows.replace(with: SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: row)), where: isGreater)
        }
        let target = table.base + (2 * block * width + column)
        target.store(best, at: 0)
        target.store(unsafeBitCast(bestRows, to: Lane.self), at: width)
    }

    /// The row of the first greatest value of a column.
    func row(column: Int) -> Int {
        var best = table.base[column]
        var row = table.base[width + column].bitPattern
        for block in 1..<max(Numerics.blocks(of: rows), 1) {
            let index = 2 * block * width + column
            if table.base[index] > best {
                best = table.base[index]
                row = table.base[index + width].bitPattern
            }
        }
        return Int(row)
    }
}
