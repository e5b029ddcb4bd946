import Plotting
import Results
import Vocabulary

/// `final-accuracy`: best and final test accuracy by arm, a point a seed, with the mean and its 95 % interval.
struct FinalAccuracy: FigureKind {
    var common = CommonFields()
    var statistics: StatisticsSource?

    static let showsEvaluations = true
    static let kind = "final-accuracy"
    static let summary = "Best and final test accuracy by arm: each seed, their mean and its 95 % interval."
    static let fields: [Field<Self>] =
        commonFields + [Field("statistics", \.statistics, .word().optional, FieldDocumentation.statistics)]

    static let columns = [
        FigureColumn("arm", "the arm's name"),
        FigureColumn("statistics", "what batch normalization was evaluated with"),
        FigureColumn("measure", "best (over the run's evaluations) or final (the last evaluation)"),
        FigureColumn("seed", "the run's seed; empty for the mean over the seeds that finished"),
        FigureColumn("status", "finished or diverged; empty for the mean"),
        FigureColumn("step", "the evaluation's step; empty for the mean"),
        FigureColumn("accuracy", "test accuracy from 0 to 1; empty where a run diverged"),
        FigureColumn("n", "seeds in the mean"),
        FigureColumn("deviation", "standard deviation over these seeds (divisor n − 1)"),
        FigureColumn("low", "lower end of the mean's 95 % interval (Student's t, from three seeds on)"),
        FigureColumn("high", "upper end of that interval"),
    ]

    private enum Measure: String, CaseIterable {
        case best
        case final

        var title: String { self == .best ? "Best during training" : "At the end of training" }

        /// The evaluation of a finished run that the measure takes.
        func evaluation(of run: RunCurve) -> Curve.Point? {
            guard run.run.status == .finished else { return nil }
            return switch self {
            case .final: run.curve.last.flatMap { $0.value.isFinite ? $0 : nil }
            case .best: run.curve.best(isHigherBetter: true)
            }
        }
    }

    private struct Entry {
        let curves: ArmCurves
        let seeds: [(run: RunRecord, evaluation: Curve.Point?)]
        let statistics: SampleStatistics

        init(_ curves: ArmCurves, _ measure: Measure) {
            self.curves = curves
            seeds = curves.runs.map { ($0.run, measure.evaluation(of: $0)) }
            statistics = SampleStatistics(seeds.compactMap { $0.evaluation?.value })
        }

        var accuracies: [Double] { seeds.compactMap { $0.evaluation?.value } }
        /// An interval over two seeds is thirteen times as wide as their distance: it says nothing.
        var interval: ClosedRange<Double>? {
            statistics.count >= 3 ? statistics.interval() : nil
        }
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let arms = try results.curves(.testAccuracy, arms: selection.arms, source: statistics)
        let entries = Measure.allCases.map { measure in arms.map { Entry($0, measure) } }
        let axis = range(of: entries.flatMap { $0 })
        let panels = zip(Measure.allCases, entries).map { measure, entries in
            Panel(
                title: measure.title, x: Axis("Test accuracy", from: axis.lower, to: axis.upper, format: .percent),
                y: .categories(arms.map(\.arm.label)), marks: marks(entries, axis: axis))
        }
        var footnote = Footnote(results, selection)
        footnote.add(arms.statisticsSentence)
        footnote.add(
            "Numbers: mean ± standard deviation over seeds, in percent.",
            if: entries.contains { $0.contains { $0.statistics.count > 1 } })
        footnote.add("Means are over the runs that did not diverge.", if: arms.contains(where: \.isPartlyDiverged))

        var numbers = Self.numbers()
        for (measure, entries) in zip(Measure.allCases, entries) { write(entries, measure, to: &numbers) }
        let picture = Figure(
            title: common.title ?? "Test accuracy by arm",
            subtitle: "\(results.facts.title). \(readingAid(entries.flatMap { $0 }))", panels: [panels],
            footnote: footnote.text, sharedX: .all, sharedY: .all, legend: .none)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private func readingAid(_ entries: [Entry]) -> String {
        let most = entries.map(\.statistics.count).max() ?? 0
        if most == 0 { return "No run finished." }
        if most == 1 { return "One seed." }
        if most == 2 { return "Small: single seeds; large: their mean." }
        return "Small: single seeds; large: their mean with its 95 % interval (Student's t)."
    }

