import Foundation

/// The regularized incomplete beta function, from which Student's distribution is made.
enum IncompleteBeta {
    /// I_x(a, b), the share of the beta distribution's mass below x.
    ///
    /// By the continued fraction of DLMF 8.17.22 in Lentz's form, on the side where it converges quickly; about 1e-14 of
    /// relative error for the parameters of a t distribution.
    ///
    /// - Parameters:
    ///   - a: positive.
    ///   - b: positive.
    ///   - x: in 0...1.
    static func regularized(_ a: Double, _ b: Double, at x: Double) -> Double {
        precondition(a > 0 && b > 0 && (0...1).contains(x), "I_\(x)(\(a), \(b)) is not defined")
        if x == 0 || x == 1 { return x }
        // I_x(a, b) = 1 − I_(1−x)(b, a): the fraction converges for x below the mean.
        if x > (a + 1) / (a + b + 2) { return 1 - fraction(b, a, at: 1 - x) }
        return fraction(a, b, at: x)
    }

    private static func fraction(_ a: Double, _ b: Double, at x: Double) -> Double {
        let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b)) / a
        let tiny = 1e-300
        var numerator = 1.0
        var denominator = 1 - (a + b) * x / (a + 1)
        denominator = 1 / (abs(denominator) < tiny ? tiny : denominator)
        var value = denominator
        for index in 1...500 {
            let m = Double(index)
            for coefficient in [
                m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
            ] {
                denominator = 1 + coefficient * denominator
                denominator = 1 / (abs(denominator) < tiny ? tiny : denominator)
                numerator = 1 + coefficient / numerator
                if abs(numerator) < tiny { numerator = tiny }
                value *= numerator * denominator
            }
            if abs(numerator * denominator - 1) < 1e-16 { break }
        }
        return front * value
    }

    private static func logBeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }
}
