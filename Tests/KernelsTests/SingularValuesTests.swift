import Kernels
import Testing

@Suite("Singular values")
struct SingularValuesTests {
    /// Random numbers in [−1, 1) of a stream of their own.
    private func numbers(_ count: Int, seed: UInt64) -> [Double] {
        let stream = RandomStream(seed: seed, "singular values")
        return (0..<count).map { Double(2 * stream.uniform(at: UInt64($0)) - 1) }
    }

    private func product(_ a: [Double], _ b: [Double], _ rows: Int, _ inner: Int, _ columns: Int) -> [Double] {
        var result = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for k in 0..<inner {
                for column in 0..<columns {
                    result[row * columns + column] += a[row * inner + k] * b[k * columns + column]
                }
            }
        }
        return result
    }

    /// An orthogonal matrix: a product of reflections at random vectors.
    private func orthogonal(_ size: Int, seed: UInt64) -> [Double] {
        var matrix = [Double](repeating: 0, count: size * size)
        for index in 0..<size { matrix[index * size + index] = 1 }
        for reflection in 0..<size {
            let v = numbers(size, seed: seed &* 1_000 &+ UInt64(reflection))
            let square = v.reduce(0) { $0 + $1 * $1 }
            for column in 0..<size {
                var dot = 0.0
                for row in 0..<size { dot += v[row] * matrix[row * size + column] }
                for row in 0..<size { matrix[row * size + column] -= 2 * dot / square * v[row] }
            }
        }
        return matrix
    }

    /// The determinant by elimination with pivots.
    private func determinant(_ matrix: [Double], _ size: Int) -> Double {
        var (m, result) = (matrix, 1.0)
        for k in 0..<size {
            var pivot = k
            for row in k..<size where abs(m[row * size + k]) > abs(m[pivot * size + k]) { pivot = row }
            if pivot != k {
                for column in 0..<size { m.swapAt(k * size + column, pivot * size + column) }
                result = -result
            }
            result *= m[k * size + k]
            for row in (k + 1)..<max(size, k + 1) {
                let factor = m[row * size + k] / m[k * size + k]
                for column in k..<size { m[row * size + column] -= factor * m[k * size + column] }
            }
        }
        return result
    }

    private func expect(_ found: [Double], _ expected: [Double], within error: Double) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(abs(found - expected) <= error, "\(found), not \(expected)")
        }
    }

    @Test("of a diagonal are its magnitudes, in decreasing order")
    func diagonal() {
        expect(SingularValues.of([0, 0, -3, 0, 0.5, 0, 2, 0, 0], rows: 3, columns: 3), [3, 2, 0.5], within: 0)
        #expect(SingularValues.of([], rows: 0, columns: 4) == [])
        #expect(SingularValues.of([0, 0, 0, 0], rows: 2, columns: 2) == [0, 0])
        #expect(SingularValues.of([-7], rows: 1, columns: 1) == [7])
    }

    @Test("of rows and columns are their lengths, at any scale", arguments: [1, 1e-160, 1e160, 1e-300])
    func lengths(scale: Double) {
        expect(SingularValues.of([3 * scale, 4 * scale], rows: 1, columns: 2), [5 * scale], within: 1e-15 * scale)
        expect(SingularValues.of([3 * scale, 4 * scale], rows: 2, columns: 1), [5 * scale], within: 1e-15 * scale)
    }

    @Test("of orthogonal · diagonal · orthogonal are the diagonal's", arguments: [(7, 7), (12, 5), (5, 12), (60, 60)])
    func known(rows: Int, columns: Int) {
        let count = min(rows, columns)
        // From 2 down over six decades.
        let spectrum = (0..<count).map { 2 * (1 - Double($0) / Double(count)) * ($0 % 3 == 2 ? 1e-6 : 1) }
        var middle = [Double](repeating: 0, count: rows * columns)
        for (index, value) in spectrum.enumerated() { middle[index * columns + index] = value }
        let left = product(orthogonal(rows, seed: 1), middle, rows, rows, columns)
        let matrix = product(left, orthogonal(columns, seed: 2), rows, columns, columns)
        expect(SingularValues.of(matrix, rows: rows, columns: columns), spectrum.sorted(by: >), within: 2e-13)
    }

    @Test("behind the rank are zero")
    func deficient() {
        let matrix = product(numbers(20 * 3, seed: 5), numbers(3 * 15, seed: 6), 20, 3, 15)
        let found = SingularValues.of(matrix, rows: 20, columns: 15)
        #expect(found.count == 15 && found[2] > 0.1)
        #expect(found[3...].allSatisfy { $0 < 1e-13 })
    }

    @Test("have the Frobenius norm's squares and the determinant's magnitude", arguments: [2, 9, 24])
    func invariants(size: Int) {
        let matrix = numbers(size * size, seed: 9)
        let found = SingularValues.of(matrix, rows: size, columns: size)
        let square = matrix.reduce(0) { $0 + $1 * $1 }
        #expect(abs(found.reduce(0) { $0 + $1 * $1 } - square) < 1e-12 * square)
        let determinant = abs(determinant(matrix, size))
        #expect(abs(found.reduce(1, *) - determinant) < 1e-10 * determinant)
    }

    @Test("of what is no number are no numbers")
    func nonsense() {
        #expect(SingularValues.of([1, .nan, 0, 2], rows: 2, columns: 2).allSatisfy { $0.isNaN })
        #expect(SingularValues.of([1, .infinity, 0, 2, 3, 4], rows: 2, columns: 3).map(\.isNaN) == [true, true])
    }
}
