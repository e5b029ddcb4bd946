import Foundation

/// One axis of a ``Panel``: what it measures, how far it goes and how its numbers are written.
public struct Axis: Sendable {
    /// How values become distances.
    public enum Scale: Sendable {
        case linear
        /// Equal ratios are equal distances; only positive values exist.
        case logarithmic
        /// Names at equal distances, at the positions 0, 1, 2…; a vertical axis lists them from the top.
        case categories([String])
    }

    /// Where the ticks stand.
    public enum Ticks: Sendable {
        /// At round values, as many as there is room for.
        case automatic
        case at([Double])
        /// Nowhere, and no numbers.
        case none
    }

    /// What is measured, with its unit in brackets.
    public var title: String?
    public var scale: Scale
    /// The first value; nil takes it from the data.
    public var lower: Double?
    /// The last value; nil takes it from the data.
    public var upper: Double?
    public var format: NumberFormat
    public var ticks: Ticks
    /// Whether light lines cross the panel at the ticks; nil draws them for numbers and not for categories or under heat maps.
    public var grid: Bool?
    /// Whether values grow to the left or downwards. Nil is the usual way: only a vertical axis of categories grows downwards.
    public var isReversed: Bool?

    public init(
        _ title: String? = nil, scale: Scale = .linear, from lower: Double? = nil, to upper: Double? = nil,
        format: NumberFormat = .automatic, ticks: Ticks = .automatic, grid: Bool? = nil, isReversed: Bool? = nil
    ) {
        self.title = title
        self.scale = scale
        self.lower = lower
        self.upper = upper
        self.format = format
        self.ticks = ticks
        self.grid = grid
        self.isReversed = isReversed
    }

    public static func categories(_ names: [String], title: String? = nil, isReversed: Bool? = nil) -> Axis {
        Axis(title, scale: .categories(names), isReversed: isReversed)
    }

    var categories: [String]? {
        if case .categories(let names) = scale { return names }
        return nil
    }
}

/// The map from the values of an axis to fractions of its length.
struct ResolvedScale: Equatable {
    enum Kind: Equatable { case linear, logarithmic }

    let kind: Kind
    /// The values at the fractions 0 and 1; `lower < upper`, and positive where logarithmic.
    let lower: Double
    let upper: Double

    init(_ kind: Kind, from lower: Double, to upper: Double) {
        self.kind = kind
        self.lower = lower
        self.upper = upper
    }

    /// 0 at the lower end, 1 at the upper, beyond them outside; NaN where the scale has no such value.
    func fraction(_ value: Double) -> Double {
        switch kind {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic: value > 0 ? log10(value / lower) / log10(upper / lower) : .nan
        }
    }

    /// Whether the value lies on the axis, its ends included.
    func contains(_ value: Double) -> Bool {
        let fraction = fraction(value)
        return fraction >= -1e-9 && fraction <= 1 + 1e-9
    }
}

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

/// How the numbers along an axis are written. All numbers of one axis are written alike.
public enum NumberFormat: Hashable, Sendable {
    /// As few digits as tell the ticks apart; `10k` from ten thousand on; powers of ten on long logarithmic axes.
    case automatic
    /// As hundredths with a per cent sign: 0.98 is `98%`.
    case percent

    /// The texts of ticks that stand together.
    func labels(_ values: [Double], isLogarithmic: Bool = false) -> [String] {
        switch self {
        case .percent:
            let hundredths = values.map { $0 * 100 }
            let decimals = Self.decimals(of: hundredths)
            return hundredths.map { Self.fixed($0, decimals: decimals) + "%" }
        case .automatic:
            if isLogarithmic { return Self.logarithmicLabels(values) }
            let largest = values.map(abs).max() ?? 0
            if largest >= 1e15 || (largest > 0 && largest < 1e-4) { return values.map(Self.scientific) }
            for (unit, suffix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where largest >= unit * 10 {
                let scaled = values.map { $0 / unit }
                let decimals = Self.decimals(of: scaled)
                return scaled.map { $0 == 0 ? "0" : Self.fixed($0, decimals: decimals) + suffix }
            }
            let decimals = Self.decimals(of: values)
            return values.map { Self.fixed($0, decimals: decimals) }
        }
    }

    private static func logarithmicLabels(_ values: [Double]) -> [String] {
        let positive = values.filter { $0 > 0 }
        guard let least = positive.min(), let greatest = positive.max() else { return values.map { _ in "" } }
        if least < 0.9e-3 || greatest > 1.1e6 { return values.map(scientific) }
        return values.map { value in
            value >= 0.9999e4
                ? NumberFormat.automatic.labels([value])[0] : fixed(value, decimals: decimals(of: [value]))
        }
    }

    /// The fewest decimals that write all values to within a thousandth of their smallest distance.
    static func decimals(of values: [Double]) -> Int {
        let sorted = values.filter(\.isFinite).sorted()
        let gaps = zip(sorted, sorted.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }
        let finest = gaps.min() ?? sorted.map(abs).filter { $0 > 0 }.min() ?? 1
        return (0..<15).first { decimals in
            let unit = pow(10, Double(decimals))
            return sorted.allSatisfy { abs(($0 * unit).rounded() / unit - $0) <= finest * 1e-3 }
        } ?? 15
    }

    /// Fixed decimals with a real minus sign, and no minus before nothing.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
        let text = String(format: "%.\(decimals)f", abs(value))
        let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
        return value < 0 && !isZero ? "−" + text : text
    }

    /// A power of ten with a factor before it where that is not 1: `10⁻³`, `2·10⁻³`.
    static func scientific(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return fixed(value, decimals: 0) }
        var exponent = Int(log10(abs(value)).rounded(.down))
        var factor = abs(value) / pow(10, Double(exponent))
        if factor > 9.9999 { (factor, exponent) = (factor / 10, exponent + 1) }
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        let raised = String(abs(exponent)).compactMap { $0.wholeNumberValue.map { digits[$0] } }
        let sign = value < 0 ? "−" : ""
        let rest =
            abs(factor - 1) < 1e-6 ? "" : fixed(factor, decimals: decimals(of: [(factor * 100).rounded() / 100])) + "·"
        return sign + rest + "10" + (exponent < 0 ? "⁻" : "") + String(raised)
    }
}
