import Plotting
import Results
import Vocabulary

/// `landscape`: how loss and gradient vary along the gradient, over training (Santurkar et al. 2018, Figure 4).
struct Landscape: FigureKind {
    var common = CommonFields()
    var valueScale: ScaleChoice?
    var smoothing = 1
    var stepScale = ScaleChoice.linear

    static let kind = "landscape"
    static let summary = """
        Three panels over training steps: the range of the loss along the gradient, the range of the gradient's change, and \
        the effective smoothness. The runs must measure `loss-` and `gradient-change-`, `minimum` and `maximum`, and \
        `smoothness`.
        """
    static let fields: [Field<Self>] =
        commonFields + [
            Field(
                "y-scale", \.valueScale, .word().optional,
                """
                The vertical axes; none means logarithmic for gradients, and for losses that span a factor of 20.
                """),
            Field("smoothing", \.smoothing, 1...1000, FieldDocumentation.smoothing),
            Field("x-scale", \.stepScale, FieldDocumentation.stepScale),
        ]

    static let columns =
        [
            FigureColumn("quantity", "loss or gradient-change, -minimum or -maximum, or smoothness"),
            FigureColumn("arm", "the arm's name"),
            FigureColumn("step", "training steps made"),
            FigureColumn("value", "the mean over seeds; losses in nats"),
        ] + FigureColumn.overSeeds

    private enum Part: String, CaseIterable {
        case loss = "(a) Loss"
        case gradient = "(b) Gradient predictiveness"
        case smoothness = "(c) Effective β-smoothness"
        var axisTitle: String {
            switch self {
            case .loss: "Loss along the gradient"
            case .gradient: "‖∇L(θ) − ∇L(θ + Δθ)‖"
            case .smoothness: "max ‖Δ∇L‖ / ‖Δθ‖"
            }
        }
        /// A line, or the lower and the upper edge of a band.
        var quantities: [String] {
            switch self {
            case .loss: ["loss-minimum", "loss-maximum"]
            case .gradient: ["gradient-change-minimum", "gradient-change-maximum"]
            case .smoothness: ["smoothness"]
            }
        }
    }

    /// An arm in a panel: the curves of the panel's quantities.
    private struct Entry {
        let arm: ArmRecord
        let curves: [ArmCurves]
        /// The means over seeds of each. A loss that is not finite after a step too long makes the mean infinite: without it,
        /// the landscape would look the smoother the worse it is.
        let summaries: [[ArmCurves.Point]]

        init(arm: ArmRecord, curves: [ArmCurves]) {
            self.arm = arm
            self.curves = curves
            summaries = curves.map { ArmCurves.summary($0.runs) { !$0.isNaN } }
        }

        /// The steps at which all curves have a mean, with the means.
        var points: [(step: Int, values: [Double])] {
            let means = summaries.map { points in
                Dictionary(uniqueKeysWithValues: points.map { ($0.step, $0.statistics.mean) })
            }
            return summaries[0].compactMap { point in
                let values = means.compactMap { $0[point.step] }
                return values.count == means.count ? (point.step, values) : nil
            }
        }

        var isInfinite: Bool { summaries.joined().contains { $0.statistics.mean == .infinity } }
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let arms = try results.measured(selection.arms)
        let parts = Part.allCases.map { part in (part: part, entries: entries(part, arms: arms)) }
            .filter { !$0.entries.isEmpty }
        guard !parts.isEmpty else {
            let known = arms.quantities
            let words = Phrase.list(Part.allCases.flatMap(\.quantities))
            throw .nothingToDraw(
                reason: "no run has \(words); measured were \(known.isEmpty ? "none" : known.joined(separator: ", "))")
        }
        var numbers = Self.numbers()
        for (part, entries) in parts {
            for entry in entries { write(entry, quantities: part.quantities, to: &numbers) }
        }

