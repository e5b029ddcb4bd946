import Engine
import Foundation

/// How far the pooled distribution of each observed tensor moves, between observations and to the last of them: the part of
/// the distribution shift that is a function of `layers.csv` and `histograms.csv`.
struct LayerShift {
    /// The distances of one observation; nil where there is none, or nothing to measure it by.
    struct Value: Equatable {
        /// To the observation before, in units of the running deviation.
        var wasserstein: Double?
        var kolmogorovSmirnov: Double?
        /// To the last observation, in units of the running deviation there.
        var wassersteinToEnd: Double?
        var kolmogorovSmirnovToEnd: Double?
    }

    /// The taps in the order of the observations.
    let taps: [String]
    /// The values by tap and step.
    let values: [String: [Int: Value]]

    /// Compares the observations of a run up to the first that is not finite. O(rows); two numbers are kept for each bin.
    ///
    /// - Throws: `FileError` or `CSVError`.
    init(_ observations: LayerObservations, histograms url: URL) throws {
        let functions = try Self.functions(observations, url)
        taps = observations.taps
        var values: [String: [Int: Value]] = [:]
        for tap in taps {
            let layers = observations.layers[tap] ?? []
            values[tap] = Self.values(layers, functions[tap] ?? [:])
        }
        self.values = values
    }

    private static func values(
        _ layers: [LayerObservations.Layer], _ functions: [Int: DistributionFunction]
    ) -> [Int: Value] {
        var values: [Int: Value] = [:]
        guard let last = layers.last, let end = functions[last.step] else { return values }
        let scale = layers.reduce(0) { $0 + $1.deviation } / Double(layers.count)
        var deviations = 0.0
        var previous: DistributionFunction?
        for (index, layer) in layers.enumerated() {
            deviations += layer.deviation
            let running = deviations / Double(index + 1)
            guard let function = functions[layer.step] else { continue }
            var value = Value()
            if let previous {
                if running > 0 { value.wasserstein = function.wasserstein(to: previous) / running }
                value.kolmogorovSmirnov = function.kolmogorovSmirnov(to: previous)
            }
            if index < layers.count - 1 {
                if scale > 0 { value.wassersteinToEnd = function.wasserstein(to: end) / scale }
                value.kolmogorovSmirnovToEnd = function.kolmogorovSmirnov(to: end)
            }
            values[layer.step] = value
            previous = function
        }
        return values
    }

    /// The distribution functions by tap and step.
    private static func functions(
        _ observations: LayerObservations, _ url: URL
    ) throws -> [String: [Int: DistributionFunction]] {
        let layers = observations.layers.mapValues { layers in
            Dictionary(layers.map { ($0.step, $0) }, uniquingKeysWith: { first, _ in first })
        }
        var functions: [String: [Int: DistributionFunction]] = [:]
        var histogram: (step: Int, tap: String, edges: [Double], counts: [Int])?
        func finish() {
            guard let ended = histogram, let layer = layers[ended.tap]?[ended.step],
                ended.counts.contains(where: { $0 > 0 })
            else { return }
            functions[ended.tap, default: [:]][ended.step] = DistributionFunction(
                minimum: layer.minimum, maximum: layer.maximum,
                percentiles: zip(layer.percentiles, TapSummary.shares).map { ($0, $1) },
                edges: ended.edges.dropLast(), counts: ended.counts)
        }
        try CSVReader(url).forEachRow(["step", "tap", "right", "count"]) { row in
            let step = try row.integer(0)
            if histogram?.step != step || histogram?.tap != row[1] {
                finish()
                histogram = (step, row[1], [], [])
            }
            try histogram?.edges.append(row.number(2) ?? .nan)
            try histogram?.counts.append(row.integer(3))
        }
        finish()
        for tap in observations.taps {
            for layer in observations.layers[tap] ?? [] where functions[tap]?[layer.step] == nil {
                throw CSVError(
                    path: url.path, line: 1,
                    reason: "no histogram of '\(tap)' at step \(layer.step), which layers.csv has")
            }
        }
        return functions
    }
}
