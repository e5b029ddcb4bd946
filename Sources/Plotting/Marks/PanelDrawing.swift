/// Draws one panel: grid, marks, axes, numbers and titles.
struct PanelDrawing {
    private let model: PanelModel
    private let box: Rectangle
    private let xMarks: ResolvedAxis.Marks
    private let yMarks: ResolvedAxis.Marks

    /// The drawing of a panel whose plot fills the box.
    init(_ model: PanelModel, in box: Rectangle) {
        self.model = model
        self.box = box
        xMarks = model.x.marks(length: box.width)
        yMarks = model.y.marks(length: box.height)
    }

    /// Everything, back to front.
    var elements: [Element] {
        let marks = MarkDrawing(model, in: box)
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
                for (index, line) in label.lines.enumerated() {
                    let place = Point(box.x - offset, first + Double(index) * Typography.lineHeight(size))
                    texts.append(.text(Text(line, at: place, size: size, anchor: .end)))
                }
            }
        }
        if model.showsX {
            for label in xMarks.labels {
                for (index, line) in label.lines.enumerated() {
                    let down = Double(index) * Typography.lineHeight(size) + TextMetrics.capHeight * size
                    let text =
                        xMarks.areTurned
                        ? Text(
                            line, at: Point(x(label.fraction) - label.height / 2 + down, box.maxY + offset), size: size,
                            anchor: .end, rotation: 90)
                        : Text(
                            line, at: Point(x(label.fraction), box.maxY + offset + down), size: size, anchor: .middle)
                    texts.append(.text(text))
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
            for (index, line) in model.axisTitleLines(model.x.axis, length: box.width).enumerated() {
                let down = depth + TextMetrics.capHeight * size + Double(index) * Typography.lineHeight(size)
                texts.append(.text(Text(line, at: Point(box.midX, box.maxY + down), size: size, anchor: .middle)))
            }
        }
        if model.showsY {
            let depth = model.labelDepth(yMarks, isVertical: true, isShown: true) + Typography.axisTitleGap
            let lines = model.axisTitleLines(model.y.axis, length: box.height)
            for (index, line) in lines.enumerated() {
                // Read upwards, the first line is the farthest from the axis.
                let away =
                    depth + Double(lines.count - 1 - index) * Typography.lineHeight(size) + TextMetrics.descent * size
                texts.append(
                    .text(
                        Text(line, at: Point(box.x - away, box.midY), size: size, anchor: .middle, rotation: 90)))
            }
        }
        let lines = model.titleLines(width: box.width)
        for (index, line) in lines.enumerated() {
            let up = 10 + Double(lines.count - 1 - index) * Typography.lineHeight(Typography.panelTitleSize)
            texts.append(
                .text(
                    Text(
                        line, at: Point(box.x, box.y - up), size: Typography.panelTitleSize, weight: .bold, color: .ink)
                ))
        }
        return texts
    }
}
