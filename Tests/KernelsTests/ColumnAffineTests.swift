import Kernels
import Testing

@Suite("Column-wise affine maps")
struct ColumnAffineTests {
    static let shapes: [(rows: Int, columns: Int)] = [(1, 1), (5, 16), (9, 20), (3, 33), (700, 50)]

    @Test("standardize", arguments: shapes)
    func standardize(rows: Int, columns: Int) {
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 1)
        let mean = TestVector(count: columns, seed: 2)
        let inverse = TestVector(count: columns, seed: 3)
        let output = TestMatrix(rows: rows, columns: columns, gap: 1)
        ColumnAffine.standardize(
            input.view, mean: mean.view, inverseDeviation: inverse.view, into: output.view, team: teams[0])
        let (m, s) = (mean.doubles, inverse.doubles)
        expectClose(
            output, input.doubles.map { row in row.indices.map { (row[$0] - m[$0]) * s[$0] } }, tolerance: 0x1p-22)
    }

    @Test("apply", arguments: shapes)
    func apply(rows: Int, columns: Int) {
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 4)
        let scale = TestVector(count: columns, seed: 5)
        let shift = TestVector(count: columns, seed: 6)
        let output = TestMatrix(rows: rows, columns: columns, gap: 1)
        ColumnAffine.apply(input.view, scale: scale.view, shift: shift.view, into: output.view, team: teams[0])
        let (a, b) = (scale.doubles, shift.doubles)
        expectClose(
            output, input.doubles.map { row in row.indices.map { row[$0] * a[$0] + b[$0] } }, tolerance: 0x1p-23)
    }

    @Test("the gradient of the standardization", arguments: shapes)
    func standardizeGradient(rows: Int, columns: Int) {
        let gradient = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 7)
        let normalized = TestMatrix(rows: rows, columns: columns, seed: 8)
        let scale = TestVector(count: columns, seed: 9)
        let mean = TestVector(count: columns, seed: 10)
        let product = TestVector(count: columns, seed: 11)
        let output = TestMatrix(rows: rows, columns: columns, gap: 3)
        ColumnAffine.standardizeGradient(
            outputGradient: gradient.view, normalized: normalized.view, scale: scale.view, meanGradient: mean.view,
            meanGradientNormalized: product.view, into: output.view, team: teams[0])
        let (s, m, p) = (scale.doubles, mean.doubles, product.doubles)
        let reference = zip(gradient.doubles, normalized.doubles).map { dy, x in
            dy.indices.map { (dy[$0] - m[$0] - x[$0] * p[$0]) * s[$0] }
        }
        expectClose(output, reference, tolerance: 0x1p-21)
    }

    /// Ioffe & Szegedy 2015, Algorithm 1 and §3, in Float: ε = 1e-5, γ = 2.
    @Test(
        "batch normalization of [1, 2, 3, 4]",
        arguments: [
            ([1, 0, 0, 0], [0.536660608, -0.715536744, -0.178886869, 0.357763006], -1.34163542, 1),
            ([0.1, -0.2, 0.3, 0.4], [0.286212551, -0.500878225, 0.143108780, 0.071556894], 0.626096529, 0.6),
        ] as [([Float], [Double], Double, Double)])
    func golden(dy: [Float], dx: [Double], scaleGradient: Double, shiftGradient: Double) {
        let x = TestMatrix([[1], [2], [3], [4]])
        let scratch = TestVector.scratch(ColumnReduction.scratch(rows: 4, columns: 1)).view
        let (mean, variance) = (TestVector(count: 1), TestVector(count: 1))
        let team = teams[0]
        ColumnReduction.moments(x.view, mean: mean.view, variance: variance.view, scratch: scratch, team: team)
        #expect(mean.view[0] == 2.5 && variance.view[0] == 1.25)

        let inverse = TestVector([1 / (variance.view[0] + 1e-5).squareRoot()])
        let normalized = TestMatrix(rows: 4, columns: 1)
        ColumnAffine.standardize(
            x.view, mean: mean.view, inverseDeviation: inverse.view, into: normalized.view, team: team)
        expectClose(
            normalized.view.elements, [-1.34163542, -0.44721181, 0.44721181, 1.34163542], tolerance: 2e-7)

        let gradient = TestMatrix(dy.map { [$0] })
        let (sum, product) = (TestVector(count: 1), TestVector(count: 1))
        ColumnReduction.products(
            gradient.view, normalized.view, sumA: sum.view, sumAB: product.view, scratch: scratch, team: team)
        expectClose(product.view.elements, [scaleGradient], tolerance: 2e-7)
        expectClose(sum.view.elements, [shiftGradient], tolerance: 2e-7)

        let result = TestMatrix(rows: 4, columns: 1)
        ColumnAffine.standardizeGradient(
            outputGradient: gradient.view, normalized: normalized.view, scale: TestVector([2 * inverse.view[0]]).view,
            meanGradient: TestVector([sum.view[0] / 4]).view,
            meanGradientNormalized: TestVector([product.view[0] / 4]).view, into: result.view, team: team)
        expectClose(result.view.elements, dx, tolerance: 4e-7)
    }

    @Test("input and output may be the same matrix")
    func inPlace() {
        let input = TestMatrix(rows: 50, columns: 19, gap: 1, seed: 12)
        let scale = TestVector(count: 19, seed: 13)
        let shift = TestVector(count: 19, seed: 14)
        let output = TestMatrix(rows: 50, columns: 19)
        ColumnAffine.apply(input.view, scale: scale.view, shift: shift.view, into: output.view, team: teams[0])
        ColumnAffine.apply(input.view, scale: scale.view, shift: shift.view, into: input.view, team: teams[2])
        #expect(input.bits == output.bits)
    }
}
