/// A product C = start + A·B, where A's rows and columns are walks through memory.
///
/// C[i, j] is one chain of fused multiply-adds over the reduction, in its order:
/// `start[j] + a[rows(i) + reduction(0)]·b[0, j] + a[rows(i) + reduction(1)]·b[1, j] + …`,
/// so its bits depend neither on the tile's shape nor on the instruction set.
struct Product {
    /// Where A's walks start.
    var a: UnsafeMutablePointer<Float>
    /// The rows of C, as offsets in A.
    var rows: Walk
    /// The terms of one element, as offsets in A…
    var reduction: Walk
    /// The first row of B. Whole lanes are loaded, past the last column.
    var b: UnsafeMutablePointer<Float>
    /// … and as steps from row to row of B, for the same three counters.
    var bSteps: (outer: Int, middle: Int, inner: Int)
    /// The number of columns of B and C.
    var columns: Int
    /// The first element of C.
    var c: UnsafeMutablePointer<Float>
    /// The number of floats from row to row of C.
    var cStride: Int
    /// What each chain starts with, one float a column; zero if nil.
    var start: UnsafeMutablePointer<Float>?

    /// The number of column panels: a tile is at most two lanes wide.
    var panels: Int { (columns + 2 * Lane.width - 1) / (2 * Lane.width) }

    /// The rows that one item of `compute` works on: whole tiles, about 100,000 multiply-adds for each panel.
    var rowsPerItem: Int {
        let perTile = max(Tile.rows * 2 * Lane.width * reduction.count, 1)
        return Tile.rows * max(1, 100_000 / perTile)
    }

    /// The number of items of `compute(item:)`.
    var items: Int { (rows.count + rowsPerItem - 1) / rowsPerItem * panels }

    /// Computes all of C on the team.
    func compute(team: Team) {
        team.forEach(items) { compute(item: $0) }
    }

    /// Computes one block of rows of one panel of C.
    func compute(item: Int) {
        let (block, panel) = item.quotientAndRemainder(dividingBy: panels)
        let first = block * rowsPerItem
        let column = panel * 2 * Lane.width
        for row in stride(from: first, to: min(first + rowsPerItem, rows.count), by: Tile.rows) {
            let tile = Tile(product: self, row: row, column: column)
            if columns - column > Lane.width {
                tile.compute(WideRow.self)
            } else {
                tile.compute(NarrowRow.self)
            }
        }
    }
}

extension Product: @unchecked Sendable {}
