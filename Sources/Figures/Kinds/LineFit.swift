import Plotting
import Results

/// `line-fit`: a line that is fitted to a cloud of points, and gradient descent on its loss, a column an arm.
struct LineFit: FigureKind {
    static let name = "line-fit"
    static let purpose =
        "Clouds of points with the line that is fitted to them, above contours of its loss with the path of gradient descent."
    static let options: [FigureOption] = [.arms, .title]
    static let columns = [
        FigureColumn(name: "arm", meaning: "the arm's name"),
        FigureColumn(name: "seed", meaning: "the run's seed"),
        FigureColumn(name: "what", meaning: "point, line, path (every step shown), optimum or contour"),
        FigureColumn(name: "step", meaning: "the step of gradient descent, of a line and a path"),
        FigureColumn(name: "excess", meaning: "the loss above the least one, of a contour"),
        FigureColumn(name: "x", meaning: "x of a point; the slope of anything else"),
        FigureColumn(name: "y", meaning: "y of a point; the intercept of anything else"),
    ]

    private let options: FigureOptions

    init(_ options: FigureOptions) throws(FigureError) {
        self.options = options
    }

    /// Columns beside each other; more arms stand below.
    private static let mostColumns = 4
    private static let width = 1300.0
    /// About the width of a plot, so that a unit is as long in both directions.
    private static let height = 252.0

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        let selection = try results.arms(options)
        let arms = try results.measured(selection.arms)
        _ = try arms.requiredPlaces(of: "line-slope", matching: "*", option: "arms")
        let fits = arms.compactMap { arm in
            arm.runs.lazy.compactMap { LineFitRun(arm: arm.arm, run: $0.run, measured: $0.measured) }.first
        }
        guard let last = fits.compactMap(\.path.last?.step).max() else {
            throw .nothingToDraw(reason: "no run has a cloud and a path with finite numbers: run the experiment again")
        }
        var provenance = Provenance(results, arms: selection.arms)
        provenance.add(selection.note)
        provenance.add("Shown: \(Phrase.seeds(Set(fits.map(\.run.seed)))), the lowest.")
        provenance.add(
            "Contours: where the loss above the least one is 1/16, 1/4, 9/16, 1, … of that at the start. Axes differ between panels."
        )
        let lacking = arms.filter { arm in !fits.contains { $0.arm == arm.arm } }.map(\.arm.label)
        if !lacking.isEmpty {
            provenance.add("\(Phrase.list(lacking)) \(lacking.count == 1 ? "has" : "have") no such numbers.")
        }

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
            title: options.text("title") ?? "A line fitted by gradient descent",
            subtitle:
                "\(results.facts.title). Above: points and the line over the steps; below: its loss and the path.",
            panels: rows, footnote: provenance.text)
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
