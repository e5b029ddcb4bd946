/// A map of a matrix's elements that depends on their column.
protocol ColumnMap: Sendable {
    /// What a lane of columns needs, the same for all rows: it stays in registers.
    associatedtype Parameters
    /// The parameters of the sixteen columns from `column` on.
    func parameters(column: Int) -> Parameters
    /// The result for sixteen columns of one row. What it is for columns past the end is dropped.
    func value(row: Int, column: Int, _ parameters: Parameters) -> Lane
}

extension ColumnMap {
    /// Stores the result for every element of the target, on the team. An item is some rows.
    func store(into target: Matrix, team: Team) {
        let rowsPerItem = max(1, 16_384 / max(target.columns, Lane.width))
        team.forEachPart(of: target.rows, size: rowsPerItem) { store(into: target, rows: $0) }
    }

    /// Stores the result for some rows, going down them two lanes of columns at a time.
    func store(into target: Matrix, rows: Range<Int>) {
        for column in stride(from: 0, to: target.columns, by: 2 * Lane.width) {
            let left = target.columns - column
            if left >= 2 * Lane.width {
                store(into: target, rows: rows, column: column)
            } else {
                storePart(into: target, rows: rows, column: column, count: min(left, Lane.width))
                if left > Lane.width {
                    storePart(into: target, rows: rows, column: column + Lane.width, count: left - Lane.width)
                }
            }
        }
    }

    /// Two whole lanes of columns.
    @inline(__always)
    private func store(into target: Matrix, rows: Range<Int>, column: Int) {
        let next = column + Lane.width
        let (parameters, nextParameters) = (parameters(column: column), parameters(column: next))
        var place = target.base + (rows.lowerBound * target.stride + column)
        for row in rows {
            place.store(value(row: row, column: column, parameters), at: 0)
            place.store(value(row: row, column: next, nextParameters), at: Lane.width)
            place += target.stride
        }
    }

    /// One lane of columns or the first of it.
    @inline(__always)
    private func storePart(into target: Matrix, rows: Range<Int>, column: Int, count: Int) {
        let parameters = parameters(column: column)
        var place = target.base + (rows.lowerBound * target.stride + column)
        for row in rows {
            place.store(value(row: row, column: column, parameters), at: 0, first: count)
            place += target.stride
        }
    }
}
