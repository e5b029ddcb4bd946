import Foundation
import Plotting
import Testing

@testable import Figures
@testable import Results

@Suite struct FigureRendererTests {
    private func withFolder(
        _ experiment: SyntheticExperiment = SyntheticExperiment(), _ body: (URL) throws -> Void
    ) throws {
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func small(_ figures: [AskedFigure]) -> SyntheticExperiment {
        var experiment = SyntheticExperiment()
        experiment.arms = Array(experiment.arms.prefix(2))
        experiment.seeds = [1, 2]
        experiment.steps = 60
        experiment.figures = figures
        return experiment
    }

    @Test func sameResultsGiveSameBytes() throws {
        var experiment = small(SyntheticExperiment.allFigures)
        experiment.layers = ["hidden3"]
        try withFolder(experiment) { folder in
            let files = try FigureRenderer.renderAll(experimentFolder: folder)
            let first = try files.map { try Data(contentsOf: $0) }
            let again = try FigureRenderer.renderAll(experimentFolder: folder)
            #expect(files == again)
            #expect(try first == again.map { try Data(contentsOf: $0) })
        }
    }

    @Test func filesAreWholeAndSayWhatTheyStandOn() throws {
        var experiment = small([("fig1a", "accuracy-over-steps", ["title": "Figure 1a"])])
        experiment.dataset = "glyphs"
        experiment.isSynthetic = true
        try withFolder(experiment) { folder in
            let before = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let files = try FigureRenderer.renderAll(experimentFolder: folder)
            #expect(files.map(\.lastPathComponent) == ["fig1a.png", "fig1a.svg", "fig1a.csv"])
            // Nothing else is left behind.
            let after = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(after).subtracting(before) == ["fig1a.png", "fig1a.svg", "fig1a.csv"])

            let png = try PNG.decode([UInt8](Data(contentsOf: files[0])))
            #expect(png.bitmap.width > 1000)
            #expect(png.texts["Title"] == "Figure 1a")
            #expect(png.texts["Source"]?.contains("glyphs (synthetic images)") == true)
            let svg = try String(contentsOf: files[1], encoding: .utf8)
            #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n"))
            for words in [
                "glyphs (synthetic", "Batch normalization evaluated with population statistics", "seeds 1 and 2",
            ] {
                #expect(png.texts["Source"]?.contains(words) == true)
            }
            let numbers = try CSVTable(contentsOf: files[2])
            #expect(numbers.columns == AccuracyOverSteps.columns.map(\.name))
        }
    }

    @Test func aFailureStopsNoOtherFigure() throws {
        let experiment = small([
            ("second", "final-accuracy", [:]),
            ("third", "activation-quantiles", ["tap": "hidden9/activation-input"]),
            ("seventh", "sweep", ["x": "batch"]),
            ("eighth", "final-accuracy", ["arms": "[baseline, lrn]"]),
        ])
        try withFolder(experiment) { folder in
            let thrown = #expect(throws: FigureError.self) { try FigureRenderer.renderAll(experimentFolder: folder) }
            guard let thrown, case .some(let failures, let drawn) = thrown else {
                Issue.record("expected failures, not \(String(describing: thrown))")
                return
            }
            #expect(drawn == ["second.png", "second.svg", "second.csv"])
            #expect(failures.map(\.figure) == ["third", "seventh", "eighth"])
            let messages = failures.map(\.description)
            #expect(messages[0].contains("'hidden9/activation-input'; expected one of the observed taps: hidden1/"))
            #expect(messages[1].contains("x is 'batch'; expected a setting that differs between arms; none does"))
            #expect(messages[2].contains("arms is 'lrn'; expected arms among baseline, batch-norm"))
        }
    }

    @Test func aListWithMistakesDrawsNothing() throws {
        let experiment = small([
            ("first", "accuracy-over-step", [:]), ("second", "final-accuracy", [:]),
            ("fourth", "loss-over-steps", ["colour": "red"]), ("fifth", "loss-over-steps", ["window": "0"]),
            ("sixth", "activation-quantiles", [:]), ("runs", "final-accuracy", [:]),
        ])
        try withFolder(experiment) { folder in
            let before = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
            let runs = try Data(contentsOf: folder.appending(path: "runs.csv"))
            let error = #expect(throws: FigureError.self) { try FigureRenderer.renderAll(experimentFolder: folder) }
            expectText(
                error?.description ?? "",
                """
                figures.yaml:2:5: error: 'figures': unknown kind 'accuracy-over-step'; did you mean 'accuracy-over-steps'?
                      - accuracy-over-step: { name: first }
                        ^~~~~~~~~~~~~~~~~~
                figures.yaml:4:38: error: unknown key 'colour' in 'figures.loss-over-steps'; the keys are 'name', 'title', \
                'arms', 'metric', 'statistics', 'band', 'window', 'y-scale', 'x-scale'
                      - loss-over-steps: { name: fourth, colour: red }
                                                         ^~~~~~
                figures.yaml:5:45: error: 'figures.loss-over-steps.window': expected a whole number from 1 to 1000000, found 0
                      - loss-over-steps: { name: fifth, window: 0 }
                                                                ^
                figures.yaml:6:27: error: missing key 'tap' in 'figures.activation-quantiles': expected a text
                      - activation-quantiles: { name: sixth }
                                              ^
                figures.yaml:7:29: error: 'runs' cannot name a figure; the experiment's own tables are called experiment, \
                arms, runs, settings, quantities, summary, claims, matches and ensembles
                      - final-accuracy: { name: runs }
                                                ^~~~
                5 errors
                """)
            #expect(try Data(contentsOf: folder.appending(path: "runs.csv")) == runs)
            #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == before)
        }
    }

