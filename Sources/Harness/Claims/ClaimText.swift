import Foundation

/// How the numbers of a claim are worded.
enum ClaimText {
    /// A number as short as it can be written.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    /// Four significant digits.
    static func rounded(_ value: Double) -> String {
        guard value.isFinite else { return number(value) }
        return abs(value) >= 1000 && abs(value) < 1e9 ? String(format: "%.0f", value) : String(format: "%.4g", value)
    }

    /// What the difference must reach: `ratio ≤ 0.5`, `difference > 0`.
    static func threshold(_ claim: ClaimDeclaration, _ comparison: PairedComparison) -> String {
        let isRatio: Bool
        let isStrict: Bool
        switch claim.minimumEffect {
        case .factor(let factor): (isRatio, isStrict) = (true, factor == 1)
        case .margin(let margin): (isRatio, isStrict) = (false, margin == 0)
        }
        let sign =
            claim.expectation == .below ? (isStrict ? "<" : "≤") : (isStrict ? ">" : "≥")
        return "\(isRatio ? "ratio" : "difference") \(sign) \(rounded(comparison.threshold))"
    }
}

extension ClaimResult {
    /// The numbers in a sentence: both means with their deviations, the paired difference and what it had to be.
    var evidence: String {
        guard let arm, comparison.seeds.count > 0 else {
            return "\(claim.measure.description): \(notes.joined(separator: "; "))"
        }
        let isAccuracy = claim.measure.isAccuracy
        func value(_ statistics: SampleStatistics, spread: Bool = true) -> String {
            let scale = isAccuracy ? 100.0 : 1
            let text = ClaimText.rounded(statistics.mean * scale)
            guard spread, let deviation = statistics.deviation else { return text + (isAccuracy ? " %" : "") }
            return "\(text) ± \(ClaimText.rounded(deviation * scale))" + (isAccuracy ? " %" : "")
        }
        var isConstant = false
        if case .value = claim.reference { isConstant = true }
        let theirs =
            isConstant
            ? "compared with \(value(comparison.other, spread: false))" : "\(other) \(value(comparison.other))"
        var text =
            "\(claim.measure.description): \(arm) \(value(comparison.arm)), \(theirs) (n = \(comparison.seeds.count))"
        var isRatio = false
        if case .factor = claim.minimumEffect { isRatio = true }
        text += "; \(isRatio ? "ratio" : "difference") \(ClaimText.rounded(comparison.difference))"
        if let interval = comparison.interval {
            text += " [\(ClaimText.rounded(interval.lowerBound)), \(ClaimText.rounded(interval.upperBound))]"
        }
        text += "; expected \(ClaimText.threshold(claim, comparison))"
        return notes.isEmpty ? text : "\(text); \(notes.joined(separator: "; "))"
    }
}

extension ClaimMeasure {
    /// Whether its numbers are shares of images.
    var isAccuracy: Bool {
        switch self {
        case .best(let metric), .final(let metric): metric == .testAccuracy
        case .stepsTo, .drift, .spread: false
        }
    }
}
