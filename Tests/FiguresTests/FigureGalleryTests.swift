import Foundation
import Testing

@testable import Figures
@testable import Plotting
@testable import Results

/// Every kind of figure on every kind of results folder.
///
/// With `NORMLAB_GALLERY` set to a folder, the figures are drawn there, of runs of a real length, to be looked at.
@Suite struct FigureGalleryTests {
    static let names = [
        "typical", "one-seed", "one-observation", "partly-diverged", "all-diverged", "long-labels", "many-arms",
        "sweep",
        "two-arms", "interrupted", "log-steps",
    ]

    static func experiment(_ name: String) -> SyntheticExperiment {
        var experiment = SyntheticExperiment()
        switch name {
        case "one-seed":
            experiment.seeds = [4]
            experiment.dataset = "glyphs"
            experiment.isSynthetic = true
            experiment.profile = "smoke"
        case "one-observation":
            experiment.steps = 12
            experiment.seeds = [1]
            experiment.arms.removeLast()
            // A shift is the way from one observation to the next.
            experiment.figures.removeAll { $0.kind == "shift-map" }
        case "partly-diverged":
            experiment.arms[3].behaviour = .diverges(at: 90, seeds: [2, 3])
            experiment.arms[2].behaviour = .stuck
        case "all-diverged":
            experiment.arms = [experiment.arms[3]]
            experiment.figures.removeAll { ["ensemble", "scale-and-percentiles"].contains($0.kind) }
        case "long-labels":
            experiment.title = "Caffe's LeNet with batch normalization, local response normalization, both and neither"
            for index in experiment.arms.indices {
                experiment.arms[index].label += " and local response normalization across channels (γ, β, α/n = 10⁻⁴)"
            }
        case "many-arms":
            experiment.arms = (0..<8).map { index in
                SyntheticArm(
                    name: "arm-\(index)", label: "Normalization \(index + 1)", color: index,
                    behaviour: .learns(
                        ceiling: 0.97 + 0.003 * Double(index), halfway: 8 + 3 * Double(index), plateau: 0),
                    normalizes: index > 3)
            }
            experiment.layers = ["conv1", "conv2", "ip1"]
            experiment.figures[2].options["tap"] = "ip1/activation-input"
        case "sweep":
            experiment = sweep()
        case "two-arms":
            experiment.arms = Array(experiment.arms.prefix(2))
            experiment.seeds = [1, 2, 3, 4, 5]
        case "log-steps":
            experiment.figures = SyntheticExperiment.allFigures.map { figure in
                var figure = figure
                if !["final-accuracy", "match-table", "change-worth", "ensemble", "line-fit"].contains(figure.kind) {
                    figure.options["x-scale"] = "log"
                }
                return figure
            }
        default: break
        }
        return experiment
    }

    private static func sweep() -> SyntheticExperiment {
        var experiment = SyntheticExperiment()
        experiment.name = "mnist-mlp-sweep"
        experiment.title = "Learning rate and initial deviation of the MNIST multilayer perceptron"
        experiment.arms = []
        for (base, label, normalizes) in [("baseline", "Baseline", false), ("batch-norm", "Batch normalization", true)]
        {
            for (row, deviation) in ["0.01", "0.03", "0.1", "0.3"].enumerated() {
                for (column, rate) in ["0.03", "0.1", "0.3", "1", "3"].enumerated() {
                    let ceiling = 0.982 - 0.004 * abs(Double(row) - 2) - 0.003 * abs(Double(column) - 2)
                    var behaviour = SyntheticArm.Behaviour.learns(
                        ceiling: normalizes ? ceiling : ceiling - 0.01, halfway: 9 + Double(column), plateau: 0)
                    if !normalizes, row == 0 { behaviour = .stuck }
                    if column == 4 { behaviour = .diverges(at: 30, seeds: normalizes ? [2] : nil) }
                    experiment.arms.append(
                        SyntheticArm(
                            name: "\(base)@rate=\(rate),deviation=\(deviation)",
                            label: "\(label) (rate=\(rate), deviation=\(deviation))", color: experiment.arms.count,
                            behaviour: behaviour, normalizes: normalizes,
                            settings: [
                                "optimizer.sgd.rate": rate, "initializer.gaussian.deviation": deviation,
                                "normalization": normalizes ? "batch-norm" : "none",
                            ]))
                }
            }
        }
        experiment.units = 3
        experiment.layers = ["hidden1"]
        experiment.figures = [
            ("sweep", "sweep", ["x": "optimizer.sgd.rate", "y": "initializer.gaussian.deviation"]),
            ("sweep-rate", "sweep", ["x": "optimizer.sgd.rate", "arms": "[\"*deviation=0.1\"]"]),
            ("accuracy-over-steps", "accuracy-over-steps", [:]),
            ("final-accuracy", "final-accuracy", [:]),
        ]
        return experiment
    }

