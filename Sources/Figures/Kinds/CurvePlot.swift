import Foundation
import Plotting
import Results
import Vocabulary

/// The marks, legend words and numbers of curves over steps: what accuracy and loss have in common.
struct CurvePlot {
    let arms: [ArmCurves]
    let band: SeedBand
    var notes: [String: String] = [:]
    /// Whether lines carry the markers of their arms.
    var hasMarkers = true

    static let columns =
        [
            FigureColumn("arm", "the arm's name"),
            FigureColumn("statistics", "what batch normalization was evaluated with; empty for training values"),
            FigureColumn("curve", "mean (over seeds), seed (one run) or diverged (where a run ended)"),
            FigureColumn("seed", "the run's seed; empty for the mean"),
            FigureColumn("step", "training steps made"),
            FigureColumn("value", "the mean's or the run's value; accuracies from 0 to 1, losses in nats"),
        ] + FigureColumn.overSeeds

    /// Bands at the back, then single seeds, means, and the signs of divergence over all.
    ///
    /// A sign of divergence whose value is outside `range`, the vertical axis, stands at its edge; without a range, as in a
    /// panel that shows a part of another, there are none.
    func marks(range: ClosedRange<Double>?, isLogarithmic: Bool = false) -> [Mark] {
        var (bands, seeds, means): ([Mark], [Mark], [Mark]) = ([], [], [])
        for arm in arms {
            let ink = Ink.series(arm.arm.color)
            let label = arm.arm.label + (notes[arm.arm.name].map { " (\($0))" } ?? "") + divergenceWords(arm)
            let line = hasMarkers ? ink : ink.unmarked
            let shown = arm.summary
            if let first = shown.first, first.statistics.count > 1 {
                let edges = shown.map { band.edges($0.statistics) }
                bands.append(
                    .band(x: shown.map { Double($0.step) }, lower: edges.map(\.lower), upper: edges.map(\.upper), ink))
            }
            if arm.runs.count > 1 || shown.isEmpty {
                for run in arm.runs { seeds.append(.line(x: run.steps.map(Double.init), y: run.values, ink.faint)) }
            }
            means.append(
                .line(x: shown.map { Double($0.step) }, y: shown.map(\.statistics.mean), line.width(2), label: label))
        }
        return bands + seeds + means + (range.map { divergenceMarks($0, isLogarithmic) } ?? [])
    }

    /// Adds the plotted numbers: what is said of an arm, by default its name and statistics, and behind it the columns from
    /// `curve` on.
    func write(
        to numbers: inout CSVText,
        _ subject: (ArmCurves) -> [CSVField] = { [.text($0.arm.name), .optional($0.sourceWord)] }
    ) {
        for arm in arms {
            let subject = subject(arm)
            for point in arm.summary {
                let start: [CSVField] = ["mean", .empty, .integer(point.step), .number(point.statistics.mean)]
                numbers.append(subject + start + point.statistics.fields)
            }
            for run in arm.runs {
                func add(_ curve: CSVField, _ step: Int, _ value: Double?) {
                    let fields: [CSVField] = [curve, .integer(run.run.seed), .integer(step), .optional(value)]
                    numbers.append(subject + fields + [.empty, .empty, .empty, .empty])
                }
                for (step, value) in zip(run.steps, run.values) { add("seed", step, value) }
                if run.run.status == .diverged { add("diverged", endStep(run), run.lastFinite?.value) }
            }
        }
    }

    /// `Mean of 3 seeds, band: …, thin: single seeds.`
    var readingAid: String {
        let counts = Set(arms.map { $0.summary.first?.statistics.count ?? $0.runs.count })
        if counts == [1] { return "One seed." }
        let seeds = counts.count == 1 ? Phrase.count(counts.first ?? 0, "seed") : "the seeds of each arm"
        return "Mean of \(seeds), \(band.words); thin lines: single seeds."
    }

    /// What must be known about diverged runs; nil where there are none.
    var divergenceNote: String? {
        guard arms.contains(where: { !$0.diverged.isEmpty }) else { return nil }
        let mixed = arms.contains(where: \.isPartlyDiverged)
        return "× marks the step at which a run's loss left the finite numbers."
            + (mixed ? " Means are over the runs that did not diverge." : "")
    }

    // MARK: Parts

    private func divergenceWords(_ arm: ArmCurves) -> String {
        let diverged = arm.diverged
        if diverged.isEmpty { return "" }
        guard diverged.count == arm.runs.count else {
            return " (\(diverged.count) of \(arm.runs.count) seeds diverged)"
        }
        let steps = diverged.map(endStep)
        let first = Phrase.grouped(steps.min() ?? 0)
        let last = Phrase.grouped(steps.max() ?? 0)
        return first == last ? " (diverged at step \(first))" : " (diverged at steps \(first)–\(last))"
    }

    private func endStep(_ run: RunCurve) -> Int { run.run.divergedAt ?? run.lastFinite?.step ?? run.run.steps }

    private func divergenceMarks(_ range: ClosedRange<Double>, _ isLogarithmic: Bool) -> [Mark] {
        arms.filter { !$0.diverged.isEmpty }.map { arm in
            let ink = Ink(Ink.series(arm.arm.color).color, width: 2.4, marker: .cross)
            let steps = arm.diverged.map { Double(endStep($0)) }
            let values = arm.diverged.map { clamped($0.lastFinite?.value ?? -.infinity, to: range, isLogarithmic) }
            return .points(x: steps, y: values, ink, size: 9)
        }
    }

    /// The value moved inside the range, a little from its edges, so that the whole sign shows.
    private func clamped(_ value: Double, to range: ClosedRange<Double>, _ isLogarithmic: Bool) -> Double {
        let inset = 0.025
        if isLogarithmic {
            let ratio = range.upperBound / range.lowerBound
            let (low, high) = (range.lowerBound * pow(ratio, inset), range.lowerBound * pow(ratio, 1 - inset))
            return min(max(value, low), high)
        }
        let reach = inset * (range.upperBound - range.lowerBound)
        return min(max(value, range.lowerBound + reach), range.upperBound - reach)
    }
}

enum SeedBand: String, ConfigurationWord {
    case range
    case deviation

    var words: String {
        switch self {
        case .range: "band: lowest to highest seed"
        case .deviation: "band: ±1 standard deviation"
        }
    }

    func edges(_ statistics: SampleStatistics) -> (lower: Double, upper: Double) {
        switch self {
        case .range: return (statistics.minimum, statistics.maximum)
        case .deviation:
            let reach = statistics.deviation ?? 0
            return (statistics.mean - reach, statistics.mean + reach)
        }
    }
}
