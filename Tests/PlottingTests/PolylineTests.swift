import Testing

@testable import Plotting

@Suite struct PolylineTests {
    @Test func simplifiedLinesKeepEndsAndExtremes() {
        let line = (0..<20_000).map { Point(Double($0) / 100, 100 * Gallery.noise($0, 1)) }
        let kept = Polyline.simplified(line)
        #expect(kept.count <= 4 * 802)
        #expect(kept.first == line.first && kept.last == line.last)
        #expect(kept.map(\.y).max() == line.map(\.y).max() && kept.map(\.y).min() == line.map(\.y).min())
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x <= $1.x })
        #expect(Polyline.simplified(Array(line.prefix(1000))) == Array(line.prefix(1000)))
    }

    @Test func stepsKeepTheirValueUntilTheNext() {
        let steps = Polyline.steps([0, 1, 2], [5, 7, 6])
        #expect(steps.x == [0, 1, 1, 2, 2] && steps.y == [5, 5, 7, 7, 6])
    }

    @Test func gapsBreakLines() {
        let figure = Figure(
            title: "gaps",
            panel: Panel(
                x: Axis(grid: false), y: Axis(grid: false),
                marks: [.line(x: [0, 1, 2, 3, 4], y: [1, 2, .nan, 3, 4], .series(0).unmarked)]))
        let outlines = figure.scene().elements.flatMap { element -> [[Point]] in
            guard case .group(_, let members) = element, case .shape(let shape)? = members.first else { return [] }
            return shape.outlines
        }
        #expect(outlines.map(\.count) == [2, 2])
    }
}
