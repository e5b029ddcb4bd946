import Testing

@testable import Kernels

@Suite("Distributions")
struct DistributionTests {
    private func summary(
        _ matrix: TestMatrix, columns: [Double] = [], all: [Double] = [], edges: [Float] = [0], team: Team = teams[0]
    ) -> Distribution.Summary {
        Distribution.summary(
            of: matrix.view, columnProbabilities: columns, probabilities: all, edges: edges,
            scratch: DistributionScratch(), team: team)
    }

    /// NumPy's `quantile` with its default method, "linear": type 7 of Hyndman & Fan.
    @Test(
        "quantiles of type 7",
        arguments: [
            ([1, 2, 3, 4], [0, 0.15, 0.25, 0.5, 0.85, 1], [1, 1.45, 1.75, 2.5, 3.55, 4]),
            ([7], [0, 0.5, 1], [7, 7, 7]),
            ([3, -1, 2, -5, 10], [0.1, 0.5, 0.9], [-3.4, 2, 7.2]),
            ([0, 0, 0, 1], [0.5, 0.75, 0.9], [0, 0.25, 0.7]),
        ] as [([Float], [Double], [Double])])
    func golden(values: [Float], probabilities: [Double], expected: [Double]) {
        let matrix = TestMatrix([values], gap: 2)
        expectClose(summary(matrix, all: probabilities).quantiles, expected, tolerance: 1e-6)
        let column = TestMatrix(values.map { [$0, -$0] }, gap: 1)
        let columns = summary(column, columns: probabilities, team: teams[1]).columnQuantiles
        expectClose(columns[0], expected, tolerance: 1e-6)
        let mirrored = summary(column, columns: probabilities.map { 1 - $0 }, team: teams[1]).columnQuantiles
        expectClose(mirrored[1], expected.map { -$0 }, tolerance: 1e-6)
    }

    @Test("selection without sorting finds what sorting finds", arguments: [1, 1000, 16_384, 16_385, 50_000])
    func selection(count: Int) {
        let matrix = TestMatrix(rows: count, columns: 1, gap: 1, seed: 1)
        // A rectified tensor has many zeros; infinities must have their place too.
        for row in 0..<count where row % 3 == 0 { matrix.view[row, 0] = max(matrix.view[row, 0], 0) }
        if count > 10 {
            matrix.view[3, 0] = .infinity
            matrix.view[4, 0] = -.infinity
            matrix.view[5, 0] = 3 * .leastNonzeroMagnitude
        }
        let probabilities = [0, 0.07, 0.15, 0.31, 0.5, 0.69, 0.85, 0.93, 1]
        let sorted = matrix.view.elements.sorted().map(Double.init)
        let expected = probabilities.map { probability in
            let place = probability * Double(count - 1)
            let (lower, upper) = (sorted[Int(place)], sorted[min(Int(place) + 1, count - 1)])
            let share = place - place.rounded(.down)
            return share == 0 || lower == upper ? lower : lower + (upper - lower) * share
        }
        let found = summary(matrix, all: probabilities).quantiles
        for (found, expected) in zip(found, expected) {
            #expect(found == Float(expected))
        }
    }

    @Test("not a number makes all quantiles NaN", arguments: [100, 20_000])
    func notANumber(count: Int) {
        let matrix = TestMatrix(rows: count, columns: 2, seed: 2)
        matrix.view[50, 1] = .nan
        let summary = summary(matrix, columns: [0, 0.5, 1], all: [0.5])
        #expect(summary.quantiles[0].isNaN)
        let columns = summary.columnQuantiles
        #expect(columns[0].allSatisfy { !$0.isNaN } && columns[1].allSatisfy(\.isNaN))
        #expect(summary.moments.mean.isNaN && summary.moments.minimum.isNaN)
    }

    @Test("an infinite extreme does not spoil its neighbours")
    func infinity() {
        let matrix = TestMatrix([[-.infinity, 0, 1, .infinity]])
        let found = summary(matrix, all: [0, 1.0 / 3, 0.5, 1]).quantiles
        #expect(found == [-.infinity, 0, 0.5, .infinity])
    }

