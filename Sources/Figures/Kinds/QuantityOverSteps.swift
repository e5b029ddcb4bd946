import Plotting
import Results

/// `quantity-over-steps`: measured quantities over training, as the gradient shift of Santurkar et al. 2018, Figure 2.
struct QuantityOverSteps: FigureKind {
    static let name = "quantity-over-steps"
    static let purpose =
        "Measured quantities over training steps: mean, spread over seeds and single seeds, a panel row a quantity."
    static let options: [FigureOption] =
        [.arms, .title, .stepScale] + QuantityOptions.known + [
            FigureOption(name: "smoothing", meaning: "values are means over so many measurements; 1 (default) is none")
        ]
    static let columns =
        [
            FigureColumn(name: "quantity", meaning: "the measured quantity"),
            FigureColumn(name: "place", meaning: "the panel's place; empty for the mean over places"),
            FigureColumn(name: "arm", meaning: "the arm's name"),
            FigureColumn(name: "curve", meaning: "mean (over seeds), seed (one run) or diverged (where a run ended)"),
            FigureColumn(name: "seed", meaning: "the run's seed; empty for the mean"),
            FigureColumn(name: "step", meaning: "training steps made"),
            FigureColumn(name: "value", meaning: "the mean's or the run's value, in the quantity's unit"),
        ] + FigureColumn.overSeeds

    private let options: FigureOptions
    private let quantities: QuantityOptions
    private let stepScale: ScaleChoice
    private let smoothing: Int

    init(_ options: FigureOptions) throws(FigureError) {
        self.options = options
        quantities = try QuantityOptions(options)
        stepScale = try options.choice("x-scale") ?? .linear
        smoothing = try options.count("smoothing") ?? 1
    }

    /// One panel: the curves of all arms.
    private struct Content {
        let subject: QuantityOptions.Subject
        let plot: CurvePlot
        let range: CurveRange?
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(options)
        let arms = try results.measured(selection.arms)
        let (subjects, omitted) = try quantities.subjects(of: arms)
        let rows = subjects.map { row($0, arms: arms, results.quantities) }
        let contents = rows.map(\.contents)
        let isShared = rows.allSatisfy(\.isShared)
        let shown = contents.joined()
        guard shown.contains(where: { $0.range != nil }) else {
            throw .nothingToDraw(
                reason: "no run has a finite \(Phrase.list(quantities.quantities)): every value is missing or nan")
        }

        var provenance = Provenance(results, arms: selection.arms)
        provenance.add(selection.note)
        provenance.add(quantities.notes(subjects, omitted: omitted, of: arms, results.quantities))
        if smoothing > 1 { provenance.add("Moving mean of \(smoothing) measurements.") }
        for note in shown.map(\.range).notes { provenance.add(note) }
        provenance.add(shown.lazy.compactMap(\.plot.divergenceNote).first)

        var numbers = Self.numbers()
        for content in shown { write(content, to: &numbers) }
        let panels = contents.map { row in
            row.indices.map { panel(row, column: $0, results: results) }
        }
        let isGrid = panels.count > 1 || quantities.places == .mean
        var pictures = isGrid ? panels : panels[0].inRows
        if isGrid { pictures.keepFirstTitles() }
        if !isShared { pictures.keepFirstValueTitles() }
        // A legend entry says of an arm what is true of all panels; the reading aid needs one that has every arm.
        let fullest = shown.max { $0.plot.arms.count < $1.plot.arms.count }
        let picture = Figure(
            title: options.text("title") ?? quantities.title(results.quantities),
            subtitle: "\(results.facts.title). \(fullest?.plot.readingAid ?? "")",
            panels: pictures, footnote: provenance.text, sharedX: .all,
            sharedY: isShared ? isGrid ? .aligned : .all : .none)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private func row(
        _ subjects: [QuantityOptions.Subject], arms: [MeasuredArm], _ table: QuantityTable
    ) -> (contents: [Content], isShared: Bool) {
        let curves = subjects.map { subject in
            arms.compactMap {
                $0.curves(subject.quantity, places: subject.places, at: quantities.at, smoothing: smoothing)
            }
        }
        let values = curves.map { arms in
            CurveRange.Values(
                arms.flatMap(\.runs).map { ($0.values, $0.run.status == .finished) }, and: quantities.levels)
        }
        let (ranges, isShared) = CurveRange.row(
            values, scale: quantities.valueScale, of: table[subjects[0].quantity])
        let contents = subjects.indices.map {
            Content(
                subject: subjects[$0], plot: CurvePlot(arms: curves[$0], band: quantities.band), range: ranges[$0])
        }
        return (contents, isShared)
    }

    // MARK: The picture

    private func panel(_ row: [Content], column: Int, results: ExperimentResults) -> Panel {
        let content = row[column]
        let title = content.subject.place.map { _ in PlaceNames.short(row.map { $0.subject.place ?? "" })[column] }
        let words = quantities.axisTitle(content.subject.quantity, results.quantities)
        let steps = Axis.steps(results.facts.steps, scale: stepScale)
        guard let range = content.range else {
            // Words need no axis of their own: a neighbour's does.
            let axis = row.lazy.compactMap(\.range).first?.axis(words) ?? Axis(words, from: 0, to: 1, ticks: .none)
            return .empty("not measured", title: title, x: steps, y: axis)
        }
        let curves = content.plot.marks(range: range.lower...range.upper, isLogarithmic: range.isLogarithmic)
        return Panel(title: title, x: steps, y: range.axis(words), marks: quantities.withLevel(curves))
    }

    // MARK: The numbers

    private func write(_ content: Content, to numbers: inout CSVText) {
        let place: CSVField = content.subject.place.map { .text($0) } ?? .empty
        for row in content.plot.rows {
            numbers.append([.text(content.subject.quantity), place, .text(row.curves.arm.name)] + row.fields)
        }
    }
}
