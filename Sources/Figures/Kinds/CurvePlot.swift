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
        band.readingAid(seeds: arms.map { $0.summary.first?.statistics.count ?? $0.runs.count })
    }

    /// What must be known about diverged runs; nil where there are none.
    var divergenceNote: String? {
        guard arms.contains(where: { !$0.diverged.isEmpty }) else { return nil }
        let mixed = arms.contains(where: \.isPartlyDiverged)
        return "× marks the step at which a run's loss left the finite numbers."
            + (mixed ? " Means are over the runs that did not diverge." : "")
    }

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

    /// What is drawn of arms with so many seeds each.
    func readingAid(seeds counts: [Int]) -> String {
        let counts = Set(counts)
        if counts == [1] { return "One seed." }
        let seeds = counts.count == 1 ? Phrase.count(counts.first ?? 0, "seed") : "the seeds of each arm"
        return "Mean of \(seeds), \(words); thin lines: single seeds."
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

/// `accuracy-over-steps`: accuracy while training, mean and spread over seeds (Ioffe & Szegedy 2015, Figure 1a).
struct AccuracyOverSteps: FigureKind {
    var common = CommonFields()
    var metric = Accuracy.test
    var statistics: StatisticsSource?
    var band = SeedBand.range
    var zoom = Zoom.auto
    var stepScale = ScaleChoice.linear

    enum Accuracy: String, ConfigurationWord {
        case test = "test-accuracy"
        case train = "train-accuracy"

        var metric: Metric { self == .test ? .testAccuracy : .trainAccuracy }
    }

    /// Whether the top has a panel of its own.
    enum Zoom: String, ConfigurationWord {
        case auto
        case none
    }

    static let showsEvaluations = true
    static let kind = "accuracy-over-steps"
    static let summary = "Test accuracy over training steps: the mean over seeds, their spread, and each seed."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("metric", \.metric, "The accuracy on the test set, or on the training batches."),
            Field("statistics", \.statistics, .word().optional, FieldDocumentation.statistics),
            Field("band", \.band, FieldDocumentation.band),
            Field(
                "zoom", \.zoom, "Whether a second panel shows the top of the curves where it shows more than the whole."
            ),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns = CurvePlot.columns

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let metric = metric.metric
        let window = metric.isOfTestSet ? 1 : LossOverSteps.defaultWindow(steps: results.facts.steps ?? 1)
        let arms = try results.curves(metric, arms: selection.arms, source: statistics, smoothing: window)
        guard arms.contains(where: { $0.runs.contains { $0.lastFinite != nil } }) else {
            throw .nothingToDraw(reason: "no run has a finite \(metric.rawValue): every evaluation is missing or nan")
        }
        let plot = CurvePlot(arms: arms, band: band)

        var footnote = Footnote(results, selection)
        footnote.add(arms.statisticsSentence)
        footnote.add("Mean of the last \(window) steps.", if: window > 1)
        footnote.add(plot.divergenceNote)

        var numbers = Self.numbers()
        plot.write(to: &numbers)
        let subject = metric == .testAccuracy ? "Test accuracy" : "Training accuracy"
        let panels = ReadableRange.panels(of: arms, zooms: zoom == .auto) { range, title, isPart in
            Panel(
                title: title, x: .steps(results.facts.steps, scale: stepScale),
                y: Axis(subject, from: range.lower, to: range.upper, format: .percent),
                marks: plot.marks(range: isPart ? nil : range.lower...range.upper))
        }
        let picture = Figure(
            title: common.title ?? subject, subtitle: "\(results.facts.title). \(plot.readingAid)",
            panels: [panels], footnote: footnote.text)
        return FigureDrawing(picture: picture, numbers: numbers)
    }
}

/// `loss-over-steps`: the loss while training, smoothed by a stated window, or the test loss as it was evaluated.
struct LossOverSteps: FigureKind {
    var common = CommonFields()
    var metric = Loss.train
    var statistics: StatisticsSource?
    var band = SeedBand.range
    var window: Int?
    var lossScale: ScaleChoice?
    var stepScale = ScaleChoice.linear

