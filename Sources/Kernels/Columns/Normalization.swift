/// Normalization by the mean and the variance of the values that share them, and the nonlinearity behind it, forward and
/// backward (Ioffe & Szegedy 2015, Algorithm 1 and §3):
///
///     μ = mean x,   σ² = mean (x − μ)²,   x̂ = (x − μ) · 1/√(σ² + ε),   y = f(γx̂ + β)
///     dβ = Σ dz,   dγ = Σ dz·x̂,   dx = γ/√(σ² + ε) · (dz − mean dz − x̂ · mean(dz·x̂)),   dz = dy · f′
///
/// Values share statistics within a range of rows and a group of neighbouring columns; γ and β are one a column.
///
/// | normalization | a range | a group |
/// |---|---|---|
/// | batch | all rows | a column |
/// | ghost batch | the rows of a part of the batch | a column |
/// | group (Wu & He 2018) | the rows of an image | some columns |
/// | instance (Ulyanov, Vedaldi & Lempitsky 2016) | the rows of an image | a column |
/// | layer (Ba, Kiros & Hinton 2016) | the rows of an image | all columns |
///
/// Without a mean, μ = 0, σ² is the mean square and mean dz is left out of dx: root mean square normalization (Zhang &
/// Sennrich 2019) of each image by all columns.
///
/// Long ranges are normalized one after the other, each pass on the team: ``BlockMoments``, `forward`, `sums`, `gradient`.
/// Short ones are independent of each other and done by one thread from end to end, while they are in its cache:
/// `forwardByRange`, `backwardByRange`. x̂ is not kept: it is computed again wherever it is needed, to the same bits, which
/// costs less than to load it. Complexity of each pass: rows · columns.
public struct Normalization: Sendable {
    /// μ of each range and column, range after range; nil: 0.
    public var mean: Vector?
    /// 1/√(σ² + ε) of each range and column.
    public var inverseDeviation: Vector
    /// γ of each column; nil: 1.
    public var scale: Vector?
    /// β of each column; nil: 0.
    public var shift: Vector?
    public var nonlinearity: Nonlinearity
    /// The number of ranges.
    public let ranges: Int
    /// The rows of each range but the last, which has what is left.
    public let rowsPerRange: Int
    /// The columns of a group, a divisor of their number. Long ranges have groups of one.
    public let columnsPerGroup: Int
    let columns: Int

    /// A normalization by statistics of each range and column, the same for all columns of a group; of one range if it is not
    /// said otherwise.
    public init(
        mean: Vector?, inverseDeviation: Vector, scale: Vector?, shift: Vector?,
        nonlinearity: Nonlinearity = .identity, ranges: Int = 1, rowsPerRange: Int = 0, columnsPerGroup: Int = 1
    ) {
        precondition(ranges > 0 && rowsPerRange >= 0, "\(ranges) ranges of \(rowsPerRange) rows")
        columns = inverseDeviation.count / ranges
        precondition(
            columnsPerGroup > 0 && columns.isMultiple(of: columnsPerGroup),
            "\(columns) columns in groups of \(columnsPerGroup)")
        precondition(
            inverseDeviation.count == ranges * columns && mean?.count ?? inverseDeviation.count == ranges * columns
                && scale?.count ?? columns == columns && shift?.count ?? columns == columns, "one of each a column")
        (self.mean, self.inverseDeviation, self.scale, self.shift) = (mean, inverseDeviation, scale, shift)
        self.nonlinearity = nonlinearity
        (self.ranges, self.rowsPerRange, self.columnsPerGroup) = (ranges, rowsPerRange, columnsPerGroup)
    }

    func rows(of range: Int, in rows: Int) -> Range<Int> {
        range * rowsPerRange..<(range == ranges - 1 ? rows : (range + 1) * rowsPerRange)
    }
    func columns(of range: Int) -> Range<Int> { range * columns..<(range + 1) * columns }

