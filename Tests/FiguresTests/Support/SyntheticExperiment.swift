import Foundation

/// Writes results folders as the harness does, of runs that never were: every number is a function of names and seeds.
struct SyntheticExperiment {
    var name = "mnist-mlp"
    var title = "Batch normalization on the MNIST multilayer perceptron"
    var source = "Ioffe & Szegedy 2015, §4.1, Figure 1"
    var dataset = "mnist"
    var isSynthetic = false
    var profile = "quick"
    var steps = 300
    var evaluateEvery = 20
    var observeEvery = 15
    var seeds = [1, 2, 3]
    var layers = ["hidden1", "hidden2", "hidden3"]
    var units = 7
    var bins = 32
    var arms: [SyntheticArm] = Self.fourArms
    var figures: [AskedFigure] = Self.allFigures

    static let fourArms = [
        SyntheticArm(
            name: "baseline", label: "Baseline", color: 0,
            behaviour: .learns(ceiling: 0.951, halfway: 60, plateau: 40)),
        SyntheticArm(
            name: "batch-norm", label: "Batch normalization", color: 1,
            behaviour: .learns(ceiling: 0.982, halfway: 12, plateau: 0), normalizes: true),
        SyntheticArm(
            name: "batch-norm-high-rate", label: "Batch normalization, rate × 10", color: 2,
            behaviour: .learns(ceiling: 0.9785, halfway: 7, plateau: 0), normalizes: true),
        SyntheticArm(
            name: "high-rate", label: "Baseline, rate × 10", color: 3, behaviour: .diverges(at: 90, seeds: nil)),
    ]

    static let allFigures: [AskedFigure] = [
        ("accuracy-over-steps", "accuracy-over-steps", [:]),
        ("loss-over-steps", "loss-over-steps", [:]),
        ("activation-quantiles", "activation-quantiles", ["tap": "hidden3/activation-input"]),
        ("activation-distributions", "activation-distributions", [:]),
        ("final-accuracy", "final-accuracy", [:]),
        ("figure-2", "steps-to-match", ["baseline": "@first", "smoothing": "3"]),
        ("figure-3", "match-table", ["baseline": "@first", "smoothing": "3", "published": "@published"]),
        ("change-worth", "change-worth", ["baseline": "@first", "smoothing": "3", "groups": "@groups"]),
        ("figure-4", "ensemble", ["ensemble": "all"]),
        (
            "gradient-shift", "quantity-over-steps",
            ["quantities": "[gradient-shift, gradient-cosine]", "places": "panels"]
        ),
        ("weight-norm", "quantity-over-steps", ["quantities": "[weight-norm]", "smoothing": "2"]),
        ("landscape", "landscape", [:]),
        ("shift-map", "shift-map", [:]),
        (
            "one-step", "quantity-profile",
            [
                "quantities": "[loss-ratio]", "x-scale": "log", "y-scale": "log", "level": "1",
                "level-label": "no change",
            ]
        ),
        ("depth", "quantity-profile", ["quantities": "[gradient-norm]", "x": "place", "step": "first"]),
        ("jacobian", "quantity-profile", ["quantities": "[singular-value]", "places": "panels"]),
        ("scale", "scale-and-percentiles", ["layer": "@last-layer"]),
        (
            "scatter", "quantity-scatter",
            ["x": "smoothness", "y": "loss-maximum", "compare": "loss-minimum", "y-scale": "log"]
        ),
        ("line-fit", "line-fit", [:]),
    ]

    /// A folder in the system's temporary folder, removed by the caller.
    static func temporaryFolder() -> URL {
        FileManager.default.temporaryDirectory.appending(
            path: "normlab-figures-\(UUID().uuidString)", directoryHint: .isDirectory)
    }

    /// Writes everything, runs included, and returns the folder.
    @discardableResult
    func write(to folder: URL = temporaryFolder()) throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try experimentFile().write(to: folder.appending(path: "experiment.csv"), atomically: false, encoding: .utf8)
        var armRows = "arm,label,order,color,description\n"
        var settingRows = "arm,key,value\n"
        var runRows =
            "arm,seed,status,steps,diverged-at,train-loss,test-accuracy,test-loss,best-test-accuracy,best-step,seconds,images-per-second\n"
        for (order, arm) in arms.enumerated() {
            armRows += "\"\(arm.name)\",\"\(arm.label)\",\(order),\(arm.color),\n"
            for (key, value) in arm.settings.sorted(by: { $0.key < $1.key }) {
                settingRows += "\"\(arm.name)\",\(key),\(value)\n"
            }
            for seed in seeds {
                runRows += try SyntheticRun(experiment: self, arm: arm, seed: seed).write(in: folder)
            }
        }
        try armRows.write(to: folder.appending(path: "arms.csv"), atomically: false, encoding: .utf8)
        try runRows.write(to: folder.appending(path: "runs.csv"), atomically: false, encoding: .utf8)
        try settingRows.write(to: folder.appending(path: "settings.csv"), atomically: false, encoding: .utf8)
        try SyntheticComparisons(experiment: self).write(in: folder)
        let comparisons = SyntheticComparisons(experiment: self)
        let spelled = figures.map { ($0.name, $0.kind, $0.options.mapValues(comparisons.spelled)) }
        try SyntheticMeasures.quantities.write(
            to: folder.appending(path: "quantities.csv"), atomically: false, encoding: .utf8)
        try FigureText.yaml(spelled).write(
            to: folder.appending(path: "figures.yaml"), atomically: false, encoding: .utf8)
        return folder
    }

    private func experimentFile() -> String {
        """
        key,value
        experiment,\(name)
        title,"\(title)"
        source,"\(source)"
        question,"Does it, ""really"", help?"
        dataset,\(dataset)
        dataset-checksum,0123456789abcdef
        synthetic,\(isSynthetic)
        profile,\(profile)
        steps,\(steps)
        seeds,\(seeds.map(String.init).joined(separator: " "))
        numerics-version,1

        """
    }
}
