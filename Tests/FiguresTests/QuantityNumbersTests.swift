import Foundation
import Plotting
import Testing

@testable import Figures
@testable import Results

/// The numbers of figures of measured quantities, against computations straight from the runs' files.
@Suite struct QuantityNumbersTests {
    /// A row of a CSV file without quotation marks.
    private typealias Row = [String: String]

    private func parsed(_ text: String) -> [Row] {
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        return lines.dropFirst().map { line in
            Dictionary(uniqueKeysWithValues: zip(lines[0].map(String.init), line.map(String.init)))
        }
    }

    private func number(_ row: Row?, _ column: String) -> Double { Double(row?[column] ?? "") ?? .nan }

    /// The values of a quantity in a run's file, those of rows that fit.
    private func values(
        _ folder: URL, _ run: String, _ quantity: String, file: String = "measures.csv", _ fits: (Row) -> Bool
    ) throws -> [Double] {
        let text = try String(contentsOf: folder.appending(path: "\(run)/\(file)"), encoding: .utf8)
        return parsed(text).filter { $0["quantity"] == quantity && fits($0) }.map { number($0, "value") }
    }

    private func draw(
        _ kind: String, _ options: [String: String] = [:], of experiment: SyntheticExperiment = SyntheticExperiment(),
        _ body: (URL, [Row], FigureDrawing) throws -> Void
    ) throws {
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        let drawing = try FigureText.figure(kind, options).draw(ExperimentResults(folder: folder))
        try body(folder, parsed(drawing.numbers.text), drawing)
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    // MARK: Over steps

    @Test func curvesAreMeansOverPlacesThenSeeds() throws {
        try draw("quantity-over-steps", ["quantities": "[weight-norm, gradient-shift]", "place": "hidden*"]) {
            folder, rows, drawing in
            let means = try (1...3).map { seed in
                mean(try values(folder, "baseline/seed-\(seed)", "weight-norm") { $0["step"] == "150" })
            }
            let row = rows.first {
                $0["quantity"] == "weight-norm" && $0["arm"] == "baseline" && $0["curve"] == "mean"
                    && $0["step"] == "150"
            }
            #expect(row?["place"] == "" && row?["n"] == "3")
            #expect(abs(number(row, "value") - mean(means)) < 1e-12)
            #expect(abs(number(row, "minimum") - (means.min() ?? 0)) < 1e-12)
            #expect(abs(number(row, "maximum") - (means.max() ?? 0)) < 1e-12)
            let seed = rows.first {
                $0["quantity"] == "weight-norm" && $0["arm"] == "baseline" && $0["seed"] == "2" && $0["step"] == "150"
            }
            #expect(abs(number(seed, "value") - means[1]) < 1e-12)
            #expect(Set(rows.filter { $0["curve"] == "diverged" }.map { $0["step"] }) == ["93", "96", "99"])
            #expect(drawing.picture.panels.map(\.count) == [1, 1])
            #expect(drawing.picture.footnote?.contains("hidden1, hidden2 and hidden3") == true)
        }
    }

    @Test func placesCanHavePanels() throws {
        let options = ["quantities": "[gradient-shift, gradient-cosine]", "places": "panels", "place": "hidden*"]
        try draw("quantity-over-steps", options) { folder, rows, drawing in
            #expect(drawing.picture.panels.map(\.count) == [3, 3])
            #expect(drawing.picture.panels[0].map(\.title) == ["hidden1", "hidden2", "hidden3"])
            let found = rows.first {
                $0["quantity"] == "gradient-cosine" && $0["place"] == "hidden2" && $0["arm"] == "batch-norm"
                    && $0["seed"] == "3" && $0["step"] == "75"
            }
            let expected = try values(folder, "batch-norm/seed-3", "gradient-cosine") {
                $0["step"] == "75" && $0["place"] == "hidden2"
            }
            #expect(expected == [number(found, "value")])
        }
    }

    @Test func smoothingIsAMovingMeanOfMeasurements() throws {
        let options = ["quantities": "[smoothness]", "smoothing": "4", "level": "20"]
        try draw("quantity-over-steps", options) { folder, rows, drawing in
            let all = try values(folder, "baseline/seed-1", "smoothness") { _ in true }
            let own = rows.filter { $0["arm"] == "baseline" && $0["seed"] == "1" }
            #expect(own.map { $0["step"] }.first == "45")
            #expect(own.count == all.count - 3)
            #expect(abs(number(own[5], "value") - mean(Array(all[5...8]))) < 1e-12)
            #expect(drawing.picture.footnote?.contains("Moving mean of 4 measurements.") == true)
            #expect(
                drawing.picture.panels[0][0].marks.contains { if case .rule(_, 20, _, _) = $0 { true } else { false } })
        }
    }

