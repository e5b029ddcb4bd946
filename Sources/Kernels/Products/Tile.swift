/// The register tile, moving down one panel of a product: some rows by one or two lanes of C at a time, held in registers
/// for the whole reduction.
///
/// Each step of the reduction loads the lanes of B's row and multiplies them with one broadcast float of A a row. The last
/// rows may be fewer than a tile's: then some are computed twice and stored once.
struct Tile {
    private let product: Product
    private let column: Int
    private var row: Int
    private var source: Walk.Cursor
    private var target: Walk.Cursor

    /// A tile at a row and a column of C.
    init(_ product: Product, row: Int, column: Int) {
        self.product = product
        self.column = column
        self.row = row
        source = Walk.Cursor(product.rows, at: row)
        target = Walk.Cursor(product.targets, at: row)
    }

    /// Computes and stores everything from here to a row.
    @inline(__always)
    mutating func compute<Row: TileRow>(through end: Int, _: Row.Type) {
        while end - row > 2 * FourRows<Row>.count {
            step(end: end, TwelveRows<Row>.self)
        }
        while row < end {
            step(end: end, FourRows<Row>.self)
        }
    }

    /// Computes and stores the next rows.
    @inline(__always)
    private mutating func step<Rows: TileRows>(end: Int, _: Rows.Type) {
        let valid = min(Rows.count, end - row)
        let window =
            product.padding?.window(source, count: valid, reduction: product.reduction)
            ?? Padding.Window(product.reduction)
        var left = valid
        var cursor = source
        let start = product.start.map { Rows.Row(loading: $0 + column) } ?? Rows.Row()
        var rows = Rows(start: start) {
            let a = product.a + cursor.offset
            left -= 1
            if left > 0 { cursor.advance() }
            return a
        }
        cursor.advance()
        source = cursor

        let (aSteps, bSteps) = (product.reduction.steps, product.bSteps)
        for outer in window.outer.first..<window.outer.end {
            for middle in window.middle.first..<window.middle.end {
                var k = outer * aSteps.outer + middle * aSteps.middle + window.inner.first * aSteps.inner
                var b = product.b + column
                b += outer * bSteps.outer + middle * bSteps.middle + window.inner.first * bSteps.inner
                for _ in window.inner.first..<window.inner.end {
                    rows.add(k, Rows.Row(loading: b))
                    k &+= aSteps.inner
                    b += bSteps.inner
                }
            }
        }

        let width = product.columns - column
        rows.forEach { index, row in
            guard index < valid else { return }
            row.store(to: product.c + (target.offset + column), first: width)
            target.advance()
        }
        row += valid
    }
}
