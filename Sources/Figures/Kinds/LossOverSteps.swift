import Plotting
import Results
import Vocabulary

/// `loss-over-steps`: the loss while training, smoothed by a stated window, or the test loss as it was evaluated.
struct LossOverSteps: FigureKind {
    static let name = "loss-over-steps"
    static let purpose = "Training loss over steps, smoothed by a stated moving window, or test loss."
    static let options: [FigureOption] = [
        .arms, .title, .statistics, .stepScale, .band,
        FigureOption(name: "metric", meaning: "train-loss (default) or test-loss"),
        FigureOption(
            name: "window",
            meaning: "steps in the training loss's trailing mean; by default a hundredth of the run"),
        FigureOption(name: "y-scale", meaning: "linear or log; by default log where losses span a factor of 20"),
    ]
    static let columns = CurvePlot.columns

    private let options: FigureOptions
    private let metric: Metric
    private let source: StatisticsSource?
    private let band: CurvePlot.Band
    private let window: Int?
    private let stepScale: ScaleChoice
    private let lossScale: ScaleChoice?

    init(_ options: FigureOptions) throws(FigureError) {
        self.options = options
        metric = try options.choice("metric") ?? .trainLoss
        guard !metric.isAccuracy else {
            throw .badOption("metric", value: metric.rawValue, expected: "train-loss or test-loss")
        }
        source = try options.choice("statistics")
        band = try options.choice("band") ?? .range
        window = try options.count("window")
        stepScale = try options.choice("x-scale") ?? .linear
        lossScale = try options.choice("y-scale")
    }

    /// A hundredth of a run, as a round number of steps.
    static func defaultWindow(steps: Int) -> Int {
        steps < 200 ? 1 : Int(RoundNumber.atMost(Double(steps) / 100))
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(options)
        let window = metric.isOfTestSet ? 1 : self.window ?? Self.defaultWindow(steps: results.facts.steps ?? 1)
        let arms = try results.curves(metric, arms: selection.arms, source: source, smoothing: window)
        let range = try range(of: arms)
        let plot = CurvePlot(arms: arms, band: band)

        var provenance = Provenance(results, arms: selection.arms)
        provenance.add(selection.note)
        if metric == .trainLoss {
            provenance.add(
                window > 1 ? "Loss: trailing mean of \(window) steps." : "Loss of each step's batch, not smoothed.")
        }
        provenance.add(arms.statisticsSentence)
        if range.isClipped { provenance.add("Losses above the axis, of runs that diverge, are not shown.") }
        provenance.add(plot.divergenceNote)

        var numbers = Self.numbers()
        plot.write(to: &numbers)
        let subject = metric == .trainLoss ? "Training loss" : "Test loss"
        let panel = Panel(
            x: .steps(results.facts.steps, scale: stepScale),
            y: Axis(
                "\(subject)\(results.facts.lossUnit)", scale: range.isLogarithmic ? .logarithmic : .linear,
                from: range.lower,
                to: range.upper),
            marks: plot.marks(range: range.lower...range.upper, isLogarithmic: range.isLogarithmic))
        let picture = Figure(
            title: options.text("title") ?? subject, subtitle: "\(results.facts.title). \(plot.readingAid)",
            panel: panel, footnote: provenance.text)
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
