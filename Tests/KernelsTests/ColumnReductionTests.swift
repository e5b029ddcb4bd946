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
        ColumnReduction.moments(
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
            ColumnReduction.moments(
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
            ColumnReduction.moments(
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
            ColumnReduction.moments(
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
        ColumnReduction.moments(
            matrix.view, mean: mean.view, variance: variance.view, scratch: scratch(matrix), team: teams[0])
        #expect(!mean.view[0].isNaN && !variance.view[0].isNaN)
        #expect(mean.view[1].isNaN && variance.view[1].isNaN)
    }
}

@Suite("Absolute deviations of columns")
struct ColumnDeviationsTests {
    static let shapes: [(rows: Int, columns: Int)] = [(1, 1), (5, 16), (9, 20), (3, 33), (700, 50)]

    private func scratch(_ rows: Int, _ columns: Int) -> Vector {
        TestVector.scratch(ColumnDeviations.scratch(rows: rows, columns: columns)).view
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
            ColumnDeviations(from: center.view).absoluteMeans(
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
            let (peak, place) = (TestVector(count: columns), TestVector(count: columns))
            ColumnDeviations(from: center.view).peaks(
                input.view, peak: peak.view, place: place.view, scratch: scratch(rows, columns), team: team)
            target.view.fill(0)
            ColumnDeviations.add(summand.view, at: place.view, to: target.view)
            return peak.bits + place.bits
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
        let (peak, place) = (TestVector(count: 3), TestVector(count: 3))
        ColumnDeviations(from: TestVector(count: 3).view).peaks(
            input.view, peak: peak.view, place: place.view, scratch: scratch(600, 3), team: teams[2])
        #expect(peak.view.elements == [2, -3, 0])
        #expect(place.bits == [7, 100, 0])
    }

    @Test("a gradient by signs agrees with Double, behind any nonlinearity", arguments: Nonlinearity.allCases)
    func signGradient(_ nonlinearity: Nonlinearity) {
        let (rows, columns) = (300, 37)
        func vector(_ seed: UInt64) -> Vector { TestVector(count: columns, seed: seed).view }
        let input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 1)
        let (center, mean, slope, inverse, scale) = (vector(2), vector(3), vector(4), vector(5), vector(6))
        let results = [nonlinearity, .identity].map { function in
            let standardization = Standardization(
                mean: vector(7), inverseDeviation: inverse, scale: scale, shift: vector(8), nonlinearity: function)
            let output = TestMatrix(rows: rows, columns: columns, gap: 1)
            let gradient = TestMatrix(rows: rows, columns: columns, gap: 3, seed: 9)
            standardization.forward(input.view, into: output.view, team: teams[0])
            if function != nonlinearity {
                Pointwise.apply(nonlinearity, output.view, into: output.view, team: teams[0])
                Pointwise.gradient(
                    nonlinearity, output: output.view, outputGradient: gradient.view, into: gradient.view,
                    team: teams[0])
            }
            let dz = gradient.doubles
            standardization.signGradient(
                input.view, output: output.view, outputGradient: gradient.view, center: center, meanGradient: mean,
                slope: slope, into: gradient.view, team: teams[1])
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
