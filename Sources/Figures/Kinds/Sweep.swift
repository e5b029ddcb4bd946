import Foundation
import Plotting
import Results
import Vocabulary

/// `sweep`: a metric over one or two swept settings: a heat map a base arm on one colour scale, or lines.
struct Sweep: FigureKind {
    var common = CommonFields()
    var x = ""
    var y: String?
    var metric = SweepMetric.testAccuracy

    static let showsEvaluations = true
    static let kind = "sweep"
    static let summary =
        "The best test accuracy, or a loss after the last step, over the swept values: a heat map for each arm, or lines."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("x", \.x, .text, required: true, "The swept key along the horizontal axis."),
            Field("y", \.y, .text.optional, "The swept key along the vertical axis; none draws curves."),
            Field("metric", \.metric, "The metric."),
        ]

    static let columns = [
        FigureColumn("base", "the arm that was varied"),
        FigureColumn("arm", "the arm with these settings; of several the one with the best mean"),
        FigureColumn("x", "the setting along the horizontal axis"),
        FigureColumn("y", "the setting along the vertical axis; empty where there is none"),
        FigureColumn("metric", "test-accuracy (from 0 to 1), test-loss or train-loss (in nats)"),
        FigureColumn("mean", "the metric's mean over the seeds that finished; empty where none did"),
        FigureColumn("n", "seeds that finished"),
        FigureColumn("diverged", "seeds that diverged"),
        FigureColumn("deviation", "standard deviation over the seeds that finished (divisor n − 1)"),
        FigureColumn("minimum", "the lowest of these seeds"),
        FigureColumn("maximum", "the highest of these seeds"),
        FigureColumn("best", "true for the best setting of the base arm"),
    ]

    func check(_ fields: FigureFields) {
        fields.checkSweptKey("x")
        fields.checkSweptKey("y")
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let arms = common.arms.isEmpty ? results.arms : try results.arms(common.arms).arms
        let grids = try SweepGrid.grids(results, arms: arms, xKey: x, yKey: y, metric: metric)
        guard grids.contains(where: { $0.best != nil }) else {
            throw .nothingToDraw(reason: "no run of the sweep has finished with a \(metric.rawValue)")
        }
        let panels = SweepPanels(grids: grids, metric: metric, xKey: x, yKey: y)
        var footnote = Footnote(results, arms: grids.flatMap { $0.cells.map(\.arm) })
        if metric != .trainLoss { footnote.add(try statisticsSentence(results, grids)) }
        footnote.add(y == nil ? lineNotes(grids) : cellNotes(grids, panels))

        var numbers = Self.numbers()
        for grid in grids { grid.write(to: &numbers) }
        let keys = [x, y].compactMap { $0?.split(separator: ".").last.map(String.init) }
        let subject = metric.title.split(separator: "(").first.map { String($0.last == " " ? $0.dropLast() : $0) }
        let picture = Figure(
            title: common.title ?? "\(subject ?? metric.title) by \(Phrase.list(keys))",
            subtitle: results.facts.title + ".", panels: y == nil ? [panels.lines()] : panels.heatMaps().inRows,
            footnote: footnote.text, sharedX: .all, sharedY: y == nil ? .none : .all)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private func cellNotes(_ grids: [SweepGrid], _ panels: SweepPanels) -> String {
        let unit = metric == .testAccuracy ? ", in percent" : ""
        var notes = ["Cells: mean over seeds\(unit); outlined: the best of each panel."]
        if panels.hasHiddenColors { notes.append("Worse values than the colour bar shows have its last colour.") }
        if grids.contains(where: { $0.cells.contains { $0.diverged > 0 && $0.mean != nil } }) {
            notes.append("(n of m): seeds that did not diverge.")
        }
        return notes.joined(separator: " ")
    }

    private func lineNotes(_ grids: [SweepGrid]) -> String {
        var notes = ["Mean over seeds; band: lowest to highest seed."]
        if grids.contains(where: { $0.cells.contains { $0.diverged > 0 } }) {
            notes.append("× some or all seeds diverged; means are over the others.")
        }
        return notes.joined(separator: " ")
    }

    /// The statistics of the best settings stand for those of all: every run of an arm has the same.
    private func statisticsSentence(
        _ results: ExperimentResults, _ grids: [SweepGrid]
    ) throws(FigureError) -> String? {
        let arms = grids.compactMap { $0.best?.arm }.filter { arm in
            results.results(of: arm).allSatisfy { results.has("eval.csv", of: $0) }
        }
        return arms.isEmpty ? nil : try results.curves(.testAccuracy, arms: arms, source: nil).statisticsSentence
    }
}

enum SweepMetric: String, ConfigurationWord {
    case testAccuracy = "test-accuracy"
    case testLoss = "test-loss"
    case trainLoss = "train-loss"

    var title: String {
        switch self {
        case .testAccuracy: "Best test accuracy"
        case .testLoss: "Test loss at the end (nats)"
        case .trainLoss: "Training loss at the end (nats)"
        }
    }

    var format: NumberFormat { self == .testAccuracy ? .percent : .automatic }
    var isHigherBetter: Bool { self == .testAccuracy }

    func value(of run: RunRecord) -> Double? {
        switch self {
        case .testAccuracy: run.bestTestAccuracy
        case .testLoss: run.testLoss
        case .trainLoss: run.trainLoss
        }
    }

