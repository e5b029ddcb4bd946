import Foundation
import Testing

@testable import Figures
@testable import Results

/// The numbers of figures that compare arms with a baseline, against computations straight from the runs' files.
@Suite struct ComparisonNumbersTests {
    private static let experiment = {
        var experiment = SyntheticExperiment()
        experiment.evaluateEvery = 10
        return experiment
    }()

    private func draw(
        _ kind: String, _ options: [String: String], of experiment: SyntheticExperiment = Self.experiment,
        _ body: (URL, CSVTable, FigureDrawing) throws -> Void
    ) throws {
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        let drawing = try FigureText.figure(kind, options).draw(ExperimentResults(folder: folder))
        try body(folder, CSVTable(bytes: Array(drawing.numbers.text.utf8), name: "f.csv"), drawing)
    }

    /// Steps and accuracies of a run, those that count.
    private func evaluations(_ folder: URL, _ run: String, _ statistics: String) throws -> [(
        step: Int, accuracy: Double
    )] {
        let table = try CSVTable(contentsOf: folder.appending(path: "\(run)/eval.csv"))
        let rows = try table.rows(where: "statistics", is: statistics)
        let values = try table.numbers("accuracy", rows: rows)
        return zip(try table.integers("step", rows: rows), values).map { ($0, $1 ?? .nan) }
    }

    /// The means of three consecutive accuracies.
    private func smoothed(_ points: [(step: Int, accuracy: Double)]) -> [(step: Int, accuracy: Double)] {
        points.indices.dropFirst(2).map { last in
            (points[last].step, (points[last - 2].accuracy + points[last - 1].accuracy + points[last].accuracy) / 3)
        }
    }

    private func firstMatches(_ folder: URL) throws -> [(baseline: Int, batchNorm: Int, target: Double)] {
        try (1...3).map { seed in
            let baseline = try smoothed(evaluations(folder, "baseline/seed-\(seed)", "none"))
            let other = try smoothed(evaluations(folder, "batch-norm/seed-\(seed)", "population"))
            let target = baseline.map(\.accuracy).max() ?? 1
            return (
                try #require(baseline.first { $0.accuracy >= target }?.step),
                try #require(other.first { $0.accuracy >= target }?.step), target
            )
        }
    }

    @Test func diamondsStandAtTheFirstSmoothedAccuracyThatIsEnough() throws {
        try draw("steps-to-match", ["baseline": "baseline", "smoothing": "3"]) { folder, numbers, drawing in
            let matches = try firstMatches(folder)
            let rows = try numbers.rows(where: "curve", is: "match")
            let arms = try numbers.texts("arm", rows: rows)
            let own = zip(rows, arms).filter { $0.1 == "batch-norm" }.map(\.0)
            // One a seed, then the mean.
            #expect(try numbers.numbers("step", rows: own).dropLast() == matches.map { Double($0.batchNorm) })
            #expect(try numbers.numbers("value", rows: own).dropLast() == matches.map(\.target))
            let mean = Double(matches.map(\.batchNorm).reduce(0, +)) / 3
            let shown = try #require(try numbers.numbers("step", rows: own)[3])
            #expect(abs(shown - mean) < 1e-9)
            #expect(!arms.contains("high-rate"))
            // The curves that are drawn are those that the rule reads.
            let drawn = try numbers.rows(where: "seed", is: "2")
            let texts = zip(try numbers.texts("arm", rows: drawn), try numbers.texts("curve", rows: drawn))
            let curve = zip(drawn, texts).filter { $0.1 == ("batch-norm", "seed") }.map(\.0)
            let values = zip(try numbers.integers("step", rows: curve), try numbers.numbers("value", rows: curve))
            #expect(values.first { $0.1 ?? 0 >= matches[1].target }?.0 == matches[1].batchNorm)
            let words = drawing.picture.scene().texts.map(\.text.content)
            #expect(words.contains { $0.hasPrefix("Batch normalization (matches at step ") })
            #expect(words.contains { $0.hasPrefix("Baseline, rate × 10 (diverged at steps ") })
            #expect(drawing.picture.footnote?.contains("at which its mean accuracy over 3 evaluations is") == true)
        }
    }

