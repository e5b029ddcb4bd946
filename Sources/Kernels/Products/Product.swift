/// A product C = start + A·B, where A's and C's rows and A's columns are walks through memory.
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
    /// Where C's walk starts.
    var c: UnsafeMutablePointer<Float>
    /// The rows of C, as offsets in C: as many as in A.
    var targets: Walk
    /// What each chain starts with, one float a column; zero if nil.
    var start: UnsafeMutablePointer<Float>?
    /// Which terms are zeros of a padding.
    var padding: Padding?

    /// The number of column panels: a tile is at most two lanes wide.
    private var panels: Int { (columns + WideRow.width - 1) / WideRow.width }

    /// Whole tiles of rows that take about 100,000 multiply-adds of a panel: the work of one item.
    var rowsPerItem: Int {
        let perTile = max(TwelveRows<WideRow>.count * WideRow.width * reduction.count, 1)
        return TwelveRows<WideRow>.count * max(1, 100_000 / perTile)
    }

    /// The number of items of so many rows.
    func items(rowsPerItem: Int) -> Int {
        (rows.count + rowsPerItem - 1) / rowsPerItem * panels
    }

    /// Computes all of C on the team.
    func compute(team: Team) {
        let rowsPerItem = rowsPerItem
        let operations = rows.count * reduction.count * panels * 2
        team.forEach(items(rowsPerItem: rowsPerItem), operations: operations) { item in
            compute(item: item, rowsPerItem: rowsPerItem)
        }
    }

    /// Computes one block of rows of one panel of C.
    func compute(item: Int, rowsPerItem: Int) {
        let (block, panel) = item.quotientAndRemainder(dividingBy: panels)
        let column = panel * WideRow.width
        var tile = Tile(self, row: block * rowsPerItem, column: column)
        let end = min((block + 1) * rowsPerItem, rows.count)
        if columns - column > NarrowRow.width {
            tile.compute(through: end, WideRow.self)
        } else {
            tile.compute(through: end, NarrowRow.self)
        }
    }
}

extension Product: @unchecked Sendable {}
