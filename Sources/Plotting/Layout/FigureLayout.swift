/// The places of everything in a figure, found by measuring: nothing is cut and nothing overlaps.
struct FigureLayout {
    private static let subtitleGap = 12.0

    let figure: Figure
    let size: Size
    let grid: PanelGrid
    /// The plots' frames by row and column.
    let plots: [[Rectangle]]
    let legend: Legend
    let legendBox: Rectangle
    let colorBars: [(bar: ColorBar, box: Rectangle)]
    let titleLines: [String]
    let subtitleLines: [String]
    let footnoteLines: [String]

    init(_ figure: Figure) {
        self.figure = figure
        grid = PanelGrid(figure)
        let margin = Typography.margin
        let totalWidth = max(figure.size?.width ?? figure.width ?? Self.preferredWidth(columns: grid.columnCount), 200)
        let width = totalWidth - 2 * margin

        // The head: title, subtitle, legend.
        titleLines = Self.wrapped(figure.title, to: width, size: Typography.titleSize, weight: .bold)
        subtitleLines = Self.wrapped(figure.subtitle, to: width, size: Typography.subtitleSize)
        footnoteLines = Self.wrapped(figure.footnote, to: width, size: Typography.footnoteSize)
        var y = margin + Typography.blockHeight(lines: titleLines.count, size: Typography.titleSize)
        y += subtitleLines.isEmpty ? 0 : Self.subtitleGap
        y += Typography.blockHeight(lines: subtitleLines.count, size: Typography.subtitleSize)

        let entries = figure.legend == .none ? [] : Legend.entries(of: figure)
        legend = Legend(
            entries, width: figure.legend == .right ? min(220, width * 0.3) : width, isColumn: figure.legend == .right)
        let isLegendBeside = figure.legend == .right && !entries.isEmpty
        if !entries.isEmpty && !isLegendBeside { y += 15 }
        let legendTop = y
        if !isLegendBeside { y += legend.size.height }
        y += 22
        let top = y

        // The foot.
        let footnoteHeight =
            footnoteLines.isEmpty
            ? 0 : 16 + Typography.blockHeight(lines: footnoteLines.count, size: Typography.footnoteSize)
        let bottomMargin = margin * 0.75 + TextMetrics.descent * Typography.footnoteSize

        // The grid takes what is left beside colour bars and legend.
        let bars = ColorBar.bars(of: figure)
        let barWidth = bars.map { $0.width }.max().map { $0 + 16 } ?? 0
        let besideWidth = isLegendBeside ? legend.size.width + 22 : 0
        let room = figure.size.map { $0.height - top - footnoteHeight - bottomMargin }
        let (relative, gridSize) = grid.placed(width: width - barWidth - besideWidth, height: room)
        plots = relative.map {
            $0.map { Rectangle(x: $0.x + margin, y: $0.y + top, width: $0.width, height: $0.height) }
        }

        let frame = Self.union(plots.joined()) ?? Rectangle(x: margin, y: top, width: 0, height: 0)
        let barsX = margin + gridSize.width + 16
        let barGap = 26.0
        let barHeight = bars.isEmpty ? 0 : (frame.height - barGap * Double(bars.count - 1)) / Double(bars.count)
        colorBars = bars.enumerated().map { index, bar in
            let y = frame.y + Double(index) * (barHeight + barGap)
            return (bar, Rectangle(x: barsX, y: y, width: ColorBar.thickness, height: barHeight))
        }
        legendBox = Rectangle(
            x: isLegendBeside ? margin + gridSize.width + barWidth + 22 : margin,
            y: isLegendBeside ? frame.y : legendTop,
            width: legend.size.width, height: legend.size.height)
        size = Size(
            max(totalWidth, 2 * margin + gridSize.width + barWidth + besideWidth),
            max(
                figure.size?.height ?? 0,
                max(top + gridSize.height, legendBox.maxY) + footnoteHeight + bottomMargin))
    }

