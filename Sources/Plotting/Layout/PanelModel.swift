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

    /// The lines of the panel's title above a plot of a certain width.
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

    /// The room around a plot of the given size.
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
