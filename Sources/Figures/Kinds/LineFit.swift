import Foundation
import Plotting
import Results
import Vocabulary

/// `line-fit`: a line that is fitted to a cloud of points, and gradient descent on its loss, a column an arm.
struct LineFit: FigureKind {
    var common = CommonFields()

    static let kind = "line-fit"
    static let summary = """
        A column an arm: the cloud of points with the line as it is fitted, and the contours of the loss with the path of \
        gradient descent. The runs must have the procedure `line-fit`.
        """
    static let fields: [Field<Self>] = commonFields

    static let columns = [
        FigureColumn("arm", "the arm's name"),
        FigureColumn("seed", "the run's seed"),
        FigureColumn("what", "point, line, path (every step shown), optimum or contour"),
        FigureColumn("step", "the step of gradient descent, of a line and a path"),
        FigureColumn("excess", "the loss above the least one, of a contour"),
        FigureColumn("x", "x of a point; the slope of anything else"),
        FigureColumn("y", "y of a point; the intercept of anything else"),
    ]

    /// Columns beside each other; more arms stand below.
    private static let mostColumns = 4
    private static let width = 1300.0
    /// About the width of a plot, so that a unit is as long in both directions.
    private static let height = 252.0

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(common.arms)
        let arms = try results.measured(selection.arms)
        _ = try arms.requiredPlaces(of: "line-slope", matching: "*", by: "arms")
        let fits = arms.compactMap { arm in
            arm.runs.lazy.compactMap { LineFitRun(arm: arm.arm, run: $0.run, measured: $0.measured) }.first
        }
        guard let last = fits.compactMap(\.path.last?.step).max() else {
            throw .nothingToDraw(reason: "no run has a cloud and a path with finite numbers: run the experiment again")
        }
        var footnote = Footnote(results, selection)
        footnote.add("Shown: \(Phrase.seeds(Set(fits.map(\.run.seed)))), the lowest.")
        footnote.add(
            "Contours: where the loss above the least one is 1/16, 1/4, 9/16, 1, … of that at the start. Axes differ between panels."
        )
        let lacking = arms.filter { arm in !fits.contains { $0.arm == arm.arm } }.map(\.arm.label)
        footnote.add(Phrase.lacking(lacking, "such numbers"))

        var numbers = Self.numbers()
        let picture = LineFitPanels(steps: LineFitRun.shownSteps(upTo: last), height: Self.height)
        for fit in fits { write(fit, picture, to: &numbers) }
        var rows: [[Panel]] = []
        for start in stride(from: 0, to: fits.count, by: Self.mostColumns) {
            let members = fits[start..<min(start + Self.mostColumns, fits.count)]
            var pair = [members.map(picture.cloud), members.map(picture.contours)]
            pair.keepFirstValueTitles()
            rows += pair
        }
        var figure = Figure(
            title: common.title ?? "A line fitted by gradient descent",
            subtitle:
                "\(results.facts.title). Above: points and the line over the steps; below: its loss and the path.",
            panels: rows, footnote: footnote.text)
        figure.width = fits.count >= Self.mostColumns ? Self.width : nil
        return FigureDrawing(picture: figure, numbers: numbers)
    }

    private func write(_ fit: LineFitRun, _ picture: LineFitPanels, to numbers: inout CSVText) {
        let arm: [CSVField] = [.text(fit.arm.name), .integer(fit.run.seed)]
        for point in fit.points {
            numbers.append(arm + ["point", .empty, .empty, .number(point.x), .number(point.y)])
        }
        for (what, steps) in [("line", picture.states(of: fit)), ("path", fit.path)] {
            for state in steps {
                numbers.append(
                    arm + [.text(what), .integer(state.step), .empty, .number(state.slope), .number(state.intercept)])
            }
        }
        numbers.append(arm + ["optimum", .empty, .number(0), .number(fit.optimum.x), .number(fit.optimum.y)])
        for level in LineFitPanels.levels(of: fit) {
            for point in fit.contour(level) {
                numbers.append(arm + ["contour", .empty, .number(level), .number(point.x), .number(point.y)])
            }
        }
    }
}

