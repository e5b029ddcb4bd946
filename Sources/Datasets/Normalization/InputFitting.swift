extension InputNormalization {
    /// Fits the map to a training set.
    ///
    /// O(bytes of the set); whitening also solves an eigenproblem, O(features³): see ``Whitening``.
    ///
    /// - Throws: `unsupported` for parameters out of range, and for whitening of images with more features than
    ///   ``Whitening/largestFeatureCount``.
    public func fit(to train: ImageSet) throws(DataError) -> FittedInput {
        guard train.count > 0 else {
            throw DataError(.unsupported, file: train.name, found: "no images", expected: "a training set")
        }
        switch self {
        case .identity:
            return pointwise(train) { $0 }
        case .leNet:
            return pointwise(train) { $0 / 255 * 1.275 - 0.1 }
        case .unit:
            return pointwise(train) { $0 / 255 }
        case .scale(let factor):
            try require(factor.isFinite && factor != 0, "factor \(factor)", "a number other than 0")
            return pointwise(train) { $0 * factor }
        case .binary(let threshold):
            try require((0...1).contains(threshold), "threshold \(threshold)", "0…1")
            return pointwise(train) { $0 / 255 > threshold ? 1 : 0 }
        case .minMax(let scope, let lowest, let highest):
            try require(
                lowest.isFinite && highest.isFinite && lowest < highest, "the range \(lowest)…\(highest)",
                "a range that goes up")
            return affine(train, scope) { summary in
                // (x − center) / divisor is `lowest` at the minimum and `highest` at the maximum.
                let unit = (summary.maximum - summary.minimum) / (highest - lowest)
                return (center: summary.minimum - lowest * unit, divisor: unit)
            }
        case .zScore(let scope):
            return affine(train, scope) { (center: $0.mean, divisor: $0.deviation) }
        case .meanSubtraction(let scope, let divisor):
            try require(divisor.isFinite && divisor > 0, "divisor \(divisor)", "a positive number")
            return affine(train, scope) { (center: $0.mean, divisor: divisor) }
        case .decimalScaling:
            var divisor = 1.0
            let summary = PixelStatistics.global(train)
            while summary.maximum / divisor >= 1 { divisor *= 10 }
            return pointwise(train, facts: [("divisor", divisor)], extremes: [summary.extremes]) { $0 / divisor }
        case .pcaWhitening(let epsilon, let components):
            return try whitening(train, epsilon, components, rotatesBack: false)
        case .zcaWhitening(let epsilon, let components):
            return try whitening(train, epsilon, components, rotatesBack: true)
        }
    }

    private func require(_ isMet: Bool, _ found: String, _ expected: String) throws(DataError) {
        guard isMet else { throw DataError(.unsupported, file: kind, found: found, expected: expected) }
    }

    /// One table for every feature.
    private func pointwise(
        _ train: ImageSet, facts: [(name: String, value: Double)] = [], extremes: [ClosedRange<UInt8>] = [],
        _ value: (Double) -> Double
    ) -> FittedInput {
        fitted(train, facts, .table((0...255).map { Float(value(Double($0))) }), extremes)
    }

    /// (x − center) / divisor with numbers for the scope; 0 where the divisor is 0.
    private func affine(
        _ train: ImageSet, _ scope: Scope,
        _ numbers: (PixelStatistics.Summary) -> (center: Double, divisor: Double)
    ) -> FittedInput {
        func table(_ center: Double, _ divisor: Double) -> [Float] {
            (0...255).map { divisor == 0 ? 0 : Float((Double($0) - center) / divisor) }
        }
        switch scope {
        case .global:
            let summary = PixelStatistics.global(train)
            let (center, divisor) = numbers(summary)
            return fitted(
                train, [("center", center), ("divisor", divisor)], .table(table(center, divisor)), [summary.extremes])
        case .channel:
            let summaries = PixelStatistics.channels(train)
            let pairs = summaries.map(numbers)
            let facts = pairs.enumerated().flatMap { channel, pair in
                [(name: "center[\(channel)]", value: pair.center), (name: "divisor[\(channel)]", value: pair.divisor)]
            }
            return fitted(
                train, facts, .channelTables(pairs.flatMap { table($0.center, $0.divisor) }), summaries.map(\.extremes))
        case .feature:
            let summaries = PixelStatistics.features(train)
            let constant = summaries.count { $0.minimum == $0.maximum }
            let pairs = summaries.map(numbers)
            return fitted(
                train, [("constant features", Double(constant))],
                .affine(
                    center: pairs.map { Float($0.center) },
                    scale: pairs.map { $0.divisor == 0 ? 0 : Float(1 / $0.divisor) }), summaries.map(\.extremes))
        }
    }

    private func whitening(
        _ train: ImageSet, _ epsilon: Double, _ components: Int?, rotatesBack: Bool
    ) throws(DataError) -> FittedInput {
        let features = train.shape.count
        let kept = components ?? features
        try require(epsilon.isFinite && epsilon > 0, "epsilon \(epsilon)", "a positive number")
        try require((1...features).contains(kept), "\(kept) components", "1…\(features), the features of an image")
        let whitening = try Whitening(of: train, kind: kind)
        let weights =
            rotatesBack
            ? whitening.symmetricWeights(epsilon: epsilon, components: kept)
            : whitening.principalWeights(epsilon: epsilon, components: kept)
        let facts = [
            (name: "images", value: Double(whitening.imageCount)),
            (name: "variance kept", value: whitening.varianceShare(components: kept)),
        ]
        return fitted(
            train, facts, .projection(weights: weights.weights, shift: weights.shift),
            PixelStatistics.features(train).map(\.extremes),
            outputs: rotatesBack ? train.shape : ImageShape(height: 1, width: 1, channels: kept))
    }

    private func fitted(
        _ train: ImageSet, _ facts: [(name: String, value: Double)], _ map: FittedInput.Map,
        _ extremes: [ClosedRange<UInt8>], outputs: ImageShape? = nil
    ) -> FittedInput {
        FittedInput(
            normalization: self, inputShape: train.shape, outputShape: outputs ?? train.shape, facts: facts,
            extremes: extremes, map: map)
    }
}
