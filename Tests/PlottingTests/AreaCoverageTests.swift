import Testing

@testable import Plotting

@Suite struct AreaCoverageTests {
    private static func sums(_ polygon: [Point], width: Int = 20, height: Int = 16) -> [[Float]] {
        var coverage = AreaCoverage(PixelBounds(columns: 0..<width, rows: 0..<height))
        coverage.add(polygon)
        var rows: [[Float]] = []
        coverage.forEachRow { rows.append($2) }
        return rows
    }

    private static func total(_ rows: [[Float]]) -> Double { rows.joined().reduce(0) { $0 + Double($1) } }

    @Test func rectanglesAreExactInEveryPixel() {
        let rows = Self.sums([Point(2.25, 3.5), Point(7.75, 3.5), Point(7.75, 6), Point(2.25, 6)])
        #expect(rows[3][2] == 0.375)  // ¾ of a pixel wide, half high
        #expect(rows[3][4] == 0.5)
        #expect(rows[4][4] == 1)
        #expect(rows[4][7] == 0.75)
        #expect(rows[4][8] == 0 && rows[6][4] == 0 && rows[2][4] == 0)
        #expect(abs(Self.total(rows) - 5.5 * 2.5) < 1e-5)
    }

    @Test func aHalfPixelTriangleIsHalfCovered() {
        let rows = Self.sums([Point(4, 4), Point(5, 5), Point(4, 5)])
        #expect(abs(rows[4][4] - 0.5) < 1e-6)
        #expect(abs(Self.total(rows) - 0.5) < 1e-6)
    }

    @Test(arguments: 0..<60) func areasOfPolygonsAreExact(_ index: Int) {
        // A convex polygon: corners about a centre, in order.
        let corners = (0..<7).map { corner -> Point in
            let angle = (Double(corner) + 0.8 * Gallery.noise(corner, index)) / 7
            let (x, y) = Self.turn(angle)
            let radius = 2 + 5 * Gallery.noise(corner, index + 1000)
            return Point(10 + radius * x, 8 + radius * y)
        }
        let polygon = index.isMultiple(of: 2) ? corners : corners.reversed()
        #expect(abs(Self.total(Self.sums(polygon)) - abs(Self.area(polygon))) < 1e-4)
    }

    @Test(arguments: 0..<20) func whatLiesOutsideIsCutExactly(_ index: Int) {
        // A large triangle over a small window: its rows inside equal those of the same triangle in a larger window.
        let corners = (0..<3).map { Point(40 * Gallery.noise($0, index) - 10, 36 * Gallery.noise($0, index + 77) - 10) }
        var large = AreaCoverage(PixelBounds(columns: -20..<60, rows: -20..<60))
        large.add(corners)
        let small = Self.sums(corners)
        large.forEachRow { row, first, coverages in
            guard small.indices.contains(row) else { return }
            for column in 0..<20 { #expect(abs(coverages[column - first] - small[row][column]) < 1e-5) }
        }
    }

    @Test func pointsThatAreNotNumbersAreIgnored() {
        let rows = Self.sums([Point(1, 1), Point(.nan, 3), Point(5, .infinity)])
        #expect(rows.joined().allSatisfy { $0.isFinite })
    }

    /// The shoelace formula.
    private static func area(_ polygon: [Point]) -> Double {
        zip(polygon, polygon.dropFirst() + polygon.prefix(1)).map { $0.x * $1.y - $1.x * $0.y }.reduce(0, +) / 2
    }

    /// A direction in a circle, from a fraction of a turn.
    private static func turn(_ fraction: Double) -> (Double, Double) {
        let (sine, cosine) = TextMetrics.direction(fraction * 360 + 1e-9)
        return (cosine, sine)
    }
}
