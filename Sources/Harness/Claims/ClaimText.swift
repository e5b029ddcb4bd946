import Foundation

/// How the numbers of a claim are worded.
enum ClaimText {
    /// A number as short as it can be written.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
        // Through a whole number there is no −0.
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    /// Four significant digits.
    static func rounded(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return number(value) }
        return abs(value) >= 1000 && abs(value) < 1e9 ? String(format: "%.0f", value) : String(format: "%.4g", value)
    }

    /// What the difference must reach: `ratio ≤ 0.5`, `difference > 0`.
    ///
    /// - Parameter scale: what differences are multiplied by, 100 for percentage points; ratios are not.
    static func threshold(_ claim: ClaimDeclaration, _ comparison: PairedComparison, scale: Double = 1) -> String {
        let isStrict =
            switch claim.minimumEffect {
            case .factor(let factor): factor == 1
            case .margin(let margin): margin == 0
            }
        let sign = claim.expectation == .below ? (isStrict ? "<" : "≤") : (isStrict ? ">" : "≥")
        let value = comparison.threshold * (claim.minimumEffect.isRatio ? 1 : scale)
        return "\(claim.minimumEffect.word) \(sign) \(rounded(value))"
    }
}

extension MinimumEffect {
    /// Whether ratios are compared, rather than differences.
    var isRatio: Bool {
        switch self {
        case .factor: true
        case .margin: false
        }
    }

    /// What is compared: `ratio` or `difference`.
    var word: String { isRatio ? "ratio" : "difference" }
}

extension ClaimResult {
    /// The numbers in a sentence: both means with their deviations, the paired difference and what it had to be.
    var evidence: String {
        guard let arm, !comparison.seeds.isEmpty else {
            return "\(claim.measure.description): \(notes.joined(separator: "; "))"
        }
        // Shares of images are read in percent, and their differences in percentage points.
        let scale = claim.measure.isAccuracy ? 100.0 : 1
        let (percent, points) = scale == 1 ? ("", "") : ("%", claim.minimumEffect.isRatio ? "" : " points")
        let difference = claim.minimumEffect.isRatio ? 1 : scale
        func value(_ statistics: SampleStatistics) -> String {
            let spread = statistics.deviation.map { " ± \(ClaimText.rounded($0 * scale))" } ?? ""
            return ClaimText.rounded(statistics.mean * scale) + spread + percent
        }
        let theirs =
            switch claim.reference {
            case .value(let value): "compared with \(ClaimText.rounded(value * scale))\(percent)"
            case .arm: "\(other) \(value(comparison.other))"
            }
        let interval = comparison.interval.map {
            " [\(ClaimText.rounded($0.lowerBound * difference)), \(ClaimText.rounded($0.upperBound * difference))]"
        }
        let text = """
            \(claim.measure.description): \(arm) \(value(comparison.arm)), \(theirs) (n = \(comparison.seeds.count)); \
            \(claim.minimumEffect.word) \(ClaimText.rounded(comparison.difference * difference))\(interval ?? "")\(points), \
            expected \(ClaimText.threshold(claim, comparison, scale: scale))
            """
        return ([text] + notes).joined(separator: "; ")
    }
}

extension ClaimMeasure {
    /// Whether its numbers are shares of images.
    var isAccuracy: Bool {
        switch self {
        case .best(let metric), .final(let metric), .at(let metric, _): metric == .testAccuracy
        case .stepsTo, .drift, .spread, .quantity, .diverges: false
        }
    }
}
