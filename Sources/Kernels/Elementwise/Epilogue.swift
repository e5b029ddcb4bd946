/// What is done to the output of a product block by block, while a block is in the nearest cache.
public struct Epilogue: Sendable {
    /// The function that is applied to the output, in place.
    public var nonlinearity: Nonlinearity
    /// Where the moments of the output's columns, before the function, are gathered.
    public var moments: BlockMoments?

    /// Nothing, or what is given.
    public init(nonlinearity: Nonlinearity = .identity, moments: BlockMoments? = nil) {
        self.nonlinearity = nonlinearity
        self.moments = moments
    }

    /// Leaves the output as it is.
    public static let none = Epilogue()

    /// Whether there is nothing to do.
    var isEmpty: Bool { nonlinearity == .identity && moments == nil }

    /// Finishes one block of `BlockMoments.rowsPerBlock` rows.
    func apply(to output: Matrix, block: Int) {
        moments?.gather(output, block: block)
        nonlinearity.apply(to: output.rows(BlockMoments.rows(of: block, in: output.rows)))
    }
}

extension Nonlinearity {
    /// matrix = f(matrix), on the calling thread.
    func apply(to matrix: Matrix) {
        if self == .identity { return }
        func run<Function: LaneFunction>(_: Function.Type) {
            for row in 0..<matrix.rows {
                let start = matrix.base + row * matrix.stride
                for column in stride(from: 0, to: matrix.columns, by: Lane.width) {
                    start.store(Function.value(start.lane(at: column)), at: column, first: matrix.columns - column)
                }
            }
        }
        withFunction { run($0) }
    }
}