/// The two panels of ``LineFit``: a cloud with lines, and the contours of the loss with a path.
struct LineFitPanels {
    /// The steps after which a line is drawn, beside the last one.
    let steps: [Int]
    let height: Double

    private static let (light, dark) = (Color(0x8FC1E8), Color(0x0B2F5E))
    private static let last = Ink(Palette.color(1), width: 2.4)
    private static let axis = Ink(.muted, width: 0.9, opacity: 0.7)

    /// The line's states that are drawn: those of a run's path after ``steps``, and its last.
    func states(of fit: LineFitRun) -> [LineFitRun.State] {
        let last = fit.path.count - 1
        return fit.path.enumerated().filter { $0.offset == last || steps.contains($0.element.step) }.map(\.element)
    }

    /// Early lines are light and late ones dark.
    private func ink(_ step: Int) -> Ink {
        let place = Double(steps.firstIndex(of: step) ?? 0) / Double(max(1, steps.count - 1))
        let ink = Ink(Self.light.mixed(with: Self.dark, place), width: 1.6)
        return step == 0 ? ink.dash([5, 3]) : ink
    }

    private static func words(_ step: Int) -> String {
        step == 0 ? "Line at the start" : step == 1 ? "After 1 step" : "\(Phrase.grouped(step))"
    }

    /// A square around points with room at its edges: a unit is as long in both directions.
    static func square(_ points: [SIMD2<Double>], room: Double) -> (lower: SIMD2<Double>, upper: SIMD2<Double>) {
        let least = points.reduce(points[0]) { SIMD2(min($0.x, $1.x), min($0.y, $1.y)) }
        let greatest = points.reduce(points[0]) { SIMD2(max($0.x, $1.x), max($0.y, $1.y)) }
        let reach = (greatest - least).max()
        let half = (reach > 0 ? reach : 1) * (0.5 + room)
        let middle = (least + greatest) / 2
        return (middle - half, middle + half)
    }

    // MARK: The cloud

    /// The cloud of an arm, and the line after ``steps``.
    func cloud(_ fit: LineFitRun) -> Panel {
        let (lower, upper) = Self.square(fit.points + [SIMD2(0, 0)], room: 0.06)
        var marks: [Mark] = [
            .rule(.horizontal, at: 0, Self.axis), .rule(.vertical, at: 0, Self.axis),
            .points(
                x: fit.points.map(\.x), y: fit.points.map(\.y), Ink(.muted, marker: .circle, opacity: 0.4), size: 4,
                label: "Points"),
        ]
        // The legend has the steps in their order, whichever of them this path has.
        for step in steps { marks.append(.line(x: [.nan], y: [.nan], ink(step), label: Self.words(step))) }
        let states = states(of: fit)
        for (index, state) in states.enumerated() {
            let isLast = index == states.count - 1
            let ends = [lower.x, upper.x]
            marks.append(
                .line(
                    x: ends, y: ends.map { state.slope * $0 + state.intercept },
                    isLast ? Self.last : ink(state.step), label: isLast ? "At the end" : nil))
        }
        return Panel(
            title: fit.arm.label, x: Axis("x", from: lower.x, to: upper.x), y: Axis("y", from: lower.y, to: upper.y),
            marks: marks, height: height)
    }

    // MARK: The loss

    /// What the loss of the contours is above the least one: squares, so that the ellipses are at equal distances.
    static func levels(of fit: LineFitRun) -> [Double] { (1...8).map { fit.excess * Double($0 * $0) / 16 } }

