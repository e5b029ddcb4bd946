import Foundation
import TestSupport

/// What a synthetic run's units did: `activations.csv`, `layers.csv`, `histograms.csv` and `drift.csv`.
struct SyntheticActivations {
    let experiment: SyntheticExperiment
    let arm: SyntheticArm
    let lastStep: Int
    var generator: SeededGenerator

    /// The 85 % and 84, 93, 69 % quantiles of the standard normal distribution.
    private static let z85 = 1.036433389493790
    private static let normalQuantiles: [Double] = [-3.2, -1.4758, -0.9945, -0.4959, 0, 0.4959, 0.9945, 1.4758, 3.2]

    func files() -> [(name: String, text: String)] {
        var random = generator
        var activations = "step,tap,channel,mean,deviation,p15,p50,p85\n"
        var layers = "step,tap,mean,deviation,minimum,p7,p16,p31,p50,p69,p84,p93,maximum\n"
        var histograms = "step,tap,bin,left,right,count\n"
        var drift = "tap,channel,drift,typical\n"
        let observed = Array(stride(from: 0, through: lastStep, by: experiment.observeEvery))
        for (depth, layer) in experiment.layers.enumerated() {
            let tap = "\(layer)/activation-input"
            let wander = arm.normalizes ? 0.06 : 0.35 + 0.2 * Double(depth)
            var means = (0..<experiment.units).map { _ in 0.4 * random.normal() }
            var spreads = (0..<experiment.units).map { _ in (arm.normalizes ? 1 : 0.5) * exp(0.2 * random.normal()) }
            var distances = [Double](repeating: 0, count: experiment.units)
            for (index, step) in observed.enumerated() {
                let growth = 1 + (arm.normalizes ? 0.5 : 3.5) * Double(step) / Double(experiment.steps)
                for unit in 0..<experiment.units {
                    if index > 0 {
                        let move = wander * random.normal()
                        means[unit] += move / Double(observed.count).squareRoot() * 4
                        let old = spreads[unit]
                        spreads[unit] *= exp(0.03 * random.normal())
                        distances[unit] +=
                            (abs(move) + abs(move - Self.z85 * (spreads[unit] - old))
                                + abs(move + Self.z85 * (spreads[unit] - old))) / 3
                    }
                    let (mean, spread) = (Float(means[unit]), Float(spreads[unit] * growth))
                    let reach = Float(Self.z85) * spread
                    activations += "\(step),\(tap),\(unit),\(mean),\(spread),\(mean - reach),\(mean),\(mean + reach)\n"
                }
                let mean = means.reduce(0, +) / Double(means.count)
                let spread = growth * spreads.reduce(0, +) / Double(spreads.count) + wander
                let quantiles = Self.normalQuantiles.map { "\(Float(mean + $0 * spread))" }.joined(separator: ",")
                layers += "\(step),\(tap),\(Float(mean)),\(Float(spread)),\(quantiles)\n"
                histograms += histogram(step: step, tap: tap, mean: mean, spread: spread)
            }
            let typical = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }[distances.count / 2]
            for unit in 0..<experiment.units {
                drift += "\(tap),\(unit),\(Float(distances[unit])),\(unit == typical)\n"
            }
        }
        if arm.normalizes, let layer = experiment.layers.last {
            let (rows, units) = normalization(of: layer, observed: observed)
            activations += rows
            drift += units
        }
        return [
            ("activations.csv", activations), ("layers.csv", layers), ("histograms.csv", histograms),
            ("drift.csv", drift),
        ]
    }

    /// Rows of a normalized layer before and after its scale and shift: units whose γ grows, some faster than others.
    private func normalization(
        of layer: String, observed: [Int]
    ) -> (activations: String, drift: String) {
        var (activations, drift) = ("", "")
        var random = generator
        let pace = exp(0.3 * random.normal())
        for unit in 0..<experiment.units {
            let speed = pace * (0.4 + Double(unit) / Double(experiment.units))
            for (step, isScaled) in observed.flatMap({ [($0, false), ($0, true)] }) {
                let age = Double(step) / Double(experiment.steps)
                let scale = (unit % 3 == 2 ? -1 : 1) * (1 + speed * age.squareRoot())
                let skew = 0.1 * sin(9 * age + Double(unit))
                let normalized = [-Self.z85 + skew, skew, Self.z85 + skew]
                let scaled = normalized.map { scale * $0 - 0.3 * age }.sorted()
                let quantiles = (isScaled ? scaled : normalized).map { "\(Float($0))" }.joined(separator: ",")
                activations += "\(step),\(layer)/\(isScaled ? "scaled" : "normalized"),\(unit),0,1,\(quantiles)\n"
            }
            for tap in ["normalized", "scaled"] {
                // The unit in the middle of the scaled tap is not that of the normalized one.
                let isTypical = unit == (tap == "scaled" ? experiment.units / 2 : 0)
                drift += "\(layer)/\(tap),\(unit),\(speed),\(isTypical)\n"
            }
        }
        return (activations, drift)
    }

    /// Counts of 10,000 values of a normal distribution on edges that widen from zero to ±100.
    private func histogram(step: Int, tap: String, mean: Double, spread: Double) -> String {
        func below(_ edge: Double) -> Double { 0.5 * erfc(-(edge - mean) / spread / 2.0.squareRoot()) }
        let inner = experiment.bins - 2
        var edges = [-Double.infinity]
        edges += (0...inner).map { 0.1 * sinh(asinh(1000) * Double(2 * $0 - inner) / Double(inner)) }
        edges.append(.infinity)
        var text = ""
        for bin in 0..<experiment.bins {
            let share = below(edges[bin + 1]) - below(edges[bin])
            let count = Int((10_000 * share).rounded())
            text += "\(step),\(tap),\(bin),\(Float(edges[bin])),\(Float(edges[bin + 1])),\(count)\n"
        }
        return text
    }
}
