import Kernels
import Testing

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
