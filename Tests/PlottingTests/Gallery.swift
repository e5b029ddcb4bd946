import Foundation

@testable import Plotting

/// One figure of every kind that the laboratory draws, from made-up numbers: what the layout is tested on, and what to look at.
enum Gallery {
    static var figures: [(name: String, figure: Figure)] {
        [
            ("accuracy", accuracy), ("quantiles", quantiles), ("distribution-map", distributionMap),
            ("final", finalAccuracy), ("sweep", sweep), ("loss", loss), ("multiples", multiples),
        ]
    }

    /// A repeatable stand-in for chance, 0 to 1.
    static func noise(_ index: Int, _ series: Int) -> Double {
        var bits = UInt64(truncatingIfNeeded: index &* 7919 &+ series &* 104_729) &* 0x9E37_79B9_7F4A_7C15
        bits ^= bits >> 31
        bits = bits &* 0xBF58_476D_1CE4_E5B9
        bits ^= bits >> 27
        return Double(bits >> 11) / 9_007_199_254_740_992
    }

    static let steps = (0...50).map { Double($0) * 1000 }
    static let arms = [
        "without normalization", "batch normalization", "batch normalization, 5× rate", "local response normalization",
    ]

    static func learning(_ arm: Int, seed: Int) -> [Double] {
        steps.enumerated().map { index, step in
            let speed = [1 / 14000.0, 1 / 3500.0, 1 / 1500.0, 1 / 9000.0][arm]
            let level = [0.962, 0.982, 0.986, 0.971][arm] + 0.004 * (noise(seed, arm + 50) - 0.5)
            return level - 0.88 * exp(-step * speed) + 0.006 * (noise(index, arm * 10 + seed) - 0.5)
        }
    }

    static var accuracy: Figure {
        var marks: [Mark] = []
        for (arm, name) in arms.enumerated() {
            let seeds = (0..<5).map { learning(arm, seed: $0) }
            let mean = steps.indices.map { index in seeds.map { $0[index] }.reduce(0, +) / 5 }
            let ink = Ink.series(arm)
            marks.append(
                .band(
                    x: steps, lower: steps.indices.map { i in seeds.map { $0[i] }.min() ?? 0 },
                    upper: steps.indices.map { i in seeds.map { $0[i] }.max() ?? 0 }, ink, label: name))
            for seed in seeds { marks.append(.line(x: steps, y: seed, ink.faint)) }
            marks.append(.line(x: steps, y: mean, ink, label: name))
        }
        return Figure(
            title: "Test accuracy over training", subtitle: "MNIST, 784-100-100-100-10, mean and range of 5 seeds",
            panel: Panel(
                x: Axis("training step"), y: Axis("test accuracy", from: 0.7, to: 1, format: .percent), marks: marks),
            footnote:
                "normlab · experiment mnist-mlp · profile paper · MNIST (real data) · 5 seeds · statistics: population")
    }

    static var quantiles: Figure {
        func panel(_ title: String, _ drift: Double, _ index: Int) -> Panel {
            let x = (0...100).map { Double($0) * 500 }
            func quantile(_ level: Double) -> [Double] {
                x.enumerated().map { i, step in
                    level * (1.1 + drift * (1 - exp(-step / 9000)) * 1.6) + drift * (1.7 * (1 - exp(-step / 6000)))
                        + 0.18 * drift * (noise(i, index) - 0.5)
                }
            }
            return Panel(
                title: title, x: Axis("training step"), y: Axis("input of the sigmoid"),
                marks: [
                    .band(
                        x: x, lower: quantile(-1), upper: quantile(1), .series(index), label: "15th to 85th percentile"),
                    .line(x: x, y: quantile(1), .series(index).solid.unmarked.width(1)),
                    .line(x: x, y: quantile(0), .series(index).solid.unmarked.width(2), label: "median"),
                    .line(x: x, y: quantile(-1), .series(index).solid.unmarked.width(1)),
                ])
        }
        return Figure(
            title: "The inputs of the last hidden layer drift without batch normalization and stay put with it",
            subtitle:
                "15th, 50th and 85th percentile of one typical unit (median drift) of hidden3/activation-input, seed 1",
            panels: [[panel("(a) without normalization", 1, 0), panel("(b) with batch normalization", 0.12, 1)]],
            footnote: "normlab · mnist-mlp · profile quick", sharedX: .all, sharedY: .all)
    }

    static func density(_ x: Double, mean: Double, deviation: Double) -> Double {
        exp(-(x - mean) * (x - mean) / (2 * deviation * deviation)) / deviation
    }

    static var distributionMap: Figure {
        let xEdges = (0...60).map { Double($0) * 100 }
        let yEdges = (0...48).map { -3 + Double($0) / 8 }
        let colors = ColorScale("density", from: 0, to: 1, map: .density)
        func panel(_ title: String?, _ drift: Double) -> Panel {
            let values = (0..<48).map { row in
                (0..<60).map { column in
                    density(
                        yEdges[row] + 1 / 16, mean: drift * Double(column) / 60,
                        deviation: 0.45 + abs(drift) * Double(column) / 120) * 0.45
                }
            }
            return Panel(
                title: title, x: Axis("training step"), y: Axis("value"),
                marks: [.heatMap(HeatMap(xEdges: xEdges, yEdges: yEdges, values: values, colors: colors))])
        }
        return Figure(
            title: "Covariate shift at a glance",
            panels: [
                [panel("hidden1: baseline", 0.5), panel("hidden1: batch-norm", 0.1), panel("hidden1: lrn", -0.3)],
                [panel("hidden2: baseline", 1.4), panel("hidden2: batch-norm", -0.1), panel("hidden2: lrn", 0.8)],
            ], footnote: "normlab", sharedX: .all, sharedY: .all)
    }