    func check(_ input: Matrix, _ output: Matrix) {
        precondition(input.columns == columns, "statistics of \(columns) columns for \(input.columns)")
        precondition(
            input.rows >= (ranges - 1) * rowsPerRange, "\(ranges) ranges of \(rowsPerRange) rows in \(input.rows)")
        input.requireSameShape(output)
    }
}

// MARK: - The moments

/// The mean and the biased variance of each column of a matrix: blocks of rows, gathered in one pass on the team or one by
/// one by the kernel that writes the matrix, and then joined in order (Chan, Golub & LeVeque 1979).
public struct BlockMoments: Sendable {
    /// The mean and M of each block.
    private let blocks: BlockSums

    /// The scratch floats for a matrix of this shape.
    public static func scratch(rows: Int, columns: Int) -> Int { BlockSums.scratch(rows: rows, columns: columns) }

    public init(rows: Int, columns: Int, scratch: Vector) {
        blocks = BlockSums(rows: rows, columns: columns, scratch: scratch)
    }

    /// Stores the mean and M = Σ (x − mean)² of each column of some rows, in one pass over them, in Double.
    ///
    /// x is taken relative to the first row x₀: with S = Σ (x − x₀) and Q = Σ (x − x₀)², mean = x₀ + S/n and M = Q − S²/n.
    /// Since x₀ is one of the n values, (mean − x₀)² ≤ M, so that the difference loses at most log₂ n bits of 53; a constant
    /// column has exactly its mean and no variance. M is not negative, but its rounding may be.
    ///
    /// - Parameters:
    ///   - rows: At least one.
    ///   - means: `BlockSums.width(columns)` doubles; those behind the last column mean nothing.
    ///   - squares: As many.
    static func gather(_ matrix: Matrix, rows: Range<Int>, means: Doubles, squares: Doubles) {
        let count = Double(rows.count)
        @inline(always)
        func origin(_ column: Int) -> WideLane {
            WideLane(matrix, LanePosition(row: rows.lowerBound, column: column, count: matrix.columns - column))
        }
        @inline(always)
        func add(_ position: LanePosition, _ origin: WideLane, _ sums: inout ColumnTraversal.Sums) {
            let x = WideLane(matrix, position)
            let deviation = WideLane(low: x.low - origin.low, high: x.high - origin.high)
            sums.add(deviation, times: deviation)
        }
        ColumnTraversal.sum(rows: rows, columns: 0..<matrix.columns, neighbours: .below, origin, add) { column, sums in
            let distance = sums.first.map { $0 / count }
            var (mean, square) = (origin(column), sums.second)
            mean.add(distance)
            square.addProduct(distance.map { -$0 }, sums.first)
            means.store(mean, at: column)
            squares.store(square, at: column)
        }
    }

    /// Gathers all blocks on the team.
    public func gather(_ matrix: Matrix, team: Team) {
        precondition(matrix.rows == blocks.rows && matrix.columns == blocks.columns, "moments of another shape")
        let operations = matrix.rows * BlockSums.width(matrix.columns) / DoubleLane.scalarCount
        team.forEach(blocks.blocks, operations: operations) { gather(matrix, block: $0) }
    }

    func gather(_ matrix: Matrix, block: Int) {
        Self.gather(matrix, rows: blocks.rows(of: block), means: blocks.first(block), squares: blocks.second(block))
    }

    /// μ and σ² (divisor: rows) of each column, from the gathered blocks; both 0 without rows.
    public func join(mean: Vector, variance: Vector) {
        precondition(mean.count == blocks.columns && variance.count == blocks.columns, "one moment for each column")
        for column in stride(from: 0, to: blocks.columns, by: DoubleLane.scalarCount) {
            let moments = joined(column: column)
            let deviation = moments.squares / Double(max(blocks.rows, 1))
            for lane in 0..<min(DoubleLane.scalarCount, blocks.columns - column) {
                mean.base[column + lane] = Float(moments.mean[lane])
                variance.base[column + lane] = Float(deviation[lane])
            }
        }
    }

