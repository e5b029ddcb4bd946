import Plotting
import Results
import Vocabulary

/// `accuracy-over-steps`: accuracy while training, mean and spread over seeds (Ioffe & Szegedy 2015, Figure 1a).
struct AccuracyOverSteps: FigureKind {
    static let name = "accuracy-over-steps"
    static let purpose =
        "Accuracy over training steps: mean, spread over seeds and single seeds, an arm a colour."
    static let options: [FigureOption] = [
        .arms, .title, .statistics, .stepScale, .band,
        FigureOption(name: "metric", meaning: "test-accuracy (default) or train-accuracy"),
        FigureOption(name: "zoom", meaning: "auto (default: a second panel of the top where it shows more) or none"),
    ]
    static let columns = CurvePlot.columns

    private let options: FigureOptions
    private let metric: Metric
    private let source: StatisticsSource?
    private let band: CurvePlot.Band
    private let stepScale: ScaleChoice
    private let zoom: Zoom

    private enum Zoom: String, CaseIterable { case auto, none }

    init(_ options: FigureOptions) throws(FigureError) {
        self.options = options
        metric = try options.choice("metric") ?? .testAccuracy
        guard metric.isAccuracy else {
            throw .badOption("metric", value: metric.rawValue, expected: "test-accuracy or train-accuracy")
        }
        source = try options.choice("statistics")
        band = try options.choice("band") ?? .range
        stepScale = try options.choice("x-scale") ?? .linear
        zoom = try options.choice("zoom") ?? .auto
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(options)
        let window = metric.isOfTestSet ? 1 : LossOverSteps.defaultWindow(steps: results.facts.steps ?? 1)
        let arms = try results.curves(metric, arms: selection.arms, source: source, smoothing: window)
        guard arms.contains(where: { $0.runs.contains { $0.lastFinite != nil } }) else {
            throw .nothingToDraw(reason: "no run has a finite \(metric.rawValue): every evaluation is missing or nan")
        }
        let plot = CurvePlot(arms: arms, band: band)

        var provenance = Provenance(results, arms: selection.arms)
        provenance.add(selection.note)
        provenance.add(arms.statisticsSentence)
        if window > 1 { provenance.add("Mean of the last \(window) steps.") }
        provenance.add(plot.divergenceNote)

        var numbers = Self.numbers()
        plot.write(to: &numbers)
        let subject = metric == .testAccuracy ? "Test accuracy" : "Training accuracy"
        func panel(_ range: ReadableRange, title: String?, isPart: Bool = false) -> Panel {
            Panel(
                title: title, x: .steps(results.facts.steps, scale: stepScale),
                y: Axis(subject, from: range.lower, to: range.upper, format: .percent),
                marks: plot.marks(range: isPart ? nil : range.lower...range.upper))
        }
        let whole = ReadableRange(all: arms)
        var panels = [panel(whole, title: nil)]
        if zoom == .auto, let top = ReadableRange(topOf: arms) {
            let words = "Above \(Phrase.percent(top.lower, decimals: nil))"
            panels = [panel(whole, title: "All"), panel(top, title: words, isPart: true)]
        }
        let picture = Figure(
            title: options.text("title") ?? subject, subtitle: "\(results.facts.title). \(plot.readingAid)",
            panels: [panels], footnote: provenance.text)
        return FigureDrawing(picture: picture, numbers: numbers)
    }
}