    @Test(arguments: names)
    func everyFigureIsDrawn(name: String) throws {
        let variable = ProcessInfo.processInfo.environment["NORMLAB_GALLERY"]
        let gallery = variable.map { URL(filePath: $0).appending(path: name) }
        var experiment = Self.experiment(name)
        if gallery != nil, name != "one-observation", name != "sweep" {
            experiment.steps = 5000
            experiment.evaluateEvery = 100
            experiment.observeEvery = 50
            experiment.units = 40
            experiment.bins = 62
            for index in experiment.arms.indices {
                switch experiment.arms[index].behaviour {
                case .diverges(_, let seeds): experiment.arms[index].behaviour = .diverges(at: 812, seeds: seeds)
                case .learns(let ceiling, let halfway, let plateau):
                    experiment.arms[index].behaviour = .learns(
                        ceiling: ceiling, halfway: halfway * 10, plateau: plateau * 10)
                case .stuck: break
                }
            }
        }
        let folder = try experiment.write(to: gallery ?? SyntheticExperiment.temporaryFolder())
        defer { if gallery == nil { try? FileManager.default.removeItem(at: folder) } }
        if name == "interrupted" {
            let file = folder.appending(path: "runs.csv")
            let text = try String(contentsOf: file, encoding: .utf8)
                .replacing("\"batch-norm\",3,finished", with: "\"batch-norm\",3,interrupted")
            try text.write(to: file, atomically: true, encoding: .utf8)
        }

        // Pixels take the longest and are the same work for every folder.
        if gallery != nil || name == "partly-diverged" {
            let files = try FigureRenderer.renderAll(experimentFolder: folder)
            #expect(files.count == 3 * experiment.figures.count + experiment.figures.count { $0.kind == "match-table" })
            for file in files { #expect(FileManager.default.fileExists(atPath: file.path)) }
        }
        let results = try ExperimentResults(folder: folder)
        for figure in try FigureList.read(folder.appending(path: "figures.yaml")) {
            let drawing = try figure.draw(results)
            #expect(drawing.numbers.rowCount > 0)
            checkWords(drawing.picture.scene(), "\(name)/\(figure.name)")
        }
    }

    /// No words are cut, and none lie on others.
    private func checkWords(_ scene: Scene, _ name: String) {
        let page = Rectangle(x: 0, y: 0, width: scene.size.width, height: scene.size.height)
        let texts = scene.texts
        #expect(texts.count > 5)
        for (index, (text, box)) in texts.enumerated() {
            #expect(page.contains(box), "\(name): '\(text.content)' leaves the page")
            // Boxes reach from the highest accent to the lowest descender; letters fill less.
            let core = box.outset(by: -0.12 * text.size)
            for (other, otherBox) in texts[(index + 1)...] {
                let otherCore = otherBox.outset(by: -0.12 * other.size)
                #expect(!core.overlaps(otherCore), "\(name): '\(text.content)' and '\(other.content)' overlap")
            }
        }
    }
}
