import Kernels
import Testing

@Suite("Column-wise affine maps")
struct ColumnAffineTests {
    static let shapes: [(rows: Int, columns: Int)] = [(1, 1), (5, 16), (9, 20), (3, 33), (700, 50)]

    @Test("apply", arguments: shapes)
    func apply(rows: Int, columns: Int) {
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 4)
        let scale = TestVector(count: columns, seed: 5)
        let shift = TestVector(count: columns, seed: 6)
        let output = TestMatrix(rows: rows, columns: columns, gap: 1)
        ColumnAffine(scale: scale.view, shift: shift.view).apply(input.view, into: output.view, team: teams[0])
        let (a, b) = (scale.doubles, shift.doubles)
        expectClose(
            output, input.doubles.map { row in row.indices.map { row[$0] * a[$0] + b[$0] } }, tolerance: 0x1p-23)
    }

    @Test("a nonlinearity behind the map is the same bits as one by itself", arguments: Nonlinearity.allCases)
    func nonlinearity(_ nonlinearity: Nonlinearity) {
        let input = TestMatrix(rows: 37, columns: 45, gap: 2, seed: 4)
        let (scale, shift) = (TestVector(count: 45, seed: 5), TestVector(count: 45, seed: 6))
        let (fused, apart) = (TestMatrix(rows: 37, columns: 45, gap: 1), TestMatrix(rows: 37, columns: 45))
        ColumnAffine(scale: scale.view, shift: shift.view).apply(
            input.view, nonlinearity: nonlinearity, into: fused.view,
            team: teams[1])
        ColumnAffine(scale: scale.view, shift: shift.view).apply(input.view, into: apart.view, team: teams[1])
        Pointwise.apply(nonlinearity, apart.view, into: apart.view, team: teams[1])
        #expect(fused.bits == apart.bits)
    }

    @Test("input and output may be the same matrix")
    func inPlace() {
        let input = TestMatrix(rows: 50, columns: 19, gap: 1, seed: 12)
        let scale = TestVector(count: 19, seed: 13)
        let shift = TestVector(count: 19, seed: 14)
        let output = TestMatrix(rows: 50, columns: 19)
        ColumnAffine(scale: scale.view, shift: shift.view).apply(input.view, into: output.view, team: teams[0])
        ColumnAffine(scale: scale.view, shift: shift.view).apply(input.view, into: input.view, team: teams[2])
        #expect(input.bits == output.bits)
    }
}
