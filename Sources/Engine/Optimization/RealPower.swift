/// Powers in double precision that are the same bits on every machine, which no C library promises.
///
/// Each is a fixed sequence of IEEE operations without fused multiply-adds; the relative error is below 10⁻¹⁴ for the
/// exponents of a learning rate's schedule.
enum RealPower {
    /// base^exponent for a whole exponent ≥ 0, by repeated squaring.
    static func power(_ base: Double, whole exponent: Int) -> Double {
        var result = 1.0
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            rest >>= 1
            if rest > 0 { square *= square }
        }
        return result
    }

    /// base^exponent for base ≥ 0; 0^0 is 1.
    static func power(_ base: Double, _ exponent: Double) -> Double {
        if base.isNaN || exponent.isNaN { return .nan }
        if exponent == 0 { return 1 }
        if base == 0 { return exponent > 0 ? 0 : .infinity }
        if exponent == exponent.rounded(), abs(exponent) <= 64 {
            let magnitude = power(base, whole: Int(abs(exponent)))
            return exponent > 0 ? magnitude : 1 / magnitude
        }
        return exponential(exponent * logarithm(base))
    }

    /// log x for a normal x > 0: x = 2^e · s with s in [√½, √2), and log s = 2 artanh((s − 1)/(s + 1)).
    static func logarithm(_ x: Double) -> Double {
        var exponent = x.exponent
        var significand = x.significand
        if significand > 2.0.squareRoot() {
            significand /= 2
            exponent += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        // |ratio| < 0.172, so the first omitted term is below 10⁻¹⁸ of the sum.
        var sum = 0.0
        for odd in stride(from: 23.0, through: 1.0, by: -2.0) { sum = sum * square + 1 / odd }
        return Double(exponent) * log2High + (Double(exponent) * log2Low + 2 * ratio * sum)
    }

    /// e^x: x = n · log 2 + r with |r| ≤ ½ log 2, and the series of e^r.
    static func exponential(_ x: Double) -> Double {
        guard x < 709.7 else { return .infinity }
        guard x > -708 else { return 0 }
        let whole = (x / (log2High + log2Low)).rounded()
        let rest = (x - whole * log2High) - whole * log2Low
        var sum = 1.0
        for divisor in stride(from: 17.0, through: 1.0, by: -1.0) { sum = 1 + sum * rest / divisor }
        return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
    }

    /// log 2 in two parts: the first has 32 bits, so that its product with an exponent is exact.
    private static let log2High = 0x1.62e42feep-1
    private static let log2Low = 0x1.a39ef35793c76p-33
}
