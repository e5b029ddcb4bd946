import Plotting
import Results
import Vocabulary

/// `steps-to-match`: accuracy while training, and where each arm first matches a baseline's best (Ioffe & Szegedy 2015,
/// Figure 2).
struct StepsToMatch: FigureKind {
    var common = CommonFields()
    var matching = MatchFields()
    var band = SeedBand.range
    var stepScale = ScaleChoice.linear

    static let showsEvaluations = true
    static let kind = "steps-to-match"
    static let summary =
        "Test accuracy over training steps, with a diamond where each arm first matches a baseline's best."
    static let fields: [Field<Self>] =
        commonFields + MatchFields.fields(\.matching) + [
            Field("band", \.band, FieldDocumentation.band),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns = CurvePlot.columns.map { column in
        column.name != "curve"
            ? column
            : FigureColumn(
                "curve",
                "mean (over seeds), seed (one run), diverged (where a run ended), or match: the step at which a run, or the mean of all of an arm's, matches the baseline; its value is the accuracy that is matched"
            )
    }

    var match: MatchRule? { matching.rule }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let rule = matching.rule
        let selection = try results.arms(common.arms)
        let curves = try results.curves(.testAccuracy, arms: selection.arms, source: rule.statistics)
            .map { $0.movingMean(rule.smoothing) }
        let baseline = try results.baseline(rule)
        let matches = try results.requiredMatches(rule, arms: selection.arms)
        guard curves.contains(where: { $0.runs.contains { $0.lastFinite != nil } }) else {
            throw .nothingToDraw(reason: "no run has a finite test accuracy: every evaluation is missing or nan")
        }
        let target = SampleStatistics(Self.targets(matches)).mean
        var plot = CurvePlot(arms: curves, band: band)
        // Diamonds are matches; only a curve of one point needs a marker to be seen.
        plot.hasMarkers = curves.allSatisfy { $0.summary.count < 2 }
        for match in matches where !match.isDiverged { plot.notes[match.arm.name] = Self.words(match) }

        var footnote = Footnote(results, selection)
        footnote.add(rule.sentence(baseline: baseline.label))
        footnote.add("The curves are these means.", if: rule.smoothing > 1)
        footnote.add(curves.statisticsSentence)
        footnote.add(plot.divergenceNote)

        let level = "Best of \(baseline.label): \(Phrase.percent(target))"
        let panels = ReadableRange.panels(of: curves) { range, title, isPart in
            Panel(
                title: title, x: .steps(results.facts.steps, scale: stepScale),
                y: Axis("Test accuracy", from: range.lower, to: range.upper, format: .percent),
                marks: [.rule(.horizontal, at: target, .reference, label: level)]
                    + plot.marks(range: isPart ? nil : range.lower...range.upper)
                    + Self.diamonds(matches, at: target, of: results.facts.steps))
        }
        let picture = Figure(
            title: common.title ?? "Steps to match \(baseline.label)",
            subtitle: "\(results.facts.title). \(plot.readingAid)", panels: [panels], footnote: footnote.text)
        var numbers = Self.numbers()
        plot.write(to: &numbers)
        write(matches, to: &numbers)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    /// The accuracies that are to be matched, one a seed.
    private static func targets(_ matches: [ArmMatch]) -> [Double] {
        var targets: [Int: Double] = [:]
        for run in matches.flatMap(\.runs) { targets[run.seed] = run.target }
        return targets.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func words(_ match: ArmMatch) -> String {
        if match.matched.isEmpty { return "never matches" }
        if match.matched.count < match.runs.count {
            return "\(match.matched.count) of \(match.runs.count) seeds match"
        }
        return "matches at step \(Phrase.grouped(Int(match.steps.mean.rounded())))"
    }

    /// A large diamond at the mean step of an arm of which every seed matches, with the range over seeds; small ones where
    /// only some do.
    private static func diamonds(_ matches: [ArmMatch], at target: Double, of steps: Int?) -> [Mark] {
        // A range that the diamond covers would only show its caps.
        let leastRange = 0.04 * Double(steps ?? 0)
        var marks: [Mark] = []
        for match in matches {
            let ink = Ink(Ink.series(match.arm.color).color, width: 1.6, marker: .diamond)
            let seeds = match.matched.map(\.steps)
            guard match.matched.count == match.runs.count, let least = seeds.min(), let most = seeds.max() else {
                marks.append(.points(x: seeds, y: seeds.map { _ in target }, ink, size: 7))
                continue
            }
            if most - least > leastRange {
                marks.append(.interval(.horizontal, at: target, from: least, to: most, ink))
            }
            marks.append(.points(x: [match.steps.mean], y: [target], ink, size: 12))
        }
        let key = Ink(.muted, marker: .diamond)
        let isMany = matches.contains { $0.runs.count > 1 }
        let words = isMany ? "First match: mean and range over seeds" : "First match"
        return marks + [.points(x: [], y: [], key, size: 9, label: words)]
    }

    private func write(_ matches: [ArmMatch], to numbers: inout CSVText) {
        for match in matches {
            for run in match.matched {
                numbers.append(
                    .text(match.arm.name), .empty, "match", .integer(run.seed), .number(run.steps),
                    .number(run.target),
                    .empty, .empty, .empty, .empty)
            }
            guard !match.matched.isEmpty, match.matched.count == match.runs.count else { continue }
            let steps = match.steps
            numbers.append(
                .text(match.arm.name), .empty, "match", .empty, .number(steps.mean),
                .number(SampleStatistics(match.runs.map(\.target)).mean), .integer(steps.count),
                .optional(steps.deviation), .number(steps.minimum), .number(steps.maximum))
        }
    }
}

/// `match-table`: steps to match a baseline's best and best accuracy of each arm, beside what a publication found (Ioffe &
/// Szegedy 2015, Figure 3).
struct MatchTable: FigureKind {
    var common = CommonFields()
    var matching = MatchFields()
    var published: [Published] = []

    struct Published: Configurable {
        var arm = ""
        var steps: Double?
        var accuracy: Double?

        static let showsEvaluations = true
        static let kind = "published"
        static let summary = "What a publication says of an arm."
        static let fields: [Field<Self>] = [
            Field("arm", \.arm, .text, required: true, "The arm that stands for it."),
            Field(
                "steps", \.steps, .number(1...1e12).optional,
                "The steps after which it matches the baseline's best accuracy."),
            Field("accuracy", \.accuracy, .number(0...1).optional, "Its best accuracy, from 0 to 1."),
        ]
    }

    static let columns = [
        FigureColumn("arm", "the arm's name"),
        FigureColumn("n", "seeds that are compared with the baseline"),
        FigureColumn("matched", "how many of them match it"),
        FigureColumn("diverged", "how many diverge"),
        FigureColumn("steps", "mean steps to match; seeds that never do count as all of their steps, a lower bound"),
        FigureColumn("steps-deviation", "standard deviation over seeds (divisor n − 1)"),
        FigureColumn(
            "times-fewer",
            "the baseline's own steps by the arm's, geometric mean over seeds; an upper bound where matched < n"),
        FigureColumn("low", "lower end of its 95 % interval (Student's t of logarithms, from three seeds on)"),
        FigureColumn("high", "upper end of that interval"),
        FigureColumn("best-accuracy", "mean best accuracy, 0 to 1, over the seeds that did not diverge"),
        FigureColumn("best-deviation", "standard deviation over these seeds"),
        FigureColumn("paper-steps", "the publication's steps to match"),
        FigureColumn("paper-times-fewer", "the publication's baseline steps by the arm's"),
        FigureColumn("paper-accuracy", "the publication's best accuracy, 0 to 1"),
    ]

    static let kind = "match-table"
    static let summary =
        "A table and a picture: each arm's steps to match a baseline's best, their ratio and its best accuracy, beside the paper's."
    static let fields: [Field<Self>] =
        commonFields + MatchFields.fields(\.matching) + [
            Field(
                "published", \.published, .record().list(),
                """
                What the paper found, an entry an arm: `{ arm: bn-x5, steps: 2.1e6, accuracy: 0.73 }`. Ratios are formed \
                from the steps of the baseline's entry.
                """)
        ]

    var match: MatchRule? { matching.rule }

    private struct Row {
        let match: ArmMatch
        let timesFewer: PairedEffect
        let paperSteps: Double?
        let paperTimesFewer: Double?
        let paperAccuracy: Double?

        var isMatched: Bool { !match.matched.isEmpty }
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let rule = matching.rule
        let selection = try results.arms(common.arms)
        let baseline = try results.baseline(rule)
        let rows = try rows(results, arms: selection.arms, baseline: baseline)
        var footnote = Footnote(results, selection)
        footnote.add(rule.sentence(baseline: baseline.label))
        if rows.contains(where: { $0.isMatched && $0.timesFewer.bound != .exact }) {
            footnote.add(
                "(k of n): the seeds that match; those that do not count as all of their steps, so that ≥ and ≤ are bounds."
            )
        }
        for match in rows.map(\.match) where match.divergedCount > 0 && !match.isDiverged {
            footnote.add("\(match.arm.label): \(match.divergedCount) of \(match.runs.count) seeds diverged.")
        }
        let isMany = rows.contains { $0.match.runs.count > 1 }
        footnote.add("± is the standard deviation over seeds.", if: isMany)
        footnote.add(
            "Bars: 95 % intervals of the ratio within seeds (Student's t).",
            if: rows.contains { $0.isMatched && $0.timesFewer.interval != nil })
        var numbers = Self.numbers()
        for row in rows { write(row, to: &numbers) }
        var picture = Figure(
            title: common.title ?? "Steps to match \(baseline.label), and best accuracy",
            subtitle: "\(results.facts.title)." + (isMany ? " Means over seeds." : " One seed."),
            panels: [[dots(rows, baseline)] + columns(rows)], footnote: footnote.text, sharedY: .all)
        picture.width = published.isEmpty ? 960 : 1200
        return FigureDrawing(picture: picture, numbers: numbers, markdown: markdown(rows, picture))
    }

    private func rows(
        _ results: ExperimentResults, arms: [ArmRecord], baseline: ArmRecord
    ) throws(FigureError) -> [Row] {
        let matches = try results.requiredMatches(matching.rule, arms: arms)
        let reference = try results.requiredMatches(matching.rule, arms: [baseline])[0]
        for entry in published where !results.arms.contains(where: { $0.name == entry.arm }) {
            throw .badValue("published", value: entry.arm, expected: "arms of the experiment")
        }
        let baselineSteps = published.first { $0.arm == baseline.name }?.steps
        return matches.map { match in
            let entry = published.first { $0.arm == match.arm.name }
            return Row(
                match: match, timesFewer: match.stepRatio(to: reference).inverse, paperSteps: entry?.steps,
                paperTimesFewer: entry?.steps.flatMap { steps in baselineSteps.map { $0 / steps } },
                paperAccuracy: entry?.accuracy)
        }
    }

    private func dots(_ rows: [Row], _ baseline: ArmRecord) -> Panel {
        var marks: [Mark] = [.rule(.vertical, at: 1, .reference)]
        for (place, row) in rows.enumerated() {
            let y = Double(place)
            let ours = Ink(Ink.series(row.match.arm.color).color, width: 1.8, marker: .circle)
            let lift = row.paperTimesFewer == nil ? 0 : 0.16
            if !row.isMatched {
                marks.append(
                    .note(
                        row.match.isDiverged ? "diverged" : "never matches", x: 1.04, y: y - lift + 0.1, color: .muted))
            } else {
                if let interval = row.timesFewer.interval, row.timesFewer.bound == .exact {
                    marks.append(
                        .interval(.horizontal, at: y - lift, from: interval.lowerBound, to: interval.upperBound, ours))
                }
                marks.append(.points(x: [row.timesFewer.value], y: [y - lift], ours, size: 10))
            }
            if let times = row.paperTimesFewer {
                marks.append(.points(x: [times], y: [y + lift], Self.paperInk, size: 9))
            }
        }
        marks.append(.points(x: [], y: [], Ink(.muted, marker: .circle), size: 9, label: "Here"))
        if !published.isEmpty { marks.append(.points(x: [], y: [], Self.paperInk, size: 9, label: "The paper")) }
        let values = rows.filter(\.isMatched).map(\.timesFewer.value) + rows.compactMap(\.paperTimesFewer)
        let ends = rows.compactMap { $0.timesFewer.bound == .exact ? $0.timesFewer.interval : nil }
        let least = min(values.min() ?? 1, ends.map { max($0.lowerBound, 0.1) }.min() ?? 1, 1)
        let most = max(values.max() ?? 1, ends.map { min($0.upperBound, 1000) }.max() ?? 1, 2)
        return Panel(
            x: Axis(
                "Times fewer steps than \(baseline.label)", scale: .logarithmic, from: 0.8 * least, to: 1.25 * most),
            y: .categories(rows.map(\.match.arm.label)), marks: marks, share: 2.8)
    }

    private static let paperInk = Ink(.ink, marker: .diamond)

    private func columns(_ rows: [Row]) -> [Panel] {
        cells.map { title, words in
            Panel(
                title: title, x: Axis(from: 0, to: 1, ticks: .none), y: .categories(rows.map(\.match.arm.label)),
                marks: rows.enumerated().map { place, row in
                    // A note stands on its point: lowered by half of its letters' height it is level with the row.
                    .note(words(row), x: 0, y: Double(place) + 0.11)
                }, isFramed: false)
        }
    }

    /// The columns of the table: heading and words of a row. Those of a publication are there where it is given.
    private var cells: [(title: String, words: (Row) -> String)] {
        let ours: [(String, (Row) -> String)] = [
            ("Steps to match", { $0.match.stepsWords }),
            ("Times fewer", { $0.isMatched ? $0.timesFewer.sign + Self.times($0.timesFewer.value) : "–" }),
            ("Best accuracy", { Self.accuracy($0.match.best) }),
        ]
        let theirs: [(String, (Row) -> String)] = [
            ("Paper: steps", { $0.paperSteps.map(Self.steps) ?? "–" }),
            ("Paper: times fewer", { $0.paperTimesFewer.map(Self.times) ?? "–" }),
            ("Paper: best", { $0.paperAccuracy.map { Phrase.percent($0) } ?? "–" }),
        ]
        return published.isEmpty ? ours : [ours[0], theirs[0], ours[1], theirs[1], ours[2], theirs[2]]
    }

    /// `14.8`, `0.93`, `120`: three digits.
    private static func times(_ value: Double) -> String {
        Phrase.fixed(value, decimals: value >= 100 ? 0 : value >= 10 ? 1 : 2)
    }

    private static func accuracy(_ best: SampleStatistics) -> String {
        guard best.count > 0 else { return "–" }
        let deviation = best.deviation.map { " ± \(Phrase.fixed(100 * $0, decimals: 1))" } ?? ""
        return "\(Phrase.fixed(100 * best.mean, decimals: 1))\(deviation) %"
    }

    /// `31.0 million`, `50,000`.
    private static func steps(_ steps: Double) -> String {
        steps >= 1e6 ? Phrase.fixed(steps / 1e6, decimals: 1) + " M" : Phrase.grouped(Int(steps.rounded()))
    }

    private func markdown(_ rows: [Row], _ picture: Figure) -> String {
        let headings = ["Arm"] + cells.map(\.title)
        let body = rows.map { row in [row.match.arm.label] + cells.map { $0.words(row) } }
        let table = ([headings, headings.indices.map { $0 == 0 ? "---" : "---:" }] + body).map(Phrase.markdownRow)
        return "**\(picture.title)**\n\n\(table.joined(separator: "\n"))\n\n\(picture.footnote ?? "")\n"
    }

    private func write(_ row: Row, to numbers: inout CSVText) {
        let match = row.match
        numbers.append(
            .text(match.arm.name), .integer(match.runs.count), .integer(match.matched.count),
            .integer(match.divergedCount), .number(match.steps.mean), .optional(match.steps.deviation),
            .number(row.timesFewer.value), .optional(row.timesFewer.interval?.lowerBound),
            .optional(row.timesFewer.interval?.upperBound),
            match.best.count > 0 ? .number(match.best.mean) : .empty, .optional(match.best.deviation),
            .optional(row.paperSteps), .optional(row.paperTimesFewer), .optional(row.paperAccuracy))
    }
}
