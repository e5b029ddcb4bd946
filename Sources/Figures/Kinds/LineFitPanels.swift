import Plotting
import Results

/// The two panels of ``LineFit``: a cloud with lines, and the contours of the loss with a path.
struct LineFitPanels {
    /// The steps after which a line is drawn, beside the last one.
    let steps: [Int]
    /// The height of a plot in logical points.
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
