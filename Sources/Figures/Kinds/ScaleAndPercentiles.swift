import Plotting
import Results
import Vocabulary

/// `scale-and-percentiles`: what the learned scale γ does to the percentiles of a unit: those after it beside those before.
///
/// Quantiles go through y = γx̂ + β as values do, so the spread after it by the spread before is |γ| of the unit.
struct ScaleAndPercentiles: FigureKind {
    var common = CommonFields()
    var layer = ""
    var stepScale = ScaleChoice.linear

    static let kind = "scale-and-percentiles"
    static let summary = """
        The percentiles of a normalized layer's typical unit over steps, after and before scale and shift, and the ratio of \
        their spreads, which is |γ|; normalized arms side by side. Observe `LAYER/scaled` and `LAYER/normalized`.
        """
    static let fields: [Field<Self>] =
        commonFields + [
            Field("layer", \.layer, .text, required: true, "The normalized layer: hidden3."),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns = [
        FigureColumn("arm", "the arm's name"),
        FigureColumn("seed", "the run's seed; the lowest is the one drawn strongly"),
        FigureColumn("layer", "the normalized layer"),
        FigureColumn("channel", "the typical unit: the one of median drift of LAYER/scaled in this run"),
        FigureColumn("step", "training steps made"),
        FigureColumn("scaled-p15", "15th percentile of γx̂ + β over the probe images"),
        FigureColumn("scaled-p50", "their median"),
        FigureColumn("scaled-p85", "their 85th percentile"),
        FigureColumn("normalized-p15", "15th percentile of x̂"),
        FigureColumn("normalized-p50", "the median of x̂"),
        FigureColumn("normalized-p85", "85th percentile of x̂"),
        FigureColumn("scale", "|γ|: the spread p85 − p15 of γx̂ + β by that of x̂"),
    ]

    func check(_ fields: FigureFields) {
        guard !layer.isEmpty else { return }
        for tap in ["scaled", "normalized"] { fields.checkTap("\(layer)/\(tap)", by: "layer") }
    }

    /// The typical unit of one run, after and before scale and shift, at the steps of both.
    private struct Unit {
        let run: RunRecord
        let channel: Int
        var steps: [Int] = []
        var scaled: [[Double]] = [[], [], []]
        var normalized: [[Double]] = [[], [], []]
        /// |γ|; NaN where x̂ has no spread.
        var scale: [Double] = []

        init(run: RunRecord, scaled after: UnitQuantiles, normalized before: UnitQuantiles) {
            self.run = run
            channel = after.channel
            let rowOfStep = Dictionary(before.steps.enumerated().map { ($1, $0) }, uniquingKeysWith: { $1 })
            for (row, step) in after.steps.enumerated() {
                guard let other = rowOfStep[step] else { continue }
                steps.append(step)
                for (index, values) in [after.p15, after.p50, after.p85].enumerated() {
                    scaled[index].append(values[row])
                }
                for (index, values) in [before.p15, before.p50, before.p85].enumerated() {
                    normalized[index].append(values[other])
                }
                let spread = before.p85[other] - before.p15[other]
                scale.append(spread > 0 ? (after.p85[row] - after.p15[row]) / spread : .nan)
            }
        }
    }

    private typealias Observed = ObservedArm<Unit>

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let (observed, missing) = try results.observed(
            selection.arms,
            refusal: { .badValue("layer", value: layer, expected: Self.expectation($0)) },
            of: { run throws(CSVError) in try unit(of: run, results) })
        let values = observed.map { Array(($0.runs.first.map { $0.scaled + $0.normalized } ?? []).joined()) }
        let scales = observed.map { $0.runs.flatMap(\.scale) + [1] }
        func range(_ values: [[Double]], isMagnitude: Bool) -> CurveRange? {
            let finished = zip(observed, values).filter { $0.0.runs[0].run.status == .finished }.flatMap { $0.1 }
            return CurveRange(all: values.flatMap(\.self), finished: finished, scale: .linear, isMagnitude: isMagnitude)
        }
        guard let top = range(values, isMagnitude: false), let bottom = range(scales, isMagnitude: true) else {
            throw .nothingToDraw(reason: "no run has finite percentiles of \(layer)/scaled and \(layer)/normalized")
        }

        var footnote = Footnote(results, selection)
        footnote.add(
            "Strong lines: \(Phrase.seeds(observed.compactMap { $0.runs.first?.run.seed })).",
            if: observed.contains { $0.runs.count > 1 })
        footnote.add("The typical unit is the one of median drift of \(layer)/scaled in its run.")
        footnote.add(
            "Values beyond the axes, of runs that diverge, are not shown.", if: top.isClipped || bottom.isClipped)
        if !missing.isEmpty {
            footnote.add("\(Phrase.list(missing)) \(missing.count == 1 ? "does" : "do") not normalize \(layer).")
        }
        var numbers = Self.numbers()
        for arm in observed { write(arm, to: &numbers) }
        let steps = Axis.steps(results.facts.steps, scale: stepScale)
        let picture = Figure(
            title: common.title ?? "How γ widens the percentiles of one typical unit: \(layer)",
            subtitle: "\(results.facts.title). Batch statistics on a fixed set of probe images.",
            panels: [
                observed.map { percentilePanel($0, x: steps, range: top) },
                observed.map { scalePanel($0, x: steps, range: bottom) },
            ],
            footnote: footnote.text, sharedX: .all, sharedY: .aligned)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private func unit(of run: RunRecord, _ results: ExperimentResults) throws(CSVError) -> Unit? {
        guard let scaled = try results.observation(of: "\(layer)/scaled", in: run)?.typical,
            let normalized = try results.quantiles(of: "\(layer)/normalized", channel: scaled.channel, in: run)
        else { return nil }
        let unit = Unit(run: run, scaled: scaled, normalized: normalized)
        return unit.steps.isEmpty ? nil : unit
    }

    private static func expectation(_ taps: [String]) -> String {
        taps.isEmpty
            ? "a layer whose taps were observed; none was"
            : "a layer with the observed taps LAYER/scaled and LAYER/normalized; observed were "
                + taps.joined(separator: ", ")
    }

    private static let dash = [5.0, 3]
    private static let normalizedInk = Ink(Color(0xA0A0A0))

    private func percentilePanel(_ observed: Observed, x: Axis, range: CurveRange) -> Panel {
        let ink = Ink.series(observed.arm.color).solid.unmarked
        var marks: [Mark] = []
        if let main = observed.runs.first {
            let steps = main.steps.map(Double.init)
            for (values, ink) in [(main.normalized, Self.normalizedInk), (main.scaled, ink)] {
                for outer in [values[0], values[2]] {
                    marks.append(.line(x: steps, y: outer, ink.width(1.4).dash(Self.dash)))
                }
                marks.append(.line(x: steps, y: values[1], ink.width(2.2)))
                if steps.count == 1 {
                    marks.append(.points(x: values.map { _ in steps[0] }, y: values.map { $0[0] }, ink.marker(.circle)))
                }
            }
        }
        return Panel(
            title: observed.arm.label + (observed.runs.first?.run.divergenceWords() ?? ""), x: x,
            y: range.axis("Values of the unit"),
            marks: marks + Self.legendMarks)
    }

    /// Entries of the legend, dark for what has the arms' colours in the panels. They are drawn nowhere.
    private static let legendMarks: [Mark] = [
        .line(x: [.nan], y: [.nan], Ink(.text, width: 2.2), label: "median of γx̂ + β"),
        .line(x: [.nan], y: [.nan], Ink(.text, width: 1.4, dash: dash), label: "its 15th and 85th percentile"),
        .line(x: [.nan], y: [.nan], normalizedInk.width(2.2), label: "median of x̂ (grey)"),
        .line(x: [.nan], y: [.nan], normalizedInk.width(1.4).dash(dash), label: "its 15th and 85th percentile (grey)"),
    ]

    private func scalePanel(_ observed: Observed, x: Axis, range: CurveRange) -> Panel {
        let ink = Ink.series(observed.arm.color).solid.unmarked
        var marks: [Mark] = [.rule(.horizontal, at: 1, .reference)]
        for unit in observed.runs.dropFirst() {
            marks.append(
                .line(x: unit.steps.map(Double.init), y: unit.scale, ink.faint))
        }
        if let main = observed.runs.first {
            let steps = main.steps.map(Double.init)
            marks.append(.line(x: steps, y: main.scale, ink.width(2.2)))
            if steps.count == 1 { marks.append(.points(x: steps, y: main.scale, ink.marker(.circle))) }
        }
        if observed.runs.count > 1 {
            marks.append(.line(x: [.nan], y: [.nan], Ink(.text).faint, label: "other seeds"))
        }
        return Panel(x: x, y: range.axis("|γ| = spread of γx̂ + β / spread of x̂"), marks: marks)
    }

    private func write(_ observed: Observed, to numbers: inout CSVText) {
        for unit in observed.runs {
            for index in unit.steps.indices {
                let percentiles = (unit.scaled + unit.normalized).map { CSVField.number($0[index]) }
                numbers.append(
                    [
                        .text(observed.arm.name), .integer(unit.run.seed), .text(layer), .integer(unit.channel),
                        .integer(unit.steps[index]),
                    ] + percentiles + [.number(unit.scale[index])])
            }
        }
    }
}
