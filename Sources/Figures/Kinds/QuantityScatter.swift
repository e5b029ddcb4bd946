import Foundation
import Plotting
import Results
import Vocabulary

/// `quantity-scatter`: one measured quantity against another, a point a run.
struct QuantityScatter: FigureKind {
    static let name = "quantity-scatter"
    static let purpose =
        "One measured quantity against another, a point a run, and a third one to compare the second with."
    static let options: [FigureOption] = [
        .arms, .title,
        FigureOption(name: "x", meaning: "the quantity of the horizontal axis; required"),
        FigureOption(name: "y", meaning: "the quantity of the vertical axis; required"),
        FigureOption(name: "compare", meaning: "a third quantity, on the vertical axis too: a tick a run"),
        FigureOption(name: "place", meaning: "the places of all three, * matches any text; by default all: their mean"),
        FigureOption(name: "step", meaning: "first, last (default) or a number: the measured step nearest to it"),
        FigureOption(
            name: "x-scale",
            meaning: "linear or log; by default log for magnitudes that are positive and span two powers of ten"),
        FigureOption(name: "y-scale", meaning: "the same for the vertical axis"),
        FigureOption(name: "x-label", meaning: "the title of the horizontal axis"),
        FigureOption(name: "y-label", meaning: "the title of the vertical axis"),
    ]
    static let columns = [
        FigureColumn(name: "arm", meaning: "the arm's name"),
        FigureColumn(name: "seed", meaning: "the run's seed"),
        FigureColumn(name: "x", meaning: "the quantity of the horizontal axis"),
        FigureColumn(name: "y", meaning: "the quantity of the vertical axis"),
        FigureColumn(name: "compare", meaning: "the third quantity; empty where none is asked for"),
    ]

    private let options: FigureOptions
    private let x: String
    private let y: String
    private let compare: String?
    private let pattern: Glob
    private let step: ProfileStep
    private let horizontalScale: ScaleChoice?
    private let valueScale: ScaleChoice?

    init(_ options: FigureOptions) throws(FigureError) {
        self.options = options
        x = try options.required("x", "a measured quantity, as in line-condition")
        y = try options.required("y", "a measured quantity, as in line-steps")
        compare = options.text("compare")
        pattern = Glob(options.text("place") ?? "*")
        let text = options.text("step") ?? "last"
        guard let step = ProfileStep(text) else {
            throw .badOption("step", value: text, expected: "first, last or a whole number from 0")
        }
        self.step = step
        horizontalScale = try options.choice("x-scale")
        valueScale = try options.choice("y-scale")
    }

    /// One run.
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
        let selection = try results.arms(options)
        let arms = try results.measured(selection.arms)
        for (option, quantity) in [("x", x), ("y", y)] + (compare.map { [("compare", $0)] } ?? []) {
            _ = try arms.requiredPlaces(of: quantity, matching: options.text("place") ?? "*", option: option)
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

        var provenance = Provenance(results, arms: selection.arms)
        provenance.add(selection.note)
        let absent = points.count - shown.count
        if absent > 0 { provenance.add("\(Phrase.count(absent, "run")) without both numbers left out.") }
        for note in [horizontal, vertical].notes { provenance.add(note) }

        var numbers = Self.numbers()
        for point in points {
            numbers.append(
                .text(point.arm.name), .integer(point.run.seed), .number(point.x), .number(point.y),
                compare == nil ? .empty : .number(point.compare))
        }
        let (xWords, yWords) = (results.quantities[x], results.quantities[y])
        let ticks = compare.map { ", a tick its \(results.quantities[$0].heading.lowercasedFirst)" } ?? ""
        let picture = Figure(
            title: options.text("title") ?? "\(yWords.heading) and \(xWords.heading.lowercasedFirst)",
            subtitle: "\(results.facts.title). A point is one run\(ticks).",
            panels: [
                [
                    Panel(
                        x: horizontal.axis(options.text("x-label") ?? xWords.title),
                        y: vertical.axis(options.text("y-label") ?? yWords.title),
                        marks: marks(shown, horizontal, results.quantities))
                ]
            ], footnote: provenance.text)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    /// A run's number: the mean over places at the step that is asked for; NaN where it has none.
    private func number(_ quantity: String, of measured: MeasuredQuantities) -> Double {
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