    @Test func armsThatNeverMatchAreSaidSo() throws {
        var experiment = Self.experiment
        experiment.arms[2].behaviour = .stuck
        try draw("steps-to-match", ["baseline": "baseline"], of: experiment) { _, _, drawing in
            let words = drawing.picture.scene().texts.map(\.text.content)
            #expect(words.contains("Batch normalization, rate × 10 (never matches)"))
        }
        try draw("match-table", ["baseline": "baseline"], of: experiment) { _, numbers, drawing in
            let row = try numbers.rows(where: "arm", is: "batch-norm-high-rate")
            #expect(try numbers.numbers("steps", rows: row) == [300])
            #expect(try numbers.integers("matched", rows: row) == [0])
            #expect(drawing.markdown?.contains("| Batch normalization, rate × 10 | never | – |") == true)
            #expect(drawing.markdown?.contains("| Baseline, rate × 10 | diverged | – | – |") == true)
        }
    }

    @Test func theTableHoldsRatiosWithinSeedsBesideThePaper() throws {
        let published = """
            [{ arm: baseline, steps: 3.1e7, accuracy: 0.722 }, { arm: batch-norm, steps: 2100000 }, \
            { arm: high-rate, accuracy: 0.698 }]
            """
        let options = ["baseline": "baseline", "smoothing": "3", "published": published]
        try draw("match-table", options) { folder, numbers, drawing in
            let matches = try firstMatches(folder)
            let row = try numbers.rows(where: "arm", is: "batch-norm")
            func value(_ column: String) throws -> Double { try #require(numbers.numbers(column, rows: row)[0]) }
            let product = matches.map { Double($0.baseline) / Double($0.batchNorm) }.reduce(1, *)
            #expect(try abs(value("times-fewer") - pow(product, 1.0 / 3)) < 1e-9)
            #expect(try value("low") < value("times-fewer") && value("times-fewer") < value("high"))
            // The paper's 14.8 times, and no ratio where it gives no steps.
            #expect(try abs(value("paper-times-fewer") - 31 / 2.1) < 1e-9)
            let other = try numbers.rows(where: "arm", is: "high-rate")
            #expect(try numbers.numbers("paper-times-fewer", rows: other) == [nil])
            #expect(try numbers.numbers("paper-accuracy", rows: other) == [0.698])
            let bests = try (1...3).map { seed in
                try smoothed(evaluations(folder, "batch-norm/seed-\(seed)", "population")).map(\.accuracy).max() ?? 0
            }
            #expect(try abs(value("best-accuracy") - bests.reduce(0, +) / 3) < 1e-12)
            let markdown = try #require(drawing.markdown)
            #expect(markdown.contains("| Arm | Steps to match | Paper: steps | Times fewer | Paper: times fewer |"))
            #expect(markdown.contains(" | 2.1 M | ") && markdown.contains(" | 14.8 | "))
        }
    }

    @Test func aTableIsAlsoWrittenAsMarkdown() throws {
        var experiment = Self.experiment
        experiment.figures = [("figure-3", "match-table", ["baseline": "@first"])]
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try FigureRenderer.renderAll(experimentFolder: folder)
        #expect(files.map(\.lastPathComponent) == ["figure-3.png", "figure-3.svg", "figure-3.csv", "figure-3.md"])
        let text = try String(contentsOf: files[3], encoding: .utf8)
        #expect(text.hasPrefix("**Steps to match Baseline, and best accuracy**\n\n| Arm | Steps to match |"))
        #expect(text.contains("Experiment mnist-mlp"))
    }

    @Test func changesAreWorthTheirPairedDifferences() throws {
        let groups =
            "[{ reference: baseline, changes: [{ arm: batch-norm, label: normalize }, { arm: high-rate }] }]"
        try draw("change-worth", ["baseline": "baseline", "smoothing": "3", "groups": groups]) {
            folder, numbers, drawing in
            let matches = try firstMatches(folder)
            let rows = try numbers.rows(where: "label", is: "normalize")
            #expect(try numbers.texts("measure", rows: rows) == ["steps", "accuracy"])
            let values = try numbers.numbers("value", rows: rows).map { $0 ?? .nan }
            let product = matches.map { Double($0.batchNorm) / Double($0.baseline) }.reduce(1, *)
            #expect(abs(values[0] - pow(product, 1.0 / 3)) < 1e-9)
            let differences = try (1...3).map { seed in
                let best = try smoothed(evaluations(folder, "batch-norm/seed-\(seed)", "population")).map(\.accuracy)
                    .max()
                return (best ?? 0) - matches[seed - 1].target
            }
            let mean = differences.reduce(0, +) / 3
            #expect(abs(values[1] - mean) < 1e-12)
            let deviation = (differences.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2).squareRoot()
            let high = try #require(numbers.numbers("high", rows: rows)[1])
            #expect(abs(high - (mean + 4.302652729749463 * deviation / 3.0.squareRoot())) < 1e-9)
            #expect(try numbers.texts("bound", rows: rows) == ["exact", "exact"])
            // A diverged arm has no accuracy, and its steps are a lower bound.
            let diverged = try numbers.rows(where: "arm", is: "high-rate")
            #expect(try numbers.texts("bound", rows: diverged) == ["at-least", ""])
            #expect(drawing.picture.scene().texts.contains { $0.text.content == "× diverged" })
        }
    }

    @Test func ensemblesAreMeansOverTheSeedsThatAreWhole() throws {
        try draw("ensemble", ["ensemble": "all"]) { folder, numbers, _ in
            let table = try CSVTable(contentsOf: folder.appending(path: "ensembles.csv"))
            let rows = try table.rows(where: "members", is: "3")
            let values = try table.numbers("accuracy", rows: rows).map { $0 ?? .nan }
            #expect(values.count == 3)
            let own = try numbers.rows(where: "members", is: "3")
            #expect(try numbers.texts("seed", rows: own) == ["1", "2", "3", ""])
            let mean = try #require(numbers.numbers("accuracy", rows: own).last ?? nil)
            #expect(abs(mean - values.reduce(0, +) / 3) < 1e-12)
        }
    }

    @Test(arguments: [(0.0053, "0.53 points above"), (-0.02, "2.00 points below")])
    func gainsAreSaidByTheirSide(gain: Double, words: String) {
        #expect(EnsembleAccuracy.words(ofGain: gain) == words)
    }

    @Test(arguments: [
        (
            "steps-to-match", ["baseline": "baselin"],
            "baseline is 'baselin'; expected an arm among baseline, batch-norm"
        ),
        ("steps-to-match", [:], "missing key 'baseline' in 'figures.steps-to-match': expected a text"),
        ("match-table", ["baseline": "baseline", "smoothing": "7"], "matches.csv compares none of these arms"),
        ("match-table", ["baseline": "baseline", "published": "{}"], "published': expected a list, found a mapping"),
        ("match-table", ["baseline": "baseline", "published": "[{ arm: x }]"], "published is 'x'; expected arms of"),
        ("change-worth", ["baseline": "baseline"], "missing key 'groups' in 'figures.change-worth'"),
        (
            "change-worth", ["baseline": "baseline", "groups": "[{ reference: x, changes: [] }]"],
            "changes': expected at least one value, found 0"
        ),
        (
            "change-worth", ["baseline": "baseline", "groups": "[{ reference: x, changes: [{ arm: y }] }]"],
            "groups is 'x'; expected arms of"
        ),
        ("ensemble", ["ensemble": "six"], "no seed of the ensemble 'six' is whole"),
    ])
    func mistakesAreNamed(kind: String, options: [String: String], message: String) {
        let error = #expect(throws: (any Error).self) { try draw(kind, options) { _, _, _ in } }
        #expect(error.map { "\($0)" }?.contains(message) == true, "\(String(describing: error))")
    }
}
