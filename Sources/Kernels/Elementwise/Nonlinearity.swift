/// A function of single elements between two layers of a network.
///
/// Kernels that have an output at hand apply it there, which saves a pass over memory and changes no bit: the arithmetic
/// of an element is the same wherever it is done.
public enum Nonlinearity: String, CaseIterable, Hashable, Sendable {
    /// f(x) = x.
    case identity
    /// f(x) = max(x, 0); NaN stays NaN.
    case rectifier
    /// f(x) = 1 / (1 + e⁻ˣ).
    case sigmoid
    /// f(x) = tanh x.
    case tanh

    /// Whether a gradient reads the function's output from memory: where it costs more to compute again.
    public var gradientReadsOutput: Bool { !withFunction { $0.isCheap } }

    /// Calls `body` with the function as a type, for which its loops are compiled apart.
    @inline(__always)
    func withFunction<Result>(_ body: (any LaneFunction.Type) -> Result) -> Result {
        switch self {
        case .identity: body(Identity.self)
        case .rectifier: body(Rectifier.self)
        case .sigmoid: body(Sigmoid.self)
        case .tanh: body(HyperbolicTangent.self)
        }
    }
}

/// A function of single elements, a lane of them at a time.
protocol LaneFunction: SendableMetatype {
    /// Whether its value costs less to compute again than to load.
    static var isCheap: Bool { get }
    /// y = f(x).
    static func value(_ x: Lane) -> Lane
    /// dy · f′(x), where f′ is written as a function of y.
    static func gradient(_ dy: Lane, output y: Lane) -> Lane
}

enum Identity: LaneFunction {
    static var isCheap: Bool { true }

    @inline(__always)
    static func value(_ x: Lane) -> Lane { x }

    @inline(__always)
    static func gradient(_ dy: Lane, output y: Lane) -> Lane { dy }
}

private enum Rectifier: LaneFunction {
    static var isCheap: Bool { true }

    @inline(__always)
    static func value(_ x: Lane) -> Lane { x.replacing(with: Lane(), where: x .< Lane()) }

    @inline(__always)
    static func gradient(_ dy: Lane, output y: Lane) -> Lane { dy.replacing(with: Lane(), where: y .<= Lane()) }
}

private enum Sigmoid: LaneFunction {
    static var isCheap: Bool { false }

    @inline(__always)
    static func value(_ x: Lane) -> Lane { Elementary.sigmoid(x) }

    @inline(__always)
    static func gradient(_ dy: Lane, output y: Lane) -> Lane { dy * (y * (1 - y)) }
}

private enum HyperbolicTangent: LaneFunction {
    static var isCheap: Bool { false }

    @inline(__always)
    static func value(_ x: Lane) -> Lane { Elementary.tanh(x) }

    @inline(__always)
    static func gradient(_ dy: Lane, output y: Lane) -> Lane { dy * Lane(repeating: 1).addingProduct(-y, y) }
}

/// What is done to the output of a product block by block, while a block is in the nearest cache.
public struct Epilogue: Sendable {
    /// The map of the output's columns, in place.
    public var affine: ColumnAffine?
    /// The function that is applied to the output after the map, in place.
    public var nonlinearity: Nonlinearity
    /// Where the moments of the output's columns, before map and function, are gathered.
    public var moments: BlockMoments?

    /// Nothing, or what is given.
    public init(
        affine: ColumnAffine? = nil, nonlinearity: Nonlinearity = .identity, moments: BlockMoments? = nil
    ) {
        self.affine = affine
        self.nonlinearity = nonlinearity
        self.moments = moments
    }

    /// Leaves the output as it is.
    public static let none = Epilogue()

    /// Whether there is nothing to do.
    var isEmpty: Bool { affine == nil && nonlinearity == .identity && moments == nil }

    /// Finishes one block of `Numerics.rowsPerBlock` rows.
    func apply(to output: Matrix, block: Int) {
        moments?.gather(output, block: block)
        map(output, rows: Numerics.rows(ofBlock: block, in: output.rows), columns: 0..<output.columns)
    }

    /// Maps some rows and columns of the output. Whatever lies outside them is not touched: other threads may be writing it.
    func map(_ output: Matrix, rows: Range<Int>, columns: Range<Int>) {
        let part = output.rows(rows).columns(columns)
        // What is left over is apart: its halves and quarters would split the lanes of the loops too.
        let whole = part.columns & ~(Lane.width - 1)
        if let affine {
            let last = columns.lowerBound + whole
            affine.apply(
                to: part.columns(0..<whole), columns: columns.lowerBound..<last, nonlinearity: nonlinearity)
            let (scale, shift) = (affine.scale.base.lane(at: last), affine.shift.base.lane(at: last))
            nonlinearity.apply(toColumnsOf: part, from: whole) { shift.addingProduct($0, scale) }
        } else if nonlinearity != .identity {
            nonlinearity.apply(to: part.columns(0..<whole))
            nonlinearity.apply(toColumnsOf: part, from: whole) { $0 }
        }
    }
}

extension Nonlinearity {
    /// matrix = f(matrix), whose columns are whole lanes, on the calling thread.
    fileprivate func apply(to matrix: Matrix) {
        func run<Function: LaneFunction>(_: Function.Type) {
            for row in 0..<matrix.rows {
                let start = matrix.base + row * matrix.stride
                for column in stride(from: 0, to: matrix.columns, by: Lane.width) {
                    start.store(Function.value(start.lane(at: column)), at: column)
                }
            }
        }
        withFunction { run($0) }
    }

    /// matrix = f(map(matrix)) for the columns from `column` on, which are less than a lane, on the calling thread.
    @inline(__always)
    fileprivate func apply(toColumnsOf matrix: Matrix, from column: Int, _ map: (Lane) -> Lane) {
        let count = matrix.columns - column
        if count == 0 { return }
        func run<Function: LaneFunction>(_: Function.Type) {
            for row in 0..<matrix.rows {
                let start = matrix.base + row * matrix.stride
                start.store(Function.value(map(start.lane(at: column, first: count))), at: column, first: count)
            }
        }
        withFunction { run($0) }
    }
}

/// Runs over a matrix lane by lane, in items of whole rows.
enum RowLanes {
    /// Stores body(position) as the sixteen elements of each position, for every lane of every row.
    ///
    /// What the body returns for columns past the end is dropped. The target may be a source: lanes that reach past the last row
    /// of an item, which another thread writes, are loaded in part.
    @inline(__always)
    static func forEach(_ target: Matrix, team: Team, _ body: @Sendable (_ position: LanePosition) -> Lane) {
        let rowsPerItem = max(1, Team.floatsPerItem / max(target.columns, Lane.width))
        team.forEachPart(of: target.rows, size: rowsPerItem) { rows in
            for row in rows {
                let start = target.base + row * target.stride
                // Apart from the rest, the whole lanes stay in one register from end to end.
                let whole = target.columns & ~(Lane.width - 1)
                for column in stride(from: 0, to: whole, by: Lane.width) {
                    start.store(body(LanePosition(row: row, column: column)), at: column)
                }
                if whole < target.columns {
                    let left = target.columns - whole
                    let isLast = (rows.upperBound - 1 - row) * target.stride + left < Lane.width
                    let position = LanePosition(row: row, column: whole, count: isLast ? left : Lane.width)
                    start.store(body(position), at: whole, first: left)
                }
            }
        }
    }
}