    func scene() -> Scene {
        var scene = Scene(size: size, title: figure.title)
        let x = Typography.margin
        var y = Typography.margin
        func add(_ lines: [String], size: Double, weight: Text.Weight = .regular, color: Color) {
            scene.elements += Typography.texts(lines, size: size, weight: weight, color: color) {
                Point(x, y + TextMetrics.capHeight * size + Double($0) * Typography.lineHeight(size))
            }
            y += Typography.blockHeight(lines: lines.count, size: size)
        }
        add(titleLines, size: Typography.titleSize, weight: .bold, color: .ink)
        y += Self.subtitleGap
        add(subtitleLines, size: Typography.subtitleSize, color: .muted)
        scene.elements += legend.elements(at: Point(legendBox.x, legendBox.y))
        for (models, boxes) in zip(grid.rows, plots) {
            for (model, box) in zip(models, boxes) { scene.elements += PanelDrawing(model, in: box).elements }
        }
        for (bar, box) in colorBars { scene.elements += bar.elements(in: box) }
        y = size.height - Typography.margin * 0.75 - TextMetrics.descent * Typography.footnoteSize
        y -= Typography.blockHeight(lines: footnoteLines.count, size: Typography.footnoteSize)
        add(footnoteLines, size: Typography.footnoteSize, color: .muted)
        return scene
    }

    private static func preferredWidth(columns: Int) -> Double {
        switch columns {
        case ...1: 800
        case 2: 960
        case 3: 1200
        default: Double(columns) * 340
        }
    }

    private static func wrapped(
        _ text: String?, to width: Double, size: Double, weight: Text.Weight = .regular
    ) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return TextMetrics.balanced(text, to: width, size: size, weight: weight)
    }

    private static func union(_ boxes: some Sequence<Rectangle>) -> Rectangle? {
        Rectangle(around: boxes.flatMap { [Point($0.x, $0.y), Point($0.maxX, $0.maxY)] })
    }
}

/// The panels in rows and columns: their axes, shared as the figure says, and the place of every plot.
struct PanelGrid {
    let rows: [[PanelModel]]

    init(_ figure: Figure) {
        let panels = figure.panels
        func scale(vertical: Bool, row: Int, column: Int) -> ResolvedScale {
            let sharing = vertical ? figure.sharedY : figure.sharedX
            let own = vertical ? panels[row][column].y : panels[row][column].x
            var axis = own
            var extent = AxisExtent(panels[row][column].marks, vertical: vertical, axis: own)
            for (otherRow, others) in panels.enumerated() {
                for (otherColumn, other) in others.enumerated() where (otherRow, otherColumn) != (row, column) {
                    let isAligned = vertical ? otherRow == row : otherColumn == column
                    guard sharing == .all || (sharing == .aligned && isAligned) else { continue }
                    let otherAxis = vertical ? other.y : other.x
                    extent.merge(AxisExtent(other.marks, vertical: vertical, axis: otherAxis))
                    if let lower = otherAxis.lower { axis.lower = min(axis.lower ?? lower, lower) }
                    if let upper = otherAxis.upper { axis.upper = max(axis.upper ?? upper, upper) }
                }
            }
            return extent.scale(axis)
        }
        rows = panels.enumerated().map { row, members in
            members.enumerated().map { column, panel in
                let isLowest = !panels[(row + 1)...].contains { $0.count > column }
                return PanelModel(
                    panel: panel,
                    x: ResolvedAxis(
                        axis: panel.x, scale: scale(vertical: false, row: row, column: column), isVertical: false),
                    y: ResolvedAxis(
                        axis: panel.y, scale: scale(vertical: true, row: row, column: column), isVertical: true),
                    showsX: figure.sharedX == .none || isLowest, showsY: figure.sharedY == .none || column == 0)
            }
        }
    }

    var columnCount: Int { rows.map(\.count).max() ?? 0 }

