/// A product with a long reduction, cut into parts that are computed side by side and then added in order.
///
/// The number of parts must follow from shapes alone: it decides the rounding.
struct PartialSums {
    private let parts: Int
    private let result: Matrix
    private let scratch: Vector

    /// The scratch floats for `parts` partial results; a single part is computed in place.
    static func scratch(parts: Int, rows: Int, columns: Int) -> Int {
        parts > 1 ? parts * rows * columns + Storage.slack : 0
    }

    init(parts: Int, into result: Matrix, scratch: Vector) {
        let needed = PartialSums.scratch(parts: parts, rows: result.rows, columns: result.columns)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        self.parts = parts
        self.result = result
        self.scratch = scratch
    }

    /// Computes the result on the team.
    ///
    /// - Parameters:
    ///   - operations: Whole lanes of work in all.
    ///   - product: Computes some columns of one part into a matrix of the result's shape.
    func compute(
        team: Team, operations: Int, product: @Sendable (_ part: Int, _ target: Matrix, _ columns: Range<Int>) -> Void
    ) {
        let width = TileShape.columns
        let panels = (result.columns + width - 1) / width
        team.forEach(parts * panels, operations: operations) { item in
            let (part, panel) = item.quotientAndRemainder(dividingBy: panels)
            product(part, target(part), panel * width..<min((panel + 1) * width, result.columns))
        }
        guard parts > 1 else { return }
        let rowsPerItem = max(1, 16_384 / max(parts * result.columns, 1))
        let items = (result.rows + rowsPerItem - 1) / rowsPerItem
        team.forEach(items, operations: parts * result.count / Lane.width) { item in
            for row in item * rowsPerItem..<min((item + 1) * rowsPerItem, result.rows) { add(row: row) }
        }
    }

    private func target(_ part: Int) -> Matrix {
        guard parts > 1 else { return result }
        return scratch.range(part * result.count..<(part + 1) * result.count)
            .matrix(rows: result.rows, columns: result.columns)
    }

    /// Adds the parts of one row, first to last, in Double.
    private func add(row: Int) {
        let source = scratch.base + row * result.columns
        let target = result.base + row * result.stride
        for column in stride(from: 0, to: result.columns, by: Lane.width) {
            var low = DoubleLane()
            var high = DoubleLane()
            for part in 0..<parts {
                let offset = part * result.count + column
                low += source.doubleLane(at: offset)
                high += source.doubleLane(at: offset + DoubleLane.scalarCount)
            }
            let sum = Lane(lowHalf: low.narrowed, highHalf: high.narrowed)
            target.store(sum, at: column, first: result.columns - column)
        }
    }
}
