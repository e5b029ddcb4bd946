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

    /// The picture.
    func scene() -> Scene {
        var scene = Scene(size: size, title: figure.title)
        let x = Typography.margin
        var y = Typography.margin
        func add(_ lines: [String], size: Double, weight: Text.Weight = .regular, color: Color) {
            for (index, line) in lines.enumerated() {
                let baseline = y + TextMetrics.capHeight * size + Double(index) * Typography.lineHeight(size)
                scene.elements.append(
                    .text(Text(line, at: Point(x, baseline), size: size, weight: weight, color: color)))
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
