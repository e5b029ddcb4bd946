import Foundation
import Plotting
import Results
import Vocabulary

/// `activation-distributions`: every layer's distribution over training, arms beside each other: the covariate shift at a
/// glance.
///
/// A heat map, not ridgelines: it shows every observation instead of a handful, values stay readable on the axis, and the
/// median and the percentiles lie on it as lines.
struct ActivationDistributions: FigureKind {
    var common = CommonFields()
    var tap = "*/activation-input"
    var stepScale = ScaleChoice.linear

    static let kind = "activation-distributions"
    static let summary =
        "The distribution of each layer's tensor over steps, layers below each other, arms side by side."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("tap", \.tap, .text, "The pattern of the tensors' addresses, one in each layer."),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns = [
        FigureColumn("arm", "the arm's name"),
        FigureColumn("seed", "the run's seed"),
        FigureColumn("tap", "the address of the tensor"),
        FigureColumn("step", "training steps made; of several observations in one column the first"),
        FigureColumn("series", "density, or p16, p50 or p84: percentiles of all of the layer's values"),
        FigureColumn("left", "left edge of the density's bin"),
        FigureColumn("right", "right edge of the density's bin"),
        FigureColumn("value", "the density or percentile; densities below 1/1000 of the step's highest are left out"),
    ]

    func check(_ fields: FigureFields) { fields.checkTap(tap) }

    /// More layers than this make a figure that no page holds.
    private static let mostLayers = 6

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
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

