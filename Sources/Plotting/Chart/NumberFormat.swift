import Foundation

/// How the numbers along an axis are written. All numbers of one axis are written alike.
public enum NumberFormat: Hashable, Sendable {
    /// As few digits as tell the ticks apart; `10k` from ten thousand on; powers of ten on long logarithmic axes.
    case automatic
    /// With a fixed number of decimals.
    case decimals(Int)
    /// As hundredths with a per cent sign: 0.98 is `98%`.
    case percent

    /// The texts of ticks that stand together.
    func labels(_ values: [Double], isLogarithmic: Bool = false) -> [String] {
        switch self {
        case .decimals(let count): return values.map { Self.fixed($0, decimals: count) }
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
