/// The singular values of a small dense matrix.
///
/// One-sided Jacobi rotations (Hestenes 1958; Golub & Van Loan, Matrix Computations, §8.6.3): pairs of columns are rotated
/// until all are orthogonal, and their lengths then are the singular values. It finds small values as accurately as large
/// ones wherever the columns' scales allow, and needs exactly rounded operations only: the same bits on every machine.
public enum SingularValues {
    /// Sweeps over all pairs of columns; six to ten are usual.
    private static let largestSweepCount = 60

    /// The singular values in decreasing order: as many as the matrix has rows or columns, whichever are fewer.
    ///
    /// All are NaN where an element is not finite. Complexity: about ten times long side · short side².
    ///
    /// - Parameter matrix: `rows` × `columns` numbers, row by row.
    public static func of(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
        precondition(matrix.count == rows * columns, "\(matrix.count) elements are not \(rows)×\(columns)")
        let (length, count) = (max(rows, columns), min(rows, columns))
        guard count > 0 else { return [] }
        var largest = 0.0
        for element in matrix {
            guard element.isFinite else { return Array(repeating: .nan, count: count) }
            largest = max(largest, abs(element))
        }
        guard largest > 0 else { return Array(repeating: 0, count: count) }
        // A power of two, so that squares neither overflow nor vanish and no digit changes.
        let scale = Double(sign: .plus, exponent: largest.exponent, significand: 1)
        let lanes = (length + DoubleLane.scalarCount - 1) / DoubleLane.scalarCount
        var vectors = [DoubleLane](repeating: DoubleLane(), count: count * lanes)
        for vector in 0..<count {
            for place in 0..<length {
                let element = rows >= columns ? matrix[place * columns + vector] : matrix[vector * columns + place]
                vectors[vector * lanes + place / DoubleLane.scalarCount][place % DoubleLane.scalarCount] =
                    element / scale
            }
        }
        return vectors.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return [] }
            let panel = Columns(base: base, count: count, lanes: lanes)
            // The error of a computed inner product, as a share of the lengths' product.
            let tolerance = Double(length) * Double.ulpOfOne
            var sweeps = 0
            while sweeps < largestSweepCount, panel.sweep(tolerance: tolerance) { sweeps += 1 }
            return (0..<count).map { panel.dot($0, $0).squareRoot() * scale }.sorted(by: >)
        }
    }

    /// Columns of a matrix, each in whole lanes that end in zeros.
    private struct Columns {
        let base: UnsafeMutablePointer<DoubleLane>
        let count: Int
        let lanes: Int

        /// Rotates each pair of columns until it is orthogonal. Returns whether any had to be.
        func sweep(tolerance: Double) -> Bool {
            var isRotated = false
            for first in 0..<count {
                for second in (first + 1)..<max(count, first + 1) {
                    let product = dot(first, second)
                    let (square, otherSquare) = (dot(first, first), dot(second, second))
                    guard abs(product) > tolerance * (square.squareRoot() * otherSquare.squareRoot()) else { continue }
                    // tan 2φ = 2ab / (aa − bb), by the smaller of the two angles.
                    let cotangent = (otherSquare - square) / (2 * product)
                    let magnitude = 1 / (abs(cotangent) + (1 + cotangent * cotangent).squareRoot())
                    let tangent = cotangent < 0 ? -magnitude : magnitude
                    let cosine = 1 / (1 + tangent * tangent).squareRoot()
                    rotate(first, second, cosine: cosine, sine: cosine * tangent)
                    isRotated = true
                }
            }
            return isRotated
        }

        /// The inner product of two columns: eight chains of fused multiply-adds, added up in order.
        func dot(_ first: Int, _ second: Int) -> Double {
            let (a, b) = (base + first * lanes, base + second * lanes)
            var sums = DoubleLane()
            for lane in 0..<lanes { sums.addProduct(a[lane], b[lane]) }
            var total = 0.0
            for place in 0..<DoubleLane.scalarCount { total += sums[place] }
            return total
        }

        /// (a, b) ← (c·a − s·b, s·a + c·b)
        private func rotate(_ first: Int, _ second: Int, cosine: Double, sine: Double) {
            let (a, b) = (base + first * lanes, base + second * lanes)
            let (c, s) = (DoubleLane(repeating: cosine), DoubleLane(repeating: sine))
            for lane in 0..<lanes {
                let (x, y) = (a[lane], b[lane])
                a[lane] = (c * x).addingProduct(-s, y)
                b[lane] = (s * x).addingProduct(c, y)
            }
        }
    }
}
