import Kernels
import Testing

@Suite("Norms of columns")
struct LpNormTests {
    static let shapes: [(rows: Int, columns: Int)] = [(1, 1), (5, 16), (9, 20), (3, 33), (700, 50)]

    private func scratch(_ rows: Int, _ columns: Int) -> Vector {
        TestVector.scratch(LpNorm.scratch(rows: rows, columns: columns)).view
    }

    @Test("means of |u| and sgn u agree with Double", arguments: shapes)
    func absoluteMeans(shape: (rows: Int, columns: Int)) {
        let (rows, columns) = shape
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 1)
        let center = TestVector(count: columns, seed: 2)
        // A value at its centre has no sign.
        input.view[0, 0] = center.view[0]
        expectSameBits { team in
            let (norm, sign) = (TestVector(count: columns), TestVector(count: columns))
            LpNorm(from: center.view).absoluteMeans(
                input.view, norm: norm.view, sign: sign.view, scratch: scratch(rows, columns), team: team)
            let deviations = input.doubles.map { row in row.indices.map { row[$0] - center.doubles[$0] } }
            func mean(_ value: (Double) -> Double) -> [Double] {
                (0..<columns).map { column in
                    deviations.reduce(0) { $0 + value($1[column]) } / Double(rows)
                }
            }
            expectClose(norm.view.elements, mean(abs), tolerance: 0x1p-22)
            expectClose(sign.view.elements, mean { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, tolerance: 0x1p-24)
            return norm.bits + sign.bits
        }
    }

    @Test("the greatest, where it is, and what is added there", arguments: shapes)
    func peaks(shape: (rows: Int, columns: Int)) {
        let (rows, columns) = shape
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 3)
        let center = TestVector(count: columns, seed: 4)
        let target = TestMatrix(rows: rows, columns: columns, gap: 1)
        let summand = TestVector(count: columns, seed: 5)
        let bits = expectSameBits { team in
            let (peak, row) = (TestVector(count: columns), TestVector(count: columns))
            LpNorm(from: center.view).peaks(
                input.view, peak: peak.view, row: row.view, scratch: scratch(rows, columns), team: team)
            target.view.fill(0)
            LpNorm.add(summand.view, at: row.view, to: target.view)
            return peak.bits + row.bits
        }
        for column in 0..<columns {
            let deviations = (0..<rows).map { input.view[$0, column] - center.view[column] }
            let greatest = deviations.map(abs).max() ?? 0
            let row = deviations.firstIndex { abs($0) == greatest } ?? -1
            #expect(bits[columns + column] == UInt32(row))
            #expect(bits[column] == deviations[row].bitPattern)
            for i in 0..<rows { #expect(target.view[i, column] == (i == row ? summand.view[column] : 0)) }
        }
        #expect(target.gapIsUntouched)
    }

    @Test("the first of equal greatest values counts, within a block of rows and across blocks")
    func ties() {
        let input = TestMatrix(rows: 600, columns: 3)
        for (row, column, value) in [(7, 0, 2), (40, 0, -2), (100, 1, -3), (500, 1, 3)] as [(Int, Int, Float)] {
            input.view[row, column] = value
        }
        let (peak, row) = (TestVector(count: 3), TestVector(count: 3))
        LpNorm(from: TestVector(count: 3).view).peaks(
            input.view, peak: peak.view, row: row.view, scratch: scratch(600, 3), team: teams[2])
        #expect(peak.view.elements == [2, -3, 0])
        #expect(row.bits == [7, 100, 0])
    }

    @Test("a gradient by signs agrees with Double, behind any nonlinearity", arguments: Nonlinearity.allCases)
    func signGradient(_ nonlinearity: Nonlinearity) {
        let (rows, columns) = (300, 37)
        func vector(_ seed: UInt64) -> Vector { TestVector(count: columns, seed: seed).view }
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 1)
        let (center, mean, slope, inverse, scale) = (vector(2), vector(3), vector(4), vector(5), vector(6))
        let results = [nonlinearity, .identity].map { function in
            let normalization = Normalization(
                mean: vector(7), inverseDeviation: inverse, scale: scale, shift: vector(8), nonlinearity: function)
            let output = TestMatrix(rows: rows, columns: columns, gap: 1)
            let gradient = TestMatrix(rows: rows, columns: columns, gap: 3, seed: 9)
            normalization.forward(input.view, into: output.view, team: teams[0])
            if function != nonlinearity {
                Pointwise.apply(nonlinearity, output.view, into: output.view, team: teams[0])
                Pointwise.gradient(
                    nonlinearity, output: output.view, outputGradient: gradient.view, into: gradient.view,
                    team: teams[0])
            }
            let dz = gradient.doubles
            normalization.gradient(
                input.view, output: output.view, outputGradient: gradient.view, signsOf: LpNorm(from: center),
                (common: mean, factor: slope), into: gradient.view, team: teams[1])
            if function == .identity {
                let reference = dz.indices.map { row in
                    (0..<columns).map { column in
                        let deviation = input.view[row, column] - center[column]
                        let sign: Double = deviation > 0 ? 1 : deviation < 0 ? -1 : 0
                        return (dz[row][column] - Double(mean[column]) - sign * Double(slope[column]))
                            * Double(inverse[column]) * Double(scale[column])
                    }
                }
                expectClose(gradient, reference, tolerance: 0x1p-21)
            }
            return gradient.bits
        }
        #expect(results[0] == results[1])
    }
}
