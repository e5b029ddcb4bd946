import Plotting
import Results
import Vocabulary

/// `quantity-profile`: a measured quantity at one step over an axis of its own (step length, index, lag) or over the layers.
struct QuantityProfile: FigureKind {
    var common = CommonFields()
    var shown = QuantityFields()
    var horizontal = Horizontal.at
    var horizontalScale = ScaleChoice.linear
    var horizontalLabel: String?
    var step = ProfileStep.last

    enum Horizontal: String, ConfigurationWord {
        case at
        case place
    }

    static let kind = "quantity-profile"
    static let summary = """
        Measured quantities at one step, a line an arm: over the quantity's own axis (step length, index, lag), or over the \
        places in the order of the network.
        """
    static let fields: [Field<Self>] =
        commonFields + QuantityFields.fields(\.shown) + [
            Field("x", \.horizontal, "The horizontal axis: the quantity's own (`at`), or the places that match."),
            Field("x-scale", \.horizontalScale, "The quantity's own axis."),
            Field(
                "x-label", \.horizontalLabel, .text.optional,
                "The title of the horizontal axis; by default the quantity's own."),
            Field("step", \.step, .phrase(), FieldDocumentation.step),
        ]

    static let columns =
        [
            FigureColumn("quantity", "the measured quantity"),
            FigureColumn("place", "the point's or the panel's place; empty for the mean over places"),
            FigureColumn("arm", "the arm's name"),
            FigureColumn("curve", "mean (over seeds) or seed (one run)"),
            FigureColumn("seed", "the run's seed; empty for the mean"),
            FigureColumn("step", "the step of the measurement; of runs that differ empty for the mean"),
            FigureColumn("x", "the place on the quantity's own axis, or the place's number from 1"),
            FigureColumn("value", "the mean's or the run's value, in the quantity's unit"),
        ] + FigureColumn.overSeeds

