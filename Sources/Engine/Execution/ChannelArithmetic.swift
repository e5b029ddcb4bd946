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

    /// result = Σ weight · values over the parts of a batch, whose vectors stand one after the other; the last may have another
    /// weight than each of the others.
    static func sum(
        _ values: Vector, parts: Int, weights: (each: Double, last: Double) = (1, 1), into result: Vector
    ) {
        for channel in 0..<result.count {
            var sum = 0.0
            for part in 0..<parts {
                let weight = part == parts - 1 ? weights.last : weights.each
                sum += weight * Double(values[part * result.count + channel])
            }
            result[channel] = Float(sum)
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

// MARK: - Batch renormalization

extension ChannelArithmetic {
    /// r = clip(σ_B/σ, 1/r_max … r_max) and d = clip((μ_B − μ)/σ, −d_max … d_max), where r holds σ² − ε and d holds μ; σ_B and
    /// μ_B are the batch's (Ioffe 2017, Algorithm 1).
    static func renormalize(
        mean: Vector, variance: Vector, epsilon: Double, limits: (r: Double, d: Double), r: Vector, d: Vector
    ) {
        for channel in 0..<mean.count {
            let deviation = (Double(r[channel]) + epsilon).squareRoot()
            let ratio = (Double(variance[channel]) + epsilon).squareRoot() / deviation
            let difference = (Double(mean[channel]) - Double(d[channel])) / deviation
            r[channel] = Float(clip(ratio, 1 / limits.r, limits.r))
            d[channel] = Float(clip(difference, -limits.d, limits.d))
        }
    }

    /// A NaN stays one.
    private static func clip(_ value: Double, _ least: Double, _ most: Double) -> Double {
        value < least ? least : value > most ? most : value
    }

    /// γr and γd + β.
    static func correct(
        scale: Vector, shift: Vector, r: Vector, d: Vector, intoScale corrected: Vector, shift correctedShift: Vector
    ) {
        for channel in 0..<scale.count {
            let gamma = Double(scale[channel])
            corrected[channel] = Float(gamma * Double(r[channel]))
            correctedShift[channel] = Float(gamma * Double(d[channel]) + Double(shift[channel]))
        }
    }

    /// result = a · b + c · d
    static func combine(
        _ a: Vector, times b: Vector, plus c: Vector, times d: Vector, into result: Vector
    ) {
        for channel in 0..<result.count {
            result[channel] = Float(
                Double(a[channel]) * Double(b[channel]) + Double(c[channel]) * Double(d[channel]))
        }
    }
}

// MARK: - Normalization by a norm

extension ChannelArithmetic {
    /// result = values²
    static func square(_ values: Vector, into result: Vector) {
        for channel in 0..<values.count { result[channel] = Float(Double(values[channel]) * Double(values[channel])) }
    }

    /// result += values²
    static func addSquare(of values: Vector, to result: Vector) {
        for channel in 0..<values.count {
            result[channel] = Float(Double(result[channel]) + Double(values[channel]) * Double(values[channel]))
        }
    }

    /// What the gradient of a normalization by a norm N subtracts from dz, made of Σ dz and Σ dz·x̂ in their place:
    /// `sum` becomes the part that all rows share and `productSum` the factor of the part that differs from row to row. With
    /// D = √(N² + ε), the whole is mean dz + Σ(dz·x̂) · N/D · ∂N/∂x.
    struct NormTerms {
        let rows: Int
        /// Whether N is the norm of x − μ, so that the mean over the rows is subtracted from ∂N/∂u; else it is that of x.
        let isOfDeviations: Bool
        let mean: Vector
        /// N².
        let square: Vector
        /// 1/D.
        let inverse: Vector
        let sum: Vector
        let productSum: Vector

        private var count: Double { Double(rows) }

        private func ratio(_ channel: Int) -> Double {
            Double(square[channel]).squareRoot() * Double(inverse[channel])
        }

        /// p = 1: ∂N/∂u = sgn(u)/m, so that the factor is mean(dz·x̂) · N/D, of sgn u.
        func takeAbsolute(meanSign: Vector) {
            for channel in 0..<sum.count {
                let factor = Double(productSum[channel]) / count * ratio(channel)
                let shared = isOfDeviations ? factor * Double(meanSign[channel]) : 0
                sum[channel] = Float(Double(sum[channel]) / count - shared)
                productSum[channel] = Float(factor)
            }
        }

        /// p = 2: N · ∂N/∂u = u/m, so that the factor is mean(dz·x̂), of u/D, which is x̂ + μ/D for the values and x̂ for
        /// deviations.
        func takeSquare() {
            for channel in 0..<sum.count {
                let factor = Double(productSum[channel]) / count
                let shared = isOfDeviations ? 0 : factor * (Double(mean[channel]) * Double(inverse[channel]))
                sum[channel] = Float(Double(sum[channel]) / count + shared)
                productSum[channel] = Float(factor)
            }
        }

        /// p = ∞: only the row of the greatest |u| has a part of its own, −γ/D · Σ(dz·x̂) · N/D · sgn u: the summand.
        func takePeak(_ peak: Vector, scale: Vector, summand: Vector) {
            for channel in 0..<sum.count {
                let sign = peak[channel] > 0 ? 1.0 : peak[channel] < 0 ? -1.0 : 0
                let part = Double(productSum[channel]) * ratio(channel) * sign
                sum[channel] = Float(Double(sum[channel]) / count - (isOfDeviations ? part / count : 0))
                summand[channel] = Float(-Double(scale[channel]) * Double(inverse[channel]) * part)
                productSum[channel] = 0
            }
        }
    }
}
