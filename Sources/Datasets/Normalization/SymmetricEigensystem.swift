/// The eigenvalues and eigenvectors of a real symmetric matrix: Householder's reduction to a tridiagonal matrix, then QL
/// steps with implicit shifts (Golub & Van Loan, Matrix Computations, §8.3; Bowdler, Martin, Reinsch, Wilkinson 1968).
///
/// O(n³), in `Double`, with IEEE 754's exactly rounded operations only: the same bits on every machine.
public struct SymmetricEigensystem: Sendable {
    /// The eigenvalues in increasing order.
    public let values: [Double]
    /// The unit eigenvectors in the order of the values, one after the other; none where they were not wanted.
    public let vectors: [Double]

    /// QL steps for one eigenvalue; two or three are usual.
    private static let largestStepCount = 60

    /// Solves for a matrix of `size` × `size` numbers, row by row; only the lower triangle is read. Without eigenvectors the
    /// same values take a fifth of the time.
    public init(_ matrix: [Double], size: Int, vectors wantsVectors: Bool = true) {
        precondition(size > 0 && matrix.count == size * size, "a square matrix")
        var rows = matrix
        var diagonal = [Double](repeating: 0, count: size)
        var offDiagonal = [Double](repeating: 0, count: size)
        Self.tridiagonalize(&rows, size, &diagonal, &offDiagonal, wantsVectors)
        Self.diagonalize(&rows, size, &diagonal, &offDiagonal, wantsVectors)
        let order = (0..<size).sorted { diagonal[$0] < diagonal[$1] }
        values = order.map { diagonal[$0] }
        vectors = wantsVectors ? order.flatMap { rows[($0 * size)..<(($0 + 1) * size)] } : []
    }

    /// Reduces A to T = Qᵀ A Q by n − 2 reflections. On return `rows` holds Qᵀ: row j is what rotates into eigenvector j.
    private static func tridiagonalize(
        _ rows: inout [Double], _ size: Int, _ diagonal: inout [Double], _ offDiagonal: inout [Double],
        _ wantsVectors: Bool
    ) {
        // Reflection i acts on the first i coordinates and brings row i to (0, …, 0, offDiagonal[i], diagonal[i]).
        var reflectors = [Double](repeating: 0, count: size * size)
        var norms = [Double](repeating: 0, count: size)
        var product = [Double](repeating: 0, count: size)
        for i in stride(from: size - 1, to: 0, by: -1) {
            diagonal[i] = rows[i * size + i]
            let edge = rows[i * size + i - 1]
            var scale = 0.0
            for k in 0..<i { scale = max(scale, abs(rows[i * size + k])) }
            guard i > 1, scale > 0 else {
                offDiagonal[i] = edge
                continue
            }
            // v = row − target · e, with the target's sign against cancellation; H = I − v vᵀ / (½ vᵀv).
            var square = 0.0
            for k in 0..<i {
                let entry = rows[i * size + k] / scale
                reflectors[i * size + k] = entry
                square += entry * entry
            }
            let last = edge / scale
            let target = last > 0 ? -square.squareRoot() : square.squareRoot()
            offDiagonal[i] = target * scale
            reflectors[i * size + i - 1] = last - target
            let half = square - last * target
            norms[i] = half
            // A ← A − v wᵀ − w vᵀ with p = A v / half and w = p − (vᵀp / 2 half) v; A is symmetric and kept whole.
            for row in 0..<i {
                product[row] = dot(rows, row * size, reflectors, i * size, count: i) / half
            }
            let share = dot(product, 0, reflectors, i * size, count: i) / (2 * half)
            for k in 0..<i { product[k] -= share * reflectors[i * size + k] }
            for row in 0..<i {
                let (v, w) = (reflectors[i * size + row], product[row])
                subtract(v, product, 0, w, reflectors, i * size, from: &rows, row * size, count: i)
            }
        }
        diagonal[0] = rows[0]
        guard wantsVectors else { return }
        // Qᵀ = H₂ ⋯ Hₙ₋₁ applied in turn, from the smallest: the leading i × i block is finished when reflection i comes.
        for row in 0..<size {
            for column in 0..<size { rows[row * size + column] = row == column ? 1 : 0 }
        }
        for i in 2..<max(size, 2) where norms[i] > 0 {
            for row in 0..<i {
                let factor = dot(rows, row * size, reflectors, i * size, count: i) / norms[i]
                subtract(factor, reflectors, i * size, 0, reflectors, i * size, from: &rows, row * size, count: i)
            }
        }
    }

