import Kernels
import Testing

@Suite("Distributions")
struct DistributionTests {
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
        expectClose(
            Distribution.quantiles(matrix.view, probabilities, team: teams[0]), expected, tolerance: 1e-6)
        let column = TestMatrix(values.map { [$0, -$0] }, gap: 1)
        let columns = Distribution.columnQuantiles(column.view, probabilities, team: teams[1])
        expectClose(columns[0], expected, tolerance: 1e-6)
        let mirrored = Distribution.columnQuantiles(column.view, probabilities.map { 1 - $0 }, team: teams[1])
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
        let found = Distribution.quantiles(matrix.view, probabilities, team: teams[0])
        for (found, expected) in zip(found, expected) {
            #expect(found == Float(expected))
        }
    }

    @Test("not a number makes all quantiles NaN", arguments: [100, 20_000])
    func notANumber(count: Int) {
        let matrix = TestMatrix(rows: count, columns: 2, seed: 2)
        matrix.view[50, 1] = .nan
        #expect(Distribution.quantiles(matrix.view, [0.5], team: teams[0])[0].isNaN)
        let columns = Distribution.columnQuantiles(matrix.view, [0, 0.5, 1], team: teams[0])
        #expect(columns[0].allSatisfy { !$0.isNaN } && columns[1].allSatisfy(\.isNaN))
        #expect(Distribution.moments(matrix.view, team: teams[0]).mean.isNaN)
        #expect(Distribution.moments(matrix.view, team: teams[0]).minimum.isNaN)
    }

    @Test("an infinite extreme does not spoil its neighbours")
    func infinity() {
        let matrix = TestMatrix([[-.infinity, 0, 1, .infinity]])
        let found = Distribution.quantiles(matrix.view, [0, 1.0 / 3, 0.5, 1], team: teams[0])
        #expect(found == [-.infinity, 0, 0.5, .infinity])
    }

    @Test("moments")
    func moments() {
        let matrix = TestMatrix([[1, 2], [3, 4]], gap: 3)
        let moments = Distribution.moments(matrix.view, team: teams[0])
        #expect(moments.mean == 2.5)
        #expect(abs(moments.deviation - 1.25.squareRoot()) < 1e-15)
        #expect(moments.minimum == 1 && moments.maximum == 4)
    }

    @Test("a histogram counts everything but NaN, the ends included")
    func histogram() {
        let matrix = TestMatrix([[-5, 0, 0.5, 0.99], [1, 1.5, 2, 7], [.nan, .infinity, -.infinity, 2.5]], gap: 2)
        let counts = Distribution.histogram(matrix.view, edges: [0, 1, 2], team: teams[0])
        #expect(counts == [2, 3, 2, 4])
        #expect(Distribution.histogram(matrix.view, edges: [0.5], team: teams[0]) == [3, 8])
        let uneven: [Float] = [-.greatestFiniteMagnitude, 0.4, 0.6, 2, .greatestFiniteMagnitude]
        #expect(Distribution.histogram(matrix.view, edges: uneven, team: teams[0]) == [1, 2, 1, 3, 3, 1])
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
            #expect(Distribution.histogram(matrix.view, edges: edges, team: teams[0]) == expected)
        }
    }

    @Test("the statistics do not depend on the number of threads")
    func threads() {
        let matrix = TestMatrix(rows: 8000, columns: 40, seed: 3)
        expectSameBits { team in
            let moments = Distribution.moments(matrix.view, team: team)
            return Distribution.columnQuantiles(matrix.view, [0.15, 0.5, 0.85], team: team)
                .flatMap { $0.map(\.bitPattern) }
                + Distribution.histogram(matrix.view, edges: [-0.5, 0, 0.5], team: team).map { UInt32($0) }
                + Distribution.quantiles(matrix.view, [0, 0.3, 1], team: team).map(\.bitPattern)
                + [Float(moments.mean).bitPattern, Float(moments.deviation).bitPattern]
        }
    }
}
