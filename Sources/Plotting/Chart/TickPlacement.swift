import Foundation

/// Round values along an axis.
struct TickPlacement: Equatable {
    /// The values that get a number, ascending.
    var major: [Double]
    /// Values between them that get a short tick only, ascending.
    var minor: [Double]

    /// About `count` round values on the scale, never more than `count + 1` beyond the first two.
    static func place(on scale: ResolvedScale, count: Int) -> TickPlacement {
        switch scale.kind {
        case .linear: linear(from: scale.lower, to: scale.upper, count: max(1, count))
        case .logarithmic: logarithmic(scale, count: max(1, count))
        }
    }

    // MARK: Linear

    private static func linear(from lower: Double, to upper: Double, count: Int) -> TickPlacement {
        let (step, parts) = roundStep(atLeast: (upper - lower) / Double(count))
        return TickPlacement(
            major: multiples(of: step, from: lower, to: upper),
            minor: multiples(of: step / Double(parts), from: lower, to: upper).filter {
                let place = $0 / step
                return abs(place - place.rounded()) > 1e-6
            })
    }

    /// The smallest of 1, 2 or 5 times a power of ten that is not below `least`, and into how many parts minor ticks divide it.
    private static func roundStep(atLeast least: Double) -> (step: Double, parts: Int) {
        let power = pow(10, log10(least).rounded(.down))
        for (factor, parts) in [(1.0, 5), (2, 4), (5, 5)] where factor * power >= least * (1 - 1e-9) {
            return (factor * power, parts)
        }
        return (10 * power, 5)
    }

    private static func multiples(of step: Double, from lower: Double, to upper: Double) -> [Double] {
        let (first, last) = ((lower / step - 1e-6).rounded(.up), (upper / step + 1e-6).rounded(.down))
        guard first <= last, last - first < 10_000 else { return [] }
        // Dividing by a whole number keeps 0.3 from becoming 0.30000000000000004.
        let inverse = (1 / step).rounded()
        return stride(from: first, through: last, by: 1).map {
            step < 1 && abs(inverse * step - 1) < 1e-9 ? $0 / inverse : $0 * step
        }
    }

    // MARK: Logarithmic

    private static func logarithmic(_ scale: ResolvedScale, count: Int) -> TickPlacement {
        let decades = log10(scale.upper / scale.lower)
        let exponents = Int(log10(scale.lower).rounded(.down))...Int(log10(scale.upper).rounded(.up))
        func values(_ factors: [Double]) -> [Double] {
            exponents.flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }.filter(scale.contains)
        }
        // Too short for its powers of ten to say anything: between them, or as on a linear axis.
        if decades < 0.8 {
            return linear(from: scale.lower, to: scale.upper, count: count)
        }
        for factors in [[1, 2, 5], [1, 3], [1]] as [[Double]] {
            let major = values(factors)
            if major.count <= count + 1 && (factors.count < 3 || decades < 3.2) {
                return TickPlacement(
                    major: major, minor: values([2, 3, 4, 5, 6, 7, 8, 9]).filter { !major.contains($0) })
            }
        }
        let powers = values([1])
        let stride = (powers.count + count - 1) / count
        let major = powers.filter { Int(log10($0).rounded()).isMultiple(of: max(1, stride)) }
        return TickPlacement(major: major, minor: powers.filter { !major.contains($0) })
    }
}
