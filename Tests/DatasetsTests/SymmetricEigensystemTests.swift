import Foundation
import Testing

@testable import Datasets

@Suite struct SymmetricEigensystemTests {
    /// A symmetric matrix of random numbers in −1…1.
    static func random(_ size: Int, seed: UInt64) -> [Double] {
        var draws = Draws(stream: SeededStream(seed: seed, "matrix"), block: 0)
        var matrix = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0...row {
                let value = draws.uniform(-1...1)
                matrix[row * size + column] = value
                matrix[column * size + row] = value
            }
        }
        return matrix
    }

    /// The largest error of A v = λ v and of VᵀV = I.
    private func residual(_ matrix: [Double], _ size: Int, _ system: SymmetricEigensystem) -> Double {
        var largest = 0.0
        for i in 0..<size {
            for row in 0..<size {
                let product = (0..<size).reduce(0.0) { $0 + matrix[row * size + $1] * system.vectors[i * size + $1] }
                largest = max(largest, abs(product - system.values[i] * system.vectors[i * size + row]))
            }
            for j in 0..<size {
                let dot = (0..<size).reduce(0.0) { $0 + system.vectors[i * size + $1] * system.vectors[j * size + $1] }
                largest = max(largest, abs(dot - (i == j ? 1 : 0)))
            }
        }
        return largest
    }

    @Test func twoByTwo() {
        let system = SymmetricEigensystem([2, 1, 1, 2], size: 2)
        #expect(abs(system.values[0] - 1) < 1e-15)
        #expect(abs(system.values[1] - 3) < 1e-15)
        #expect(residual([2, 1, 1, 2], 2, system) < 1e-15)
    }

    /// The second difference matrix has the eigenvalues 2 − 2 cos(kπ/(n+1)).
    @Test func secondDifferences() {
        let size = 5
        let matrix = (0..<25).map { $0 / size == $0 % size ? 2.0 : abs($0 / size - $0 % size) == 1 ? -1.0 : 0 }
        let system = SymmetricEigensystem(matrix, size: size)
        let expected = [2 - 3.0.squareRoot(), 1, 2, 3, 2 + 3.0.squareRoot()]
        for (found, value) in zip(system.values, expected) { #expect(abs(found - value) < 1e-14) }
    }

    @Test(arguments: [1, 2, 3, 4, 7, 16, 33, 60])
    func randomMatrices(size: Int) {
        let matrix = Self.random(size, seed: UInt64(size))
        let system = SymmetricEigensystem(matrix, size: size)
        #expect(residual(matrix, size, system) < 1e-13 * Double(size + 1))
        #expect(system.values == system.values.sorted())
        let alone = SymmetricEigensystem(matrix, size: size, vectors: false)
        #expect(alone.values == system.values)
        #expect(alone.vectors.isEmpty)
    }

    /// As the covariance of images: eigenvalues that fall over many orders of magnitude, and a null space.
    @Test func aGradedSpectrumWithANullSpace() {
        let (size, rank) = (80, 60)
        let basis = SymmetricEigensystem(Self.random(size, seed: 80), size: size).vectors
        let eigenvalues = (0..<size).map { $0 < size - rank ? 0 : pow(10, Double($0 - size + 1) / 4) }
        var matrix = [Double](repeating: 0, count: size * size)
        for (i, value) in eigenvalues.enumerated() where value > 0 {
            for row in 0..<size {
                for column in 0..<size {
                    matrix[row * size + column] += value * basis[i * size + row] * basis[i * size + column]
                }
            }
        }
        // Exactly symmetric.
        for row in 0..<size { for column in 0..<row { matrix[row * size + column] = matrix[column * size + row] } }
        let system = SymmetricEigensystem(matrix, size: size)
        #expect(residual(matrix, size, system) < 1e-13)
        for (found, expected) in zip(system.values, eigenvalues) { #expect(abs(found - expected) < 1e-14) }
    }

    @Test func degenerateMatrices() {
        for matrix in [[Double](repeating: 0, count: 36), [Double](repeating: 1, count: 36)] {
            let system = SymmetricEigensystem(matrix, size: 6)
            #expect(residual(matrix, 6, system) < 1e-14)
        }
        // Rows of zeros, as those of pixels that are never anything but black.
        var matrix = Self.random(8, seed: 3)
        for index in 0..<8 {
            for row in [0, 4, 7] {
                matrix[row * 8 + index] = 0
                matrix[index * 8 + row] = 0
            }
        }
        let system = SymmetricEigensystem(matrix, size: 8)
        #expect(residual(matrix, 8, system) < 1e-13)
        #expect(system.values.count { abs($0) < 1e-14 } >= 3)
    }
}
