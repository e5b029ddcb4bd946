/// A panel with resolved axes: knows how much room its numbers and titles need around a plot of a certain size.
struct PanelModel {
    /// The distances from the plot's frame to the panel's outer edges.
    struct Margins: Equatable {
        var left = 0.0
        var right = 0.0
        var top = 0.0
        var bottom = 0.0

        func union(_ other: Margins) -> Margins {
            Margins(
                left: max(left, other.left), right: max(right, other.right), top: max(top, other.top),
                bottom: max(bottom, other.bottom))
        }
    }

    let panel: Panel
    let x: ResolvedAxis
    let y: ResolvedAxis
    /// Whether the numbers and the title of the axis are written; a shared axis writes them at the outer edge only.
    let showsX: Bool
    let showsY: Bool

    var hasHeatMap: Bool {
        panel.marks.contains { if case .heatMap = $0 { true } else { false } }
    }

    func titleLines(width: Double) -> [String] {
        guard let title = panel.title, !title.isEmpty else { return [] }
        return TextMetrics.balanced(title, to: max(width, 40), size: Typography.panelTitleSize, weight: .bold)
    }

    /// The lines of an axis title along a length.
    func axisTitleLines(_ axis: Axis, length: Double) -> [String] {
        guard let title = axis.title, !title.isEmpty else { return [] }
        return TextMetrics.balanced(title, to: max(length, 120), size: Typography.axisTitleSize)
    }

    /// The distance from the frame to the far side of the axis labels.
    func labelDepth(_ marks: ResolvedAxis.Marks, isVertical: Bool, isShown: Bool) -> Double {
        guard isShown, !marks.labels.isEmpty else { return marks.labels.isEmpty ? 0 : Typography.tickLength }
        let depth = marks.labels.map { isVertical || marks.areTurned ? $0.width : $0.height }.max() ?? 0
        return Typography.tickLength + Typography.tickGap + depth
    }

    func margins(plot: Size) -> Margins {
        let (xMarks, yMarks) = (x.marks(length: plot.width), y.marks(length: plot.height))
        var margins = Margins()
        margins.left = labelDepth(yMarks, isVertical: true, isShown: showsY)
        margins.bottom = labelDepth(xMarks, isVertical: false, isShown: showsX)
        if showsY { margins.left += titleDepth(y.axis, length: plot.height) }
        if showsX { margins.bottom += titleDepth(x.axis, length: plot.width) }

        let titles = titleLines(width: plot.width).count
        if titles > 0 {
            margins.top = Typography.blockHeight(lines: titles, size: Typography.panelTitleSize) + 10
        }
        // Numbers at the ends of an axis reach beyond it.
        if showsY, let last = yMarks.labels.last {
            margins.top = max(margins.top, last.height / 2 - (1 - last.fraction) * plot.height)
        }
        if showsY, let first = yMarks.labels.first {
            margins.bottom = max(margins.bottom, first.height / 2 - first.fraction * plot.height)
        }
        if showsX {
            for label in xMarks.labels {
                let half = (xMarks.areTurned ? label.height : label.width) / 2
                margins.left = max(margins.left, half - label.fraction * plot.width)
                margins.right = max(margins.right, half - (1 - label.fraction) * plot.width)
            }
        }
        return margins
    }

    private func titleDepth(_ axis: Axis, length: Double) -> Double {
        let lines = axisTitleLines(axis, length: length).count
        guard lines > 0 else { return 0 }
        // The descenders of the last line belong to the panel too.
        return Typography.axisTitleGap + Typography.blockHeight(lines: lines, size: Typography.axisTitleSize)
            + TextMetrics.descent * Typography.axisTitleSize
    }
}

struct PanelDrawing {
    private let model: PanelModel
    private let box: Rectangle
    private let xMarks: ResolvedAxis.Marks
    private let yMarks: ResolvedAxis.Marks

    init(_ model: PanelModel, in box: Rectangle) {
        self.model = model
        self.box = box
        xMarks = model.x.marks(length: box.width)
        yMarks = model.y.marks(length: box.height)
    }

    var elements: [Element] {
        let marks = MarkDrawing(model: model, box: box)
        // Half a line's width may lie on the frame.
        let clip = Element.group(clip: box.outset(by: 1), grid + model.panel.marks.flatMap(marks.clipped))
        return [clip] + axes + model.panel.marks.flatMap(marks.unclipped) + numbers + titles
    }

    private func x(_ fraction: Double) -> Double { box.x + fraction * box.width }
    private func y(_ fraction: Double) -> Double { box.maxY - fraction * box.height }