    func check(_ fields: FigureFields) {
        shown.check(fields)
        if horizontal == .place, shown.places == .panels {
            fields.refuse("places", "'places: panels' needs 'x: at': the places are the horizontal axis")
        }
        if horizontal == .at, shown.at != nil {
            fields.refuse("at", "'at' needs 'x: place': the quantity's own axis is the horizontal one")
        }
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let (arms, table) = (try results.measured(selection.arms), results.quantities)
        let (subjects, omitted) = try shown.subjects(of: arms)
        // All panels over places have one axis.
        let places = horizontal == .place ? PlaceNames.union(subjects.joined().map(\.places)) : []
        let contentRows = subjects.map { row($0, arms: arms, places: places, table) }
        let contents = contentRows.map(\.contents)
        let isShared = contentRows.allSatisfy(\.isShared)
        let drawn = contents.joined()
        if drawn.allSatisfy({ $0.arms.isEmpty }) {
            throw .badValue(
                "x", value: horizontal.rawValue,
                expected: "place: \(Phrase.list(shown.quantities)) has no axis of its own")
        }
        guard drawn.contains(where: { $0.range != nil }) else { throw shown.nothingFinite }
        var footnote = Footnote(results, selection)
        footnote.add(
            horizontal == .place
                ? shown.notesOverPlaces(of: arms, table)
                : shown.notes(subjects, omitted: omitted, of: arms, hasAxis: true, table))
        footnote.add(
            "Means are over the runs that did not diverge.",
            if: drawn.contains { $0.arms.contains(where: \.isPartlyDiverged) })
        footnote.add(
            "Values that are not finite are left out, as are means with one among them.",
            if: drawn.contains { $0.arms.contains { $0.profiles.contains { !$0.y.allSatisfy(\.isFinite) } } })
        for note in drawn.map(\.range).notes { footnote.add(note) }

        var numbers = Self.numbers()
        for content in drawn { write(content, places: places, to: &numbers) }
        let panels = contents.map { $0.map { panel($0, places: places, table) } }
        let (rows, sharedY) = shown.arranged(panels, isShared: isShared)
        let picture = Figure(
            title: common.title ?? "\(shown.title(table))\(titleEnd)",
            subtitle: "\(results.facts.title). \(stepWords(Array(drawn))) \(readingAid(Array(drawn)))", panels: rows,
            footnote: footnote.text, sharedX: isSameAxis(table) ? .all : .aligned,
            sharedY: sharedY)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    /// One panel: the profiles of all arms.
    private struct Content {
        let subject: QuantityFields.Subject
        let arms: [ArmProfiles]
        let range: CurveRange?
    }

    private func row(
        _ subjects: [QuantityFields.Subject], arms: [MeasuredArm], places: [String], _ table: QuantityTable
    ) -> (contents: [Content], isShared: Bool) {
        let profiles = subjects.map { subject in
            arms.compactMap { arm in
                horizontal == .at
                    ? arm.profiles(subject.quantity, places: subject.places, at: step)
                    : arm.profiles(subject.quantity, over: places, at: step, where: shown.at)
            }
        }
        let values = profiles.map { arms in arms.flatMap(\.profiles).map { ($0.y, $0.run.status == .finished) } }
        let (ranges, isShared) = shown.ranges(of: values, table[subjects[0].quantity])
        let contents = subjects.indices.map {
            Content(subject: subjects[$0], arms: profiles[$0], range: ranges[$0])
        }
        return (contents, isShared)
    }

    private var titleEnd: String { horizontal == .place ? " by layer" : "" }

    /// Whether the horizontal axes of all rows measure the same.
    private func isSameAxis(_ table: QuantityTable) -> Bool {
        horizontal == .place || Set(shown.quantities.map { table[$0].axisTitle }).count == 1
    }

    private func stepWords(_ contents: [Content]) -> String {
        let steps = Set(contents.flatMap { $0.arms.flatMap { $0.profiles.map(\.step) } })
        guard let first = steps.min(), let last = steps.max() else { return "" }
        if first == last { return first == 0 ? "Before training." : "After \(Phrase.grouped(first)) steps." }
        let which =
            switch step {
            case .first: "first measurement"
            case .last: "last measurement"
            case .nearest(let step): "measurement nearest to step \(Phrase.grouped(step))"
            }
        return "At the \(which) of each run, after \(Phrase.grouped(first)) to \(Phrase.grouped(last)) steps."
    }

    private func readingAid(_ contents: [Content]) -> String {
        shown.band.readingAid(
            seeds: contents.flatMap { $0.arms.map { $0.summary.first?.statistics.count ?? $0.profiles.count } })
    }

    /// More names than this do not fit below an axis.
    private static let mostNames = 16
    /// More points than this need no markers.
    private static let mostMarkers = 24

    private func horizontalAxis(_ content: Content, places: [String], _ table: QuantityTable) -> Axis {
        guard horizontal == .place else {
            let words = horizontalLabel ?? table[content.subject.quantity].axisTitle
            return Axis(words, scale: horizontalScale == .log ? .logarithmic : .linear)
        }
        let names = PlaceNames.short(places)
        if names.count <= Self.mostNames {
            return .categories(names, title: horizontalLabel ?? "Layer, from input to output")
        }
        let words = horizontalLabel ?? "Layer, from \(names[0]) to \(names[names.count - 1])"
        return Axis(words, from: 1, to: Double(names.count))
    }

    private func panel(_ content: Content, places: [String], _ table: QuantityTable) -> Panel {
        let title = content.subject.title
        let x = horizontalAxis(content, places: places, table)
        let words = shown.axisTitle(content.subject.quantity, table)
        guard let range = content.range else {
            return .empty("not measured", title: title, x: x, y: Axis(words, from: 0, to: 1, ticks: .none))
        }
        // Names stand at 0, 1, …; numbers count from 1.
        let shift = horizontal == .place && places.count > Self.mostNames ? 1.0 : 0
        var (bands, seeds, means): ([Mark], [Mark], [Mark]) = ([], [], [])
        for arm in content.arms {
            let ink = Ink.series(arm.arm.color)
            let label = arm.arm.label + arm.divergenceWords
            let points = arm.summary
            let places = points.map { $0.x + shift }
            if let first = points.first, first.statistics.count > 1 {
                let edges = points.map { shown.band.edges($0.statistics) }
                bands.append(.band(x: places, lower: edges.map(\.lower), upper: edges.map(\.upper), ink))
            }
            if arm.profiles.count > 1 || points.isEmpty {
                for profile in arm.profiles {
                    seeds.append(.line(x: profile.x.map { $0 + shift }, y: profile.y, ink.faint))
                }
            }
            let values = points.map(\.statistics.mean)
            if points.count <= Self.mostMarkers {
                means.append(.line(x: places, y: values, ink.unmarked.width(2), label: label))
                means.append(.points(x: places, y: values, ink, label: label))
            } else {
                means.append(.line(x: places, y: values, ink.width(2), label: label))
            }
        }
        return Panel(
            title: title, x: x, y: range.axis(words), marks: shown.withLevel(bands + seeds + means))
    }

    private func write(_ content: Content, places: [String], to numbers: inout CSVText) {
        let subject = content.subject
        func place(_ x: Double) -> CSVField {
            horizontal == .place ? .text(places[Int(x)]) : .optional(subject.place)
        }
        func shown(_ x: Double) -> Double { horizontal == .place ? x + 1 : x }
        for arm in content.arms {
            let steps = Set(arm.profiles.map(\.step))
            for point in arm.summary {
                let step: CSVField = steps.count == 1 ? .integer(arm.profiles[0].step) : .empty
                numbers.append(
                    [
                        .text(subject.quantity), place(point.x), .text(arm.arm.name), "mean", .empty, step,
                        .number(shown(point.x)), .number(point.statistics.mean),
                    ] + point.statistics.fields)
            }
            for profile in arm.profiles {
                for (x, y) in zip(profile.x, profile.y) {
                    numbers.append(
                        .text(subject.quantity), place(x), .text(arm.arm.name), "seed", .integer(profile.run.seed),
                        .integer(profile.step), .number(shown(x)), .number(y), .empty, .empty, .empty, .empty)
                }
            }
        }
    }
}

extension ArmProfiles {
    fileprivate var divergedCount: Int { profiles.count { $0.run.status == .diverged } }
    fileprivate var isPartlyDiverged: Bool { divergedCount > 0 && divergedCount < profiles.count }
    fileprivate var divergenceWords: String {
        divergedCount == 0 ? "" : " (\(divergedCount) of \(Phrase.count(profiles.count, "seed")) diverged)"
    }
}
