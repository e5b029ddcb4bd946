import Plotting
import Results
import Vocabulary

/// `activation-quantiles`: the percentiles of one typical unit over training, a panel an arm (Ioffe & Szegedy 2015,
/// Figure 1b, c).
struct ActivationQuantiles: FigureKind {
    var common = CommonFields()
    var tap = ""
    var stepScale = ScaleChoice.linear

    static let kind = "activation-quantiles"
    static let summary = "The 15th, 50th and 85th percentile of a tensor's typical unit over steps, arms side by side."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("tap", \.tap, .text, required: true, "The tensor's address: hidden3/activation-input."),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns = [
        FigureColumn("arm", "the arm's name"),
        FigureColumn("seed", "the run's seed; the lowest is the one drawn strongly"),
        FigureColumn("tap", "the address of the tensor"),
        FigureColumn("channel", "the typical unit: the one of median drift in this run"),
        FigureColumn("step", "training steps made"),
        FigureColumn("p15", "15th percentile of the unit's values over the probe images"),
        FigureColumn("p50", "their median"),
        FigureColumn("p85", "their 85th percentile"),
        FigureColumn("units-low", "5th percentile, over all units of the tap, of the units' medians"),
        FigureColumn("units-high", "95th percentile of the same"),
    ]

    func check(_ fields: FigureFields) { fields.checkTap(tap) }

    /// An arm with what was observed of the tap in each of its runs, by seed.
    private typealias Observed = ObservedArm<TapObservation>

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let (observed, missing) = try results.observed(
            selection.arms,
            refusal: { .badValue("tap", value: tap, expected: Self.expectation($0)) },
            of: { run throws(CSVError) in
                let observation = try results.observation(of: tap, in: run)
                return observation?.typical.steps.isEmpty == false ? observation : nil
            })
        let range = range(of: observed)
        let panels = observed.map { panel($0, results: results, range: range) }

        var footnote = Footnote(results, selection)
        footnote.add(
            "Strong lines: \(Phrase.seeds(observed.compactMap { $0.runs.first?.run.seed })).",
            if: observed.contains { $0.runs.count > 1 })
        footnote.add("The typical unit is the one of median drift in its run.")
        footnote.add(Phrase.lacking(missing, "tap \(tap)"))

        var numbers = Self.numbers()
        for arm in observed { write(arm, to: &numbers) }
        let picture = Figure(
            title: common.title ?? "Percentiles of one typical unit: \(tap)",
            subtitle: "\(results.facts.title). Batch statistics on a fixed set of probe images.",
            panels: panels.inRows, footnote: footnote.text, sharedX: .all, sharedY: .all)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private static func expectation(_ taps: [String]) -> String {
        taps.isEmpty
            ? "a tap that was observed; none was" : "one of the observed taps: \(taps.joined(separator: ", "))"
    }

    /// What the lines span, without the last leap of a run that diverged.
    private func range(of observed: [Observed]) -> ClosedRange<Double> {
        var (lower, upper) = (Double.infinity, -Double.infinity)
        for arm in observed {
            for (index, run) in arm.runs.enumerated() {
                let isWhole = run.run.status == .finished
                let lows = index == 0 ? run.typical.p15 : run.typical.p50
                let highs = index == 0 ? run.typical.p85 : run.typical.p50
                lower = min(lower, Quantile.of(lows, isWhole ? 0 : 0.1) ?? lower)
                upper = max(upper, Quantile.of(highs, isWhole ? 1 : 0.9) ?? upper)
                guard index == 0, isWhole else { continue }
                lower = min(lower, Quantile.of(run.lowMedians, 0) ?? lower)
                upper = max(upper, Quantile.of(run.highMedians, 1) ?? upper)
            }
        }
        guard lower.isFinite, upper.isFinite else { return -1...1 }
        let margin = max(0.06 * (upper - lower), 1e-3)
        return (lower - margin)...(upper + margin)
    }

    private func panel(_ observed: Observed, results: ExperimentResults, range: ClosedRange<Double>) -> Panel {
        let ink = Ink.series(observed.arm.color).solid.unmarked
        var marks: [Mark] = []
        if let main = observed.runs.first {
            let steps = main.typical.steps.map(Double.init)
            if main.unitCount > 1 {
                marks.append(
                    .band(
                        x: steps, lower: main.lowMedians, upper: main.highMedians, Ink(.muted, opacity: 0.5),
                        label: "medians of all units, 5th to 95th percentile"))
            }
            for other in observed.runs.dropFirst() {
                marks.append(.line(x: other.typical.steps.map(Double.init), y: other.typical.p50, ink.faint))
            }
            for values in [main.typical.p15, main.typical.p85] {
                marks.append(.line(x: steps, y: values, ink.width(1.4).dash([5, 3])))
            }
            marks.append(.line(x: steps, y: main.typical.p50, ink.width(2.2)))
            if steps.count == 1 {
                let values = main.typical.p15 + main.typical.p50 + main.typical.p85
                marks.append(.points(x: values.map { _ in steps[0] }, y: values, ink.marker(.circle)))
            }
        }
        return Panel(
            title: observed.arm.label + (observed.runs.first?.run.divergenceWords() ?? ""),
            x: .steps(results.facts.steps, scale: stepScale),
            y: Axis(TapWords.quantity(tap), from: range.lowerBound, to: range.upperBound),
            marks: marks + legendMarks(observed))
    }

    /// Entries of the legend in grey, since the panels' colours are the arms'. They are drawn nowhere.
    private func legendMarks(_ observed: Observed) -> [Mark] {
        let ink = Ink(.text)
        var marks: [Mark] = [
            .line(x: [.nan], y: [.nan], ink.width(2.2), label: "median"),
            .line(x: [.nan], y: [.nan], ink.width(1.4).dash([5, 3]), label: "15th and 85th percentile"),
        ]
        if observed.runs.count > 1 {
            marks.append(.line(x: [.nan], y: [.nan], ink.faint, label: "median with other seeds"))
        }
        return marks
    }

    private func write(_ observed: Observed, to numbers: inout CSVText) {
        for run in observed.runs {
            let unit = run.typical
            for index in unit.steps.indices {
                numbers.append(
                    .text(observed.arm.name), .integer(run.run.seed), .text(tap), .integer(unit.channel),
                    .integer(unit.steps[index]), .number(unit.p15[index]), .number(unit.p50[index]),
                    .number(unit.p85[index]), .number(run.lowMedians[index]), .number(run.highMedians[index]))
            }
        }
    }
}
