import Plotting
import Results
import Vocabulary

/// `change-worth`: what single changes of reference arms are worth, in steps to match a level and in best accuracy (the
/// changes of §4.2.1 of Ioffe & Szegedy 2015, taken apart).
struct ChangeWorth: FigureKind {
    var common = CommonFields()
    var matching = MatchFields()
    var groups: [Group] = []

    struct Group: Configurable {
        var reference = ""
        var label: String?
        var changes: [Change] = []

        static let kind = "groups"
        static let summary = "Changes that are compared with one arm, seed by seed."
        static let fields: [Field<Self>] = [
            Field("reference", \.reference, .text, required: true, "The arm without the changes."),
            Field("label", \.label, .text.optional, "The heading of the group; by default the reference's label."),
            Field(
                "changes", \.changes, .record().list(minimum: 1), required: true,
                "The arms with one change each: `{ arm: no-dropout, label: without dropout }`."),
        ]
    }

    static let columns = [
        FigureColumn("reference", "the arm without the change"),
        FigureColumn("arm", "the arm with the change"),
        FigureColumn("label", "the change"),
        FigureColumn(
            "measure",
            "steps (the arm's by the reference's, below 1 is faster) or accuracy (the arm's best less the reference's)"),
        FigureColumn("n", "seeds that both arms have; of accuracy, that neither arm diverged with"),
        FigureColumn("value", "geometric mean of the ratios, or mean difference of accuracies from 0 to 1"),
        FigureColumn("low", "lower end of the 95 % interval (Student's t, from three seeds on)"),
        FigureColumn("high", "upper end of that interval"),
        FigureColumn("bound", "exact, at-least or at-most: whether runs that never match make the value a bound"),
    ]

    struct Change: Configurable {
        var arm = ""
        var label: String?

        static let kind = "changes"
        static let summary = "An arm that differs from its reference by one change."
        static let fields: [Field<Self>] = [
            Field("arm", \.arm, .text, required: true, "The arm with the change."),
            Field("label", \.label, .text.optional, "What the change is; by default the arm's label."),
        ]
    }

    static let kind = "change-worth"
    static let summary =
        "What single changes of reference arms are worth: in steps to match a baseline's best, and in best accuracy."
    static let fields: [Field<Self>] =
        namingFields + MatchFields.fields(\.matching) + [
            Field(
                "groups", \.groups, .record().list(minimum: 1), required: true,
                """
                The references with their changes: `{ reference: bn-baseline, label: Added, changes: [{ arm: no-dropout }] }`.
                """)
        ]

    var match: MatchRule? { matching.rule }

    private struct Row {
        let label: String
        let match: ArmMatch
        let reference: ArmMatch
        let steps: PairedEffect
        let accuracy: PairedEffect
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let rule = matching.rule
        let baseline = try results.baseline(rule)
        var numbers = Self.numbers()
        var panels: [[Panel]] = []
        var shown: [ArmRecord] = []
        var rowsOfGroup: [(reference: ArmRecord, label: String, rows: [Row])] = []
        for group in groups {
            let reference = try arm(group.reference, of: results)
            let rows = try rows(group, reference, results)
            shown += [reference] + rows.map(\.match.arm)
            rowsOfGroup.append((reference, group.label ?? "Changes of \(reference.label)", rows))
        }
        guard rowsOfGroup.contains(where: { !$0.rows.isEmpty }) else {
            throw .nothingToDraw(reason: "no change has a finished run: run the experiment first")
        }
        let all = rowsOfGroup.flatMap(\.rows)
        for (index, group) in rowsOfGroup.enumerated() where !group.rows.isEmpty {
            let ink = Ink.series(index).width(1.8)
            panels.append([
                panel(group.rows, .steps, title: group.label, reference: group.reference, ink, of: all),
                panel(group.rows, .accuracy, title: " ", reference: group.reference, ink, of: all),
            ])
            for row in group.rows {
                write(row, .steps, group.reference, to: &numbers)
                write(row, .accuracy, group.reference, to: &numbers)
            }
        }
        var footnote = Footnote(results, arms: shown.distinct)
        footnote.add(rule.sentence(baseline: baseline.label))
        footnote.add(
            "Runs that never match count as all of their steps: ≥ and ≤ are bounds.",
            if: all.contains { $0.steps.bound != .exact })
        let hasIntervals = all.contains { $0.steps.interval != nil || $0.accuracy.interval != nil }
        let picture = Figure(
            title: common.title ?? "What each change is worth",
            subtitle: "\(results.facts.title). "
                + (hasIntervals
                    ? "Means of differences within seeds, with 95 % intervals (Student's t)."
                    : "Means of differences within seeds."),
            panels: panels, footnote: footnote.text, sharedX: .aligned, sharedY: .aligned, legend: .none)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private func arm(_ name: String, of results: ExperimentResults) throws(FigureError) -> ArmRecord {
        guard let arm = results.arms.first(where: { $0.name == name }) else {
            throw .badValue("groups", value: name, expected: "arms of the experiment")
        }
        return arm
    }

