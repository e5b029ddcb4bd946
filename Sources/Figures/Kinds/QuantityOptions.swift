import Plotting
import Results
import Vocabulary

/// The options of figures of measured quantities: which quantities, where, and whether places are averaged.
struct QuantityOptions: Sendable {
    /// What becomes of several places that match.
    enum Places: String, CaseIterable, Sendable {
        /// Their mean.
        case mean
        /// A panel each.
        case panels
    }

    let quantities: [String]
    let pattern: String
    let places: Places
    let at: Double?
    let band: CurvePlot.Band
    let valueScale: ScaleChoice?
    let valueLabel: String?
    let level: Double?
    let levelLabel: String?

    static let known: [FigureOption] = [
        FigureOption(name: "quantity", meaning: "the quantities, separated by spaces: a panel row each; required"),
        FigureOption(
            name: "place", meaning: "the places (layers, taps, parameters), * matches any text; by default all"),
        FigureOption(name: "places", meaning: "mean (default: over the places that match) or panels (one for each)"),
        .band,
        FigureOption(
            name: "y-scale",
            meaning: "linear or log; by default log for magnitudes that are positive and span two powers of ten"),
        FigureOption(name: "y-label", meaning: "the title of the vertical axis, where there is one quantity"),
        FigureOption(name: "at", meaning: "the place on the quantity's own axis, such as a step length"),
        FigureOption(name: "level", meaning: "a value with a thin horizontal line"),
        FigureOption(name: "level-label", meaning: "what the line is called; by default its value"),
    ]

    init(_ options: FigureOptions) throws(FigureError) {
        let text = try options.required("quantity", "a measured quantity, as in gradient-shift")
        quantities = text.split(separator: " ").map(String.init)
        pattern = options.text("place") ?? "*"
        places = try options.choice("places") ?? .mean
        at = try options.number("at")
        band = try options.choice("band") ?? .range
        valueScale = try options.choice("y-scale")
        valueLabel = options.text("y-label")
        level = try options.number("level")
        levelLabel = options.text("level-label") ?? options.text("level")
        if let valueLabel, quantities.count > 1 {
            throw .badOption(
                "y-label", value: valueLabel, expected: "one quantity where the axis has a title of its own")
        }
    }

    /// More panels beside each other than this are too narrow to read.
    private static let mostColumns = 6

    /// What a panel shows: a quantity over the mean of places.
    struct Subject {
        let quantity: String
        /// The places whose mean it is.
        let places: [String]
        /// The panel's place; nil where places are averaged.
        let place: String?
    }

    /// The panels' subjects, a row a quantity, and how many places are left out.
    func subjects(of arms: [MeasuredArm]) throws(FigureError) -> (rows: [[Subject]], omitted: Int) {
        var placesOfRow: [[String]] = []
        for quantity in quantities { placesOfRow.append(try arms.requiredPlaces(of: quantity, matching: pattern)) }
        guard places == .panels else {
            return (zip(quantities, placesOfRow).map { [Subject(quantity: $0, places: $1, place: nil)] }, 0)
        }
        let all = PlaceNames.union(placesOfRow)
        let columns = PlaceNames.evenly(all, most: Self.mostColumns)
        let rows = quantities.map { quantity in
            columns.map { Subject(quantity: quantity, places: [$0], place: $0) }
        }
        return (rows, all.count - columns.count)
    }

    /// The vertical axis of a quantity.
    func axisTitle(_ quantity: String, _ table: QuantityTable) -> String { valueLabel ?? table[quantity].title }

    /// The value of the line that is asked for, or nothing.
    var levels: [Double] { level.map { [$0] } ?? [] }

    /// Marks with the line that is asked for: behind them, and after them in the legend.
    func withLevel(_ marks: [Mark]) -> [Mark] {
        guard let level else { return marks }
        return [.rule(.horizontal, at: level, .reference)] + marks
            + [.line(x: [.nan], y: [.nan], .reference, label: levelLabel)]
    }

    /// The figure's title where it has none of its own.
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
            let distinct = phrases.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
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
        }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func lackingNotes(of arms: [MeasuredArm], _ table: QuantityTable) -> [String] {
        quantities.compactMap { quantity in
            let lacking = arms.filter { $0.places(of: quantity, matching: Glob(pattern)).isEmpty }.map(\.arm.label)
            if lacking.isEmpty { return nil }
            let verb = lacking.count == 1 ? "has" : "have"
            return "\(Phrase.list(lacking)) \(verb) no \(table[quantity].short.lowercasedFirst)."
        }
    }
}
