import Plotting
import Results
import Vocabulary

/// `quantity-over-steps`: measured quantities over training, as the gradient shift of Santurkar et al. 2018, Figure 2.
struct QuantityOverSteps: FigureKind {
    var common = CommonFields()
    var shown = QuantityFields()
    var smoothing = 1
    var stepScale = ScaleChoice.linear

    static let kind = "quantity-over-steps"
    static let summary =
        "Measured quantities over training steps: the mean over seeds, their spread, and each seed, a panel row a quantity."
    static let fields: [Field<Self>] =
        commonFields + QuantityFields.fields(\.shown) + [
            Field("smoothing", \.smoothing, 1...1000, FieldDocumentation.smoothing),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns =
        [
            FigureColumn("quantity", "the measured quantity"),
            FigureColumn("place", "the panel's place; empty for the mean over places"),
            FigureColumn("arm", "the arm's name"),
            FigureColumn("curve", "mean (over seeds), seed (one run) or diverged (where a run ended)"),
            FigureColumn("seed", "the run's seed; empty for the mean"),
            FigureColumn("step", "training steps made"),
            FigureColumn("value", "the mean's or the run's value, in the quantity's unit"),
        ] + FigureColumn.overSeeds

    func check(_ fields: FigureFields) { shown.check(fields) }

    /// One panel: the curves of all arms.
    private struct Content {
        let subject: QuantityFields.Subject
        let plot: CurvePlot
        let range: CurveRange?
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let arms = try results.measured(selection.arms)
        let (subjects, omitted) = try shown.subjects(of: arms)
        let rows = subjects.map { row($0, arms: arms, results.quantities) }
        let contents = rows.map(\.contents)
        let isShared = rows.allSatisfy(\.isShared)
        let drawn = contents.joined()
        guard drawn.contains(where: { $0.range != nil }) else { throw shown.nothingFinite }

        var footnote = Footnote(results, selection)
        footnote.add(shown.notes(subjects, omitted: omitted, of: arms, results.quantities))
        footnote.add("Moving mean of \(smoothing) measurements.", if: smoothing > 1)
        for note in drawn.map(\.range).notes { footnote.add(note) }
        footnote.add(drawn.lazy.compactMap(\.plot.divergenceNote).first)

        var numbers = Self.numbers()
        for content in drawn {
            let subject = content.subject
            content.plot.write(to: &numbers) {
                [.text(subject.quantity), .optional(subject.place), .text($0.arm.name)]
            }
        }
        let panels = contents.map { row in
            row.indices.map { panel(row, column: $0, results: results) }
        }
        let (pictures, sharedY) = shown.arranged(panels, isShared: isShared)
        // A legend entry says of an arm what is true of all panels; the reading aid needs one that has every arm.
        let fullest = drawn.max { $0.plot.arms.count < $1.plot.arms.count }
        let picture = Figure(
            title: common.title ?? shown.title(results.quantities),
            subtitle: "\(results.facts.title). \(fullest?.plot.readingAid ?? "")",
            panels: pictures, footnote: footnote.text, sharedX: .all,
            sharedY: sharedY)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private func row(
        _ subjects: [QuantityFields.Subject], arms: [MeasuredArm], _ table: QuantityTable
    ) -> (contents: [Content], isShared: Bool) {
        let curves = subjects.map { subject in
            arms.compactMap {
                $0.curves(subject.quantity, places: subject.places, at: shown.at, smoothing: smoothing)
            }
        }
        let values = curves.map { arms in arms.flatMap(\.runs).map { ($0.values, $0.run.status == .finished) } }
        let (ranges, isShared) = shown.ranges(of: values, table[subjects[0].quantity])
        let contents = subjects.indices.map {
            Content(
                subject: subjects[$0], plot: CurvePlot(arms: curves[$0], band: shown.band), range: ranges[$0])
        }
        return (contents, isShared)
    }

    private func panel(_ row: [Content], column: Int, results: ExperimentResults) -> Panel {
        let content = row[column]
        let words = shown.axisTitle(content.subject.quantity, results.quantities)
        let steps = Axis.steps(results.facts.steps, scale: stepScale)
        guard let range = content.range else {
            // Words need no axis of their own: a neighbour's does.
            let axis = row.lazy.compactMap(\.range).first?.axis(words) ?? Axis(words, from: 0, to: 1, ticks: .none)
            return .empty("not measured", title: content.subject.title, x: steps, y: axis)
        }
        let curves = content.plot.marks(range: range.lower...range.upper, isLogarithmic: range.isLogarithmic)
        return Panel(title: content.subject.title, x: steps, y: range.axis(words), marks: shown.withLevel(curves))
    }
}

/// The fields of figures of measured quantities: which quantities, where, and whether places are averaged.
struct QuantityFields: Sendable {
    enum Places: String, ConfigurationWord {
        case mean
        case panels
    }

    var quantities: [String] = []
    var place = "*"
    var places = Places.mean
    var at: Double?
    var band = SeedBand.range
    var valueScale: ScaleChoice?
    var valueLabel: String?
    var level: Double?
    var levelLabel: String?

    /// Them, as those of a figure that holds them at a path.
    static func fields<Owner>(_ path: WritableKeyPath<Owner, QuantityFields> & Sendable) -> [Field<Owner>] {
        let all: [Field<QuantityFields>] = [
            Field(
                "quantities", \.quantities, .text.list(minimum: 1), required: true,
                "The quantities, words of `measures.csv` or `shift.csv`, such as gradient-shift: a row each."),
            Field(
                "place", \.place, .text, "The layers, taps or parameters it was measured at, as a name or a pattern."),
            Field("places", \.places, "What becomes of several places that match: their mean, or a panel for each."),
            Field(
                "at", \.at, .number(-1e12...1e12).optional,
                "The place on the quantity's own axis, such as a step length; none means the mean over all."),
            Field("band", \.band, FieldDocumentation.band),
            Field("y-scale", \.valueScale, .word().optional, FieldDocumentation.valueScale),
            Field(
                "y-label", \.valueLabel, .text.optional,
                "The title of the vertical axis of one quantity; by default the quantity's own."),
            Field(
                "level", \.level, .number(-1e12...1e12).optional, "A value at which a thin horizontal line is drawn."),
            Field("level-label", \.levelLabel, .text.optional, "What the line is called; by default its value."),
        ]
        return all.within(path)
    }

    func check(_ fields: FigureFields) {
        fields.checkQuantities(in: "quantities")
        guard quantities.count > 1, valueLabel != nil else { return }
        fields.refuse(
            "y-label", "'y-label' is the title of one quantity's axis; 'quantities' names \(quantities.count)")
    }

    /// More panels beside each other than this are too narrow to read.
    private static let mostColumns = 6

    /// What a panel shows: a quantity over the mean of places.
    struct Subject {
        let quantity: String
        let places: [String]
        /// The panel's place; nil where places are averaged.
        let place: String?
        let title: String?
    }

    var nothingFinite: FigureError {
        .nothingToDraw(reason: "no run has a finite \(Phrase.list(quantities)): every value is missing or nan")
    }

    /// The ranges of a row of panels by the values of their runs.
    func ranges(
        of panels: [[(values: [Double], isFinished: Bool)]], _ words: Quantity
    ) -> (ranges: [CurveRange?], isShared: Bool) {
        CurveRange.row(panels.map { CurveRange.Values($0, and: levels) }, scale: valueScale, of: words)
    }

    /// The panels as they stand in the figure, with titles where they are needed, and the vertical axes that they share.
    func arranged(_ panels: [[Panel]], isShared: Bool) -> (rows: [[Panel]], sharedY: Figure.Sharing) {
        let isGrid = panels.count > 1 || places == .mean
        var rows = isGrid ? panels : panels[0].inRows
        if isGrid { rows.keepFirstTitles() }
        if !isShared { rows.keepFirstValueTitles() }
        return (rows, isShared ? isGrid ? .aligned : .all : .none)
    }

    /// The panels' subjects, a row a quantity, and how many places are left out.
    func subjects(of arms: [MeasuredArm]) throws(FigureError) -> (rows: [[Subject]], omitted: Int) {
        var placesOfRow: [[String]] = []
        for quantity in quantities {
            placesOfRow.append(try arms.requiredPlaces(of: quantity, matching: place, by: "quantities"))
        }
        guard places == .panels else {
            return (zip(quantities, placesOfRow).map { [Subject(quantity: $0, places: $1, place: nil, title: nil)] }, 0)
        }
        let all = PlaceNames.union(placesOfRow)
        let columns = PlaceNames.evenly(all, most: Self.mostColumns)
        let rows = quantities.map { quantity in
            zip(columns, PlaceNames.short(columns)).map {
                Subject(quantity: quantity, places: [$0], place: $0, title: $1)
            }
        }
        return (rows, all.count - columns.count)
    }

    func axisTitle(_ quantity: String, _ table: QuantityTable) -> String { valueLabel ?? table[quantity].title }

    /// The value of the line that is asked for, or nothing.
    var levels: [Double] { level.map { [$0] } ?? [] }

    /// Marks with the line that is asked for: behind them, and after them in the legend.
    func withLevel(_ marks: [Mark]) -> [Mark] {
        guard let level else { return marks }
        return [.rule(.horizontal, at: level, .reference)] + marks
            + [.line(x: [.nan], y: [.nan], .reference, label: levelLabel ?? Phrase.plain(level))]
    }

    func title(_ table: QuantityTable) -> String { Phrase.list(quantities.map { table[$0].heading }) }

    /// What a reader must know about the places, and about the arms that lack a quantity.
    ///
    /// `hasAxis` says that the quantity's own axis is drawn, so that nothing is averaged over it.
    func notes(
        _ subjects: [[Subject]], omitted: Int, of arms: [MeasuredArm], hasAxis: Bool = false, _ table: QuantityTable
    ) -> String? {
        var notes: [String] = []
        if places == .mean {
            let phrases = subjects.joined().map { PlaceNames.phrase($0.places) }
            let isMean = subjects.joined().contains { subject in
                arms.contains { $0.runs.contains { $0.measured.averages(subject.quantity, subject.places, hasAxis) } }
            }
            let distinct = phrases.distinct
            if isMean, distinct.count == 1 {
                notes.append("Mean over \(distinct[0]).")
            } else if isMean {
                let parts = zip(quantities, phrases).map { "\(table[$0].short): \($1)" }
                notes.append("Means over places: \(parts.joined(separator: "; ")).")
            } else if distinct != [PlaceNames.wholeNetwork] {
                notes.append("Measured at \(Phrase.list(distinct)).")
            }
        }
        if omitted > 0 { notes.append("Places between these, \(omitted), are not shown.") }
        if !hasAxis { notes += axisNotes(of: arms, table) }
        return (notes + lackingNotes(of: arms, table)).joined(separator: " ")
    }

    /// The same where the places are an axis.
    func notesOverPlaces(of arms: [MeasuredArm], _ table: QuantityTable) -> String {
        (axisNotes(of: arms, table) + lackingNotes(of: arms, table)).joined(separator: " ")
    }

    private func axisNotes(of arms: [MeasuredArm], _ table: QuantityTable) -> [String] {
        let axes = quantities.filter { quantity in
            arms.contains { $0.runs.contains { $0.measured.hasAxis(quantity) } }
        }
        return axes.map { quantity in
            let words = table[quantity]
            guard let at else {
                return "\(words.short): mean over all of its axis, \(words.axisTitle.lowercasedFirst)."
            }
            return "\(words.axisTitle): \(Phrase.plain(at))."
        }.distinct
    }

    private func lackingNotes(of arms: [MeasuredArm], _ table: QuantityTable) -> [String] {
        quantities.compactMap { quantity in
            let lacking = arms.filter { $0.places(of: quantity, matching: Glob(place)).isEmpty }.map(\.arm.label)
            return Phrase.lacking(lacking, table[quantity].short.lowercasedFirst)
        }
    }
}
