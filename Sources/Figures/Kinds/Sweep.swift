import Plotting
import Results

/// `sweep`: a metric over one or two swept settings: a heat map a base arm on one colour scale, or lines.
struct Sweep: FigureKind {
    static let name = "sweep"
    static let purpose =
        "Best test accuracy over two swept settings, a heat map for each base arm with the best outlined; over one, lines."
    static let options: [FigureOption] = [
        FigureOption(name: "x", meaning: "the setting along the horizontal axis, as in optimizer.sgd.rate; required"),
        FigureOption(name: "y", meaning: "the setting along the vertical axis; without it lines are drawn"),
        FigureOption(
            name: "metric", meaning: "test-accuracy (default; the run's best), or test-loss or train-loss at its end"),
        .arms, .title,
    ]
    static let columns = [
        FigureColumn(name: "base", meaning: "the arm that was varied"),
        FigureColumn(name: "arm", meaning: "the arm with these settings; of several the one with the best mean"),
        FigureColumn(name: "x", meaning: "the setting along the horizontal axis"),
        FigureColumn(name: "y", meaning: "the setting along the vertical axis; empty where there is none"),
        FigureColumn(name: "metric", meaning: "test-accuracy (from 0 to 1), test-loss or train-loss (in nats)"),
        FigureColumn(name: "mean", meaning: "the metric's mean over the seeds that finished; empty where none did"),
        FigureColumn(name: "n", meaning: "seeds that finished"),
        FigureColumn(name: "diverged", meaning: "seeds that diverged"),
        FigureColumn(name: "deviation", meaning: "standard deviation over the seeds that finished (divisor n − 1)"),
        FigureColumn(name: "minimum", meaning: "the lowest of these seeds"),
        FigureColumn(name: "maximum", meaning: "the highest of these seeds"),
        FigureColumn(name: "best", meaning: "true for the best setting of the base arm"),
    ]

    private let options: FigureOptions
    private let xKey: String
    private let yKey: String?
    private let metric: SweepMetric

    init(_ options: FigureOptions) throws(FigureError) {
        self.options = options
        xKey = try options.required("x", "a swept setting, as in optimizer.sgd.rate")
        yKey = options.text("y")
        metric = try options.choice("metric") ?? .testAccuracy
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let arms = options.text("arms") == nil ? results.arms : try results.arms(options).arms
        let grids = try SweepGrid.grids(results, arms: arms, xKey: xKey, yKey: yKey, metric: metric)
        guard grids.contains(where: { $0.best != nil }) else {
            throw .nothingToDraw(reason: "no run of the sweep has finished with a \(metric.rawValue)")
        }
        let panels = SweepPanels(grids: grids, metric: metric, xKey: xKey, yKey: yKey)
        var provenance = Provenance(results, arms: grids.flatMap { $0.cells.map(\.arm) })
        if metric != .trainLoss { provenance.add(try statisticsSentence(results, grids)) }
        provenance.add(yKey == nil ? lineNotes(grids) : cellNotes(grids, panels))

        var numbers = Self.numbers()
        for grid in grids { grid.write(to: &numbers) }
        let keys = [xKey, yKey].compactMap { $0?.split(separator: ".").last.map(String.init) }
        let subject = metric.title.split(separator: "(").first.map { String($0.last == " " ? $0.dropLast() : $0) }
        let picture = Figure(
            title: options.text("title") ?? "\(subject ?? metric.title) by \(Phrase.list(keys))",
            subtitle: results.facts.title + ".", panels: yKey == nil ? [panels.lines()] : panels.heatMaps().inRows,
            footnote: provenance.text, sharedX: .all, sharedY: yKey == nil ? .none : .all)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    // MARK: Words

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
