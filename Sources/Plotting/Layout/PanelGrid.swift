/// The panels in rows and columns: their axes, shared as the figure says, and the place of every plot.
struct PanelGrid {
    /// The models by row and column.
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
