import Foundation
import Plotting

/// The panels of ``Sweep``: a heat map for each base arm where two settings vary, lines where one does.
struct SweepPanels {
    let grids: [SweepGrid]
    let metric: SweepMetric
    let xKey: String
    let yKey: String?

    private var means: [Double] { grids.flatMap { $0.cells.compactMap(\.mean) } }

    /// Whether some values lie beyond the end of the colour bar.
    var hasHiddenColors: Bool {
        let range = metric.colorRange(means)
        return means.contains { $0 < range.lower || $0 > range.upper }
    }

    // MARK: Two settings

    /// A heat map a base arm, all on one colour scale.
    func heatMaps() -> [Panel] {
        let range = metric.colorRange(means)
        let colors = ColorScale(metric.title, from: range.lower, to: range.upper, format: metric.format)
        return grids.map { heatMap($0, colors: colors) }
    }

    private func heatMap(_ grid: SweepGrid, colors: ColorScale) -> Panel {
        var values = grid.yValues.map { _ in grid.xValues.map { _ in Double.nan } }
        var labels = grid.yValues.map { _ in grid.xValues.map { _ in "no run" } }
        for cell in grid.cells {
            values[cell.row][cell.column] = cell.mean ?? .nan
            labels[cell.row][cell.column] = words(cell)
        }
        let xEdges = (0...grid.xValues.count).map { Double($0) - 0.5 }
        let yEdges = (0...grid.yValues.count).map { Double($0) - 0.5 }
        var marks: [Mark] = [
            .heatMap(HeatMap(xEdges: xEdges, yEdges: yEdges, values: values, colors: colors, labels: labels))
        ]
        if let best = grid.best {
            let (x, y) = (Double(best.column), Double(best.row))
            marks.append(
                .line(
                    x: [x - 0.5, x + 0.5, x + 0.5, x - 0.5, x - 0.5], y: [y - 0.5, y - 0.5, y + 0.5, y + 0.5, y - 0.5],
                    Ink(Color(0xD55E00), width: 3)))
        }
        return Panel(
            title: grid.label, x: .categories(grid.xValues, title: SettingWords.axisTitle(xKey)),
            y: .categories(grid.yValues, title: yKey.map(SettingWords.axisTitle), isReversed: false), marks: marks)
    }

    private func words(_ cell: SweepGrid.Cell) -> String {
        guard let mean = cell.mean else { return cell.diverged > 0 ? "diverged" : "no run" }
        let number = metric.words(mean)
        guard cell.diverged > 0 else { return number }
        return "\(number) (\(cell.statistics.count) of \(cell.statistics.count + cell.diverged))"
    }

    // MARK: One setting

    /// One panel with a line a base arm and, where it shows more, a second one of the better part.
    func lines() -> [Panel] {
        let values = grids.flatMap { $0.cells.filter { $0.mean != nil } }
            .flatMap { [$0.statistics.minimum, $0.statistics.maximum] }
        guard let least = values.min(), let greatest = values.max() else { return [] }
        // Where some settings end in losses without bounds, a linear axis would show nothing else.
        let isWide = !metric.isHigherBetter && least > 0 && greatest > 1000 * least
        let whole = isWide ? (lower: least / 2, upper: greatest * 2) : padded(least, greatest)
        let colors = metric.colorRange(means)
        let part =
            metric.isHigherBetter
            ? padded(max(least, colors.lower), greatest) : padded(least, min(greatest, colors.upper))
        guard part.upper - part.lower < 0.4 * (whole.upper - whole.lower) else {
            return [linePanel(whole, title: nil, isLogarithmic: isWide)]
        }
        let words = metric.isHigherBetter ? "The best settings" : "The lowest losses"
        return [
            linePanel(whole, title: "All", isLogarithmic: isWide), linePanel(part, title: words, isPart: true),
        ]
    }

    private func padded(_ least: Double, _ greatest: Double) -> (lower: Double, upper: Double) {
        let margin = max(0.06 * (greatest - least), 1e-3)
        let upper = greatest + margin
        return (max(0, least - margin), metric.isHigherBetter ? min(1, upper) : upper)
    }

    private func linePanel(
        _ range: (lower: Double, upper: Double), title: String?, isLogarithmic: Bool = false, isPart: Bool = false
    ) -> Panel {
        var (bands, lines, signs): ([Mark], [Mark], [Mark]) = ([], [], [])
        for (index, grid) in grids.enumerated() {
            let ink = Ink.series(index)
            let cells = grid.cells
            let x = cells.map { Double($0.column) }
            let (lower, upper) = (cells.map { $0.statistics.minimum }, cells.map { $0.statistics.maximum })
            if cells.contains(where: { $0.statistics.count > 1 }) {
                bands.append(.band(x: x, lower: lower, upper: upper, ink))
            }
            let means = cells.map { $0.mean ?? .nan }
            lines.append(.line(x: x, y: means, ink.unmarked.width(2), label: grid.label))
            lines.append(.points(x: x, y: means, ink, label: grid.label))
            // Settings that diverged stand where the metric is worst, base arms beside each other.
            let edge = metric.isHigherBetter ? 0.03 : 0.97
            let place =
                isLogarithmic
                ? range.lower * pow(range.upper / range.lower, edge) : range.lower + edge * (range.upper - range.lower)
            let diverged = cells.filter { $0.diverged > 0 }
            if !isPart, !diverged.isEmpty {
                let shift = 0.08 * (Double(index) - Double(grids.count - 1) / 2)
                signs.append(
                    .points(
                        x: diverged.map { Double($0.column) + shift }, y: diverged.map { _ in place },
                        Ink(ink.color, width: 2.4, marker: .cross), size: 9))
            }
        }
        return Panel(
            title: title, x: .categories(grids.first?.xValues ?? [], title: SettingWords.axisTitle(xKey)),
            y: Axis(
                metric.title, scale: isLogarithmic ? .logarithmic : .linear, from: range.lower, to: range.upper,
                format: metric.format),
            marks: bands + lines + signs)
    }
}