        var footnote = Footnote(results, selection)
        footnote.add(readingAid(parts.map(\.part)))
        footnote.add("Moving mean of \(smoothing) measurements.", if: smoothing > 1)
        if parts.contains(where: { $0.entries.contains(where: \.isInfinite) }) {
            footnote.add(
                "Means reach the top of their panel where a seed's value was not finite after a step too long.")
        }
        let isPartlyDiverged = parts.contains { $0.entries.contains { $0.curves.contains(where: \.isPartlyDiverged) } }
        footnote.add("Means are over the runs that did not diverge.", if: isPartlyDiverged)
        let lacking = arms.filter { arm in !parts.contains { $0.entries.contains { $0.arm == arm.arm } } }
        footnote.add(Phrase.lacking(lacking.map(\.arm.label), "landscape"))
        let panels = parts.map { panel($0.part, entries: $0.entries, results: results) }
        let seeds = Set(arms.map(\.runs.count))
        let picture = Figure(
            title: common.title ?? "The loss along the gradient",
            subtitle: "\(results.facts.title). "
                + (seeds == [1] ? "One seed." : "Each edge and line: mean over seeds."),
            panels: [panels], footnote: footnote.text, sharedX: .aligned)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    private func readingAid(_ parts: [Part]) -> String {
        var words: [String] = []
        if parts.contains(.loss) { words.append("(a) lowest to highest loss") }
        if parts.contains(.gradient) { words.append("(b) least to greatest change of the gradient") }
        if parts.contains(.smoothness) { words.append("(c) greatest change of the gradient per distance") }
        return "Over steps of several lengths along the gradient: \(Phrase.list(words))."
    }

    private func entries(_ part: Part, arms: [MeasuredArm]) -> [Entry] {
        arms.compactMap { arm in
            let curves = part.quantities.compactMap { quantity in
                arm.curves(quantity, places: arm.places(of: quantity, matching: Glob("*")), smoothing: smoothing)
            }
            return curves.count == part.quantities.count ? Entry(arm: arm.arm, curves: curves) : nil
        }
    }

    private func panel(_ part: Part, entries: [Entry], results: ExperimentResults) -> Panel {
        let steps = Axis.steps(results.facts.steps, scale: stepScale)
        guard let range = range(part, entries) else {
            let axis = Axis(part.axisTitle, from: 0, to: 1, ticks: .none)
            return .empty("no finite value", title: part.rawValue, x: steps, y: axis)
        }
        var (bands, lines): ([Mark], [Mark]) = ([], [])
        for entry in entries {
            let ink = Ink.series(entry.arm.color)
            let label = entry.arm.label + divergenceWords(entry)
            let points = entry.points
            let x = points.map { Double($0.step) }
            if part.quantities.count == 2 {
                let lower = points.map { min($0.values[0], range.upper) }
                let upper = points.map { min($0.values[1], range.upper) }
                bands.append(.band(x: x, lower: lower, upper: upper, ink, label: label))
                // One measurement is no area.
                if x.count == 1 {
                    lines.append(.interval(.vertical, at: x[0], from: lower[0], to: upper[0], ink, label: label))
                }
                for edge in [lower, upper] { lines.append(.line(x: x, y: edge, ink.unmarked.width(1.2), label: label)) }
            } else {
                // A marker shows one measurement, which is no line.
                let pen = x.count == 1 ? ink : ink.unmarked.width(1.6)
                lines.append(.line(x: x, y: points.map { min($0.values[0], range.upper) }, pen, label: label))
            }
        }
        return Panel(title: part.rawValue, x: steps, y: range.axis(part.axisTitle), marks: bands + lines)
    }

    /// What the means span. Losses are logarithmic from a factor of 20 on, as in `loss-over-steps`; gradients always.
    private func range(_ part: Part, _ entries: [Entry]) -> CurveRange? {
        func means(_ entries: [Entry]) -> [Double] {
            entries.flatMap { $0.summaries.joined().map(\.statistics.mean) }.filter(\.isFinite)
        }
        let all = means(entries)
        let finished = means(entries.filter { $0.curves[0].diverged.count < $0.curves[0].runs.count })
        guard let least = all.min(), let greatest = all.max() else { return nil }
        let isLong = part != .loss || greatest > 20 * least
        return CurveRange(
            all: all, finished: finished, scale: valueScale ?? (least > 0 && isLong ? .log : .linear), isMagnitude: true
        )
    }

    private func divergenceWords(_ entry: Entry) -> String {
        let (diverged, all) = (entry.curves[0].diverged.count, entry.curves[0].runs.count)
        return diverged == 0 ? "" : " (\(diverged) of \(all) seeds diverged)"
    }

    private func write(_ entry: Entry, quantities: [String], to numbers: inout CSVText) {
        for (quantity, points) in zip(quantities, entry.summaries) {
            for point in points {
                let statistics = point.statistics
                let deviation = statistics.deviation.flatMap { $0.isFinite ? $0 : nil }
                numbers.append(
                    .text(quantity), .text(entry.arm.name), .integer(point.step), .number(statistics.mean),
                    .integer(statistics.count), .optional(deviation), .number(statistics.minimum),
                    .number(statistics.maximum))
            }
        }
    }
}
