import Foundation
import Testing

@testable import Figures
@testable import Results

/// The plotted numbers against computations of their own, straight from the runs' files.
@Suite struct FigureNumbersTests {
    /// Rows of a simple CSV file as dictionaries; commas inside quotation marks become semicolons.
    private func rows(_ text: String) -> [[String: String]] {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        let plain = parts.map { $0.offset % 2 == 1 ? $0.element.replacing(",", with: ";") : $0.element }
        let lines = plain.joined().split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        return lines.dropFirst().map { line in
            Dictionary(uniqueKeysWithValues: zip(lines[0].map(String.init), line.map(String.init)))
        }
    }

    private func file(_ folder: URL, _ path: String) throws -> [[String: String]] {
        try rows(String(contentsOf: folder.appending(path: path), encoding: .utf8))
    }

    private func number(_ row: [String: String], _ column: String) -> Double { Double(row[column] ?? "") ?? .nan }

    private func numbers(
        _ kind: String, _ options: [String: String] = [:], of experiment: SyntheticExperiment = SyntheticExperiment(),
        _ body: (URL, [[String: String]]) throws -> Void
    ) throws {
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        let drawing = try FigureText.figure(kind, options).draw(ExperimentResults(folder: folder))
        try body(folder, rows(drawing.numbers.text))
    }

