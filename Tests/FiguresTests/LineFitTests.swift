import Foundation
import Plotting
import Testing

@testable import Figures
@testable import Results

/// The figures of fitted lines and of one quantity against another: what they draw is what the runs' files say.
@Suite struct LineFitTests {
    private func draw(
        _ kind: String, _ options: [String: String] = [:], of experiment: SyntheticExperiment = SyntheticExperiment(),
        change: (URL) throws -> Void = { _ in }, _ body: (ExperimentResults, FigureDrawing) throws -> Void
    ) throws {
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        try change(folder)
        let results = try ExperimentResults(folder: folder)
        try body(results, try FigureText.figure(kind, options).draw(results))
    }

    private func rows(_ drawing: FigureDrawing) -> [[String]] {
        drawing.numbers.text.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private func run(_ results: ExperimentResults, _ arm: Int = 0) throws -> LineFitRun {
        let measured = try results.measured(results.arms)[arm]
        return try #require(
            LineFitRun(arm: measured.arm, run: measured.runs[0].run, measured: measured.runs[0].measured))
    }

    // MARK: A run

    @Test func everyPointOfAContourHasItsLoss() throws {
        try draw("line-fit") { results, _ in
            let fit = try run(results)
            for level in [0.01, 2.4, 60] {
                let contour = fit.contour(level)
                #expect(contour.count == 97 && contour.first == contour.last)
                for line in contour {
                    // The definition: the mean of half the squares over x = 0, 1, …, 8, as changed by the two parameters.
                    let change = line - fit.optimum
                    let excess =
                        (0...8).reduce(0.0) { sum, x in
                            let difference = change.x * Double(x) + change.y
                            return sum + difference * difference / 2
                        } / 9
                    #expect(abs(excess / level - 1) < 1e-12)
                }
            }
        }
    }

    @Test func stepsAreShownInThirdsOfPowersOfTen() {
        #expect(LineFitRun.shownSteps(upTo: 0) == [0])
        #expect(LineFitRun.shownSteps(upTo: 1) == [0, 1])
        #expect(LineFitRun.shownSteps(upTo: 29) == [0, 1, 3, 10])
        #expect(LineFitRun.shownSteps(upTo: 400) == [0, 1, 3, 10, 30, 100, 300])
    }

