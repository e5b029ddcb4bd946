import Plotting
import Results
import Vocabulary

/// `activation-distributions`: every layer's distribution over training, arms beside each other: the covariate shift at a
/// glance.
///
/// A heat map, not ridgelines: it shows every observation instead of a handful, values stay readable on the axis, and the
/// median and the percentiles lie on it as lines.
struct ActivationDistributions: FigureKind {
    static let name = "activation-distributions"
    static let purpose =
        "Heat maps of each layer's values over training: a row a layer, a column an arm, axes shared in a row."
    static let options: [FigureOption] = [
        FigureOption(
            name: "tap", meaning: "the tensors, * matches any text; by default */activation-input"),
        .arms, .title, .stepScale,
    ]
    static let columns = [
        FigureColumn(name: "arm", meaning: "the arm's name"),
        FigureColumn(name: "seed", meaning: "the run's seed"),
        FigureColumn(name: "tap", meaning: "the address of the tensor"),
        FigureColumn(name: "step", meaning: "training steps made; of several observations in one column the first"),
        FigureColumn(name: "series", meaning: "density, or p16, p50 or p84: percentiles of all of the layer's values"),
        FigureColumn(name: "left", meaning: "left edge of the density's bin"),
        FigureColumn(name: "right", meaning: "right edge of the density's bin"),
        FigureColumn(
            name: "value",
            meaning: "the density or percentile; densities below 1/1000 of the step's highest are left out"),
    ]

    private let options: FigureOptions
    private let tap: String
    private let stepScale: ScaleChoice

    init(_ options: FigureOptions) throws(FigureError) {
        self.options = options
        tap = options.text("tap") ?? "*/activation-input"
        stepScale = try options.choice("x-scale") ?? .linear
    }

    /// More layers than this make a figure that no page holds.
    private static let mostLayers = 6

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(options)
        var columns: [DistributionColumn] = []
        for arm in selection.arms {
            guard let run = results.results(of: arm).first else { continue }
            columns.append(try DistributionColumn(arm: arm, run: run, results: results, pattern: Glob(tap)))
        }
        let (taps, omitted) = try taps(of: columns)
        let panels = zip(taps, PlaceNames.short(taps)).map { tap, label in
            let grid = DistributionGrid(histograms: columns.compactMap { $0.rangeHistograms(tap) })
            return columns.map { column in
                DistributionPanel(
                    column: column, tap: tap, label: label, grid: grid, scale: stepScale,
                    steps: results.facts.steps)
            }
        }
        var numbers = Self.numbers()
        for panel in panels.flatMap({ $0 }) { panel.write(to: &numbers) }

        var provenance = Provenance(results, arms: selection.arms)
        provenance.add(selection.note)
        provenance.add("Shown: \(Phrase.seeds(columns.map(\.run.seed))), all units of a layer together.")
        if omitted > 0 { provenance.add("Layers between these, \(omitted) of \(taps.count + omitted), are not shown.") }
        let pictures = panels.enumerated().map { row, panels in
            panels.map { $0.panel(hasTitle: row == 0) }
        }
        var picture = Figure(
            title: options.text("title") ?? "Each layer's distribution over training: \(quantity(of: taps))",
            subtitle: "\(results.facts.title). Batch statistics on a fixed set of probe images.", panels: pictures,
            footnote: provenance.text, sharedX: .all, sharedY: .aligned)
        // Many small panels stay as wide as a page, so that their words stay as large as the page's.
        picture.width = max(720, min(Double(columns.count) * 240 + 80, 1200))
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    // MARK: Layers

    /// The layers to show, in the order of the network, and how many are left out.
    private func taps(of columns: [DistributionColumn]) throws(FigureError) -> (taps: [String], omitted: Int) {
        guard !columns.isEmpty else { throw .nothingToDraw(reason: "no run has finished: run the experiment first") }
        let all = columns.map(\.taps).max { $0.count < $1.count } ?? []
        guard !all.isEmpty else {
            let known = columns.flatMap(\.known).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            throw .badOption(
                "tap", value: tap,
                expected: known.isEmpty
                    ? "taps that were observed; none was"
                    : "a pattern that matches some of \(known.joined(separator: ", "))")
        }
        let chosen = PlaceNames.evenly(all, most: Self.mostLayers)
        return (chosen, all.count - chosen.count)
    }

    private func quantity(of taps: [String]) -> String {
        let suffix = PlaceNames.commonSuffix(taps)
        let words = TapWords.quantity(suffix)
        return suffix.isEmpty ? "observed values" : words == TapWords.unknown ? suffix : words.lowercasedFirst
    }
}
