import Vocabulary

/// How the learning rate changes over a run. The formulas and names are Caffe's (`sgd_solver.cpp`), except for
/// ``RelativeExponentialRate``.
public protocol RatePolicy: Configurable, Equatable {
    /// The rate of step `step` (from 0) of `total`, given the optimizer's base rate.
    func rate(base: Double, step: Int, of total: Int) -> Double
}

/// The rate policies, in the order of the reference. A new one is one file and one line here.
public enum RatePolicyCatalogue {
    public static let all: [any RatePolicy.Type] = [
        FixedRate.self,
        StepRate.self,
        MultistepRate.self,
        ExponentialRate.self,
        RelativeExponentialRate.self,
        InverseRate.self,
        PolynomialRate.self,
    ]
}

/// The base rate throughout.
public struct FixedRate: RatePolicy {
    public static let kind = "fixed"
    public static let summary = "The base rate throughout."
    public static let fields: [Field<Self>] = []
    public init() {}

    public func rate(base: Double, step: Int, of total: Int) -> Double { base }
}

/// The rate is multiplied by a factor after every so many steps.
public struct StepRate: RatePolicy {
    /// The factor of each drop (Caffe's gamma).
    public var factor = Double.nan
    /// Steps between drops (Caffe's stepsize).
    public var every = 0

    public static let kind = "step"
    public static let summary = "base · factor^⌊step / every⌋"
    public static let fields: [Field<Self>] = [
        Field("factor", \.factor, 0...10, required: true, "Factor of each drop (Caffe's gamma)."),
        Field("every", \.every, 1...1_000_000_000, required: true, "Steps between drops (Caffe's stepsize)."),
    ]

    public init() {}
    public init(factor: Double, every: Int) {
        self.factor = factor
        self.every = every
    }

    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(factor, whole: step / max(every, 1))
    }
}

/// The rate is multiplied by a factor at each of the given steps.
public struct MultistepRate: RatePolicy {
    /// The factor of each drop (Caffe's gamma).
    public var factor = Double.nan
    /// The steps at which the rate drops (Caffe's stepvalue), in any order.
    public var at: [Int] = []

    public static let kind = "multistep"
    public static let summary = "base · factor^(number of listed steps reached)"
    public static let fields: [Field<Self>] = [
        Field("factor", \.factor, 0...10, required: true, "Factor of each drop (Caffe's gamma)."),
        Field(
            "at", \.at, .integer(1...1_000_000_000).list(minimum: 1), required: true,
            "Steps at which the rate drops (Caffe's stepvalue)."),
    ]

    public init() {}
    public init(factor: Double, at: [Int]) {
        self.factor = factor
        self.at = at
    }

    /// base · factor^n, n = the number of listed steps that are at most `step`
    public func rate(base: Double, step: Int, of total: Int) -> Double {
        var drops = 0
        for index in 0..<at.count where at[index] <= step { drops += 1 }
        return base * RealPower.power(factor, whole: drops)
    }
}

/// The rate is multiplied by a factor after every step.
public struct ExponentialRate: RatePolicy {
    /// The factor of each step (Caffe's gamma).
    public var factor = Double.nan

    public static let kind = "exp"
    public static let summary = "base · factor^step"
    public static let fields: [Field<Self>] = [
        Field("factor", \.factor, 0...10, required: true, "Factor of each step (Caffe's gamma).")
    ]

    public init() {}
    public init(factor: Double) { self.factor = factor }

    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(factor, whole: step)
    }
}

/// The rate decays exponentially to a share of itself over the run, however long the run is: short and long profiles have
/// the same schedule.
///
/// It is the exponential decay of Ioffe & Szegedy 2015, §4.2, with the speed as a number of its own: §4.2.1's change
/// "6 times faster" is `speed: 6`.
public struct RelativeExponentialRate: RatePolicy {
    public var remaining = Double.nan
    public var speed = 1.0

    public static let kind = "exponential"
    public static let summary = "base · remaining^(speed · step / total)"
    public static let fields: [Field<Self>] = [
        Field(
            "remaining", \.remaining, .leastNormalMagnitude...1, required: true,
            "Share of the base rate that is left at the end of the run."),
        Field("speed", \.speed, 0...1_000, "How many times faster the decay is; 6 in Ioffe & Szegedy 2015, §4.2.1."),
    ]

    public init() {}
    public init(remaining: Double, speed: Double = 1) {
        self.remaining = remaining
        self.speed = speed
    }

    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(remaining, speed * Double(step) / Double(max(total, 1)))
    }
}

/// The rate falls as an inverse power of the step: what Caffe's LeNet uses (factor 10⁻⁴, power 0.75).
public struct InverseRate: RatePolicy {
    /// Growth of the denominator in each step (Caffe's gamma).
    public var factor = Double.nan
    public var power = Double.nan

    public static let kind = "inv"
    public static let summary = "base · (1 + factor · step)^(−power)"
    public static let fields: [Field<Self>] = [
        Field("factor", \.factor, 0...1_000, required: true, "Growth of the denominator in each step (Caffe's gamma)."),
        Field("power", \.power, 0...10, required: true, "Power of the denominator."),
    ]

    public init() {}
    public init(factor: Double, power: Double) {
        self.factor = factor
        self.power = power
    }

    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(1 + factor * Double(step), -power)
    }
}

/// The rate falls to zero at the end of the run, along a power of the part that is left.
public struct PolynomialRate: RatePolicy {
    public var power = Double.nan

    public static let kind = "poly"
    public static let summary = "base · (1 − step / total)^power"
    public static let fields: [Field<Self>] = [
        Field("power", \.power, 0...10, required: true, "Power of the part of the run that is left; 1 is a line.")
    ]

    public init() {}
    public init(power: Double) { self.power = power }

    public func rate(base: Double, step: Int, of total: Int) -> Double {
        base * RealPower.power(max(0, 1 - Double(step) / Double(max(total, 1))), power)
    }
}

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
