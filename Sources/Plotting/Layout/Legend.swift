/// The key to the series of a figure.
struct Legend {
    /// One line of the legend: a label and the marks that it stands for.
    struct Entry {
        var label: String
        var marks: [Mark]
    }

    private struct Placed {
        var entry: Entry
        var lines: [String]
        var position: Point
    }

    private static let keyWidth = 30.0
    private static let keyGap = 8.0
    private static let entryGap = 24.0
    private static let rowHeight = 20.0

    private let placed: [Placed]
    let size: Size

    /// The labels of all marks of a figure in the order of their first appearance.
    static func entries(of figure: Figure) -> [Entry] {
        var entries: [Entry] = []
        for mark in figure.panels.joined().flatMap(\.marks) {
            guard let label = mark.label, !label.isEmpty else { continue }
            if let index = entries.firstIndex(where: { $0.label == label }) {
                entries[index].marks.append(mark)
            } else {
                entries.append(Entry(label: label, marks: [mark]))
            }
        }
        return entries
    }

    /// A legend no wider than `width`: side by side in as many rows as it takes, or one below the other.
    init(_ entries: [Entry], width: Double, isColumn: Bool) {
        let keyRoom = Self.keyWidth + Self.keyGap
        let lines = entries.map { TextMetrics.balanced($0.label, to: width - keyRoom, size: Typography.legendSize) }
        let widths = lines.map { lines in
            keyRoom + (lines.map { TextMetrics.width(of: $0, size: Typography.legendSize) }.max() ?? 0)
        }
        // As many columns as fit; all in one row are as wide as each needs.
        var columns = isColumn ? 1 : entries.count
        func columnWidths() -> [Double] {
            (0..<columns).map { column in
                stride(from: column, to: widths.count, by: columns).map { widths[$0] }.max() ?? 0
            }
        }
        func total() -> Double { columnWidths().reduce(0, +) + Double(columns - 1) * Self.entryGap }
        while columns > 1 && total() > width { columns -= 1 }
        // Three rows of two read better than two of three and a lonely one only if they need no more rows.
        let rows = columns == 0 ? 0 : (entries.count + columns - 1) / columns
        columns = rows == 0 ? 0 : (entries.count + rows - 1) / rows

        var placed: [Placed] = []
        var y = 0.0
        for start in stride(from: 0, to: entries.count, by: max(1, columns)) {
            var x = 0.0
            let members = start..<min(start + columns, entries.count)
            for (index, columnWidth) in zip(members, columnWidths()) {
                placed.append(Placed(entry: entries[index], lines: lines[index], position: Point(x, y)))
                x += columnWidth + Self.entryGap
            }
            let tallest = members.map { lines[$0].count }.max() ?? 1
            y += Self.rowHeight + Double(tallest - 1) * Typography.lineHeight(Typography.legendSize)
        }
        self.placed = placed
        size = entries.isEmpty ? Size(0, 0) : Size(total(), y - 4)
    }

    /// The drawing, with its top left corner at `origin`.
    func elements(at origin: Point) -> [Element] {
        placed.flatMap { placed -> [Element] in
            let left = origin.x + placed.position.x
            let middle = origin.y + placed.position.y + Self.rowHeight / 2 - 2
            let key = Rectangle(x: left, y: middle - 5.5, width: Self.keyWidth, height: 11)
            let elements = placed.entry.marks.reduce(into: (seen: Set<String>(), elements: [Element]())) {
                result, mark in
                // The many faint lines of one label are one key.
                guard result.seen.insert(mark.keyKind).inserted else { return }
                result.elements += mark.key(in: key)
            }.elements
            return elements
                + Typography.texts(placed.lines, size: Typography.legendSize) {
                    let baseline =
                        middle + TextMetrics.capHeight * Typography.legendSize / 2
                        + Double($0) * Typography.lineHeight(Typography.legendSize)
                    return Point(left + Self.keyWidth + Self.keyGap, baseline)
                }
        }
    }
}

extension Mark {
    var label: String? {
        switch self {
        case .line(_, _, _, let label), .steps(_, _, _, let label), .band(_, _, _, _, let label),
            .points(_, _, _, _, let label), .interval(_, _, _, _, _, let label), .rule(_, _, _, let label):
            label
        case .heatMap, .note: nil
        }
    }

    /// What kind of key the mark has; marks of one kind share one.
    fileprivate var keyKind: String {
        switch self {
        case .line, .steps, .rule: "line"
        case .band: "area"
        case .points: "points"
        case .interval: "interval"
        case .heatMap, .note: "none"
        }
    }

    fileprivate func key(in box: Rectangle) -> [Element] {
        let (left, right) = (Point(box.x, box.midY), Point(box.maxX, box.midY))
        switch self {
        case .line(_, _, let ink, _), .steps(_, _, let ink, _), .rule(_, _, let ink, _):
            var elements: [Element] = [.shape(.line(from: left, to: right, ink.stroke))]
            if let marker = ink.marker {
                elements.append(.shape(marker.shape(at: Point(box.midX, box.midY), size: 7, ink: ink)))
            }
            return elements
        case .band(_, _, _, let ink, _):
            return [.shape(.rectangle(box, fill: (ink.color, ink.opacity * MarkDrawing.bandOpacity)))]
        case .points(_, _, let ink, let size, _):
            let marker = ink.marker ?? .circle
            return [.shape(marker.shape(at: Point(box.midX, box.midY), size: min(size, 9), ink: ink))]
        case .interval(_, _, _, _, let ink, _):
            return [.shape(Interval.shape(from: left, to: right, ink: ink))]
        case .heatMap, .note:
            return []
        }
    }
}

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