    /// The mean and the biased variance of all elements, from the gathered blocks.
    func joinAll() -> (mean: Double, variance: Double) {
        let rows = Double(blocks.rows)
        var (mean, squares, count) = (0.0, 0.0, 0.0)
        for column in 0..<blocks.columns {
            let lane = column & ~(DoubleLane.scalarCount - 1)
            let moments = joined(column: lane)
            let difference = moments.mean[column - lane] - mean
            let total = count + rows
            mean += difference * (rows / total)
            squares += moments.squares[column - lane] + difference * difference * (count * rows / total)
            count = total
        }
        return (mean, squares / max(count, 1))
    }

    /// The mean and M of eight columns over all blocks.
    private func joined(column: Int) -> (mean: DoubleLane, squares: DoubleLane) {
        guard blocks.rows > 0 else { return (DoubleLane(), DoubleLane()) }
        var mean = blocks.first(0).lane(at: column)
        var squares = blocks.second(0).lane(at: column)
        var count = Double(blocks.rows(of: 0).count)
        for block in 1..<max(blocks.blocks, 1) {
            let size = Double(blocks.rows(of: block).count)
            let difference = blocks.first(block).lane(at: column) - mean
            let total = count + size
            mean.addProduct(difference, DoubleLane(repeating: size / total))
            squares += blocks.second(block).lane(at: column)
            squares.addProduct(difference * difference, DoubleLane(repeating: count * size / total))
            count = total
        }
        squares.replace(with: DoubleLane(), where: squares .< DoubleLane())
        return (mean, squares)
    }
}

extension Normalization {
    /// result = 1/√(variance + ε), in Double.
    public static func inverseDeviation(ofVariance variance: Vector, epsilon: Double, into result: Vector) {
        for index in 0..<variance.count {
            result[index] = Float(1 / (Double(variance[index]) + epsilon).squareRoot())
        }
    }

    /// μ and the biased σ² of each column of a matrix.
    ///
    /// - Parameter scratch: `BlockMoments.scratch` floats.
    public static func moments(
        _ matrix: Matrix, mean: Vector, variance: Vector, scratch: Vector, team: Team
    ) {
        let moments = BlockMoments(rows: matrix.rows, columns: matrix.columns, scratch: scratch)
        moments.gather(matrix, team: team)
        moments.join(mean: mean, variance: variance)
    }
}

// MARK: - The equations, sixteen columns at a time

extension Normalization {
    /// The parameters of sixteen columns in one range.
    struct Columns {
        let mean, inverseDeviation, scale, shift: Lane

        /// x̂ = (x − μ) · 1/√(σ² + ε).
        @inline(always)
        func normalized(_ x: Lane) -> Lane { (x - mean) * inverseDeviation }

        /// γx̂ + β.
        @inline(always)
        func scaled(_ normalized: Lane) -> Lane { shift.addingProduct(normalized, scale) }
    }

    @inline(__always)
    func parameters(_ range: Int, _ column: Int) -> Columns {
        // Behind those of the range lie the next one's, which another thread may be writing.
        let (index, count) = (range * columns + column, columns - column)
        return Columns(
            mean: mean?.base.lane(at: index, first: count) ?? Lane(),
            inverseDeviation: inverseDeviation.base.lane(at: index, first: count),
            scale: scale?.base.lane(at: column) ?? Lane(repeating: 1), shift: shift?.base.lane(at: column) ?? Lane())
    }

    /// y = f(γx̂ + β), and x̂ where it is wanted, in some rows of one range.
    @inline(__always)
    func forward<Function: LaneFunction>(
        _: Function.Type, _ input: Matrix, normalized: Matrix?, into output: Matrix, _ range: Int, _ rows: Range<Int>
    ) {
        @inline(always)
        func value(_ position: LanePosition, _ columns: Columns) -> Lane {
            Function.value(columns.scaled(columns.normalized(input.lane(position))))
        }
        if let normalized { normalize(input, into: normalized, range, rows) }
        ColumnTraversal.map(output, rows: rows, { parameters(range, $0) }, value)
    }

