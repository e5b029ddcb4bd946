/// The mean and the sum of squared deviations of each column, block of rows by block of rows: what batch normalization
/// needs of a matrix, gathered in one pass over it, or block by block by the kernel that writes it.
///
/// In Double. Each block is gathered by ``ShiftedMoments``; blocks are then joined in order (Chan, Golub & LeVeque 1979). The
/// partition depends on the number of rows alone, and so do the bits.
public struct BlockMoments: @unchecked Sendable {
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

    public init(rows: Int, columns: Int, scratch: Vector) {
        let needed = BlockMoments.scratch(rows: rows, columns: columns)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        self.rows = rows
        self.columns = columns
        width = BlockMoments.width(columns)
        table = UnsafeMutableRawPointer(scratch.base).alignedUp(toMultipleOf: Storage.alignment)
            .assumingMemoryBound(to: Double.self)
    }

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

/// The mean and the sum of squared deviations of each column of some rows, in one pass over them, in Double.
///
/// x is taken relative to the first row x₀: with S = Σ (x − x₀) and Q = Σ (x − x₀)², mean = x₀ + S/n and M = Q − S²/n. Since
/// x₀ is one of the n values, (mean − x₀)² ≤ M, so that the difference loses at most log₂ n bits of 53; a constant column
/// has exactly its mean and no variance. M is not negative, but its rounding may be.
enum ShiftedMoments {
    /// The columns of one pass down the rows: four double lanes with two sums each, so that eight chains are under way.
    private static let columnsPerPanel = 4 * DoubleLane.scalarCount

    /// The doubles that the means, or the sums, of so many columns take: whole panels.
    static func width(_ columns: Int) -> Int {
        (columns + columnsPerPanel - 1) / columnsPerPanel * columnsPerPanel
    }

    /// Stores mean and M of each column. Complexity: rows · columns.
    ///
    /// - Parameters:
    ///   - matrix: At least one row.
    ///   - means: `width(columns)` doubles; those behind the last column mean nothing.
    ///   - squares: As many.
    static func gather(_ matrix: Matrix, means: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>) {
        for column in stride(from: 0, to: matrix.columns, by: columnsPerPanel) {
            if matrix.columns - column > 2 * DoubleLane.scalarCount {
                gather(matrix, column: column, isWide: true, means: means, squares: squares)
            } else {
                gather(matrix, column: column, isWide: false, means: means, squares: squares)
            }
        }
    }

    /// Gathers four (or two) double lanes of columns.
    @inline(__always)
    private static func gather(
        _ matrix: Matrix, column: Int, isWide: Bool, means: UnsafeMutablePointer<Double>,
        squares: UnsafeMutablePointer<Double>
    ) {
        let lanes = DoubleLane.scalarCount
        let start = matrix.base + column
        var (sums0, sums1, sums2, sums3) = (
            Sums(start, 0), Sums(start, lanes), Sums(start, 2 * lanes), Sums(start, 3 * lanes)
        )
        var source = start
        for _ in 0..<matrix.rows {
            sums0.add(source.doubleLane(at: 0))
            sums1.add(source.doubleLane(at: lanes))
            if isWide {
                sums2.add(source.doubleLane(at: 2 * lanes))
                sums3.add(source.doubleLane(at: 3 * lanes))
            }
            source += matrix.stride
        }
        let (means, squares) = (means + column, squares + column)
        sums0.store(count: matrix.rows, means, squares, at: 0)
        sums1.store(count: matrix.rows, means, squares, at: lanes)
        sums2.store(count: matrix.rows, means, squares, at: 2 * lanes)
        sums3.store(count: matrix.rows, means, squares, at: 3 * lanes)
    }

    /// The sums of eight columns, relative to their first row.
    private struct Sums {
        let origin: DoubleLane
        var sum = DoubleLane()
        var squares = DoubleLane()

        @inline(__always)
        init(_ row: UnsafeMutablePointer<Float>, _ column: Int) {
            origin = row.doubleLane(at: column)
        }

        @inline(__always)
        mutating func add(_ x: DoubleLane) {
            let deviation = x - origin
            sum += deviation
            squares.addProduct(deviation, deviation)
        }

        @inline(__always)
        func store(
            count: Int, _ means: UnsafeMutablePointer<Double>, _ deviations: UnsafeMutablePointer<Double>, at index: Int
        ) {
            let mean = sum / Double(count)
            means.store(origin + mean, at: index)
            deviations.store(squares.addingProduct(-mean, sum), at: index)
        }
    }
}
