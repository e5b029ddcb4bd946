import Testing

@testable import Results

@Suite struct TapHistogramsTests {
    private func table(_ rows: String) throws -> CSVTable {
        try CSVTable(bytes: Array(("step,tap,bin,left,right,count\n" + rows).utf8), name: "histograms.csv")
    }

    private static let rows = """
        0,a,0,-inf,-1,10
        0,a,1,-1,0,30
        0,a,2,0,1,40
        0,a,3,1,inf,20
        0,b,0,-inf,inf,5
        5,a,0,-inf,-1,0
        5,a,1,-1,0,0
        5,a,2,0,1,50
        5,a,3,1,inf,50

        """

    @Test func readsTheBinsOfOneTap() throws {
        let histograms = try #require(try TapHistograms(table(Self.rows), tap: "a"))
        #expect(histograms.steps == [0, 5])
        #expect(histograms.edges == [-1, 0, 1])
        #expect(histograms.counts == [[30, 40], [0, 50]])
        #expect(histograms.totals == [100, 100])
        #expect(histograms.below == [10, 0])
        #expect(try TapHistograms(table(Self.rows), tap: "c") == nil)
    }

    @Test func quantilesSpreadValuesInsideBins() throws {
        let histograms = try #require(try TapHistograms(table(Self.rows), tap: "a"))
        #expect(histograms.quantile(0.05, at: 0) == -1)
        #expect(abs(histograms.quantile(0.25, at: 0) - -0.5) < 1e-12)
        #expect(abs(histograms.quantile(0.6, at: 0) - 0.5) < 1e-12)
        #expect(histograms.quantile(0.99, at: 0) == 1)
        #expect(histograms.quantile(0, at: 1) == -1)
    }

    @Test func densitiesKeepTheMassOfEveryBin() throws {
        let histograms = try #require(try TapHistograms(table(Self.rows), tap: "a"))
        let target = (0...40).map { -1 + Double($0) / 20 }
        let density = histograms.density(at: 0, on: target)
        #expect(density.count == 40)
        #expect(density.allSatisfy { $0 >= 0 })
        #expect(abs(density[..<20].reduce(0, +) / 20 - 0.3) < 1e-12)
        #expect(abs(density[20...].reduce(0, +) / 20 - 0.4) < 1e-12)
    }

    @Test(arguments: [
        "0,a,0,-inf,0,1\n0,a,1,0,1,1\n0,a,2,1,inf,1\n5,a,0,-inf,0,1\n5,a,1,0,inf,1\n",
        "0,a,0,1,2,1\n0,a,1,2,2,1\n",
        "0,a,0,-inf,inf,1\n",
    ])
    func refusesIrregularBins(rows: String) {
        #expect(throws: CSVError.irregularBins(file: "histograms.csv", tap: "a")) {
            try TapHistograms(table(rows), tap: "a")
        }
    }
}
