import Plotting
import Results
import Vocabulary

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
