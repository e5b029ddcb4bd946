import Plotting
import Results
import Vocabulary

/// `shift-map`: a measured quantity over layers and steps as colours, a panel an arm, one colour scale for all.
struct ShiftMap: FigureKind {
    var common = CommonFields()
    var quantity = "wasserstein"
    var place = "*/activation-input"
    var colorScale: ScaleChoice?
    var stepScale = ScaleChoice.linear

    static let kind = "shift-map"
    static let summary =
        "A measured quantity over layers (rows) and training steps as colours, arms side by side with one colour scale."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("quantity", \.quantity, .text, "The quantity, a word of `measures.csv` or `shift.csv`."),
            Field("place", \.place, .text, "The layers, taps or parameters, as a pattern: a row each."),
            Field(
                "color-scale", \.colorScale, .word().optional,
                "The colours' scale; none means logarithmic for magnitudes that are positive and span a factor of 20."),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns =
        [
            FigureColumn("quantity", "the measured quantity"),
            FigureColumn("arm", "the arm's name"),
            FigureColumn("place", "the row's place"),
            FigureColumn("step", "training steps made"),
            FigureColumn("value", "the mean over seeds, in the quantity's unit"),
        ] + FigureColumn.overSeeds

    func check(_ fields: FigureFields) { fields.checkQuantity(quantity, by: "quantity") }

    /// One panel: an arm's curves, a row a place.
    private struct Content {
        let arm: ArmRecord
        /// A place's curves; nil where the arm has no such place.
        let rows: [ArmCurves?]

        var isFinished: Bool { rows.contains { $0?.runs.contains { $0.run.status == .finished } == true } }
        var diverged: (count: Int, all: Int) {
            let fullest = rows.compactMap(\.self).max { $0.runs.count < $1.runs.count }
            return (fullest?.diverged.count ?? 0, fullest?.runs.count ?? 0)
        }
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let arms = try results.measured(selection.arms)
        let places = try arms.requiredPlaces(of: quantity, matching: place, by: "quantity")
        let contents = arms.map { arm in
            Content(arm: arm.arm, rows: places.map { arm.curves(quantity, places: [$0]) })
        }.filter { $0.rows.contains { $0 != nil } }
        let grids = contents.map { grid($0, results: results) }
        let finished = zip(contents, grids).filter { $0.0.isFinished }.flatMap { $0.1.values.joined() }
        let words = results.quantities[quantity]
        guard
            let range = CurveRange(
                all: grids.flatMap { $0.values.joined() }, finished: finished, scale: colorScale,
                isMagnitude: words.isMagnitude, margin: 0, longSpan: 20)
        else { throw .nothingToDraw(reason: "no run has a finite \(quantity): every value is missing or nan") }
        let colors = ColorScale(
            words.short, from: range.lower, to: range.upper, isLogarithmic: range.isLogarithmic)

        var footnote = Footnote(results, selection)
        footnote.add(
            "Colours: mean over seeds.", if: contents.contains { $0.rows.contains { ($0?.runs.count ?? 0) > 1 } })
        footnote.add(
            "Neighbouring measurements are averaged where there are more than columns.",
            if: grids.contains(where: \.isGrouped))
        footnote.add(
            "Means are over the runs that did not diverge.",
            if: contents.contains { $0.diverged.count > 0 && $0.diverged.count < $0.diverged.all })
        footnote.add("Values of runs that diverge beyond the colour bar have its last colour.", if: range.isClipped)
        footnote.add("Grey: not measured.", if: grids.contains { $0.values.contains { $0.contains { !$0.isFinite } } })
        let lacking = arms.filter { arm in !contents.contains { $0.arm == arm.arm } }.map(\.arm.label)
        footnote.add(Phrase.lacking(lacking, "such values"))

        var numbers = Self.numbers()
        for content in contents { write(content, places: places, to: &numbers) }
        let panels = zip(contents, grids).map { panel($0, $1, places: places, colors: colors, results: results) }
        let tensor = TapWords.quantity(PlaceNames.commonSuffix(places))
        let subtitle = tensor == TapWords.unknown ? "" : " \(tensor) of each layer."
        let picture = Figure(
            title: common.title ?? words.title, subtitle: "\(results.facts.title).\(subtitle)",
            panels: panels.inRows, footnote: footnote.text, sharedX: .all, sharedY: .all)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    /// The colours of a panel: `values[row][column]`.
    private struct Grid {
        let columns: StepColumns
        let values: [[Double]]
        var isGrouped: Bool { columns.members.contains { $0.count > 1 } }
    }

    private func grid(_ content: Content, results: ExperimentResults) -> Grid {
        let steps = Set(content.rows.compactMap(\.self).flatMap { $0.summary.map(\.step) }).sorted()
        let columns = StepColumns(steps, scale: stepScale, of: results.facts.steps)
        let values = content.rows.map { curves -> [Double] in
            let means = Dictionary(
                uniqueKeysWithValues: (curves?.summary ?? []).map { ($0.step, $0.statistics.mean) })
            return columns.members.map { members in
                let measured = members.compactMap { means[steps[$0]] }
                return measured.isEmpty ? .nan : measured.reduce(0, +) / Double(measured.count)
            }
        }
        return Grid(columns: columns, values: values)
    }

    /// More names than this do not fit beside a plot.
    private static let mostNames = 20

    private func panel(
        _ content: Content, _ grid: Grid, places: [String], colors: ColorScale, results: ExperimentResults
    ) -> Panel {
        let names = PlaceNames.short(places)
        let isNamed = names.count <= Self.mostNames
        let first = isNamed ? -0.5 : 0.5
        let y =
            isNamed
            ? Axis.categories(names)
            : Axis(
                "Layer, from \(names[0]) to \(names[names.count - 1])", from: first, to: first + Double(names.count),
                isReversed: true)
        let edges = (0...names.count).map { first + Double($0) }
        let (diverged, all) = content.diverged
        let words = diverged == 0 ? "" : " (\(diverged) of \(Phrase.count(all, "seed")) diverged)"
        var marks: [Mark] = []
        if !grid.columns.steps.isEmpty {
            marks.append(
                .heatMap(HeatMap(xEdges: grid.columns.edges, yEdges: edges, values: grid.values, colors: colors)))
        }
        return Panel(
            title: content.arm.label + words, x: .steps(results.facts.steps, scale: stepScale), y: y, marks: marks,
            height: min(max(190, 30 * Double(names.count)), 420))
    }

    private func write(_ content: Content, places: [String], to numbers: inout CSVText) {
        for (place, curves) in zip(places, content.rows) {
            for point in curves?.summary ?? [] {
                numbers.append(
                    [
                        .text(quantity), .text(content.arm.name), .text(place), .integer(point.step),
                        .number(point.statistics.mean),
                    ] + point.statistics.fields)
            }
        }
    }
}