    @Test func oneStepLengthCanBeChosen() throws {
        try draw("quantity-over-steps", ["quantities": "[loss-ratio]", "at": "3"]) { folder, rows, drawing in
            let expected = try values(folder, "batch-norm/seed-2", "loss-ratio") {
                $0["step"] == "30" && $0["at"] == "3.0"
            }
            let found = rows.first { $0["arm"] == "batch-norm" && $0["seed"] == "2" && $0["step"] == "30" }
            #expect(expected == [number(found, "value")])
            #expect(drawing.picture.footnote?.contains("Length s of the step θ − s∇L(θ): 3.") == true)
        }
    }

    @Test(arguments: [
        (["quantities": "[gradient-shft]"], "expected one of the measured quantities: gradient-norm, gradient-shift"),
        (["quantities": "[weight-norm]", "place": "conv*"], "expected a pattern that matches some of hidden1/weight"),
        (["quantities": "[weight-norm, smoothness]", "y-label": "x"], "'quantities' names 2"),
        (["quantities": "[weight-norm]", "at": "one"], "at': expected a number"),
        (["quantities": "[]"], "expected at least one value, found 0"),
        (["place": "conv*"], "missing key 'quantities' in 'figures.quantity-over-steps'"),
    ]) func mistakesAreNamed(options: [String: String], words: String) throws {
        let error = #expect(throws: (any Error).self) { try draw("quantity-over-steps", options) { _, _, _ in } }
        #expect(error.map { "\($0)" }?.contains(words) == true, "\(String(describing: error))")
    }

    // MARK: Landscape