    private func rows(_ group: Group, _ reference: ArmRecord, _ results: ExperimentResults) throws(FigureError) -> [Row]
    {
        let compared = try results.requiredMatches(matching.rule, arms: [reference])[0]
        var rows: [Row] = []
        for change in group.changes {
            let arm = try arm(change.arm, of: results)
            // An arm that has not run yet is named in the footnote.
            if results.results(of: arm).isEmpty { continue }
            for match in try results.requiredMatches(matching.rule, arms: [arm]) {
                rows.append(
                    Row(
                        label: change.label ?? arm.label, match: match, reference: compared,
                        steps: match.stepRatio(to: compared),
                        accuracy: match.accuracyDifference(from: compared)))
            }
        }
        return rows
    }

    private enum Measure: String {
        case steps
        case accuracy

        func effect(_ row: Row) -> PairedEffect { self == .steps ? row.steps : row.accuracy }
        /// Differences of accuracy are shown in percentage points.
        var scale: Double { self == .steps ? 1 : 100 }
        var neutral: Double { self == .steps ? 1 : 0 }
    }

    private func panel(
        _ rows: [Row], _ measure: Measure, title: String, reference: ArmRecord, _ ink: Ink, of all: [Row]
    ) -> Panel {
        let range = range(measure, all)
        var marks: [Mark] = [.rule(.vertical, at: measure.neutral, .reference)]
        for (place, row) in rows.enumerated() {
            marks += self.marks(row, measure, at: Double(place), ink, range)
        }
        let axis =
            measure == .steps
            ? Axis(
                "Steps to match, relative to the reference (below 1: faster)", scale: .logarithmic,
                from: range.lowerBound,
                to: range.upperBound)
            : Axis("Best accuracy, less the reference's (points)", from: range.lowerBound, to: range.upperBound)
        return Panel(title: title, x: axis, y: .categories(rows.map(\.label)), marks: marks)
    }

    private func marks(
        _ row: Row, _ measure: Measure, at place: Double, _ ink: Ink, _ range: ClosedRange<Double>
    ) -> [Mark] {
        let effect = measure.effect(row)
        guard effect.count > 0, effect.bound != .unknown, !row.match.isDiverged else {
            let words =
                row.match.isDiverged
                ? "× diverged"
                : row.reference.isDiverged
                    ? "× reference diverged" : effect.count == 0 ? "no seed in common" : "neither matches"
            return [.note(words, x: measure.neutral, y: place + 0.1, color: .muted, anchor: .middle)]
        }
        let value = measure.scale * effect.value
        var marks: [Mark] = []
        if let interval = effect.interval, effect.bound == .exact {
            marks.append(
                .interval(
                    .horizontal, at: place, from: max(measure.scale * interval.lowerBound, range.lowerBound),
                    to: min(measure.scale * interval.upperBound, range.upperBound), ink))
        }
        marks.append(.points(x: [value], y: [place], ink.opacity(effect.bound == .exact ? 1 : 0.45), size: 9))
        let number =
            measure == .steps
            ? Phrase.fixed(value, decimals: 2) : (value > 0 ? "+" : "") + Phrase.fixed(value, decimals: 2)
        let rest =
            row.match.divergedCount > 0 ? ", × \(row.match.divergedCount) of \(row.match.runs.count) diverged" : ""
        marks.append(
            .note(effect.sign + number.replacing("-", with: "−") + rest, x: value, y: place - 0.22, anchor: .middle))
        return marks
    }

    /// What the axes of all groups show: every value, and intervals as far as they do not press the values together.
    private func range(_ measure: Measure, _ rows: [Row]) -> ClosedRange<Double> {
        let effects = rows.filter { !$0.match.isDiverged }.map { measure.effect($0) }.filter {
            $0.count > 0 && $0.bound != .unknown
        }
        let values = effects.map { measure.scale * $0.value } + [measure.neutral]
        let ends = effects.compactMap(\.interval).flatMap { [$0.lowerBound, $0.upperBound] }.map { measure.scale * $0 }
        let (least, most) = (values.min() ?? 0, values.max() ?? 1)
        switch measure {
        case .steps:
            let span = max(most / least, 2)
            let low = max(least / span, min(least, ends.min() ?? least))
            let high = min(most * span, max(most, ends.max() ?? most))
            let room = max(high / low, 2).squareRoot().squareRoot().squareRoot()
            return (low / room)...(high * room)
        case .accuracy:
            let span = max(most - least, 0.1)
            let low = max(least - span, min(least, ends.min() ?? least))
            let high = min(most + span, max(most, ends.max() ?? most))
            let room = 0.12 * max(high - low, 0.1)
            return (low - room)...(high + room)
        }
    }

    private func write(_ row: Row, _ measure: Measure, _ reference: ArmRecord, to numbers: inout CSVText) {
        let effect = measure.effect(row)
        let isKnown = effect.bound != .unknown
        let interval = isKnown ? effect.interval : nil
        numbers.append(
            .text(reference.name), .text(row.match.arm.name), .text(row.label), .text(measure.rawValue),
            .integer(effect.count), .optional(isKnown ? effect.value : nil), .optional(interval?.lowerBound),
            .optional(interval?.upperBound), .optional(isKnown ? effect.bound.rawValue : nil))
    }
}
