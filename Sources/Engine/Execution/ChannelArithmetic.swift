import Kernels

/// The few operations on one value a channel that a normalization needs between its kernels, in double precision.
///
/// A vector has as many elements as a layer has channels, so nothing here is worth a vector instruction.
enum ChannelArithmetic {
    /// result = 1/√(variance + ε)
    static func inverseDeviation(ofVariance variance: Vector, epsilon: Double, into result: Vector) {
        for channel in 0..<variance.count {
            result[channel] = Float(1 / (Double(variance[channel]) + epsilon).squareRoot())
        }
    }

    /// values = values / count
    static func divide(_ values: Vector, by count: Int) {
        for channel in 0..<values.count { values[channel] = Float(Double(values[channel]) / Double(count)) }
    }

    /// result = values · factors; an absent factor is 1.
    static func product(_ values: Vector, _ factors: Vector?, into result: Vector) {
        for channel in 0..<values.count {
            result[channel] = values[channel] * (factors.map { $0[channel] } ?? 1)
        }
    }

    /// The affine map y = a·x + b that a normalization with fixed statistics is:
    /// a = γ/√(variance + ε), b = β − a·mean; an absent γ is 1, an absent β 0 (Algorithm 2, line 11). Without a variance
    /// nothing is divided by.
    static func fold(
        mean: Vector, variance: Vector?, epsilon: Double, scale: Vector?, shift: Vector?, into affine: ColumnAffine
    ) {
        for channel in 0..<mean.count {
            let gamma = scale.map { Double($0[channel]) } ?? 1
            let beta = shift.map { Double($0[channel]) } ?? 0
            let factor = variance.map { gamma / (Double($0[channel]) + epsilon).squareRoot() } ?? gamma
            affine.scale[channel] = Float(factor)
            affine.shift[channel] = Float(beta - factor * Double(mean[channel]))
        }
    }
}