    /// Where everything is for a certain width and, where one is given, height; all plots of a column have one width, all of a
    /// row one height. Returned rectangles are relative to the grid's top left corner.
    func placed(width: Double, height: Double?) -> (plots: [[Rectangle]], size: Size) {
        let columns = columnCount
        guard columns > 0 else { return ([], Size(width, height ?? 0)) }
        let gutters = Double(columns - 1) * Typography.gutter
        let rowGutters = Double(rows.count - 1) * Typography.gutter
        var margins = rows.map { $0.map { _ in PanelModel.Margins() } }
        let shares = (0..<columns).map { column in
            rows.filter { $0.count > column }.map { $0[column].panel.share }.max() ?? 1
        }
        let shareSum = shares.reduce(0, +)
        var plotWidths = shares.map { width * $0 / shareSum * 0.85 }
        var heights = rows.map { row in row.map { preferredHeight($0) }.max() ?? 0 }

        // The numbers depend on the plot's size and the plot's size on the room for the numbers. Margins only grow, so that
        // this ends, and with every number inside its margin.
        for round in 0..<12 {
            let before = margins
            for (row, models) in rows.enumerated() {
                for (column, model) in models.enumerated() {
                    let needed = model.margins(plot: Size(plotWidths[column], heights[row]))
                    margins[row][column] = round < 2 ? needed : margins[row][column].union(needed)
                }
            }
            let sides = (0..<columns).map { column in
                margins.filter { $0.count > column }.map { ($0[column].left, $0[column].right) }
            }
            let sideSum = sides.map { ($0.map(\.0).max() ?? 0) + ($0.map(\.1).max() ?? 0) }.reduce(0, +)
            plotWidths = shares.map {
                max(Typography.smallestPlot, (width - sideSum - gutters) * $0 / shareSum)
            }
            if let height {
                let edges = margins.map { ($0.map(\.top).max() ?? 0) + ($0.map(\.bottom).max() ?? 0) }.reduce(0, +)
                let preferred = rows.map { row in row.map { preferredHeight($0) }.max() ?? 0 }
                let room = height - edges - rowGutters
                heights = preferred.map { max(Typography.smallestPlot, room * $0 / preferred.reduce(0, +)) }
            }
            if round > 2 && margins == before { break }
        }
        return positions(margins, plotWidths: plotWidths, heights: heights)
    }

    private func positions(
        _ margins: [[PanelModel.Margins]], plotWidths: [Double], heights: [Double]
    ) -> (plots: [[Rectangle]], size: Size) {
        var lefts: [Double] = []
        var x = 0.0
        for column in 0..<columnCount {
            let members = margins.filter { $0.count > column }.map { $0[column] }
            x += members.map(\.left).max() ?? 0
            lefts.append(x)
            x += plotWidths[column] + (members.map(\.right).max() ?? 0) + Typography.gutter
        }
        var plots: [[Rectangle]] = []
        var y = 0.0
        for (row, members) in margins.enumerated() {
            y += members.map(\.top).max() ?? 0
            plots.append(
                members.indices.map { Rectangle(x: lefts[$0], y: y, width: plotWidths[$0], height: heights[row]) })
            y += heights[row] + (members.map(\.bottom).max() ?? 0) + Typography.gutter
        }
        return (plots, Size(x - Typography.gutter, y - Typography.gutter))
    }

    /// The height at which a plot reads well.
    private func preferredHeight(_ model: PanelModel) -> Double {
        if let height = model.panel.height { return height }
        if model.y.axis.categories != nil {
            // Names of several lines need their room.
            let labels = model.y.marks(length: 1).labels
            let tallest = labels.map(\.height).max() ?? 0
            return max(110, Double(labels.count) * max(38, tallest + 18))
        }
        if rows.count > 2 { return 150 }
        return rows.count == 1 ? (columnCount == 1 ? 340 : 290) : 200
    }
}

/// The sizes and distances of a figure in logical points, in one place.
enum Typography {
    static let titleSize = 17.0
    static let subtitleSize = 13.0
    static let panelTitleSize = 13.5
    static let axisTitleSize = 13.0
    static let tickSize = 12.0
    static let legendSize = 12.5
    static let noteSize = 12.0
    static let footnoteSize = 11.0

    static let margin = 22.0
    static let gutter = 20.0
    static let tickLength = 5.0
    static let minorTickLength = 2.5
    static let tickGap = 4.0
    static let axisTitleGap = 9.0
    static let axisWidth = 1.0
    static let smallestPlot = 60.0

    /// From the baseline of one line to that of the next.
    static func lineHeight(_ size: Double) -> Double { size * TextMetrics.lineHeight }

    /// The height of a block of lines, from the top of the capitals of the first to the baseline of the last.
    static func blockHeight(lines: Int, size: Double) -> Double {
        lines == 0 ? 0 : Double(lines - 1) * lineHeight(size) + TextMetrics.capHeight * size
    }

    /// The lines of a text, each at the place of its index.
    static func texts(
        _ lines: [String], size: Double, weight: Text.Weight = .regular, color: Color = .text,
        anchor: Text.Anchor = .start, rotation: Double = 0, at place: (Int) -> Point
    ) -> [Element] {
        lines.enumerated().map { index, line in
            .text(
                Text(
                    line, at: place(index), size: size, weight: weight, color: color, anchor: anchor, rotation: rotation
                ))
        }
    }
}
