import Testing

@testable import Results

struct HistogramEdgesTests {
    @Test(arguments: [2, 3, 8, 60, 61, 200])
    func ascendAndMirrorEachOther(bins: Int) {
        let edges = HistogramEdges(bins: bins).edges
        #expect(edges.count == bins + 1)
        #expect(zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 })
        #expect(edges.reversed().map { 0 - $0 } == edges)
        #expect(edges.first == -100 && edges.last == 100)
    }

    @Test func areTheseNumbers() {
        // asinh(1000) = 7.6009; the edges of 8 bins are 0.1 sinh(7.6009 k / 4), to three digits.
        #expect(HistogramEdges(bins: 8).edges == [-100, -15, -2.23, -0.327, 0, 0.327, 2.23, 15, 100])
    }

    @Test func theOuterBinsHaveNoEnd() {
        let edges = HistogramEdges(bins: 8)
        #expect(edges.ends(of: 0) == (-.infinity, -100))
        #expect(edges.ends(of: 4) == (-0.327, 0))
        #expect(edges.ends(of: 9) == (100, .infinity))
    }
}
