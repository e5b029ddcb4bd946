import CProcessor

/// A product C = start + A·B, where the rows of A and C are evenly spaced and A's columns are a walk through memory.
///
/// C[i, j] is one chain of fused multiply-adds over the reduction, in its order:
/// `start[j] + a[i·aStep + reduction(0)]·b[0, j] + a[i·aStep + reduction(1)]·b[1, j] + …`,
/// so its bits depend neither on the tile's shape nor on the instruction set. Dense layers are one such product;
/// convolutions are one for every row of pixels.
struct Product: @unchecked Sendable {
    /// The terms of one element: three nested counters, and how far each moves in A and in B.
    struct Reduction {
        /// How far each counter runs, the outermost first.
        var counts: (outer: Int, middle: Int, inner: Int)
        /// The floats in A that one step of each counter moves.
        var aSteps: (outer: Int, middle: Int, inner: Int)
        /// The floats in B that one step of each counter moves.
        var bSteps: (outer: Int, middle: Int, inner: Int)

        var count: Int { counts.outer * counts.middle * counts.inner }
    }

    /// What each chain starts with.
    enum Start {
        case zero
        /// One float a column.
        case row(UnsafeMutablePointer<Float>)
        /// What C holds: the chain goes on where an earlier product left it.
        case target
    }

    /// What a tile fetches ahead: worth it where A is read once or twice, at places that the processor does not foresee.
    enum Fetch {
        case nothing
        /// The line of each of the next tile's rows.
        case rows
        /// The next line of each of the inner counter's places, where the tile's rows lie side by side.
        case lines
    }

    /// Where A's rows start.
    var a: UnsafeMutablePointer<Float>
    /// The floats from row to row of A.
    var aStep: Int
    /// The number of rows of A and C.
    var rows: Int
    var reduction: Reduction
    /// The first row of B. Half lanes are loaded whole, past the last column.
    var b: UnsafeMutablePointer<Float>
    /// The number of columns of B and C.
    var columns: Int
    /// Where C's rows start.
    var c: UnsafeMutablePointer<Float>
    /// The floats from row to row of C.
    var cStep: Int
    /// What each chain starts with.
    var start = Start.zero
    /// What each step of the middle counter fetches from far memory for the tile after this one.
    var fetch = Fetch.nothing
    /// Whether the chains are added to what C holds instead of replacing it.
    var addsToTarget = false

    /// The product restricted to some rows and columns.
    func part(rows: Range<Int>, columns: Range<Int>) -> Product {
        var part = self
        part.a += rows.lowerBound * aStep
        part.c += rows.lowerBound * cStep + columns.lowerBound
        part.b += columns.lowerBound
        part.rows = rows.count
        part.columns = columns.count
        if case .row(let row) = start { part.start = .row(row + columns.lowerBound) }
        return part
    }
}

extension Product.Reduction {
    /// Cuts a single counter into pieces of equal length; false if it is none or no multiple of the length.
    mutating func cut(by length: Int) -> Bool {
        guard counts.outer == 1, counts.middle == 1, counts.inner % length == 0 else { return false }
        counts = (1, counts.inner / length, length)
        aSteps.middle = length * aSteps.inner
        bSteps.middle = length * bSteps.inner
        return true
    }

    /// The same terms with counters that run on without a gap made one.
    var merged: Product.Reduction {
        var merged = self
        if aSteps.middle == counts.inner * aSteps.inner && bSteps.middle == counts.inner * bSteps.inner {
            merged.counts.inner *= counts.middle
            merged.counts.middle = 1
            if aSteps.outer == merged.counts.inner * aSteps.inner && bSteps.outer == merged.counts.inner * bSteps.inner
            {
                merged.counts.inner *= counts.outer
                merged.counts.outer = 1
            }
        }
        return merged
    }
}

// MARK: - On a team

extension Product {
    /// The multiply-adds of one item, about: a twelfth of all, but no less than takes a few times as long as to hand it
    /// out, and no more than some microseconds.
    private var workPerItem: Int { min(max(rows * columns * reduction.count / 12, 100_000), 300_000) }

    /// Whether a thread gets neighbouring rows of C, not neighbouring columns: of a weight gradient, which it also updates,
    /// and where B is small enough to be read by every thread.
    private var isSharedByRows: Bool { rows > columns || reduction.count * columns <= 16_384 }

    /// Computes all of C on the team, in blocks of rows of one panel each.
    ///
    /// - Parameter finish: Called with the rows and columns of each block when it is computed.
    func compute(team: Team, finish: @Sendable (_ rows: Range<Int>, _ columns: Range<Int>) -> Void) {
        let perTile = max(TileShape.rows * TileShape.columns * reduction.count, 1)
        let rowsPerItem = TileShape.rows * max(1, workPerItem / perTile)
        let blocks = (rows + rowsPerItem - 1) / rowsPerItem
        let panels = (columns + TileShape.columns - 1) / TileShape.columns
        let operations = rows * reduction.count * panels * TileShape.columns / Lane.width
        team.forEach(blocks * panels, operations: operations) { item in
            let (panel, block) =
                isSharedByRows ? (item % panels, item / panels) : (item / blocks, item % blocks)
            let rows = block * rowsPerItem..<min((block + 1) * rowsPerItem, self.rows)
            let columns = panel * TileShape.columns..<min((panel + 1) * TileShape.columns, self.columns)
            part(rows: rows, columns: columns).compute()
            finish(rows, columns)
        }
    }
}

/// Where the rows of a tile are in A: pointers that move from term to term.
///
/// The compiler is not to know how far they are from each other. It would make all addresses one running sum, a chain of
/// twelve additions a term, for which tiles of one lane wait; or twelve pointers, which do not fit into the registers.
protocol TilePlaces {
    mutating func advance(by floats: Int)
}

/// Where the rows of two parts are.
protocol StackedPlaces: TilePlaces {
    associatedtype Upper: TilePlaces
    associatedtype Lower: TilePlaces
    init(upper: Upper, lower: Lower)
    /// The places of the upper part.
    var upper: Upper { get }
    /// The places of the lower part, which begins `distance` floats behind the upper.
    func lower(_ distance: Int) -> Lower
}

/// The place of one row, or of rows whose addresses are counted from the first.
struct Place: StackedPlaces {
    /// The float of the first row.
    private(set) var a: UnsafeMutablePointer<Float>

    @inline(__always)
    init(_ a: UnsafeMutablePointer<Float>) {
        self.a = a
    }

    @inline(__always)
    init(upper: Place, lower: Place) {
        a = processor_unrelated(upper.a)
    }

    @inline(__always)
    var upper: Place { self }

    @inline(__always)
    func lower(_ distance: Int) -> Place { Place(a + distance) }

    @inline(__always)
    mutating func advance(by floats: Int) {
        a = processor_unrelated(a + floats)
    }
}

/// Two parts with pointers of their own.
struct PlacesApart<Upper: TilePlaces, Lower: TilePlaces>: StackedPlaces {
    private(set) var upper: Upper
    private var lower: Lower

    @inline(__always)
    init(upper: Upper, lower: Lower) {
        self.upper = upper
        self.lower = lower
    }

    @inline(__always)
    func lower(_ distance: Int) -> Lower { lower }

    @inline(__always)
    mutating func advance(by floats: Int) {
        upper.advance(by: floats)
        lower.advance(by: floats)
    }
}