    static var finalAccuracy: Figure {
        var marks: [Mark] = []
        for arm in arms.indices {
            let finals = (0..<5).map { learning(arm, seed: $0).last ?? 0 }
            let mean = finals.reduce(0, +) / 5
            let ink = Ink.series(arm)
            marks.append(
                .interval(
                    .horizontal, at: Double(arm), from: (finals.min() ?? 0) - 0.002, to: (finals.max() ?? 0) + 0.002,
                    ink))
            marks.append(
                .points(
                    x: finals, y: finals.map { _ in Double(arm) + 0.22 }, ink.marker(.circle).opacity(0.55), size: 5))
            marks.append(.points(x: [mean], y: [Double(arm)], ink, size: 10))
            marks.append(.note("98.2 ± 0.1%", x: mean, y: Double(arm) - 0.24, color: .text, anchor: .middle))
        }
        marks.append(.rule(.vertical, at: 0.97, .reference, label: "published value"))
        return Figure(
            title: "Final test accuracy by arm", subtitle: "Mean with its 95% interval; dots are single seeds",
            panel: Panel(
                x: Axis("test accuracy", format: .percent),
                y: .categories(arms.map { $0 + " (learning rate 0.1, momentum 0.9)" }), marks: marks),
            footnote: "normlab")
    }

    static var sweep: Figure {
        let rates = ["0.01", "0.03", "0.1", "0.3", "1", "3"]
        let deviations = ["0.01", "0.03", "0.1", "0.3"]
        func panel(_ title: String, _ shift: Int) -> Panel {
            let values = deviations.indices.map { row in
                rates.indices.map { column in
                    column + row + shift > 8
                        ? .nan : 0.98 - 0.05 * Double(abs(column + row - 4 - shift)) * noise(column, row)
                }
            }
            let labels = values.map { $0.map { $0.isNaN ? "diverged" : String(format: "%.1f", $0 * 100) } }
            return Panel(
                title: title, x: .categories(rates, title: "learning rate"),
                y: .categories(deviations, title: "initial deviation", isReversed: false),
                marks: [
                    .heatMap(
                        HeatMap(
                            xEdges: (0...6).map { Double($0) - 0.5 }, yEdges: (0...4).map { Double($0) - 0.5 },
                            values: values,
                            colors: ColorScale("test accuracy", from: 0.7, to: 1, format: .percent), labels: labels))
                ])
        }
        return Figure(
            title: "Batch normalization widens the range of rates that train",
            panels: [[panel("without", 0), panel("with batch normalization", 2)]], sharedX: .all, sharedY: .all)
    }

    static var loss: Figure {
        let x = (0..<5000).map(Double.init)
        func curve(_ arm: Int) -> [Double] {
            x.enumerated().map { i, step in
                arm == 0 && i > 3200
                    ? .nan : (2.3 * exp(-step / (arm == 0 ? 900 : 300)) + 0.02) * (0.7 + 0.6 * noise(i, arm))
            }
        }
        return Figure(
            title: "Training loss",
            panels: [
                [
                    Panel(
                        x: Axis("training step"), y: Axis("cross-entropy (nats)", scale: .logarithmic),
                        marks: [
                            .line(x: x, y: curve(0), Ink.series(0).solid.unmarked.width(1), label: "baseline"),
                            .line(x: x, y: curve(1), Ink.series(1).solid.unmarked.width(1), label: "batch-norm"),
                            .rule(.vertical, at: 3200, .reference),
                            .note("diverged at step 3200", x: 3250, y: 1, color: .muted),
                        ])
                ]
            ], legend: .right)
    }

    static var multiples: Figure {
        let x = (0...20).map { pow(10, -4 + Double($0) * 0.25) }
        func panel(_ index: Int) -> Panel {
            Panel(
                title: "conv\(index + 1): σ(γx̂ + β)", x: Axis("ε", scale: .logarithmic), y: Axis("|∂L/∂u|₂"),
                marks: [
                    .steps(
                        x: x, y: x.indices.map { 40 * noise($0, index) * Double(index + 1) }, .series(index),
                        label: "train"),
                    .points(x: x, y: x.indices.map { 40 * noise($0, index + 9) }, .series(index + 3), label: "test"),
                ])
        }
        return Figure(
            title: "Small multiples", panels: [[panel(0), panel(1), panel(2)], [panel(3), panel(4)]], sharedX: .aligned)
    }

    /// All letters, small and large.
    static var letters: Scene {
        let lines = [
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz äöüéèñç",
            "0123456789 0.98 1.25 −3.14 10k 50k 99.24%",
            "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "αβγδεζηθκλμνπρστφχψω ΓΔΘΛΠΣΦΨΩ",
            "×÷±−–—≤≥≈≠·…•°√∞→←↑↓∂∇§“”‘’", "x̂ ȳ x̃ 10⁻³ x₁² γx̂ + β, μ_B, σ²_B", "Hamburgefonstiv quick brown fox jumps",
        ]
        var scene = Scene(size: Size(800, 920), title: "letters")
        for (index, line) in lines.enumerated() {
            let y = 40 + Double(index) * 112
            scene.elements.append(.text(Text(line, at: Point(20, y), size: 36)))
            scene.elements.append(.text(Text(line, at: Point(20, y + 30), size: 12)))
            scene.elements.append(.text(Text(line, at: Point(420, y + 30), size: 17, weight: .bold)))
            scene.elements.append(.text(Text(line, at: Point(20, y + 48), size: 11, color: .muted)))
        }
        return scene
    }
}
