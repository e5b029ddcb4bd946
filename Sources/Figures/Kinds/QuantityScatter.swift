import Foundation
import Plotting
import Results
import Vocabulary

/// `quantity-scatter`: one measured quantity against another, a point a run.
struct QuantityScatter: FigureKind {
    var common = CommonFields()
    var x = ""
    var y = ""
    var compare: String?
    var place = "*"
    var step = ProfileStep.last
    var horizontalScale: ScaleChoice?
    var valueScale: ScaleChoice?
    var horizontalLabel: String?
    var valueLabel: String?

    static let kind = "quantity-scatter"
    static let summary = """
        One measured quantity against another, a point a run, coloured by arm; beside it, as ticks, a third one that the \
        second is to be compared with, such as what was predicted.
        """
    static let fields: [Field<Self>] =
        commonFields + [
            Field("x", \.x, .text, required: true, "The quantity of the horizontal axis, a word of `measures.csv`."),
            Field("y", \.y, .text, required: true, "The quantity of the vertical axis."),
            Field("compare", \.compare, .text.optional, "A third quantity, on the vertical axis too: a tick a run."),
            Field("place", \.place, .text, "The places of all three, as a name or a pattern; their mean counts."),
            Field("step", \.step, .phrase(), FieldDocumentation.step),
            Field(
                "x-scale", \.horizontalScale, .word().optional,
                "The horizontal axis; none decides as for the vertical one."),
            Field("y-scale", \.valueScale, .word().optional, FieldDocumentation.valueScale),
            Field(
                "x-label", \.horizontalLabel, .text.optional,
                "The title of the horizontal axis; by default the quantity's own."),
            Field(
                "y-label", \.valueLabel, .text.optional,
                "The title of the vertical axis; by default the quantity's own."),
        ]

    static let columns = [
        FigureColumn("arm", "the arm's name"),
        FigureColumn("seed", "the run's seed"),
        FigureColumn("x", "the quantity of the horizontal axis"),
        FigureColumn("y", "the quantity of the vertical axis"),
        FigureColumn("compare", "the third quantity; empty where none is asked for"),
    ]

    func check(_ fields: FigureFields) {
        for (key, quantity) in quantities { fields.checkQuantity(quantity, by: key) }
    }

    private var quantities: [(key: String, quantity: String)] {
        [("x", x), ("y", y)] + (compare.map { [("compare", $0)] } ?? [])
    }

    private struct Point {
        let arm: ArmRecord
        let run: RunRecord
        let x: Double
        let y: Double
        /// NaN where there is none.
        let compare: Double

        var isFinite: Bool { x.isFinite && y.isFinite }
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let arms = try results.measured(selection.arms)
        for (key, quantity) in quantities {
            _ = try arms.requiredPlaces(of: quantity, matching: place, by: key)
        }
        let points = arms.flatMap { arm in
            arm.runs.map { run, measured in
                Point(
                    arm: arm.arm, run: run, x: number(x, of: measured), y: number(y, of: measured),
                    compare: compare.map { number($0, of: measured) } ?? .nan)
            }
        }
        let shown = points.filter(\.isFinite)
        func range(_ all: [Double], _ finished: [Double], _ quantity: String, _ scale: ScaleChoice?) -> CurveRange? {
            CurveRange(
                all: all, finished: finished, scale: scale, isMagnitude: results.quantities[quantity].isMagnitude)
        }
        let finished = shown.filter { $0.run.status == .finished }
        guard
            let horizontal = range(shown.map(\.x), finished.map(\.x), x, horizontalScale),
            let vertical = range(
                shown.flatMap { [$0.y, $0.compare] }, finished.flatMap { [$0.y, $0.compare] }, y, valueScale)
        else {
            throw .nothingToDraw(reason: "no run has finite numbers of \(x) and \(y): one of them is missing or nan")
        }

        var footnote = Footnote(results, selection)
        let absent = points.count - shown.count
        if absent > 0 { footnote.add("\(Phrase.count(absent, "run")) without both numbers left out.") }
        for note in [horizontal, vertical].notes { footnote.add(note) }

        var numbers = Self.numbers()
        for point in points {
            numbers.append(
                .text(point.arm.name), .integer(point.run.seed), .number(point.x), .number(point.y),
                compare == nil ? .empty : .number(point.compare))
        }
        let (xWords, yWords) = (results.quantities[x], results.quantities[y])
        let ticks = compare.map { ", a tick its \(results.quantities[$0].heading.lowercasedFirst)" } ?? ""
        let picture = Figure(
            title: common.title ?? "\(yWords.heading) and \(xWords.heading.lowercasedFirst)",
            subtitle: "\(results.facts.title). A point is one run\(ticks).",
            panel: Panel(
                x: horizontal.axis(horizontalLabel ?? xWords.title), y: vertical.axis(valueLabel ?? yWords.title),
                marks: marks(shown, horizontal, results.quantities)), footnote: footnote.text)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    /// A run's number: the mean over places at the step that is asked for; NaN where it has none.
    private func number(_ quantity: String, of measured: MeasuredQuantities) -> Double {
        let pattern = Glob(place)
        let rows = measured.rows(of: quantity).filter { pattern.matches($0.place) }
        guard let step = step.step(of: rows) else { return .nan }
        let values = rows.filter { $0.step == step }.map(\.value)
        return values.reduce(0, +) / Double(values.count)
    }

    /// Half the length of a tick, as a share of the axis.
    private static let tick = 0.012

    private func marks(_ points: [Point], _ horizontal: CurveRange, _ table: QuantityTable) -> [Mark] {
        let ratio = pow(horizontal.upper / horizontal.lower, Self.tick)
        let reach = (horizontal.upper - horizontal.lower) * Self.tick
        var (ways, dots): ([Mark], [Mark]) = ([], [])
        var ticks: (x: [Double], y: [Double]) = ([], [])
        for point in points {
            let ink = Ink.series(point.arm.color)
            // How far a number is from what it is compared with shows where both do not lie on each other.
            if point.compare.isFinite {
                ways.append(.line(x: [point.x, point.x], y: [point.y, point.compare], ink.unmarked.solid.width(1)))
                let ends =
                    horizontal.isLogarithmic
                    ? [point.x / ratio, point.x * ratio] : [point.x - reach, point.x + reach]
                ticks.x += ends + [.nan]
                ticks.y += [point.compare, point.compare, .nan]
            }
            dots.append(.points(x: [point.x], y: [point.y], ink, size: 8, label: point.arm.label))
        }
        guard let compare else { return dots }
        // Behind the points, out of which it reaches on both sides, and after them in the legend.
        return ways + [.line(x: ticks.x, y: ticks.y, Ink(.ink, width: 1.4))] + dots
            + [.line(x: [.nan], y: [.nan], Ink(.ink, width: 1.4), label: table[compare].heading)]
    }
}
