@testable import Datasets

// The input normalizations as tests write them: `.zScore(.global)`.

extension InputNormalization where Self == UnitInput { static var unit: Self { Self() } }
extension InputNormalization where Self == IdentityInput { static var identity: Self { Self() } }
extension InputNormalization where Self == LeNetInput { static var leNet: Self { Self() } }
extension InputNormalization where Self == DecimalScalingInput { static var decimalScaling: Self { Self() } }
extension InputNormalization where Self == ZScoreInput {
    static func zScore(_ scope: StatisticsScope) -> Self { Self(scope) }
}

extension InputNormalization where Self == ScaleInput {
    static func scale(factor: Double) -> Self { Self().with(\.factor, factor) }
}

extension InputNormalization where Self == BinaryInput {
    static func binary(threshold: Double) -> Self { Self().with(\.threshold, threshold) }
}

extension InputNormalization where Self == MinMaxInput {
    static func minMax(_ scope: StatisticsScope, _ range: MinMaxInput.Range = .unit) -> Self {
        Self().with(\.scope, scope).with(\.range, range)
    }
}

extension InputNormalization where Self == MeanSubtractionInput {
    static func meanSubtraction(_ scope: StatisticsScope, divisor: Double = 255) -> Self {
        Self().with(\.scope, scope).with(\.divisor, divisor)
    }
}

extension InputNormalization where Self == PCAWhiteningInput {
    static func pcaWhitening(epsilon: Double, components: Int = 0) -> Self {
        Self().with(\.epsilon, epsilon).with(\.components, components)
    }
}

extension InputNormalization where Self == ZCAWhiteningInput {
    static func zcaWhitening(epsilon: Double, components: Int = 0) -> Self {
        Self().with(\.epsilon, epsilon).with(\.components, components)
    }
}

extension InputNormalization {
    /// The same with another value of a field.
    private func with<Value>(_ field: WritableKeyPath<Self, Value>, _ value: Value) -> Self {
        var copy = self
        copy[keyPath: field] = value
        return copy
    }

    /// The word of its kind.
    var kind: String { Self.kind }
}

/// Fits a normalization to a set.
func fit(_ normalization: any InputNormalization, to train: ImageSet) throws(DataError) -> FittedInput {
    try normalization.fit(to: train)
}
