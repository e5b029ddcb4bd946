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

@Suite("Affine maps by groups of rows")
struct GroupAffineTests {
    static let shapes: [(groups: Int, size: Int, columns: Int)] = [
        (1, 1, 1), (5, 1, 16), (3, 4, 20), (2, 9, 33), (7, 100, 50), (300, 1, 100),
    ]

    private func expected(
        _ input: TestMatrix, _ scale: TestMatrix, _ shift: TestMatrix?, size: Int
    ) -> [[Double]] {
        input.doubles.enumerated().map { row, values in
            let (factors, summands) = (scale.doubles[row / size], shift?.doubles[row / size])
            return values.indices.map { values[$0] * factors[$0] + (summands?[$0] ?? 0) }
        }
    }

    @Test("apply, with summands and without", arguments: shapes)
    func apply(groups: Int, size: Int, columns: Int) {
        let input = TestMatrix(rows: groups * size, columns: columns, gap: 2, seed: 4)
        let scale = TestMatrix(rows: groups, columns: columns, gap: 3, seed: 5)
        let shift = TestMatrix(rows: groups, columns: columns, gap: 1, seed: 6)
        for summands in [shift, nil] {
            let output = TestMatrix(rows: groups * size, columns: columns, gap: 1)
            GroupAffine(scale: scale.view, shift: summands?.view).apply(input.view, into: output.view, team: teams[0])
            expectClose(output, expected(input, scale, summands, size: size), tolerance: 0x1p-23)
            #expect(output.gapIsUntouched)
        }
    }

    @Test("are the same bits on every team, and in place", arguments: shapes)
    func teamsAgree(groups: Int, size: Int, columns: Int) {
        let scale = TestMatrix(rows: groups, columns: columns, seed: 5)
        let shift = TestMatrix(rows: groups, columns: columns, seed: 6)
        let map = GroupAffine(scale: scale.view, shift: shift.view)
        let results = teams.map { team in
            let input = TestMatrix(rows: groups * size, columns: columns, seed: 4)
            map.apply(input.view, into: input.view, team: team)
            return input.bits
        }
        let input = TestMatrix(rows: groups * size, columns: columns, seed: 4)
        let output = TestMatrix(rows: groups * size, columns: columns)
        map.apply(input.view, into: output.view, team: teams[0])
        for result in results { #expect(result == output.bits) }
    }

    @Test("a row is added to all rows")
    func rows() {
        let matrix = TestMatrix(rows: 9, columns: 21, gap: 2, seed: 1)
        let row = TestVector(count: 21, seed: 2)
        let before = matrix.view.elements
        Pointwise.add(row.view, toRowsOf: matrix.view, team: teams[1])
        let sums = before.enumerated().map { $1 + row.view.elements[$0 % 21] }
        #expect(matrix.view.elements == sums)
        #expect(matrix.gapIsUntouched)
    }

    @Test("a matrix is filled with a stream's normal deviates, on any team", arguments: [(1, 1), (3, 7), (60, 100)])
    func deviates(rows: Int, columns: Int) {
        let stream = RandomStream(seed: 3, "noise")
        let bits = teams.map { team in
            let matrix = TestMatrix(rows: rows, columns: columns)
            stream.fill(matrix.view, deviation: 0.5, team: team)
            return matrix.bits
        }
        #expect(bits[0] == (0..<(rows * columns)).map { (stream.normal(at: UInt64($0)) * 0.5).bitPattern })
        for other in bits.dropFirst() { #expect(other == bits[0]) }
    }
}