    /// Rotates the tridiagonal matrix to a diagonal one, and the rows with it.
    private static func diagonalize(
        _ rows: inout [Double], _ size: Int, _ diagonal: inout [Double], _ offDiagonal: inout [Double],
        _ wantsVectors: Bool
    ) {
        for i in 1..<size { offDiagonal[i - 1] = offDiagonal[i] }
        offDiagonal[size - 1] = 0
        for l in 0..<size {
            var steps = 0
            while true {
                // The block from l ends at the first negligible entry beside the diagonal.
                var m = l
                while m < size - 1 {
                    let scale = abs(diagonal[m]) + abs(diagonal[m + 1])
                    if abs(offDiagonal[m]) <= scale * .ulpOfOne { break }
                    m += 1
                }
                if m == l { break }
                precondition(steps < largestStepCount, "no eigenvalue after \(steps) steps: the matrix is not finite")
                steps += 1
                step(&rows, size, &diagonal, &offDiagonal, from: l, to: m, wantsVectors)
            }
        }
    }

    /// One QL step with Wilkinson's shift on the block l…m.
    private static func step(
        _ rows: inout [Double], _ size: Int, _ diagonal: inout [Double], _ offDiagonal: inout [Double], from l: Int,
        to m: Int, _ wantsVectors: Bool
    ) {
        var g = (diagonal[l + 1] - diagonal[l]) / (2 * offDiagonal[l])
        var r = (g * g + 1).squareRoot()
        g = diagonal[m] - diagonal[l] + offDiagonal[l] / (g + (g < 0 ? -r : r))
        var (sine, cosine, shift) = (1.0, 1.0, 0.0)
        for i in stride(from: m - 1, through: l, by: -1) {
            let f = sine * offDiagonal[i]
            let b = cosine * offDiagonal[i]
            r = (f * f + g * g).squareRoot()
            offDiagonal[i + 1] = r
            if r == 0 {
                // The block has split: undo the shift and begin again.
                diagonal[i + 1] -= shift
                offDiagonal[m] = 0
                return
            }
            (sine, cosine) = (f / r, g / r)
            g = diagonal[i + 1] - shift
            r = (diagonal[i] - g) * sine + 2 * cosine * b
            shift = sine * r
            diagonal[i + 1] = g + shift
            g = cosine * r - b
            if wantsVectors { rotate(&rows, i * size, (i + 1) * size, count: size, sine: sine, cosine: cosine) }
        }
        diagonal[l] -= shift
        offDiagonal[l] = g
        offDiagonal[m] = 0
    }

    // MARK: Rows

    /// Four partial sums in a fixed order, which is also what lets the compiler keep them in one register.
    private static func dot(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int, count: Int) -> Double {
        let (a, b) = (a.span, b.span)
        precondition(i >= 0 && j >= 0 && i + count <= a.count && j + count <= b.count)
        var sums = SIMD4<Double>(repeating: 0)
        var k = 0
        while k + 4 <= count {
            let left = SIMD4<Double>(a[i + k], a[i + k + 1], a[i + k + 2], a[i + k + 3])
            let right = SIMD4<Double>(b[j + k], b[j + k + 1], b[j + k + 2], b[j + k + 3])
            sums += left * right
            k += 4
        }
        var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
        while k < count {
            sum += a[i + k] * b[j + k]
            k += 1
        }
        return sum
    }

    /// target −= x · a + y · b.
    private static func subtract(
        _ x: Double, _ a: [Double], _ i: Int, _ y: Double, _ b: [Double], _ j: Int, from target: inout [Double],
        _ offset: Int, count: Int
    ) {
        let (a, b) = (a.span, b.span)
        var target = target.mutableSpan
        precondition(i >= 0 && j >= 0 && i + count <= a.count && j + count <= b.count)
        precondition(offset >= 0 && offset + count <= target.count)
        for k in 0..<count {
            target[offset + k] -= x * a[i + k] + y * b[j + k]
        }
    }

    private static func rotate(
        _ rows: inout [Double], _ first: Int, _ second: Int, count: Int, sine: Double, cosine: Double
    ) {
        var rows = rows.mutableSpan
        precondition(first >= 0 && first + count <= second && second + count <= rows.count)
        for k in 0..<count {
            let (a, b) = (rows[first + k], rows[second + k])
            rows[second + k] = sine * a + cosine * b
            rows[first + k] = cosine * a - sine * b
        }
    }
}