    @Test func aRunWithNumbersThatAreNoneIsNotDrawn() throws {
        let change: (URL) throws -> Void = { folder in
            for seed in 1...3 {
                let file = folder.appending(path: "baseline/seed-\(seed)/measures.csv")
                let text = try String(contentsOf: file, encoding: .utf8).replacing(
                    "line-slope,,3.0,", with: "line-slope,,3.0,nan\n0,other,,,")
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
        }
        try draw("line-fit", change: change) { _, drawing in
            #expect(drawing.picture.panels[0].map(\.title).first == "Batch normalization")
            #expect(drawing.picture.footnote?.contains("Baseline has no such numbers.") == true)
        }
    }

    // MARK: The figure

    @Test func linesAreThoseOfTheirSteps() throws {
        try draw("line-fit") { _, drawing in
            let own = rows(drawing).filter { $0[0] == "baseline" }
            #expect(Set(own.map { $0[1] }) == ["1"])
            #expect(own.count { $0[2] == "point" } == 9)
            let lines = own.filter { $0[2] == "line" }
            #expect(lines.map { $0[3] } == ["0", "1", "3", "10", "30", "40"])
            for line in lines {
                let (step, slope) = (try #require(Double(line[3])), try #require(Double(line[5])))
                #expect(abs(slope - (0.5 - 0.4 * pow(0.9, step))) < 1e-12)
            }
            #expect(own.count { $0[2] == "path" } == 41)
            #expect(own.filter { $0[2] == "optimum" }.map { $0[5] } == ["0.5"])
        }
    }

    @Test func cloudsStandAboveTheirContours() throws {
        try draw("line-fit") { _, drawing in
            let panels = drawing.picture.panels
            #expect(panels.map(\.count) == [4, 4])
            #expect(panels[1][0].title == "κ = 83.0: not converged after 40 steps")
            #expect(panels[1][1].title == "κ = 1.50: 12 steps")
            for panel in panels.joined() {
                let (x, y) = (panel.x, panel.y)
                let width = try #require(x.upper) - (try #require(x.lower))
                let height = try #require(y.upper) - (try #require(y.lower))
                #expect(abs(width / height - 1) < 1e-12)
            }
            // The origin, from which the cloud is off, belongs to the picture.
            #expect(panels[0].allSatisfy { ($0.x.lower ?? 1) < 0 && ($0.x.upper ?? 0) > 8 })
            #expect(drawing.picture.footnote?.contains("Shown: seed 1, the lowest.") == true)
        }
    }

    @Test func moreThanFourArmsStandBelow() throws {
        try draw("line-fit", of: FigureGalleryTests.experiment("many-arms")) { _, drawing in
            #expect(drawing.picture.panels.map(\.count) == [4, 4, 4, 4])
        }
    }

    @Test func runsWithoutALineAreNamed() throws {
        let change: (URL) throws -> Void = { folder in
            for arm in SyntheticExperiment.fourArms {
                for seed in 1...3 {
                    let file = folder.appending(path: "\(arm.name)/seed-\(seed)/measures.csv")
                    let text = try String(contentsOf: file, encoding: .utf8).replacing("line-", with: "other-")
                    try text.write(to: file, atomically: true, encoding: .utf8)
                }
            }
        }
        let error = #expect(throws: FigureError.self) { try draw("line-fit", change: change) { _, _ in } }
        #expect(error?.description.contains("expected one of the measured quantities") == true)
    }

    // MARK: One quantity against another

    @Test func aPointIsARun() throws {
        let options = ["x": "gradient-norm", "y": "weight-norm", "compare": "smoothness", "step": "30"]
        try draw("quantity-scatter", options) { results, drawing in
            let rows = rows(drawing)
            #expect(rows.count == 12)
            let row = try #require(rows.first { $0[0] == "batch-norm" && $0[1] == "2" })
            let measured = try results.measured(results.arms)[1].runs[1].measured
            for (column, quantity) in [(2, "gradient-norm"), (3, "weight-norm"), (4, "smoothness")] {
                let values = measured.rows(of: quantity).filter { $0.step == 30 }.map(\.value)
                #expect(values.count == (column == 4 ? 1 : 3))
                let mean = values.reduce(0, +) / Double(values.count)
                #expect(abs(try #require(Double(row[column])) / mean - 1) < 1e-12)
            }
            let marks = drawing.picture.panels[0][0].marks
            let labels = marks.compactMap { if case .points(_, _, _, _, let label) = $0 { label } else { nil } }
            #expect(labels.count == 12 && Set(labels).count == 4)
            // A tick stands at the third number, whose words are in the legend.
            let lines = marks.compactMap { if case .line(_, let y, _, let label) = $0 { (y, label) } else { nil } }
            #expect(lines.last?.1 == "Effective β-smoothness max ‖Δ∇L‖ / ‖Δθ‖")
            #expect(lines.contains { line in rows.allSatisfy { line.0.contains(Double($0[4]) ?? .nan) } })
        }
    }

    @Test func runsWithoutBothNumbersAreCounted() throws {
        let change: (URL) throws -> Void = { folder in
            let file = folder.appending(path: "batch-norm/seed-2/measures.csv")
            let text = try String(contentsOf: file, encoding: .utf8).replacing(",smoothness,", with: ",roughness,")
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try draw("quantity-scatter", ["x": "gradient-norm", "y": "smoothness"], change: change) { _, drawing in
            #expect(rows(drawing).filter { $0[3] == "nan" }.map { $0[0] + $0[1] } == ["batch-norm2"])
            #expect(drawing.picture.footnote?.contains("1 run without both numbers left out.") == true)
        }
    }

    @Test func theLastFiniteMeasurementCounts() throws {
        let options = ["x": "gradient-norm", "y": "smoothness"]
        try draw("quantity-scatter", options) { results, drawing in
            // Runs that diverged end with numbers that are none; the last measurement with one counts.
            #expect(rows(drawing).allSatisfy { Double($0[3])?.isFinite == true && $0[4].isEmpty })
        }
    }

    @Test(arguments: [
        (["x": "gradient-norm"], "missing key 'y' in 'figures.quantity-scatter': expected a text"),
        (["x": "gradient-nrm", "y": "smoothness"], "x is 'gradient-nrm'; expected one of the measured quantities"),
        (["x": "smoothness", "y": "smoothness", "compare": "rough"], "compare is 'rough'"),
        (["x": "smoothness", "y": "smoothness", "step": "middle"], "expected first, last or a whole number"),
    ]) func mistakesAreNamed(options: [String: String], words: String) throws {
        let error = #expect(throws: (any Error).self) { try draw("quantity-scatter", options) { _, _ in } }
        #expect(error.map { "\($0)" }?.contains(words) == true, "\(String(describing: error))")
    }
}
