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