    /// x̂ in some rows of one range. Not inlined: of two traversals in one function the compiler leaves one's bodies calls.
    @inline(never)
    private func normalize(_ input: Matrix, into normalized: Matrix, _ range: Int, _ rows: Range<Int>) {
        ColumnTraversal.map(normalized, rows: rows, { parameters(range, $0) }) { $1.normalized(input.lane($0)) }
    }

    /// What a backward pass reads.
    struct Slopes<Function: LaneFunction>: Sendable {
        let input, output, outputGradient: Matrix

        /// x̂ and dz = dy · f′.
        @inline(always)
        func callAsFunction(_ position: LanePosition, _ columns: Columns) -> (normalized: Lane, gradient: Lane) {
            let normalized = columns.normalized(input.lane(position))
            let y = Function.isCheap ? Function.value(columns.scaled(normalized)) : output.lane(position)
            return (normalized, Function.gradient(outputGradient.lane(position), output: y))
        }
    }

    /// Σ dz and Σ dz·x̂ in some rows and columns of one range.
    @inline(__always)
    func sum<Function>(
        _ slopes: Slopes<Function>, _ range: Int, _ rows: Range<Int>, columns: Range<Int>,
        neighbours: ColumnTraversal.Neighbours, store: (_ column: Int, _ sums: ColumnTraversal.Sums) -> Void
    ) {
        @inline(always)
        func add(_ position: LanePosition, _ columns: Columns, _ sums: inout ColumnTraversal.Sums) {
            let (normalized, dz) = slopes(position, columns)
            sums.add(dz, times: normalized)
        }
        ColumnTraversal.sum(
            rows: rows, columns: columns, neighbours: neighbours, { parameters(range, $0) }, add, store: store)
    }

    /// What is taken off dz, of sixteen columns: mean dz, and what x̂ is multiplied with.
    typealias Means = (gradient: Lane, product: Lane)

    /// γ/√(σ² + ε) · (dz − mean dz − x̂ · mean(dz·x̂)) in some rows of one range, the means of each column.
    @inline(__always)
    func gradient<Function>(
        _ slopes: Slopes<Function>, into target: Matrix, _ range: Int, _ rows: Range<Int>, means: (Int) -> Means
    ) {
        @inline(always)
        func parameters(_ column: Int) -> (Columns, factor: Lane, means: Means) {
            let columns = self.parameters(range, column)
            return (columns, columns.inverseDeviation * columns.scale, means(column))
        }
        @inline(always)
        func value(_ position: LanePosition, _ lanes: (Columns, factor: Lane, means: Means)) -> Lane {
            let (normalized, dz) = slopes(position, lanes.0)
            return (dz - lanes.means.gradient).addingProduct(-normalized, lanes.means.product) * lanes.factor
        }
        ColumnTraversal.map(target, rows: rows, parameters, value)
    }

    /// 1/√(σ² + ε) · (γ·dz − mean(γ·dz) − x̂ · mean(γ·dz·x̂)) in some rows of one range, the means of each column's group.
    @inline(__always)
    func groupGradient<Function>(
        _ slopes: Slopes<Function>, into target: Matrix, _ range: Int, _ rows: Range<Int>, means: (Int) -> Means
    ) {
        // γ·dz is rounded as its mean over a single value is, so that nothing is left of it there.
        @inline(always)
        func value(_ position: LanePosition, _ lanes: (Columns, means: Means)) -> Lane {
            let (normalized, dz) = slopes(position, lanes.0)
            return (dz * lanes.0.scale - lanes.means.gradient).addingProduct(-normalized, lanes.means.product)
                * lanes.0.inverseDeviation
        }
        ColumnTraversal.map(target, rows: rows, { (parameters(range, $0), means: means($0)) }, value)
    }
}

