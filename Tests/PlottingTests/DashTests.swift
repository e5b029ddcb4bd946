import Testing

@testable import Plotting

@Suite struct DashTests {
    private static func length(_ lines: [[Point]]) -> Double {
        lines.flatMap { zip($0, $0.dropFirst()) }.reduce(0) { sum, pair in
            let (dx, dy) = (pair.1.x - pair.0.x, pair.1.y - pair.0.y)
            return sum + (dx * dx + dy * dy).squareRoot()
        }
    }

    @Test func dashesHaveTheirLengthsAndPlaces() {
        let dashes = Dash.cut([Point(0, 0), Point(10, 0)], [3, 2])
        #expect(dashes == [[Point(0, 0), Point(3, 0)], [Point(5, 0), Point(8, 0)]])
    }

    @Test func dashesGoAroundCorners() {
        let dashes = Dash.cut([Point(0, 0), Point(4, 0), Point(4, 6)], [5, 1])
        #expect(dashes.first == [Point(0, 0), Point(4, 0), Point(4, 1)])
        #expect(abs(Self.length(dashes) - 9) < 1e-12)
    }

    @Test func anEmptyPatternIsASolidLine() {
        let line = [Point(0, 0), Point(4, 0)]
        #expect(Dash.cut(line, []) == [line])
        #expect(Dash.cut(line, [0, 0]) == [line])
    }
}