    private func hasGrid(_ axis: Axis) -> Bool { axis.grid ?? (axis.categories == nil && !model.hasHeatMap) }

    private var grid: [Element] {
        let pen = Stroke(.grid, width: 0.75, isCrisp: true)
        var lines: [Element] = []
        if hasGrid(model.x.axis) {
            lines += xMarks.labels.map {
                .shape(.line(from: Point(x($0.fraction), box.y), to: Point(x($0.fraction), box.maxY), pen))
            }
        }
        if hasGrid(model.y.axis) {
            lines += yMarks.labels.map {
                .shape(.line(from: Point(box.x, y($0.fraction)), to: Point(box.maxX, y($0.fraction)), pen))
            }
        }
        return lines
    }

    private var axes: [Element] {
        guard model.panel.isFramed else { return [] }
        let pen = Stroke(.text, width: Typography.axisWidth, isCrisp: true)
        let fine = Stroke(.text, width: 0.75, isCrisp: true)
        func level(_ y: Double, length: Double, _ pen: Stroke) -> Element {
            .shape(.line(from: Point(box.x - length, y), to: Point(box.x, y), pen))
        }
        func upright(_ x: Double, length: Double, _ pen: Stroke) -> Element {
            .shape(.line(from: Point(x, box.maxY), to: Point(x, box.maxY + length), pen))
        }
        // Names have no ticks of their own: the gap between them says enough.
        let xTicks = model.x.axis.categories == nil ? xMarks.labels.map(\.fraction) : []
        let yTicks = model.y.axis.categories == nil ? yMarks.labels.map(\.fraction) : []
        return xMarks.minor.map { upright(x($0), length: Typography.minorTickLength, fine) }
            + yMarks.minor.map { level(y($0), length: Typography.minorTickLength, fine) }
            + xTicks.map { upright(x($0), length: Typography.tickLength, pen) }
            + yTicks.map { level(y($0), length: Typography.tickLength, pen) }
            + [
                .shape(.line(from: Point(box.x, box.y), to: Point(box.x, box.maxY), pen)),
                .shape(.line(from: Point(box.x, box.maxY), to: Point(box.maxX, box.maxY), pen)),
            ]
    }

    // MARK: Words

    private var numbers: [Element] {
        let size = Typography.tickSize
        let offset = Typography.tickLength + Typography.tickGap
        var texts: [Element] = []
        if model.showsY {
            for label in yMarks.labels {
                let first = y(label.fraction) - label.height / 2 + TextMetrics.capHeight * size
                texts += Typography.texts(label.lines, size: size, anchor: .end) {
                    Point(box.x - offset, first + Double($0) * Typography.lineHeight(size))
                }
            }
        }
        if model.showsX {
            for label in xMarks.labels {
                let isTurned = xMarks.areTurned
                texts += Typography.texts(
                    label.lines, size: size, anchor: isTurned ? .end : .middle, rotation: isTurned ? 90 : 0
                ) {
                    let down = Double($0) * Typography.lineHeight(size) + TextMetrics.capHeight * size
                    return isTurned
                        ? Point(x(label.fraction) - label.height / 2 + down, box.maxY + offset)
                        : Point(x(label.fraction), box.maxY + offset + down)
                }
            }
        }
        return texts
    }

    private var titles: [Element] {
        var texts: [Element] = []
        let size = Typography.axisTitleSize
        if model.showsX {
            let depth = model.labelDepth(xMarks, isVertical: false, isShown: true) + Typography.axisTitleGap
            let lines = model.axisTitleLines(model.x.axis, length: box.width)
            texts += Typography.texts(lines, size: size, anchor: .middle) {
                let down = depth + TextMetrics.capHeight * size + Double($0) * Typography.lineHeight(size)
                return Point(box.midX, box.maxY + down)
            }
        }
        if model.showsY {
            let depth = model.labelDepth(yMarks, isVertical: true, isShown: true) + Typography.axisTitleGap
            let lines = model.axisTitleLines(model.y.axis, length: box.height)
            texts += Typography.texts(lines, size: size, anchor: .middle, rotation: 90) {
                // Read upwards, the first line is the farthest from the axis.
                let away =
                    depth + Double(lines.count - 1 - $0) * Typography.lineHeight(size) + TextMetrics.descent * size
                return Point(box.x - away, box.midY)
            }
        }
        let lines = model.titleLines(width: box.width)
        return texts
            + Typography.texts(lines, size: Typography.panelTitleSize, weight: .bold, color: .ink) {
                let up = 10 + Double(lines.count - 1 - $0) * Typography.lineHeight(Typography.panelTitleSize)
                return Point(box.x, box.y - up)
            }
    }
}