// MARK: - Long ranges

extension Normalization {
    private func forEachPart(
        of matrix: Matrix, team: Team, _ body: @Sendable (_ range: Int, _ rows: Range<Int>) -> Void
    ) {
        for range in 0..<ranges {
            team.forEachPart(of: rows(of: range, in: matrix.rows), columns: columns) { body(range, $0) }
        }
    }

    /// output = y, and x̂ where it is wanted. Input and output may be the same matrix.
    public func forward(_ input: Matrix, normalized: Matrix? = nil, into output: Matrix, team: Team) {
        check(input, output)
        normalized.map(input.requireSameShape)
        func run<Function: LaneFunction>(_ function: Function.Type) {
            forEachPart(of: input, team: team) { range, rows in
                forward(function, input, normalized: normalized, into: output, range, rows)
            }
        }
        nonlinearity.withFunction { run($0) }
    }

    /// The scratch floats that `sums` needs for a matrix of this shape.
    public static func sumsScratch(rows: Int, columns: Int) -> Int { BlockSums.scratch(rows: rows, columns: columns) }

    /// sum = Σ dz, which is dβ, and productSum = Σ dz·x̂, which is dγ, of each range and column: one pass, in Double.
    public func sums(
        _ input: Matrix, output: Matrix, outputGradient: Matrix, sum: Vector, productSum: Vector, scratch: Vector,
        team: Team
    ) {
        check(input, output)
        outputGradient.requireSameShape(input)
        func run<Function: LaneFunction>(_: Function.Type) {
            let slopes = Slopes<Function>(input: input, output: output, outputGradient: outputGradient)
            for range in 0..<ranges {
                let rows = rows(of: range, in: input.rows)
                let sums = BlockSums(rows: rows.count, columns: columns, scratch: scratch)
                sums.forEach(team) { block, columns in
                    let part = sums.rows(of: block)
                    let rows = rows.lowerBound + part.lowerBound..<rows.lowerBound + part.upperBound
                    self.sum(slopes, range, rows, columns: columns, neighbours: .apart) { sums.store($1, block, $0) }
                }
                sums.join(first: sum.range(columns(of: range)), second: productSum.range(columns(of: range)))
            }
        }
        nonlinearity.withFunction { run($0) }
    }

    /// inputGradient = γ · 1/√(σ² + ε) · (dz − mean dz − x̂ · mean(dz·x̂)): the paper's chain rule in closed form. The
    /// statistics depend on the input, and the two means are what comes back through them.
    ///
    /// - Parameters:
    ///   - sum: Σ dz of each range and column.
    ///   - productSum: Σ dz·x̂.
    ///   - count: What makes the sums means; nil: the rows of each range.
    ///   - inputGradient: Overwritten; may be `outputGradient` itself.
    public func gradient(
        _ input: Matrix, output: Matrix, outputGradient: Matrix, sum: Vector, productSum: Vector, count: Int? = nil,
        into inputGradient: Matrix, team: Team
    ) {
        check(input, output)
        outputGradient.requireSameShape(input)
        inputGradient.requireSameShape(input)
        precondition(sum.count == ranges * columns && productSum.count == sum.count, "one sum a column")
        func run<Function: LaneFunction>(_: Function.Type) {
            let slopes = Slopes<Function>(input: input, output: output, outputGradient: outputGradient)
            forEachPart(of: input, team: team) { range, rows in
                let count = Double(count ?? self.rows(of: range, in: input.rows).count)
                @inline(always)
                func means(_ column: Int) -> Means {
                    let index = range * columns + column
                    return (
                        mean == nil ? Lane() : sum.base.lane(at: index).divided(by: count),
                        productSum.base.lane(at: index).divided(by: count)
                    )
                }
                gradient(slopes, into: inputGradient, range, rows, means: means)
            }
        }
        nonlinearity.withFunction { run($0) }
    }
}