    @Test("moments")
    func moments() {
        let matrix = TestMatrix([[1, 2], [3, 4]], gap: 3)
        let moments = summary(matrix).moments
        #expect(moments.mean == 2.5)
        #expect(abs(moments.deviation - 1.25.squareRoot()) < 1e-15)
        #expect(moments.minimum == 1 && moments.maximum == 4)
    }

    @Test("a histogram counts everything but NaN, the ends included")
    func histogram() {
        let matrix = TestMatrix([[-5, 0, 0.5, 0.99], [1, 1.5, 2, 7], [.nan, .infinity, -.infinity, 2.5]], gap: 2)
        #expect(summary(matrix, edges: [0, 1, 2]).counts == [2, 3, 2, 4])
        #expect(summary(matrix, edges: [0.5]).counts == [3, 8])
        let uneven: [Float] = [-.greatestFiniteMagnitude, 0.4, 0.6, 2, .greatestFiniteMagnitude]
        #expect(summary(matrix, edges: uneven).counts == [1, 2, 1, 3, 3, 1])
    }

    @Test("a histogram finds the bins of edges spaced in any way")
    func unevenEdges() {
        let tight = (0..<40).map { Float(1).advanced(by: Float($0) * 1e-6) }
        let wide: [Float] = [-1e30, -100, -1e-3, -1e-37, 0, 1e-37, 1e-3, 0.5, 1.5, 100, .infinity]
        for edges in [tight, wide] {
            let near = edges.flatMap { [$0, $0.nextUp, $0.nextDown, -$0] }
            let values = near + [-0.0, 0, .infinity, -.infinity, 7, -7]
            let matrix = TestMatrix([values], gap: 0)
            let bounds = [-.infinity] + edges
            let expected = bounds.indices.map { bin in
                values.count { value in
                    let isAbove = bin == 0 || edges[bin - 1] <= value
                    return isAbove && (bin == edges.count || value < edges[bin])
                }
            }
            #expect(summary(matrix, edges: edges).counts == expected)
        }
    }

    @Test("the statistics do not depend on the number of threads")
    func threads() {
        let matrix = TestMatrix(rows: 8000, columns: 40, seed: 3)
        expectSameBits { team in
            let summary = summary(
                matrix, columns: [0.15, 0.5, 0.85], all: [0, 0.3, 1], edges: [-0.5, 0, 0.5], team: team)
            return summary.columnQuantiles.flatMap { $0.map(\.bitPattern) } + summary.counts.map { UInt32($0) }
                + summary.quantiles.map(\.bitPattern)
                + [Float(summary.moments.mean).bitPattern, Float(summary.moments.deviation).bitPattern]
        }
    }
}

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
        let extremes = Extremes(of: matrix.view)
        let means = TestVector(count: columns)
        let variances = TestVector(count: columns)
        let scratchVector = TestVector.scratch(ColumnReduction.scratch(rows: rows, columns: columns))
        Normalization.moments(
            matrix.view, mean: means.view, variance: variances.view, scratch: scratchVector.view, team: teams[0])
        let blocks = BlockMoments(rows: rows, columns: columns, scratch: scratchVector.view)
        blocks.gather(matrix.view, team: teams[0])
        let (mean, variance) = blocks.joinAll()
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
            expectBits([summary.moments.minimum, summary.moments.maximum], [extremes.minimum, extremes.maximum])
            #expect(summary.moments.mean.bitPattern == mean.bitPattern || mean.isNaN)
            let deviation = variance.squareRoot()
            #expect(summary.moments.deviation.bitPattern == deviation.bitPattern || deviation.isNaN)
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

    @Test("nothing asked for")
    func nothing() {
        let full = TestMatrix([[1, 2]])
        let summary = Distribution.summary(
            of: full.view, columnProbabilities: [], probabilities: [], edges: [0], scratch: DistributionScratch(),
            team: teams[0])
        #expect(summary.quantiles.isEmpty && summary.columnQuantiles == [[], []])
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
