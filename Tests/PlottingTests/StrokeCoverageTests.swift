import Testing

@testable import Plotting

@Suite struct StrokeCoverageTests {
    private static func total(_ lines: [[Point]], width: Double) -> (sum: Double, peak: Float) {
        var coverage = StrokeCoverage(PixelBounds(columns: 0..<40, rows: 0..<40))
        for line in lines { coverage.add(line, width: width) }
        var (sum, peak) = (0.0, Float(0))
        coverage.forEachRow { _, _, row in
            sum += row.reduce(0) { $0 + Double($1) }
            peak = max(peak, row.max() ?? 0)
        }
        return (sum, peak)
    }

    @Test(arguments: [0.5, 1, 2, 3.5])
    func levelLinesCoverTheirArea(_ width: Double) {
        let (sum, _) = Self.total([[Point(8, 20.3), Point(32, 20.3)]], width: width)
        let area = 24 * width + .pi * width * width / 4
        #expect(abs(sum - area) < 0.002 * area + 0.3)
    }

    @Test(arguments: [(1.0, 1.0), (2.0, 0.6), (3.0, 0.2)])
    func slantedLinesCoverTheirArea(_ width: Double, _ slope: Double) {
        let (sum, _) = Self.total([[Point(8, 10), Point(30, 10 + 22 * slope)]], width: width)
        let area = 22 * (1 + slope * slope).squareRoot() * width + .pi * width * width / 4
        #expect(abs(sum - area) < 0.002 * area + 0.3)
    }

    @Test func aDotIsACircle() {
        let (sum, peak) = Self.total([[Point(20, 20)]], width: 8)
        #expect(abs(sum - .pi * 16) < 1)
        #expect(peak == 1)
    }

    @Test func aLineThatRepeatsItselfIsNotDarker() {
        let once = Self.total([[Point(5, 9), Point(30, 21)]], width: 1.2)
        let thrice = Self.total([[Point(5, 9), Point(30, 21), Point(5, 9), Point(30, 21)]], width: 1.2)
        #expect(once == thrice)
        // A line in many small pieces is the same line.
        let pieces = (0...100).map { Point(5 + 25 * Double($0) / 100, 9 + 12 * Double($0) / 100) }
        #expect(abs(Self.total([pieces], width: 1.2).sum - once.sum) < 0.01 * once.sum)
    }

    @Test func whatLiesOutsideCostsAndDrawsNothing() {
        let (sum, _) = Self.total([[Point(-1e9, -5), Point(1e9, -5)], [Point(.nan, 3), Point(5, 5)]], width: 2)
        #expect(sum == 0)
    }
}