        var footnote = Footnote(results, selection)
        footnote.add("Shown: \(Phrase.seeds(columns.map(\.run.seed))), all units of a layer together.")
        footnote.add("Layers between these, \(omitted) of \(taps.count + omitted), are not shown.", if: omitted > 0)
        let pictures = panels.enumerated().map { row, panels in
            panels.map { $0.panel(hasTitle: row == 0) }
        }
        var picture = Figure(
            title: common.title ?? "Each layer's distribution over training: \(quantity(of: taps))",
            subtitle: "\(results.facts.title). Batch statistics on a fixed set of probe images.", panels: pictures,
            footnote: footnote.text, sharedX: .all, sharedY: .aligned)
        // Many small panels stay as wide as a page, so that their words stay as large as the page's.
        picture.width = max(720, min(Double(columns.count) * 240 + 80, 1200))
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    /// The layers to show, in the order of the network, and how many are left out.
    private func taps(of columns: [DistributionColumn]) throws(FigureError) -> (taps: [String], omitted: Int) {
        guard !columns.isEmpty else { throw .nothingToDraw(reason: "no run has finished: run the experiment first") }
        let all = columns.map(\.taps).max { $0.count < $1.count } ?? []
        guard !all.isEmpty else {
            let known = columns.flatMap(\.known).distinct
            throw .badValue(
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

/// One arm of ``ActivationDistributions``: a run's histograms and percentiles of all taps that are shown.
struct DistributionColumn: Sendable {
    struct Percentiles: Sendable {
        let steps: [Int]
        let p16, p50, p84: [Double]
    }

    let arm: ArmRecord
    let run: RunRecord
    let known: [String]
    /// Those of them that are asked for.
    let taps: [String]
    private(set) var histograms: [String: TapHistograms] = [:]
    private(set) var percentiles: [String: Percentiles] = [:]

    /// Reads a run's `histograms.csv` and `layers.csv`.
    init(arm: ArmRecord, run: RunRecord, results: ExperimentResults, pattern: Glob) throws(FigureError) {
        self.arm = arm
        self.run = run
        do {
            let table = try results.table("histograms.csv", of: run)
            known = try table.categories("tap").labels
            taps = known.filter(pattern.matches)
            let layers = try results.table("layers.csv", of: run)
            for tap in taps {
                histograms[tap] = try TapHistograms(table, tap: tap)
                let rows = try layers.rows(where: "tap", is: tap)
                percentiles[tap] = Percentiles(
                    steps: try layers.integers("step", rows: rows), p16: try layers.values("p16", rows: rows),
                    p50: try layers.values("p50", rows: rows), p84: try layers.values("p84", rows: rows))
            }
        } catch {
            throw .data(error)
        }
    }

    /// The histograms that decide a row's axis: not those of a run that diverged, whose last values know no bounds.
    func rangeHistograms(_ tap: String) -> (histograms: TapHistograms, isWhole: Bool)? {
        histograms[tap].map { ($0, run.status == .finished) }
    }
}

/// The vertical bins that all panels of a row share.
struct DistributionGrid: Sendable, Equatable {
    let edges: [Double]

    private static let binCount = 60

    /// Bins over the values of a row: from the 0.5 % to the 99.5 % quantile of nearly all observations.
    init(histograms: [(histograms: TapHistograms, isWhole: Bool)]) {
        let whole = histograms.filter(\.isWhole).map(\.histograms)
        let counted = whole.isEmpty ? histograms.map(\.histograms) : whole
        var (lower, upper) = (Double.infinity, -Double.infinity)
        for histogram in counted {
            let lows = histogram.steps.indices.map { histogram.quantile(0.005, at: $0) }
            let highs = histogram.steps.indices.map { histogram.quantile(0.995, at: $0) }
            lower = min(lower, Quantile.of(lows, 0.02) ?? lower)
            upper = max(upper, Quantile.of(highs, 0.98) ?? upper)
        }
        if !(lower < upper) { (lower, upper) = (lower.isFinite ? lower - 1 : -1, lower.isFinite ? lower + 1 : 1) }
        edges = (0...Self.binCount).map { lower + (upper - lower) * Double($0) / Double(Self.binCount) }
    }
}

/// One panel of ``ActivationDistributions``: a layer of a run.
struct DistributionPanel {
    let column: DistributionColumn
    let tap: String
    let label: String
    let grid: DistributionGrid
    let scale: ScaleChoice
    let steps: Int?

    /// Densities below this share of the step's peak look like the paper.
    private static let least = 0.001

    private struct Density {
        /// The first step of each column.
        var steps: [Int] = []
        var edges: [Double] = []
        /// `[column][bin]`
        var values: [[Double]] = []
    }

    /// The panel; the first of its column carries the arm's name.
    func panel(hasTitle: Bool) -> Panel {
        let density = density()
        var marks: [Mark] = []
        if !density.values.isEmpty {
            let scale = ColorScale(
                "Density, relative to what a quarter of the values exceed", from: 0, to: 1, map: .density)
            let relative = density.values.map { column in
                let level = Self.levelOfQuarter(column)
                return column.map { level > 0 ? min($0 / level, 1) : 0 }
            }
            let rows = (0..<grid.edges.count - 1).map { bin in relative.map { $0[bin] } }
            marks.append(.heatMap(HeatMap(xEdges: density.edges, yEdges: grid.edges, values: rows, colors: scale)))
        }
        marks += lines()
        return Panel(
            title: hasTitle ? column.arm.label + column.run.divergenceWords(sign: "") : nil,
            x: .steps(steps, scale: scale),
            y: Axis(label, from: grid.edges[0], to: grid.edges[grid.edges.count - 1]), marks: marks)
    }

    func write(to numbers: inout CSVText) {
        let (arm, seed) = (CSVField.text(column.arm.name), CSVField.integer(column.run.seed))
        let density = density()
        for (step, values) in zip(density.steps, density.values) {
            let peak = values.max() ?? 0
            for (bin, value) in values.enumerated() where value > Self.least * peak {
                numbers.append(
                    arm, seed, .text(tap), .integer(step), "density", .number(rounded(grid.edges[bin])),
                    .number(rounded(grid.edges[bin + 1])), .number(rounded(value, digits: 4)))
            }
        }
        guard let percentiles = column.percentiles[tap] else { return }
        for (name, values) in [("p16", percentiles.p16), ("p50", percentiles.p50), ("p84", percentiles.p84)] {
            for (step, value) in zip(percentiles.steps, values) {
                numbers.append(arm, seed, .text(tap), .integer(step), .text(name), .empty, .empty, .number(value))
            }
        }
    }

    /// The density that a quarter of the values exceed. A narrow peak, such as that of pixels of the background, would leave no
    /// colour for all other values; of a bell this is 95 % of the peak.
    private static func levelOfQuarter(_ densities: [Double]) -> Double {
        let descending = densities.sorted(by: >)
        let quarter = descending.reduce(0, +) / 4
        var sum = 0.0
        for density in descending {
            sum += density
            if sum >= quarter { return density }
        }
        return 0
    }

    private func lines() -> [Mark] {
        guard let percentiles = column.percentiles[tap], !percentiles.steps.isEmpty else {
            let middle = (grid.edges[0] + grid.edges[grid.edges.count - 1]) / 2
            return [.note("no such tap", x: Double(steps ?? 1) / 2, y: middle, color: .muted, anchor: .middle)]
        }
        let x = percentiles.steps.map(Double.init)
        let ink = Ink(Color(0xF0A000), width: 1.2)
        return [
            .line(x: x, y: percentiles.p16, ink.dash([4, 3]), label: "16th and 84th percentile"),
            .line(x: x, y: percentiles.p84, ink.dash([4, 3]), label: "16th and 84th percentile"),
            .line(x: x, y: percentiles.p50, ink.width(1.8), label: "median"),
        ]
    }

    /// The densities, neighbouring observations averaged where there are more than a panel can show.
    private func density() -> Density {
        guard let histograms = column.histograms[tap] else { return Density() }
        let columns = StepColumns(histograms.steps, scale: scale, of: steps)
        var density = Density()
        for members in columns.members {
            var mean = [Double](repeating: 0, count: grid.edges.count - 1)
            for member in members {
                for (bin, value) in histograms.density(at: member, on: grid.edges).enumerated() {
                    mean[bin] += value / Double(members.count)
                }
            }
            density.values.append(mean)
        }
        (density.steps, density.edges) = (columns.steps, columns.edges)
        return density
    }

    /// A few digits are more than a picture shows and keep the file small.
    private func rounded(_ value: Double, digits: Int = 6) -> Double {
        Double(String(format: "%.\(digits)g", value)) ?? value
    }
}

/// The columns of a heat map over steps: neighbouring observations together where there are more than a panel can show.
struct StepColumns: Equatable, Sendable {
    /// The observations of each column, as indices of the given steps.
    let members: [[Int]]
    /// The first step of each column.
    let steps: [Int]
    let edges: [Double]

    /// More columns than this cannot be told apart in a panel's width.
    private static let mostColumns = 80

    /// Columns of observations at ascending steps, of a run of so many steps.
    init(_ observed: [Int], scale: ScaleChoice, of whole: Int?) {
        // A logarithmic axis has no place for step 0.
        let shown = observed.indices.filter { scale == .linear || observed[$0] > 0 }
        let group = max(1, (shown.count + Self.mostColumns - 1) / Self.mostColumns)
        members = stride(from: 0, to: shown.count, by: group).map {
            Array(shown[$0..<min($0 + group, shown.count)])
        }
        steps = members.map { observed[$0[0]] }
        edges = Self.edges(steps, scale: scale, of: whole)
    }

    /// Edges half-way between the steps (of their logarithms on a logarithmic axis); the outer ones do not leave the axis.
    private static func edges(_ steps: [Int], scale: ScaleChoice, of whole: Int?) -> [Double] {
        let places = steps.map(Double.init)
        guard let first = places.first, let last = places.last else { return [] }
        let whole = Double(whole ?? steps.last ?? 1)
        // One observation alone gets a column that can be seen.
        if places.count == 1 { return [first, scale == .log ? first * 1.2 : first + max(whole / 20, 0.5)] }
        func middle(_ a: Double, _ b: Double) -> Double { scale == .log ? (a * b).squareRoot() : (a + b) / 2 }
        let inner = zip(places, places.dropFirst()).map(middle)
        let before = inner[inner.count - 1]
        let end = scale == .log ? last * last / before : 2 * last - before
        return [first] + inner + [max(last, min(end, whole))]
    }
}