    @Test func accuraciesAreMeansOverSeedsWithPopulationStatistics() throws {
        try numbers("accuracy-over-steps") { folder, rows in
            let values = try (1...3).map { seed in
                let row = try file(folder, "batch-norm/seed-\(seed)/eval.csv").first {
                    $0["step"] == "80" && $0["statistics"] == "population"
                }
                return number(try #require(row), "accuracy")
            }
            let mean = (values[0] + values[1] + values[2]) / 3
            let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
            let row = try #require(
                rows.first { $0["arm"] == "batch-norm" && $0["curve"] == "mean" && $0["step"] == "80" })
            #expect(row["statistics"] == "population")
            #expect(row["n"] == "3")
            #expect(abs(number(row, "value") - mean) < 1e-15)
            #expect(abs(number(row, "deviation") - (squares / 2).squareRoot()) < 1e-15)
            #expect(number(row, "minimum") == values.min())
            #expect(number(row, "maximum") == values.max())
            let seed = try #require(
                rows.first { $0["arm"] == "batch-norm" && $0["seed"] == "2" && $0["step"] == "80" })
            #expect(number(seed, "value") == values[1])
            let end = rows.filter { $0["curve"] == "diverged" }
            #expect(end.map { $0["step"] } == ["93", "96", "99"])
            #expect(end.allSatisfy { $0["arm"] == "high-rate" })
        }
    }

    @Test func statisticsCanBeChosen() throws {
        try numbers("accuracy-over-steps", ["statistics": "moving-average"]) { folder, rows in
            let row = try #require(
                rows.first { $0["arm"] == "batch-norm" && $0["seed"] == "1" && $0["step"] == "20" })
            let expected = try #require(
                try file(folder, "batch-norm/seed-1/eval.csv").first {
                    $0["step"] == "20" && $0["statistics"] == "moving-average"
                })
            #expect(row["statistics"] == "moving-average")
            #expect(number(row, "value") == number(expected, "accuracy"))
            #expect(rows.contains { $0["arm"] == "baseline" && $0["statistics"] == "none" })
        }
    }

    /// Batch statistics are there before the first step, moving averages are not: that makes them no longer curve.
    @Test func theStatisticsThatCountAreDrawnWhereOthersHaveOneEvaluationMore() throws {
        let folder = try SyntheticExperiment().write()
        defer { try? FileManager.default.removeItem(at: folder) }
        for seed in 1...3 {
            let place = folder.appending(path: "batch-norm/seed-\(seed)/eval.csv")
            let lines = try String(contentsOf: place, encoding: .utf8).split(separator: "\n").map(String.init)
            let kept = lines.filter { !$0.hasPrefix("0,moving-average") }
            let text = kept.map { $0.replacing("population", with: "batch") }.joined(separator: "\n") + "\n"
            try text.write(to: place, atomically: false, encoding: .utf8)
        }
        func statistics(_ options: [String: String]) throws -> Set<String?> {
            let drawing = try FigureText.figure("accuracy-over-steps", options).draw(ExperimentResults(folder: folder))
            return Set(rows(drawing.numbers.text).filter { $0["arm"] == "batch-norm" }.map { $0["statistics"] })
        }
        #expect(try statistics([:]) == ["moving-average"])
        #expect(try statistics(["statistics": "batch"]) == ["batch"])
    }

    @Test func lossesAreTrailingMeans() throws {
        try numbers("loss-over-steps", ["window": "20"]) { folder, rows in
            let losses = try file(folder, "baseline/seed-3/train.csv").map { number($0, "loss") }
            for step in [5, 20, 100, 300] {
                let window = losses[max(0, step - 20)..<step]
                let row = try #require(
                    rows.first { $0["arm"] == "baseline" && $0["seed"] == "3" && $0["step"] == "\(step)" })
                #expect(abs(number(row, "value") - window.reduce(0, +) / Double(window.count)) < 1e-12)
            }
        }
    }

    @Test func typicalUnitsAreThoseOfDrift() throws {
        try numbers("activation-quantiles", ["tap": "hidden3/activation-input"]) { folder, rows in
            for (arm, seed) in [("baseline", 1), ("batch-norm", 3)] {
                let drift = try file(folder, "\(arm)/seed-\(seed)/drift.csv").first {
                    $0["tap"] == "hidden3/activation-input" && $0["typical"] == "true"
                }
                let channel = try #require(drift?["channel"])
                let observed = try file(folder, "\(arm)/seed-\(seed)/activations.csv").filter {
                    $0["tap"] == "hidden3/activation-input"
                }
                let own = rows.filter { $0["arm"] == arm && $0["seed"] == "\(seed)" }
                #expect(own.count == 21)
                #expect(own.allSatisfy { $0["channel"] == channel })
                let expected = try #require(observed.first { $0["channel"] == channel && $0["step"] == "150" })
                let found = try #require(own.first { $0["step"] == "150" })
                for column in ["p15", "p50", "p85"] { #expect(number(found, column) == number(expected, column)) }
                let medians = observed.filter { $0["step"] == "150" }.map { number($0, "p50") }.sorted()
                #expect(medians.count == 7)
                #expect(abs(number(found, "units-low") - (medians[0] + 0.3 * (medians[1] - medians[0]))) < 1e-6)
                #expect(abs(number(found, "units-high") - (medians[5] + 0.7 * (medians[6] - medians[5]))) < 1e-6)
            }
        }
    }

    @Test func densitiesHoldTheSharesOfTheirBins() throws {
        try numbers("activation-distributions") { folder, rows in
            let densities = rows.filter {
                $0["arm"] == "batch-norm" && $0["tap"] == "hidden2/activation-input" && $0["step"] == "150"
                    && $0["series"] == "density"
            }
            let mass = densities.map { number($0, "value") * (number($0, "right") - number($0, "left")) }
            #expect(abs(mass.reduce(0, +) - 1) < 0.02)
            let layers = try file(folder, "batch-norm/seed-1/layers.csv")
            let layer = try #require(
                layers.first { $0["tap"] == "hidden2/activation-input" && $0["step"] == "150" })
            let median = try #require(
                rows.first {
                    $0["arm"] == "batch-norm" && $0["tap"] == "hidden2/activation-input" && $0["step"] == "150"
                        && $0["series"] == "p50"
                })
            #expect(number(median, "value") == number(layer, "p50"))
            // Half of the mass lies below the median; the bin that it lies in counts by its part.
            let middle = number(layer, "p50")
            let below = zip(densities, mass).map { row, mass in
                let (left, right) = (number(row, "left"), number(row, "right"))
                return mass * min(max((middle - left) / (right - left), 0), 1)
            }
            #expect(abs(below.reduce(0, +) - 0.5) < 0.02)
            #expect(Set(rows.map { $0["seed"] }) == ["1"])
        }
    }

    @Test func finalAccuraciesHaveStudentIntervals() throws {
        try numbers("final-accuracy") { folder, rows in
            let finals = try (1...3).map { seed in
                number(try #require(try file(folder, "baseline/seed-\(seed)/eval.csv").last), "accuracy")
            }
            let bests = try (1...3).map { seed in
                try file(folder, "baseline/seed-\(seed)/eval.csv").map { number($0, "accuracy") }.max() ?? 0
            }
            for (measure, values) in [("final", finals), ("best", bests)] {
                let mean = values.reduce(0, +) / 3
                let deviation = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2).squareRoot()
                let row = try #require(
                    rows.first { $0["arm"] == "baseline" && $0["measure"] == measure && $0["seed"] == "" })
                #expect(abs(number(row, "accuracy") - mean) < 1e-12)
                #expect(abs(number(row, "deviation") - deviation) < 1e-12)
                #expect(abs(number(row, "high") - (mean + 4.302652729749463 * deviation / 3.0.squareRoot())) < 1e-9)
            }
            let diverged = rows.filter { $0["arm"] == "high-rate" }
            #expect(diverged.count == 6)
            #expect(diverged.allSatisfy { $0["status"] == "diverged" && $0["accuracy"] == "" })
        }
    }

    @Test func sweepCellsAreMeansOfTheRunsThatFinished() throws {
        var experiment = FigureGalleryTests.experiment("sweep")
        experiment.steps = 60
        let options = ["x": "optimizer.sgd.rate", "y": "initializer.gaussian.deviation"]
        try numbers("sweep", options, of: experiment) { folder, rows in
            #expect(rows.count == 40)
            let cell = try #require(
                rows.first { $0["base"] == "batch-norm" && $0["x"] == "3" && $0["y"] == "0.03" })
            let name = "batch-norm@rate=3,deviation=0.03"
            let runs = try CSVTable(contentsOf: folder.appending(path: "runs.csv"))
            let own = try runs.rows(where: "arm", is: name)
            let best = try runs.numbers("best-test-accuracy", rows: own).compactMap(\.self)
            #expect(cell["n"] == "2")
            #expect(cell["diverged"] == "1")
            #expect(abs(number(cell, "mean") - (best[0] + best[2]) / 2) < 1e-15)
            let allDiverged = try #require(rows.first { $0["base"] == "baseline" && $0["x"] == "3" })
            #expect(allDiverged["mean"] == "" && allDiverged["n"] == "0" && allDiverged["diverged"] == "3")
            for base in ["baseline", "batch-norm"] {
                let means = rows.filter { $0["base"] == base && $0["mean"] != "" }
                let marked = means.filter { $0["best"] == "true" }
                #expect(marked.count == 1)
                #expect(marked.first.map { number($0, "mean") } == means.map { number($0, "mean") }.max())
            }
        }
    }
}