    /// A value in a cell: accuracies in percent.
    func words(_ value: Double) -> String {
        isHigherBetter ? Phrase.fixed(100 * value, decimals: 1) : Phrase.fixed(value, decimals: value < 1 ? 3 : 2)
    }

    func isBetter(_ a: Double, than b: Double) -> Bool { isHigherBetter ? a > b : a < b }

    /// The values that the colours tell apart. Settings that learn nothing would take most of the colours from those that
    /// differ: they share the first colour.
    func colorRange(_ values: [Double]) -> (lower: Double, upper: Double) {
        let sorted = values.sorted()
        guard let least = sorted.first, let greatest = sorted.last else { return (0, 1) }
        let median = Quantile.of(sorted, 0.5) ?? least
        if isHigherBetter {
            return (min(max(least, greatest - max(4 * (greatest - median), 0.02)), greatest - 0.002), greatest)
        }
        return (least, max(min(greatest, least + max(4 * (median - least), 0.02)), least + 0.002))
    }
}

/// One base arm of ``Sweep``: the metric for every pair of settings.
struct SweepGrid {
    struct Cell {
        let arm: ArmRecord
        let column: Int
        let row: Int
        let statistics: SampleStatistics
        let diverged: Int

        /// The mean over the seeds that finished; nil where none did.
        var mean: Double? { statistics.count > 0 ? statistics.mean : nil }
    }

    let base: String
    let label: String
    /// The values along the axes, ascending; one empty value where there is no second setting.
    let xValues, yValues: [String]
    let cells: [Cell]
    let metric: SweepMetric

    /// The cell with the best mean; of equals the first.
    var best: Cell? { Self.best(of: cells, by: metric) }

    private static func best(of cells: [Cell], by metric: SweepMetric) -> Cell? {
        cells.filter { $0.mean != nil }.min { metric.isBetter($0.statistics.mean, than: $1.statistics.mean) }
    }

    /// A grid for each base arm that has settings of both keys, all on the same axes.
    static func grids(
        _ results: ExperimentResults, arms: [ArmRecord], xKey: String, yKey: String?, metric: SweepMetric
    ) throws(FigureError) -> [SweepGrid] {
        for (axis, key) in [("x", xKey), ("y", yKey ?? xKey)] {
            guard arms.contains(where: { results.settings[$0.name]?[key] != nil }) else {
                let known = Set(results.settings.values.flatMap(\.keys)).sorted()
                throw .badValue(
                    axis, value: key,
                    expected: known.isEmpty
                        ? "a setting that differs between arms; none does" : "one of \(known.joined(separator: ", "))")
            }
        }
        let placed = arms.compactMap { arm -> (arm: ArmRecord, x: String, y: String)? in
            // Values with names of their own may be of one kind: they are told apart by the names.
            func value(_ key: String) -> String? {
                let named = arm.sweptText(key).flatMap { Double($0) == nil ? $0 : nil }
                return results.settings[arm.name]?[key].map { named ?? $0 }
            }
            guard let x = value(xKey) else { return nil }
            guard let yKey else { return (arm, x, "") }
            return value(yKey).map { (arm, x, $0) }
        }
        let xValues = ordered(placed.map(\.x))
        let yValues = ordered(placed.map(\.y))
        return results.orderedBases.compactMap { base in
            let members = placed.filter { $0.arm.base == base }
            guard let first = members.first else { return nil }
            let cells = yValues.indices.flatMap { row in
                xValues.indices.compactMap { column -> Cell? in
                    let here = members.filter { $0.x == xValues[column] && $0.y == yValues[row] }
                    let cells = here.map { cell($0.arm, column: column, row: row, results, metric) }
                    return best(of: cells, by: metric) ?? cells.first
                }
            }
            return SweepGrid(
                base: base, label: first.arm.baseLabel, xValues: xValues, yValues: yValues, cells: cells, metric: metric
            )
        }
    }

    private static func cell(
        _ arm: ArmRecord, column: Int, row: Int, _ results: ExperimentResults, _ metric: SweepMetric
    ) -> Cell {
        let runs = results.results(of: arm)
        let finished = runs.filter { $0.status == .finished }.compactMap(metric.value).filter(\.isFinite)
        return Cell(
            arm: arm, column: column, row: row, statistics: SampleStatistics(finished),
            diverged: runs.count { $0.status == .diverged })
    }

    /// Numbers by size, words by their letters after them.
    private static func ordered(_ values: [String]) -> [String] {
        Set(values).sorted { a, b in
            switch (Double(a), Double(b)) {
            case (let a?, let b?): a < b
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): a < b
            }
        }
    }

    func write(to numbers: inout CSVText) {
        let best = best?.arm
        for cell in cells {
            let statistics = cell.statistics
            let isKnown = statistics.count > 0
            numbers.append(
                .text(base), .text(cell.arm.name), .text(xValues[cell.column]),
                yValues[cell.row].isEmpty ? .empty : .text(yValues[cell.row]), .text(metric.rawValue),
                .optional(cell.mean), .integer(statistics.count), .integer(cell.diverged),
                .optional(statistics.deviation), isKnown ? .number(statistics.minimum) : .empty,
                isKnown ? .number(statistics.maximum) : .empty, .text(cell.arm == best ? "true" : "false"))
        }
    }
}

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