    private func range(of entries: [Entry]) -> (lower: Double, upper: Double) {
        let best = entries.map(\.statistics.mean).filter(\.isFinite).max() ?? 1
        // An arm that learned nothing is named, not drawn: its point would press all others together.
        let working = entries.filter { $0.statistics.mean >= 0.5 * best }
        let values = working.flatMap { entry in
            entry.accuracies + (entry.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
        }
        guard let least = values.min(), let greatest = values.max() else { return (0, 1) }
        let width = max(greatest - least, 0.004)
        return (max(0, least - 0.15 * width), min(1, greatest + 0.15 * width))
    }

    private func marks(_ entries: [Entry], axis: (lower: Double, upper: Double)) -> [Mark] {
        var marks: [Mark] = []
        for (row, entry) in entries.enumerated() {
            let ink = Ink.series(entry.curves.arm.color).solid
            let (mean, place) = (entry.statistics.mean, Double(row))
            let diverged = entry.curves.diverged.count
            let words = divergenceWords(entry)
            guard mean.isFinite else {
                let text = diverged > 0 ? words : "no finished run"
                let middle = (axis.lower + axis.upper) / 2
                marks.append(.note(text, x: middle, y: place + 0.1, color: .muted, anchor: .middle))
                continue
            }
            guard mean >= axis.lower else {
                let text = "\(Phrase.percent(mean)): left of the axis" + (diverged > 0 ? "; \(words)" : "")
                marks.append(.note(text, x: axis.lower, y: place + 0.1, color: .muted))
                continue
            }
            if let interval = entry.interval {
                marks.append(
                    .interval(
                        .horizontal, at: place, from: max(interval.lowerBound, axis.lower),
                        to: min(interval.upperBound, axis.upper), ink.width(1.6)))
            }
            if entry.statistics.count > 1 {
                let shown = entry.accuracies
                let offsets = shown.indices.map { place + 0.2 + 0.05 * Double($0 % 2) }
                marks.append(.points(x: shown, y: offsets, ink.opacity(0.55), size: 5))
            }
            marks.append(.points(x: [mean], y: [place], ink, size: 9))
            let deviation = entry.statistics.deviation.map { " ± \(Phrase.fixed(100 * $0, decimals: 2))" } ?? ""
            let text = Phrase.fixed(100 * mean, decimals: 2) + deviation + (diverged > 0 ? " (\(words))" : "")
            // Words stay inside the panel: they grow away from the nearer edge.
            let side = (mean - axis.lower) / (axis.upper - axis.lower)
            let anchor: Text.Anchor = side < 0.3 ? .start : side > 0.7 ? .end : .middle
            marks.append(.note(text, x: mean, y: place - 0.3, anchor: anchor))
        }
        return marks
    }

    private func divergenceWords(_ entry: Entry) -> String {
        let (count, all) = (entry.curves.diverged.count, entry.curves.runs.count)
        if all == 1 { return "× diverged" }
        return count == all ? "× all \(all) seeds diverged" : "× \(count) of \(all) seeds diverged"
    }

    private func write(_ entries: [Entry], _ measure: Measure, to numbers: inout CSVText) {
        for entry in entries {
            let arm = CSVField.text(entry.curves.arm.name)
            let source = CSVField.optional(entry.curves.sourceWord)
            for (run, evaluation) in entry.seeds {
                numbers.append(
                    arm, source, .text(measure.rawValue), .integer(run.seed), .text(run.status.rawValue),
                    .optional(evaluation?.step), .optional(evaluation?.value), .empty, .empty, .empty, .empty)
            }
            let statistics = entry.statistics
            guard statistics.count > 0 else { continue }
            numbers.append(
                arm, source, .text(measure.rawValue), .empty, .empty, .empty, .number(statistics.mean),
                .integer(statistics.count), .optional(statistics.deviation), .optional(entry.interval?.lowerBound),
                .optional(entry.interval?.upperBound))
        }
    }
}
