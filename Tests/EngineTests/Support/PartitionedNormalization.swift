import Engine

/// The gradient of a normalization by the moments of sets of values, in closed form, and wrong in one known way: what a
/// gradient check must reject.
///
/// Batch, ghost batch, layer, group and instance normalization are one formula over different sets.
struct PartitionedNormalization {
    /// What is wrong with the backward pass.
    enum Sabotage: String, CaseIterable, Sendable {
        case none
        case dropsMeanTerm
        case dropsNormalizedTerm
        case frozenStatistics
        /// The means are over the batch's values of a channel: batch normalization's backward pass.
        case meansOverTheBatch
        /// γ multiplies after the means are taken: right only where a set is of one channel.
        case scaleAfterMeans
        case forgetsScale
        case sampleVariance
        case zeros
        case swappedParameters
    }

    let epsilon: Double
    /// The set of a value.
    let set: (_ image: Int, _ channel: Int) -> Int

    /// What the engine would compute with this mistake; γ and β are both trained.
    func result(
        _ input: Maps, parameters: [[Double]], upstream: [Double], _ sabotage: Sabotage
    ) -> LayerBench.Result {
        let (count, channels) = (input.shape.count, input.shape.channels)
        let places = input.values.indices
        let sets = places.map { set($0 / count, $0 % channels) }
        let mean = means(input.values, of: sets)
        let squares = places.map { (input.values[$0] - mean[$0]) * (input.values[$0] - mean[$0]) }
        let variance = means(squares, of: sets)
        let size = means(places.map { index in Double(sets.count { $0 == sets[index] }) }, of: sets)
        let deviation = places.map { (variance[$0] + epsilon).squareRoot() }
        let normalized = places.map { (input.values[$0] - mean[$0]) / deviation[$0] }
        let gamma = places.map { parameters[0][$0 % channels] }

        let isScaledAfter = sabotage == .scaleAfterMeans || sabotage == .forgetsScale
        let terms = places.map { isScaledAfter ? upstream[$0] : gamma[$0] * upstream[$0] }
        let backwardSets = sabotage == .meansOverTheBatch ? places.map { $0 % channels } : sets
        let meanTerm = means(terms, of: backwardSets)
        let meanProduct = means(places.map { terms[$0] * normalized[$0] }, of: backwardSets)
        let gradient = places.map { index in
            var term = terms[index]
            if sabotage != .dropsMeanTerm, sabotage != .frozenStatistics { term -= meanTerm[index] }
            if sabotage != .dropsNormalizedTerm, sabotage != .frozenStatistics {
                term -= normalized[index] * meanProduct[index]
            }
            let factor = sabotage == .scaleAfterMeans ? gamma[index] : sabotage == .zeros ? 0 : 1
            let unbiased = (variance[index] * size[index] / (size[index] - 1) + epsilon).squareRoot()
            return term * factor / (sabotage == .sampleVariance ? unbiased : deviation[index])
        }
        func column(_ values: [Double]) -> [Float] {
            (0..<channels).map { channel in
                Float(stride(from: channel, to: values.count, by: channels).reduce(0) { $0 + values[$1] })
            }
        }
        let (byScale, byShift) = (column(places.map { upstream[$0] * normalized[$0] }), column(upstream))
        return LayerBench.Result(
            output: places.map { Float(gamma[$0] * normalized[$0] + parameters[1][$0 % channels]) },
            inputGradients: [gradient.map(Float.init)],
            parameterGradients: sabotage == .swappedParameters ? [byShift, byScale] : [byScale, byShift])
    }

    /// For each value, the mean over its set.
    private func means(_ values: [Double], of sets: [Int]) -> [Double] {
        var sums: [Int: (sum: Double, count: Double)] = [:]
        for (value, set) in zip(values, sets) {
            let old = sums[set] ?? (0, 0)
            sums[set] = (old.sum + value, old.count + 1)
        }
        return sets.map { set in sums[set].map { $0.sum / $0.count } ?? 0 }
    }
}