    enum Loss: String, ConfigurationWord {
        case train = "train-loss"
        case test = "test-loss"

        var metric: Metric { self == .train ? .trainLoss : .testLoss }
    }

    static let showsEvaluations = true
    static let kind = "loss-over-steps"
    static let summary = "Cross-entropy over training steps."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("metric", \.metric, "The loss of the training batches, or on the test set."),
            Field("statistics", \.statistics, .word().optional, FieldDocumentation.statistics),
            Field("band", \.band, FieldDocumentation.band),
            Field(
                "window", \.window, .integer(1...1_000_000).optional,
                "The steps in the training loss's trailing mean; none means a hundredth of the run."),
            Field(
                "y-scale", \.lossScale, .word().optional,
                "The vertical axis; none means logarithmic for losses that span a factor of 20."),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns = CurvePlot.columns

    /// A hundredth of a run, as a round number of steps.
    static func defaultWindow(steps: Int) -> Int {
        steps < 200 ? 1 : Int(RoundNumber.atMost(Double(steps) / 100))
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let window = metric == .test ? 1 : self.window ?? Self.defaultWindow(steps: results.facts.steps ?? 1)
        let arms = try results.curves(metric.metric, arms: selection.arms, source: statistics, smoothing: window)
        let range = try range(of: arms)
        let plot = CurvePlot(arms: arms, band: band)

        var footnote = Footnote(results, selection)
        if metric == .train {
            footnote.add(
                window > 1 ? "Loss: trailing mean of \(window) steps." : "Loss of each step's batch, not smoothed.")
        }
        footnote.add(arms.statisticsSentence)
        footnote.add("Losses above the axis, of runs that diverge, are not shown.", if: range.isClipped)
        footnote.add(plot.divergenceNote)

        var numbers = Self.numbers()
        plot.write(to: &numbers)
        let subject = metric == .train ? "Training loss" : "Test loss"
        let panel = Panel(
            x: .steps(results.facts.steps, scale: stepScale),
            y: Axis(
                "\(subject)\(results.facts.lossUnit)", scale: range.isLogarithmic ? .logarithmic : .linear,
                from: range.lower,
                to: range.upper),
            marks: plot.marks(range: range.lower...range.upper, isLogarithmic: range.isLogarithmic))
        let picture = Figure(
            title: common.title ?? subject, subtitle: "\(results.facts.title). \(plot.readingAid)",
            panel: panel, footnote: footnote.text)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    /// The vertical axis: all of what finished runs lost, and of a run that left it upwards only the way out.
    private func range(
        of arms: [ArmCurves]
    ) throws(FigureError) -> (lower: Double, upper: Double, isLogarithmic: Bool, isClipped: Bool) {
        let all = arms.flatMap { $0.runs.flatMap(\.values) }.filter(\.isFinite)
        let finished = arms.flatMap { $0.runs.filter { $0.run.status == .finished }.flatMap(\.values) }
            .filter(\.isFinite)
        guard let greatest = all.max() else {
            throw .nothingToDraw(reason: "no run has a finite \(metric.rawValue): every value is missing or nan")
        }
        let counted = finished.isEmpty ? all : finished
        let positive = counted.filter { $0 > 0 }
        let least = positive.min() ?? 1e-3
        let top = finished.isEmpty ? Quantile.of(all, 0.95) ?? greatest : finished.max() ?? greatest
        let isLogarithmic = lossScale.map { $0 == .log } ?? (top > 20 * least)
        let isClipped = greatest > 1.25 * top
        let upper = max(isClipped ? 1.25 * top : max(greatest, top) * 1.05, least * 1.5)
        return (isLogarithmic ? least * 0.9 : 0, upper, isLogarithmic, isClipped)
    }
}
