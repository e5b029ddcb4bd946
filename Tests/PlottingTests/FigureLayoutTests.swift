import Testing

@testable import Plotting

@Suite struct FigureLayoutTests {
    /// All figures of the gallery, and the same ones squeezed and with long words.
    static let figures: [(name: String, figure: Figure)] = Gallery.figures.flatMap { name, figure in
        var narrow = figure
        narrow.size = Size(620, 420)
        var wordy = figure
        wordy.title = String(repeating: "A title that goes on and on ", count: 6)
        wordy.subtitle = String(repeating: "and a subtitle that does the same, ", count: 8)
        wordy.footnote = String(repeating: "as does the footnote; ", count: 14)
        wordy.legend = .right
        for row in wordy.panels.indices {
            for column in wordy.panels[row].indices {
                wordy.panels[row][column].title =
                    "A panel title much longer than its plot is wide, number \(row) \(column)"
                wordy.panels[row][column].y.title = "a vertical axis title that is longer than the axis it belongs to"
            }
        }
        return [(name, figure), ("\(name), narrow", narrow), ("\(name), wordy", wordy)]
    }

    private static func figure(_ name: String) throws -> Figure {
        try #require(figures.first { $0.name == name }).figure
    }

    @Test(arguments: figures.map(\.name)) func noTwoWordsOverlap(_ name: String) throws {
        let texts = try Self.figure(name).scene().texts
        for (index, first) in texts.enumerated() {
            for second in texts[(index + 1)...] {
                // Boxes hold room for accents and descenders that two numbers do not both have.
                #expect(
                    !first.box.outset(by: -1.5).overlaps(second.box.outset(by: -1.5)),
                    "'\(first.text.content)' and '\(second.text.content)'")
            }
        }
    }

    @Test(arguments: figures.map(\.name)) func nothingIsCut(_ name: String) throws {
        let scene = try Self.figure(name).scene()
        let paper = Rectangle(x: 0, y: 0, width: scene.size.width, height: scene.size.height)
        for (text, box) in scene.texts { #expect(paper.contains(box), "'\(text.content)'") }
    }

    @Test(arguments: figures.map(\.name)) func legendAndTitlesCoverNoData(_ name: String) throws {
        let layout = FigureLayout(try Self.figure(name))
        let plots = layout.plots.flatMap { $0 }
        for (index, plot) in plots.enumerated() {
            #expect(!layout.legendBox.overlaps(plot))
            #expect(plot.width >= Typography.smallestPlot - 1e-9 && plot.height >= Typography.smallestPlot - 1e-9)
            for other in plots[(index + 1)...] { #expect(!plot.overlaps(other)) }
            for (_, bar) in layout.colorBars { #expect(!plot.overlaps(bar)) }
        }
        // The words outside notes and cells stay off the plots.
        let inside = Set(
            layout.figure.panels.joined().flatMap(\.marks).flatMap { mark -> [String] in
                switch mark {
                case .note(let words, _, _, _, _): [words]
                case .heatMap(let map): map.labels?.flatMap { $0 } ?? []
                default: []
                }
            })
        for (text, box) in layout.scene().texts where !inside.contains(text.content) {
            for plot in plots { #expect(!box.outset(by: -1).overlaps(plot), "'\(text.content)'") }
        }
    }

    @Test func plotsOfAColumnAreAlignedAndOfOneSize() {
        let plots = FigureLayout(Gallery.multiples).plots
        #expect(plots[0][0].x == plots[1][0].x && plots[0][1].x == plots[1][1].x)
        #expect(plots[0].allSatisfy { $0.y == plots[0][0].y && $0.width == plots[0][0].width })
    }

    @Test func sharedAxesHaveOneRangeAndNumbersAtTheEdgeOnly() {
        let grid = PanelGrid(Gallery.quantiles)
        #expect(grid.rows[0][0].y.scale == grid.rows[0][1].y.scale)
        #expect(grid.rows[0][0].showsY && !grid.rows[0][1].showsY)
        #expect(grid.rows[0][1].showsX)
        var separate = Gallery.quantiles
        separate.sharedY = .none
        let own = PanelGrid(separate)
        #expect(own.rows[0][0].y.scale != own.rows[0][1].y.scale && own.rows[0][1].showsY)
    }

    @Test func aFigureOfTheAskedSizeHasThatSize() {
        var figure = Gallery.accuracy
        figure.size = Size(900, 640)
        #expect(FigureLayout(figure).size == Size(900, 640))
        #expect(figure.bitmap(scale: 1).width == 900)
        #expect(figure.bitmap(scale: 1).height == 640)
    }

    @Test func figuresWithoutDataAreStillFigures() throws {
        let nothing = Figure(title: "nothing", panels: [])
        #expect(nothing.scene().texts.map(\.text.content) == ["nothing"])
        let empty = Figure(
            title: "empty",
            panels: [
                [
                    Panel(x: Axis("x"), y: Axis("y", scale: .logarithmic)),
                    Panel(marks: [.line(x: [1, 2], y: [.nan, .infinity], .series(0), label: "gone")]),
                    Panel(
                        y: .categories([]),
                        marks: [.points(x: [3], y: [7], .series(0)), .steps(x: [], y: [], .series(1))]),
                ]
            ])
        #expect(!empty.svg().contains("nan"))
        #expect(try PNG.decode(try empty.png(scale: 1)).bitmap.width > 100)
    }

    @Test func aValueFarOutsideTheFrameTakesNoTime() {
        let line = Mark.line(x: [0, 1, 2], y: [0.5, 1e30, -1e30], Ink(.ink, dash: [3, 3]))
        let figure = Figure(title: "Out", panel: Panel(x: Axis(from: 0, to: 2), y: Axis(from: 0, to: 1), marks: [line]))
        #expect(figure.bitmap(scale: 1).width > 100)
    }

    @Test func columnsAreAsWideAsTheirShares() {
        let words = Panel(x: Axis(ticks: .none), y: Axis(ticks: .none), isFramed: false)
        var wide = words
        wide.share = 3
        let layout = FigureLayout(Figure(title: "Shares", panels: [[wide, words, words]]))
        let widths = layout.plots[0].map(\.width)
        #expect(abs(widths[0] - 3 * widths[1]) < 1e-9 && widths[1] == widths[2])
        let lines = layout.scene().elements.count { if case .shape = $0 { true } else { false } }
        #expect(lines == 0, "columns of words have no axes")
    }

    @Test func aPanelsHeightCanBeChosen() {
        func height(_ chosen: Double?) -> Double {
            let panel = Panel(y: .categories(["a", "b"]), marks: [.points(x: [0], y: [0], .series(0))], height: chosen)
            return FigureLayout(Figure(title: "t", panels: [[panel, Panel()]])).plots[0][0].height
        }
        #expect(height(345) == 345)
        #expect(height(nil) != 345)
    }
}
