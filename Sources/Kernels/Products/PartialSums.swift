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
    /// - Parameter product: The product of one part, which is to be stored into the given matrix.
    func compute(team: Team, product: @Sendable (_ part: Int, _ target: Matrix) -> Product) {
        guard parts > 1 else { return product(0, result).compute(team: team) }
        // The parts differ in length, so that one of them must set the size of the items for all.
        let first = product(0, target(0))
        let rowsPerItem = first.rowsPerItem
        let items = first.items(rowsPerItem: rowsPerItem)
        team.forEach(parts * items) { index in
            let (part, item) = index.quotientAndRemainder(dividingBy: items)
            product(part, target(part)).compute(item: item, rowsPerItem: rowsPerItem)
        }
        team.forEach(result.rows, operations: parts * result.count / Lane.width) { add(row: $0) }
    }

    private func target(_ part: Int) -> Matrix {
        scratch.range(part * result.count..<(part + 1) * result.count)
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