    @Test func landscapesAreMeansOfEachBound() throws {
        try draw("landscape") { folder, rows, drawing in
            #expect(
                drawing.picture.panels[0].map(\.title) == [
                    "(a) Loss", "(b) Gradient predictiveness", "(c) Effective β-smoothness",
                ])
            for quantity in ["loss-minimum", "loss-maximum", "gradient-change-maximum", "smoothness"] {
                let seeds = try (1...3).flatMap { seed in
                    try values(folder, "batch-norm/seed-\(seed)", quantity) { $0["step"] == "120" }
                }
                let row = rows.first { $0["quantity"] == quantity && $0["arm"] == "batch-norm" && $0["step"] == "120" }
                #expect(row?["n"] == "3")
                #expect(abs(number(row, "value") - mean(seeds)) < 1e-12)
            }
            let bands = drawing.picture.panels[0].map { panel in
                panel.marks.count { if case .band = $0 { true } else { false } }
            }
            #expect(bands == [4, 4, 0])
        }
    }

    @Test func infiniteLossesReachTheTop() throws {
        var experiment = SyntheticExperiment()
        experiment.arms = Array(experiment.arms.prefix(1))
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "baseline/seed-2/measures.csv")
        let text = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            line.hasPrefix("30,loss-maximum,") ? "30,loss-maximum,,,inf" : String(line)
        }
        try (text.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        let drawing = try FigureText.figure("landscape").draw(ExperimentResults(folder: folder))
        let row = parsed(drawing.numbers.text).first { $0["quantity"] == "loss-maximum" && $0["step"] == "30" }
        #expect(row?["value"] == "inf" && row?["n"] == "3" && row?["deviation"] == "")
        let panel = drawing.picture.panels[0][0]
        let uppers = panel.marks.compactMap { if case .band(_, _, let upper, _, _) = $0 { upper } else { nil } }
        #expect(uppers.count == 1)
        #expect(uppers[0].count == 21)
        #expect(uppers[0][2] == panel.y.upper)
        #expect(drawing.picture.footnote?.contains("not finite") == true)
    }

    // MARK: Profiles

    @Test func profilesAreTakenAtAStep() throws {
        try draw("quantity-profile", ["quantities": "[loss-ratio]", "step": "155"]) { folder, rows, drawing in
            let seeds = try (1...3).flatMap { seed in
                try values(folder, "baseline/seed-\(seed)", "loss-ratio") { $0["step"] == "150" && $0["at"] == "10.0" }
            }
            let row = rows.first { $0["arm"] == "baseline" && $0["curve"] == "mean" && $0["x"] == "10" }
            #expect(row?["step"] == "150" && row?["n"] == "3")
            #expect(abs(number(row, "value") - mean(seeds)) < 1e-12)
            #expect(rows.count { $0["arm"] == "baseline" && $0["curve"] == "mean" } == SyntheticMeasures.lengths.count)
            #expect(drawing.picture.subtitle?.contains("nearest to step 155") == true)
        }
    }

    @Test func placesAreInTheOrderOfTheNetwork() throws {
        try draw("quantity-profile", ["quantities": "[gradient-norm]", "x": "place", "step": "first"]) {
            folder, rows, drawing in
            let own = rows.filter { $0["arm"] == "batch-norm" && $0["seed"] == "3" }
            #expect(own.map { $0["place"] } == ["hidden1", "hidden2", "hidden3"])
            #expect(own.map { number($0, "x") } == [1, 2, 3])
            let expected = try values(folder, "batch-norm/seed-3", "gradient-norm") { $0["step"] == "0" }
            #expect(own.map { number($0, "value") } == expected)
            #expect(drawing.picture.subtitle?.contains("Before training.") == true)
        }
    }

    @Test func aDeepNetworksLayersAreNumbered() throws {
        var experiment = SyntheticExperiment()
        experiment.layers = (1...30).map { "layer\($0)" }
        experiment.steps = 30
        experiment.arms = Array(experiment.arms.prefix(2))
        for (kind, options) in [
            ("quantity-profile", ["quantities": "[gradient-norm]", "x": "place"]), ("shift-map", [:]),
        ] {
            try draw(kind, options, of: experiment) { _, _, drawing in
                let words = drawing.picture.scene().texts.map(\.text.content)
                #expect(words.contains("Layer, from layer1 to layer30"))
                #expect(!words.contains("layer7"))
            }
        }
    }

    @Test func aQuantityWithoutAnAxisNeedsPlaces() throws {
        let error = #expect(throws: FigureError.self) {
            try draw("quantity-profile", ["quantities": "[weight-norm]"]) { _, _, _ in }
        }
        #expect(error?.description.contains("expected place: weight-norm has no axis of its own") == true)
    }

    // MARK: Shift

    @Test func mapsShowMeansOverSeedsOnOneScale() throws {
        try draw("shift-map") { folder, rows, drawing in
            let tap = "hidden3/activation-input"
            let seeds = try (1...3).flatMap { seed in
                try values(folder, "baseline/seed-\(seed)", "wasserstein", file: "shift.csv") {
                    $0["step"] == "45" && $0["place"] == tap
                }
            }
            let row = rows.first { $0["arm"] == "baseline" && $0["place"] == tap && $0["step"] == "45" }
            #expect(row?["n"] == "3")
            #expect(abs(number(row, "value") - mean(seeds)) < 1e-12)
            let maps = drawing.picture.panels.joined().flatMap(\.marks).compactMap {
                if case .heatMap(let map) = $0 { map } else { nil }
            }
            #expect(maps.count == 4)
            #expect(Set(maps.map(\.colors)).count == 1)
            let finished = rows.filter { $0["arm"] != "high-rate" }.map { number($0, "value") }
            #expect(maps[0].colors.upper == finished.max())
            // A row a layer, a column an observation after the first.
            #expect(maps[0].values.count == 3)
            #expect(maps[0].values.allSatisfy { $0.count == 20 })
            #expect(maps[0].values[2][2] == number(row, "value"))
            #expect(drawing.picture.footnote?.contains("Colours: mean over seeds.") == true)
        }
    }

    // MARK: Scale

    @Test func theSpreadsRatioIsTheScaleOfOneUnit() throws {
        try draw("scale-and-percentiles", ["layer": "hidden3"]) { folder, rows, drawing in
            #expect(Set(rows.map { $0["arm"] }) == ["batch-norm", "batch-norm-high-rate"])
            #expect(drawing.picture.panels.map(\.count) == [2, 2])
            let run = folder.appending(path: "batch-norm/seed-2")
            let drift = parsed(try String(contentsOf: run.appending(path: "drift.csv"), encoding: .utf8))
            let unit = try #require(
                drift.first { $0["tap"] == "hidden3/scaled" && $0["typical"] == "true" }?["channel"])
            let other = drift.first { $0["tap"] == "hidden3/normalized" && $0["typical"] == "true" }?["channel"]
            #expect(unit != other)
            let own = rows.filter { $0["arm"] == "batch-norm" && $0["seed"] == "2" }
            #expect(own.count == 21)
            #expect(own.allSatisfy { $0["channel"] == unit })
            let observed = parsed(try String(contentsOf: run.appending(path: "activations.csv"), encoding: .utf8))
                .filter { $0["channel"] == unit && $0["step"] == "150" }
            let scaled = observed.first { $0["tap"] == "hidden3/scaled" }
            let normalized = observed.first { $0["tap"] == "hidden3/normalized" }
            let row = own.first { $0["step"] == "150" }
            #expect(number(row, "scaled-p15") == number(scaled, "p15"))
            #expect(number(row, "normalized-p85") == number(normalized, "p85"))
            let ratio =
                (number(scaled, "p85") - number(scaled, "p15"))
                / (number(normalized, "p85") - number(normalized, "p15"))
            #expect(abs(number(row, "scale") - ratio) < 1e-12)
            #expect(
                drawing.picture.footnote?.contains("Baseline and Baseline, rate × 10 do not normalize hidden3.") == true
            )
        }
    }

    @Test func aLayerThatIsNotNormalizedIsNamed() throws {
        let error = #expect(throws: FigureError.self) {
            try draw("scale-and-percentiles", ["layer": "hidden1"]) { _, _, _ in }
        }
        #expect(error?.description.contains("observed were hidden1/activation-input") == true)
    }
}
