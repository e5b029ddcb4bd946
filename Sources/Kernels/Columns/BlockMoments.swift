/// The mean and the sum of squared deviations of each column, block of rows by block of rows: what batch normalization
/// needs of a matrix, gathered in one pass over it, by whoever has a block at hand.
///
/// In Double. Each block is gathered by ``ShiftedMoments``; blocks are then joined in order (Chan, Golub & LeVeque 1979). The
/// partition depends on the number of rows alone, and so do the bits.
public struct BlockMoments: @unchecked Sendable {
    /// The rows of a block.
    static let rowsPerBlock = 256

    private let rows: Int
    private let columns: Int
    private let width: Int
    /// For each block a row of means and a row of sums of squared deviations.
    private let table: UnsafeMutablePointer<Double>

    /// The scratch floats for a matrix of this shape.
    public static func scratch(rows: Int, columns: Int) -> Int {
        2 * 2 * blocks(rows) * width(columns) + Storage.alignment / MemoryLayout<Float>.stride
    }

    /// A table for a matrix of this shape.
    public init(rows: Int, columns: Int, scratch: Vector) {
        let needed = BlockMoments.scratch(rows: rows, columns: columns)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        self.rows = rows
        self.columns = columns
        width = BlockMoments.width(columns)
        table = UnsafeMutableRawPointer(scratch.base).alignedUp(toMultipleOf: Storage.alignment)
            .assumingMemoryBound(to: Double.self)
    }

    /// The rows of a block.
    static func rows(of block: Int, in rows: Int) -> Range<Int> {
        block * rowsPerBlock..<min((block + 1) * rowsPerBlock, rows)
    }

    private static func blocks(_ rows: Int) -> Int { (rows + rowsPerBlock - 1) / rowsPerBlock }

    private static func width(_ columns: Int) -> Int { ShiftedMoments.width(columns) }

    // MARK: Gathering

    /// Gathers all blocks on the team.
    public func gather(_ matrix: Matrix, team: Team) {
        precondition(matrix.rows == rows && matrix.columns == columns, "moments of another shape")
        team.forEach(BlockMoments.blocks(rows), operations: rows * width / DoubleLane.scalarCount) { block in
            gather(matrix, block: block)
        }
    }

    /// Gathers one block.
    func gather(_ matrix: Matrix, block: Int) {
        let target = table + 2 * block * width
        ShiftedMoments.gather(
            matrix.rows(BlockMoments.rows(of: block, in: rows)), means: target, squares: target + width)
    }

    // MARK: Joining

    /// The mean and the biased variance (divisor: rows) of each column, from the gathered blocks.
    public func join(mean: Vector, variance: Vector) {
        precondition(mean.count == columns && variance.count == columns, "one moment for each column")
        for column in stride(from: 0, to: columns, by: DoubleLane.scalarCount) {
            let moments = joined(column: column)
            let deviation = moments.squares / Double(max(rows, 1))
            for place in 0..<min(DoubleLane.scalarCount, columns - column) {
                mean.base[column + place] = Float(moments.mean[place])
                variance.base[column + place] = Float(deviation[place])
            }
        }
    }

    /// The mean and the biased variance of all elements, from the gathered blocks.
    func joinAll() -> (mean: Double, variance: Double) {
        var (mean, squares, count) = (0.0, 0.0, 0.0)
        for column in 0..<columns {
            let lane = column & ~(DoubleLane.scalarCount - 1)
            let moments = joined(column: lane)
            let difference = moments.mean[column - lane] - mean
            let total = count + Double(rows)
            mean += difference * (Double(rows) / total)
            squares += moments.squares[column - lane] + difference * difference * (count * Double(rows) / total)
            count = total
        }
        return (mean, squares / max(count, 1))
    }

    /// The mean and the sum of squared deviations of eight columns over all blocks.
    private func joined(column: Int) -> (mean: DoubleLane, squares: DoubleLane) {
        guard rows > 0 else { return (DoubleLane(), DoubleLane()) }
        var mean = table.lane(at: column)
        var squares = table.lane(at: width + column)
        var count = Double(BlockMoments.rows(of: 0, in: rows).count)
        for block in 1..<max(BlockMoments.blocks(rows), 1) {
            let size = Double(BlockMoments.rows(of: block, in: rows).count)
            let difference = table.lane(at: 2 * block * width + column) - mean
            let total = count + size
            mean.addProduct(difference, DoubleLane(repeating: size / total))
            squares += table.lane(at: (2 * block + 1) * width + column)
            squares.addProduct(difference * difference, DoubleLane(repeating: count * size / total))
            count = total
        }
        // A sum of squares is not negative, but its rounding may be.
        squares.replace(with: DoubleLane(), where: squares .< DoubleLane())
        return (mean, squares)
    }

}