    /// The contours of an arm's loss, and the path of gradient descent.
    func contours(_ fit: LineFitRun) -> Panel {
        let path = fit.path.map { SIMD2($0.slope, $0.intercept) }
        // The optimum is in the middle, as it is of the ellipses.
        let opposite = path.map { 2 * fit.optimum - $0 }
        let (lower, upper) = Self.square(path + opposite + [fit.optimum], room: 0.1)
        var marks = Self.levels(of: fit).map { level in
            let contour = fit.contour(level)
            return Mark.line(x: contour.map(\.x), y: contour.map(\.y), Ink(Color(0xB5B5B5), width: 1))
        }
        marks.append(.line(x: path.map(\.x), y: path.map(\.y), Ink(Self.dark, width: 0.8, opacity: 0.6)))
        let states = states(of: fit)
        for state in states.dropLast() {
            marks.append(
                .points(
                    x: [state.slope], y: [state.intercept],
                    Ink(ink(state.step).color, marker: state.step == 0 ? .square : .circle), size: 8))
        }
        marks.append(
            .points(
                x: [fit.optimum.x], y: [fit.optimum.y], Ink(Self.last.color, marker: .plus), size: 9, label: "Optimum"))
        let steps = fit.path.last?.step ?? 0
        let end = fit.isConverged ? "" : "not converged after "
        return Panel(
            title: "κ = \(Self.rounded(fit.condition)): \(end)\(Phrase.count(steps, "step"))",
            x: Axis("Slope k", from: lower.x, to: upper.x), y: Axis("Intercept b", from: lower.y, to: upper.y),
            marks: marks, height: height)
    }

    /// Two digits behind the point of numbers below ten, and of others one or none.
    private static func rounded(_ value: Double) -> String {
        Phrase.fixed(value, decimals: value < 10 ? 2 : value < 100 ? 1 : 0)
    }
}

/// What was measured of a line that a run fitted: its cloud, the path of gradient descent, and the loss, which is a quadratic.
struct LineFitRun: Sendable {
    /// A point of the plane, or a line as (slope, intercept).
    typealias Point = SIMD2<Double>

    struct State: Sendable, Equatable {
        let step: Int
        let slope: Double
        let intercept: Double
    }

    let arm: ArmRecord
    let run: RunRecord
    let points: [Point]
    let path: [State]
    let optimum: Point
    /// E x² and E x: the loss above the least one is ½(E x²·Δk² + 2·E x·Δk·Δb + Δb²).
    let second, first: Double
    let excess: Double
    let condition: Double
    let isConverged: Bool

    /// What a run measured; nil where something is missing or not a number.
    init?(arm: ArmRecord, run: RunRecord, measured: MeasuredQuantities) {
        func numbers(_ quantity: String) -> [(at: Double, value: Double)] {
            measured.rows(of: "line-\(quantity)").map { ($0.at ?? 0, $0.value) }.sorted { $0.at < $1.at }
        }
        func number(_ quantity: String) -> Double { numbers(quantity).first?.value ?? .nan }
        self.arm = arm
        self.run = run
        points = zip(numbers("point-x"), numbers("point-y")).map { Point($0.value, $1.value) }
        path = zip(numbers("slope"), numbers("intercept")).compactMap { slope, intercept in
            Int(exactly: slope.at).map { State(step: $0, slope: slope.value, intercept: intercept.value) }
        }
        optimum = Point(number("optimum-slope"), number("optimum-intercept"))
        (second, first) = (number("hessian-slope"), number("hessian-cross"))
        (excess, condition) = (number("excess"), number("condition"))
        isConverged = number("converged") == 1
        let all = points.flatMap { [$0.x, $0.y] } + path.flatMap { [$0.slope, $0.intercept] }
        guard !points.isEmpty, !path.isEmpty,
            (all + [optimum.x, optimum.y, second, first, excess, condition]).allSatisfy(\.isFinite),
            second > first * first
        else { return nil }
    }

    /// The lines on which the loss is so much above the least one: an ellipse about the optimum, closed.
    ///
    /// With H = CᵀC, C upper triangular, it is w* + √(2e)·C⁻¹u for unit vectors u.
    func contour(_ level: Double) -> [Point] {
        let radius = (2 * level).squareRoot()
        let corner = second.squareRoot()
        let rest = (1 - first * first / second).squareRoot()
        let corners = 96
        return (0...corners).map { index in
            let angle = 2 * Double.pi * Double(index % corners) / Double(corners)
            let intercept = radius * sin(angle) / rest
            let slope = (radius * cos(angle) - first / corner * intercept) / corner
            return optimum + Point(slope, intercept)
        }
    }

    /// 0, 1, 3, 10, 30, … up to the last.
    static func shownSteps(upTo last: Int) -> [Int] {
        var (steps, next) = ([0], 1)
        while next <= last {
            steps.append(next)
            if 3 * next <= last { steps.append(3 * next) }
            next *= 10
        }
        return steps
    }
}
