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

    /// Finishes one block of `BlockMoments.rowsPerBlock` rows.
    func apply(to output: Matrix, block: Int) {
        moments?.gather(output, block: block)
        map(output, rows: BlockMoments.rows(of: block, in: output.rows), columns: 0..<output.columns)
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
