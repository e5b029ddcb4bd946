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
        let groupsPerItem = max(1, 16_384 / max(size * input.columns, Lane.width))
        team.forEachPart(of: scale.rows, size: groupsPerItem) { groups in
            for group in groups {
                let rows = (group * size)..<((group + 1) * size)
                apply(input.rows(rows), into: output.rows(rows), group: group)
            }
        }
    }

    /// Maps the rows of one group.
    private func apply(_ input: Matrix, into output: Matrix, group: Int) {
        let factors = scale.rows(group..<group + 1).vector
        if let shift {
            AffineMap<Identity>(input: input, scale: factors, shift: shift.rows(group..<group + 1).vector)
                .store(into: output, rows: 0..<output.rows)
        } else {
            ScaledMap(input: input, scale: factors).store(into: output, rows: 0..<output.rows)
        }
    }
}

private struct ScaledMap: ColumnMap {
    let input: Matrix
    let scale: Vector

    @inline(__always)
    func parameters(column: Int) -> Lane { scale.base.lane(at: column) }

    @inline(__always)
    func value(row: Int, column: Int, _ parameters: Lane) -> Lane {
        input.base.lane(at: row * input.stride + column) * parameters
    }
}
