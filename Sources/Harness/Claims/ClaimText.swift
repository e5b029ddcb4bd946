import Foundation
import Results

/// How the numbers of a claim are worded.
enum ClaimText {
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
        return "\(claim.minimumEffect.word) \(sign) \(Phrase.rounded(value))"
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
            let spread = statistics.deviation.map { " ± \(Phrase.rounded($0 * scale))" } ?? ""
            return Phrase.rounded(statistics.mean * scale) + spread + percent
        }
        let theirs =
            switch claim.reference {
            case .value(let value): "compared with \(Phrase.rounded(value * scale))\(percent)"
            case .arm: "\(other) \(value(comparison.other))"
            }
        let interval = comparison.interval.map {
            " [\(Phrase.rounded($0.lowerBound * difference)), \(Phrase.rounded($0.upperBound * difference))]"
        }
        let text = """
            \(claim.measure.description): \(arm) \(value(comparison.arm)), \(theirs) (n = \(comparison.seeds.count)); \
            \(claim.minimumEffect.word) \(Phrase.rounded(comparison.difference * difference))\(interval ?? "")\(points), \
            expected \(ClaimText.threshold(claim, comparison, scale: scale))
            """
        return ([text] + notes).joined(separator: "; ")
    }
}

extension ClaimMeasure {
    /// Whether its numbers are shares of images.
    var isAccuracy: Bool {
        switch self {
        case .best(let metric), .final(let metric), .at(let metric, _): metric.isAccuracy
        case .stepsTo, .drift, .spread, .quantity, .diverges: false
        }
    }
}
