/// Runs over a matrix lane by lane, in items of whole rows.
enum RowLanes {
    /// The floats that one item handles, about: a few microseconds of work.
    private static let floatsPerItem = 16_384

    /// Stores body(row, column) as the sixteen elements from (row, column) on, for every lane of every row.
    ///
    /// What the body returns for columns past the end is dropped.
    @inline(__always)
    static func forEach(_ target: Matrix, team: Team, _ body: @Sendable (_ row: Int, _ column: Int) -> Lane) {
        let rowsPerItem = max(1, floatsPerItem / max(target.columns, Lane.width))
        team.forEachPart(of: target.rows, size: rowsPerItem) { rows in
            for row in rows {
                let start = target.base + row * target.stride
                // Apart from the rest, the whole lanes stay in one register from end to end.
                let whole = target.columns & ~(Lane.width - 1)
                for column in stride(from: 0, to: whole, by: Lane.width) {
                    start.store(body(row, column), at: column)
                }
                if whole < target.columns {
                    start.store(body(row, whole), at: whole, first: target.columns - whole)
                }
            }
        }
    }
}