    /// What happens to a file of the run `batch-norm/seed-1`, the figure that meets it, and what must be said.
    struct Damage: CustomTestStringConvertible, Sendable {
        var file: String
        /// The new text; nil removes the file.
        var text: String?
        var kind: String
        var message: String
        var testDescription: String { "\(file): \(message)" }
    }

    @Test(arguments: [
        Damage(file: "activations.csv", kind: "activation-quantiles", message: "cannot be read: there is no such file"),
        Damage(file: "drift.csv", kind: "activation-quantiles", message: "cannot be read: there is no such file"),
        Damage(
            file: "histograms.csv", kind: "activation-distributions", message: "cannot be read: there is no such file"),
        Damage(file: "layers.csv", kind: "activation-distributions", message: "cannot be read: there is no such file"),
        Damage(file: "eval.csv", kind: "accuracy-over-steps", message: "cannot be read: there is no such file"),
        Damage(file: "eval.csv", text: "", kind: "accuracy-over-steps", message: "is empty; expected a header line"),
        Damage(
            file: "eval.csv", text: "step,statistics,loss,accuracy\n0,none,2.3,0.1\n20,no", kind: "final-accuracy",
            message: "3: the last line is cut off"),
        Damage(
            file: "eval.csv", text: "step,statistics,loss,accuracy\n0,none,2.3,0.1\n20,none,1,0.",
            kind: "final-accuracy", message: "3: the last line is cut off"),
        Damage(
            file: "eval.csv", text: "step,statistics,loss,accuracy\n0,population,2.3,O.1\n", kind: "final-accuracy",
            message: "2: 'O.1' in the column 'accuracy' is not a number"),
        Damage(
            file: "eval.csv", text: "step,statistics,loss,accuracy\n0,none,2.3,0.1\n", kind: "final-accuracy",
            message: "has no row whose statistics is 'population'"),
        Damage(
            file: "train.csv", text: "step,epoch,rate,accuracy\n1,0,0.1,0.2\n", kind: "loss-over-steps",
            message: "1: has no column 'loss'; its columns are step, epoch, rate, accuracy"),
        Damage(
            file: "measures.csv", text: "step,quantity,place,at,value\n0,smoothness,,,1\n10,smo", kind: "landscape",
            message: "3: the last line is cut off"),
        Damage(
            file: "measures.csv", text: "step,quantity,place,value\n0,smoothness,,1\n", kind: "landscape",
            message: "1: has no column 'at'"),
        Damage(
            file: "shift.csv", text: "step,quantity,place,at,value\n0,wasserstein,a,,O.1\n", kind: "shift-map",
            message: "2: 'O.1' in the column 'value' is not a number"),
        Damage(
            file: "train.csv", text: "step,loss\n1,0.5,3\n", kind: "loss-over-steps",
            message: "2: has 3 fields, the header has 2"),
    ])
    func damagedRunsAreNamed(damage: Damage) throws {
        let options = damage.kind == "activation-quantiles" ? ["tap": "hidden1/activation-input"] : [:]
        try withFolder(small([("figure", damage.kind, options)])) { folder in
            let damaged = folder.appending(path: "batch-norm/seed-1/\(damage.file)")
            try FileManager.default.removeItem(at: damaged)
            try damage.text?.write(to: damaged, atomically: true, encoding: .utf8)
            let error = #expect(throws: FigureError.self) { try FigureRenderer.renderAll(experimentFolder: folder) }
            let message = error?.description ?? ""
            #expect(message.hasPrefix("figure: batch-norm/seed-1/\(damage.file):"))
            #expect(message.contains(damage.message))
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "figure.png").path))
        }
    }

    @Test func noResultsAreSaidToBeNone() throws {
        try withFolder(small([("figure", "accuracy-over-steps", [:])])) { folder in
            let file = folder.appending(path: "runs.csv")
            let text = try String(contentsOf: file, encoding: .utf8).replacing("finished", with: "interrupted")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: FigureError.self) { try FigureRenderer.renderAll(experimentFolder: folder) }
            #expect(error?.description.contains("no run of baseline and batch-norm has finished") == true)
        }
    }

    @Test func aMissingFolderIsAnError() {
        let error = #expect(throws: FigureError.self) {
            try FigureRenderer.renderAll(experimentFolder: URL(filePath: "/nonexistent"))
        }
        #expect(error == .data(.unreadable(file: "experiment.csv", reason: "there is no such file")))
    }

    @Test func theCatalogueIsConsistent() {
        let names = FigureCatalogue.all.map { $0.kind }
        #expect(Set(names).count == names.count)
        for kind in FigureCatalogue.all {
            #expect(!kind.summary.isEmpty)
            #expect(kind.anyFields.prefix(2).map(\.name) == ["name", "title"])
            #expect(Set(kind.anyFields.map(\.name)).count == kind.anyFields.count)
            #expect(Set(kind.columns.map(\.name)).count == kind.columns.count)
            #expect((kind.anyFields.map(\.documentation) + kind.columns.map(\.meaning)).allSatisfy { !$0.isEmpty })
        }
    }
}
