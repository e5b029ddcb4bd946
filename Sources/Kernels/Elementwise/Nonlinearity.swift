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

    /// Maps some rows and columns of the output.
    func map(_ output: Matrix, rows: Range<Int>, columns: Range<Int>) {
        let part = output.rows(rows).columns(columns)
        if let affine {
            affine.apply(to: part, columns: columns, nonlinearity: nonlinearity)
        } else {
            nonlinearity.apply(to: part)
        }
    }
}

extension Nonlinearity {
    /// matrix = f(matrix), on the calling thread.
    func apply(to matrix: Matrix) {
        if self == .identity { return }
        let whole = matrix.columns & ~(Lane.width - 1)
        func run<Function: LaneFunction>(_: Function.Type) {
            for row in 0..<matrix.rows {
                let start = matrix.base + row * matrix.stride
                // What is left over is apart: its halves and quarters would split the lanes of the loop too.
                for column in stride(from: 0, to: whole, by: Lane.width) {
                    start.store(Function.value(start.lane(at: column)), at: column)
                }
                if whole < matrix.columns {
                    start.store(Function.value(start.lane(at: whole)), at: whole, first: matrix.columns - whole)
                }
            }
        }
        withFunction { run($0) }
    }
}

/// Runs over a matrix lane by lane, in items of whole rows.
enum RowLanes {
    /// Stores body(row, column) as the sixteen elements from (row, column) on, for every lane of every row.
    ///
    /// What the body returns for columns past the end is dropped.
    @inline(__always)
    static func forEach(_ target: Matrix, team: Team, _ body: @Sendable (_ row: Int, _ column: Int) -> Lane) {
        let rowsPerItem = max(1, Team.floatsPerItem / max(target.columns, Lane.width))
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
