import Plotting

/// `sweep`: best test accuracy over two swept settings, a heat map a base arm on one colour scale.
public struct Sweep: FigureKind {
    public static let name = "sweep"
    public static let purpose = "Best test accuracy over two swept settings: a heat map for each base arm, the best outlined."
    public static let options: [FigureOption] = [
        FigureOption(name: "x", meaning: "the setting along the horizontal axis, as in optimizer.sgd.rate; required"),
        FigureOption(name: "y", meaning: "the setting along the vertical axis; without it there is one row"),
        .arms, .title,
    ]
    public static let columns = [
        FigureColumn(name: "base", meaning: "the arm that was varied"),
        FigureColumn(name: "arm", meaning: "the arm with these settings; of several the one with the best mean"),
        FigureColumn(name: "x", meaning: "the setting along the horizontal axis"),
        FigureColumn(name: "y", meaning: "the setting along the vertical axis; empty where there is none"),
        FigureColumn(name: "accuracy", meaning: "best test accuracy, mean over the seeds that finished; empty where none did"),
        FigureColumn(name: "n", meaning: "seeds that finished"),
        FigureColumn(name: "diverged", meaning: "seeds that diverged"),
        FigureColumn(name: "deviation", meaning: "standard deviation over the seeds that finished (divisor n − 1)"),
        FigureColumn(name: "best", meaning: "true for the best cell of the base arm"),
    ]

    private let options: FigureOptions
    private let xKey: String
    private let yKey: String?

    public init(_ options: FigureOptions) throws(FigureError) {
        self.options = options
        xKey = try options.required("x", "a swept setting, as in optimizer.sgd.rate")
        yKey = options.text("y")
    }

    public func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let arms = options.text("arms") == nil ? results.arms : try results.arms(options).arms
        let grids = try SweepGrid.grids(results, arms: arms, xKey: xKey, yKey: yKey)
        let means = grids.flatMap { $0.cells.compactMap(\.mean) }
        guard let best = means.max() else {
            throw .nothingToDraw(reason: "no run of the sweep has finished with a test accuracy")
        }
        // Settings that learn nothing would take most of the colours from those that differ.
        let median = Quantile.of(means, 0.5) ?? best
        let lower = max(means.min() ?? 0, best - max(4 * (best - median), 0.02))
        let colors = ColorScale(
            "Best test accuracy", from: min(lower, best - 0.002), to: best, map: .sequential, format: .percent)

        var provenance = Provenance(results, arms: arms)
        provenance.add("Cells: mean of the best test accuracy over seeds, in percent; outlined: the best of each panel.")
        if lower > means.min() ?? lower { provenance.add("Accuracies below the colour bar share its first colour.") }
        if grids.contains(where: { $0.cells.contains { $0.diverged > 0 && $0.mean != nil } }) {
            provenance.add("n of m: seeds that did not diverge.")
        }
        var numbers = Self.numbers()
        for grid in grids { grid.write(to: &numbers) }
        let picture = Figure(
            title: options.text("title") ?? "Best test accuracy over \(yKey.map { "\(xKey) and \($0)" } ?? xKey)",
            subtitle: results.facts.title + ".", panels: rows(grids.map { $0.panel(colors: colors) }),
            footnote: provenance.text, sharedX: .all, sharedY: .all)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private func rows(_ panels: [Panel]) -> [[Panel]] {
        let perRow = panels.count <= 3 ? panels.count : panels.count == 4 ? 2 : 3
        return stride(from: 0, to: panels.count, by: perRow).map { Array(panels[$0..<min($0 + perRow, panels.count)]) }
    }
}
