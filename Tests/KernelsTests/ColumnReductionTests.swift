import Foundation
import Kernels
import Testing

@Suite("Column reductions")
struct ColumnReductionTests {
    static let shapes: [(rows: Int, columns: Int)] = [
        (1, 1), (2, 16), (7, 17), (511, 3), (512, 20), (513, 33), (1500, 50), (3, 100),
    ]

    private func scratch(_ matrix: TestMatrix) -> Vector {
        TestVector.scratch(ColumnReduction.scratch(rows: matrix.rows, columns: matrix.columns)).view
    }

    /// The correctly rounded result of the sums in Double, up to the order of the additions.
    @Test("sums agree with Double to the last place", arguments: shapes)
    func sum(rows: Int, columns: Int) {
        let matrix = TestMatrix(rows: rows, columns: columns, gap: 3, seed: 1)
        let result = TestVector(count: columns)
        ColumnReduction.sum(matrix.view, into: result.view, scratch: scratch(matrix), team: teams[0])
        let values = matrix.doubles
        for column in 0..<columns {
            let exact = values.reduce(0) { $0 + $1[column] }
            #expect(abs(Double(result.view[column]) - exact) <= max(abs(exact), 1e-6) * 0x1p-23)
        }
    }

    @Test("moments agree with Double", arguments: shapes)
    func moments(rows: Int, columns: Int) {
        let matrix = TestMatrix(rows: rows, columns: columns, gap: 3, seed: 2)
        // Far from zero, where E[x²] − E[x]² would lose everything.
        for row in 0..<rows {
            for column in 0..<columns {
                matrix.view[row, column] = 1000 * Float(column) + matrix.view[row, column]
            }
        }
        let mean = TestVector(count: columns)
        let variance = TestVector(count: columns)
        Normalization.moments(
            matrix.view, mean: mean.view, variance: variance.view, scratch: scratch(matrix), team: teams[0])
        let values = matrix.doubles
        for column in 0..<columns {
            let exactMean = values.reduce(0) { $0 + $1[column] } / Double(rows)
            let squares = values.reduce(0) { $0 + ($1[column] - exactMean) * ($1[column] - exactMean) }
            let exactVariance = squares / Double(rows)
            #expect(abs(Double(mean.view[column]) - exactMean) <= max(abs(exactMean), 1e-6) * 0x1p-23)
            #expect(abs(Double(variance.view[column]) - exactVariance) <= exactVariance * 0x1p-22 + 1e-20)
        }
    }

    /// Caffe's gemv mean of such a column is 100.000015 (BVLC/caffe#3963).
    @Test("a constant column has its constant as mean and no variance", arguments: [100, 0.1, -1e-3, 1e30, 3.3e7])
    func constantColumn(_ constant: Float) {
        for rows in [1, 3, 60, 1000, 12_345] {
            let matrix = TestMatrix(rows: rows, columns: 3)
            matrix.view.fill(constant)
            let mean = TestVector(count: 3)
            let variance = TestVector(count: 3)
            Normalization.moments(
                matrix.view, mean: mean.view, variance: variance.view, scratch: scratch(matrix), team: teams[0])
            #expect(mean.view.elements == [constant, constant, constant])
            #expect(variance.view.elements == [0, 0, 0])
        }
    }

    @Test("moments of columns far from zero, of one far value, and of many rows keep their digits")
    func hardMoments() {
        for (offset, outlier) in [(Float(0), Float(0)), (1_000, 0), (-65_536, 0), (0, 1e6)] {
            let matrix = TestMatrix(rows: 5000, columns: 3, gap: 1, seed: 9)
            for row in 0..<5000 { for column in 0..<3 { matrix.view[row, column] += offset } }
            // As the first of a block it is what the block's values are taken relative to.
            matrix.view[512, 1] += outlier
            let (mean, variance) = (TestVector(count: 3), TestVector(count: 3))
            Normalization.moments(
                matrix.view, mean: mean.view, variance: variance.view, scratch: scratch(matrix), team: teams[1])
            let rows = matrix.doubles
            for column in 0..<3 {
                let exact = rows.reduce(0) { $0 + $1[column] } / 5000
                let square = rows.reduce(0) { $0 + ($1[column] - exact) * ($1[column] - exact) } / 5000
                #expect(abs(Double(mean.view[column]) - exact) <= abs(exact) * 0x1p-24 + 1e-12)
                #expect(abs(Double(variance.view[column]) - square) <= square * 0x1p-23)
            }
        }
    }

    @Test("a sum behind a nonlinearity is that of the gradient's own pass", arguments: Nonlinearity.allCases, shapes)
    func behind(_ nonlinearity: Nonlinearity, shape: (rows: Int, columns: Int)) {
        let output = TestMatrix(rows: shape.rows, columns: shape.columns, gap: 1, seed: 3)
        let together = TestMatrix(rows: shape.rows, columns: shape.columns, gap: 2, seed: 4)
        let apart = TestMatrix(rows: shape.rows, columns: shape.columns)
        let sums = (TestVector(count: shape.columns), TestVector(count: shape.columns))
        Pointwise.gradient(
            nonlinearity, output: output.view, outputGradient: together.view, into: apart.view, team: teams[0])
        ColumnReduction.sum(apart.view, into: sums.0.view, scratch: scratch(apart), team: teams[0])
        ColumnReduction.sum(
            behind: nonlinearity, output: output.view, gradient: together.view, into: sums.1.view,
            scratch: scratch(apart), team: teams[1])
        #expect(together.bits == apart.bits)
        #expect(sums.0.bits == sums.1.bits)
        #expect(together.gapIsUntouched)
    }

    @Test("the bits do not depend on the number of threads")
    func threads() {
        let a = TestMatrix(rows: 3000, columns: 37, seed: 5)
        let scratch = scratch(a)
        expectSameBits { team in
            let first = TestVector(count: 37)
            let second = TestVector(count: 37)
            Normalization.moments(
                a.view, mean: first.view, variance: second.view, scratch: scratch, team: team)
            let moments = first.bits + second.bits
            ColumnReduction.sum(a.view, into: first.view, scratch: scratch, team: team)
            return moments + first.bits
        }
    }

    @Test("not a number shows")
    func notANumber() {
        let matrix = TestMatrix(rows: 10, columns: 2, seed: 7)
        matrix.view[4, 1] = .nan
        let mean = TestVector(count: 2)
        let variance = TestVector(count: 2)
        Normalization.moments(
            matrix.view, mean: mean.view, variance: variance.view, scratch: scratch(matrix), team: teams[0])
        #expect(!mean.view[0].isNaN && !variance.view[0].isNaN)
        #expect(mean.view[1].isNaN && variance.view[1].isNaN)
    }
}
