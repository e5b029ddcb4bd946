import Kernels
import Testing

/// A summary in a few passes against sorting everything, bit by bit.
@Suite("A summary of a matrix")
struct DistributionSummaryTests {
    /// What the values of a matrix are like.
    enum Contents: CaseIterable {
        case symmetric, rectified, ties, constant, infinities, notANumber, signedZeros, nearlySubnormal, edges, anyBits

        func value(_ generator: inout SplitMix, isMarked: Bool) -> Float {
            let uniform = generator.symmetric()
            let die = generator.next() % 12
            return switch self {
            case .symmetric: 3 * uniform
            case .rectified: max(uniform, 0)
            case .ties: (uniform * 3).rounded()
            case .constant: 0.75
            case .infinities: die == 0 ? .infinity : die == 1 ? -.infinity : uniform
            case .notANumber: isMarked ? Float(bitPattern: 0xFFC0_0001) : uniform
            case .signedZeros: uniform > 0 ? uniform : die < 6 ? 0.0 : -0.0
            case .nearlySubnormal:
                Float(bitPattern: UInt32(generator.next() % 0x8_0000)) * (die < 4 ? -1 : 1)
            case .edges:
                [DistributionSummaryTests.edges[Int(die)]].map {
                    uniform < -0.3 ? $0.nextDown : uniform < 0.3 ? $0 : $0.nextUp
                }[0]
            case .anyBits: [Float(bitPattern: UInt32(generator.next() >> 32))].map { $0.isNaN ? 1 : $0 }[0]
            }
        }
    }

    static let edges: [Float] = [
        -.infinity, -100, -1, -0.3, -1e-3, 0, Float(bitPattern: 0x1_16C2), 1e-3, 0.3, 0.3001, 1, 100,
    ]
    private static let columnShares = [0.15, 0.5, 0.85]
    private static let shares = [0, 0.07, 0.31, 0.5, 0.93, 1]

    /// Few rows are sorted, many are counted; more columns than have counters of their own are counted once more.
    @Test(
        "has the bits of sorting",
        arguments: [(1, 1), (1, 40), (2, 3), (100, 17), (1024, 5), (1025, 5), (1500, 1), (3000, 20), (1100, 530)],
        Contents.allCases)
    func bits(shape: (rows: Int, columns: Int), contents: Contents) {
        let (rows, columns) = shape
        if columns > 500 && contents != .symmetric && contents != .notANumber { return }
        // A part of a wider matrix.
        let matrix = TestMatrix(rows: rows, columns: columns, gap: 3)
        var generator = SplitMix(seed: UInt64(rows * 1000 + columns))
        for row in 0..<rows {
            for column in 0..<columns {
                let isMarked = row == rows / 3 && column == columns / 2
                matrix.view[row, column] = contents.value(&generator, isMarked: isMarked)
            }
        }
        let scratch = DistributionScratch()
        let elements = matrix.view.elements
        let moments = Distribution.moments(matrix.view, team: teams[0])
        let means = TestVector(count: columns)
        let variances = TestVector(count: columns)
        ColumnReduction.moments(
            matrix.view, mean: means.view, variance: variances.view,
            scratch: TestVector.scratch(ColumnReduction.scratch(rows: rows, columns: columns)).view, team: teams[0])
        for team in teams {
            let summary = Distribution.summary(
                of: matrix.view, columnProbabilities: Self.columnShares, probabilities: Self.shares,
                edges: Self.edges, scratch: scratch, team: team)
            expectBits(summary.quantiles, quantiles(elements, Self.shares))
            for column in 0..<columns {
                let values = (0..<rows).map { elements[$0 * columns + column] }
                expectBits(summary.columnQuantiles[column], quantiles(values, Self.columnShares))
            }
            #expect(summary.counts == counts(elements))
            expectBits([summary.moments.minimum, summary.moments.maximum], [moments.minimum, moments.maximum])
            #expect(summary.moments.mean.bitPattern == moments.mean.bitPattern || moments.mean.isNaN)
            #expect(summary.moments.deviation.bitPattern == moments.deviation.bitPattern || moments.deviation.isNaN)
            expectBits(summary.columnMeans, means.view.elements)
            expectBits(summary.columnDeviations, variances.view.elements.map { $0.squareRoot() })
        }
        #expect(matrix.gapIsUntouched)
    }

    @Test("leaves no trace in the scratch memory")
    func scratch() {
        let scratch = DistributionScratch()
        let (large, small) = (TestMatrix(rows: 5000, columns: 9, seed: 4), TestMatrix(rows: 2000, columns: 11, seed: 5))
        func summary(_ matrix: TestMatrix, _ scratch: DistributionScratch) -> [Float] {
            let summary = Distribution.summary(
                of: matrix.view, columnProbabilities: Self.columnShares, probabilities: Self.shares,
                edges: Self.edges, scratch: scratch, team: teams[1])
            return summary.columnQuantiles.flatMap { $0 } + summary.quantiles + summary.counts.map { Float($0) }
        }
        for matrix in [large, small, large] {
            #expect(summary(matrix, scratch) == summary(matrix, DistributionScratch()))
        }
    }

    @Test("nothing asked for and nothing to count")
    func nothing() {
        let empty = TestMatrix(rows: 0, columns: 3)
        #expect(Distribution.quantiles(empty.view, [0.5], team: teams[0])[0].isNaN)
        #expect(Distribution.columnQuantiles(empty.view, [0.5], team: teams[0]).allSatisfy { $0[0].isNaN })
        #expect(Distribution.histogram(empty.view, edges: [0], team: teams[0]) == [0, 0])
        let full = TestMatrix([[1, 2]])
        #expect(Distribution.quantiles(full.view, [], team: teams[0]).isEmpty)
        #expect(Distribution.columnQuantiles(full.view, [], team: teams[0]) == [[], []])
    }

    // MARK: By sorting

    private func quantiles(_ values: [Float], _ shares: [Double]) -> [Float] {
        if values.contains(where: \.isNaN) { return shares.map { _ in .nan } }
        let sorted = values.sorted { $0.isTotallyOrdered(belowOrEqualTo: $1) && $0.bitPattern != $1.bitPattern }
        return shares.map { share in
            let place = share * Double(values.count - 1)
            let lower = Double(sorted[Int(place)])
            let upper = Double(sorted[min(Int(place) + 1, values.count - 1)])
            let part = place - place.rounded(.down)
            return part == 0 || lower == upper ? Float(lower) : Float(lower + (upper - lower) * part)
        }
    }

    private func counts(_ values: [Float]) -> [Int] {
        var counts = [Int](repeating: 0, count: Self.edges.count + 1)
        for value in values where !value.isNaN { counts[Self.edges.count { $0 <= value }] += 1 }
        return counts
    }

    private func expectBits(_ found: [Float], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation) {
        let (a, b) = (found.map { $0.isNaN ? 1 : $0.bitPattern }, expected.map { $0.isNaN ? 1 : $0.bitPattern })
        #expect(a == b, sourceLocation: sourceLocation)
    }
}
