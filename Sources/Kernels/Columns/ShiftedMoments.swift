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
