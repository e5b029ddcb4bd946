/// The colours of a ``ColorScale`` with their values, beside the panels that use it.
struct ColorBar {
    static let thickness = 14.0

    let colors: ColorScale

    /// One bar for each different scale among the heat maps of a figure.
    static func bars(of figure: Figure) -> [ColorBar] {
        var scales: [ColorScale] = []
        for case .heatMap(let map) in figure.panels.joined().flatMap(\.marks) where !scales.contains(map.colors) {
            scales.append(map.colors)
        }
        return scales.map(ColorBar.init)
    }

    private func axis(height: Double) -> ResolvedAxis {
        let scale: Axis.Scale = colors.isLogarithmic ? .logarithmic : .linear
        return ResolvedAxis(
            axis: Axis(scale: scale, format: colors.format), scale: colors.axis, isVertical: true,
            tickSpacing: max(36, height / 7))
    }

    /// The room from the bar's left edge to the far side of its title.
    var width: Double {
        // Numbers for any height up to this are no wider than those for all ticks that could stand there.
        let numbers =
            stride(from: 60.0, through: 600, by: 30).flatMap { axis(height: $0).marks(length: $0).labels.map(\.width) }
            .max() ?? 0
        let title = colors.title.isEmpty ? 0 : Typography.axisTitleGap + Typography.axisTitleSize
        return Self.thickness + Typography.tickGap + 3 + numbers + title
    }

    /// The drawing; `box` is the coloured bar itself.
    func elements(in box: Rectangle) -> [Element] {
        let steps = 96
        let edges = (0...steps).map { box.y + box.height * Double($0) / Double(steps) }
        let cells = Cells(
            xEdges: [box.x, box.maxX], yEdges: edges,
            colors: (0..<steps).map { colors.map.color(1 - (Double($0) + 0.5) / Double(steps)) })
        var elements: [Element] = [.cells(cells)]
        let pen = Stroke(.muted, width: 0.75, isCrisp: true)
        elements.append(.shape(.rectangle(box, stroke: pen)))
        let marks = axis(height: box.height).marks(length: box.height)
        var right = box.maxX
        for label in marks.labels {
            let y = box.maxY - label.fraction * box.height
            elements.append(.shape(.line(from: Point(box.maxX, y), to: Point(box.maxX + 3, y), pen)))
            let place = Point(box.maxX + 3 + Typography.tickGap, y + TextMetrics.capHeight * Typography.tickSize / 2)
            elements.append(.text(Text(label.lines.joined(), at: place, size: Typography.tickSize)))
            right = max(right, place.x + label.width)
        }
        if !colors.title.isEmpty {
            let place = Point(
                right + Typography.axisTitleGap + TextMetrics.capHeight * Typography.axisTitleSize, box.midY)
            elements.append(
                .text(Text(colors.title, at: place, size: Typography.axisTitleSize, anchor: .middle, rotation: 90)))
        }
        return elements
    }
}
