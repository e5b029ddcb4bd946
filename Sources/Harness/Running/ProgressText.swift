import Foundation

/// How numbers of progress are worded.
enum ProgressText {
    /// `step 1406/5000  loss 0.083  test 97.4%  812 img/s  04:12 left`.
    ///
    /// - Parameter width: the most characters; where they do not suffice, the speed goes first.
    static func line(_ progress: RunProgress, rate: Double?, width: Int = .max) -> String {
        let digits = String(progress.steps).count
        let step = String(progress.step)
        let padded = String(repeating: " ", count: max(digits - step.count, 0)) + step
        var parts = ["step \(padded)/\(progress.steps)", "loss \(number(progress.loss))"]
        if let accuracy = progress.testAccuracy {
            parts.append("test \(percent(accuracy))")
        } else {
            parts.append("batch \(percent(progress.batchAccuracy))")
        }
        guard let rate, rate > 0 else { return parts.joined(separator: "  ") }
        let speed = "\(Int((rate * Double(progress.batch)).rounded())) img/s"
        let rest = "\(duration(Double(progress.steps - progress.step) / rate)) left"
        let whole = (parts + [speed, rest]).joined(separator: "  ")
        return whole.count <= width ? whole : (parts + [rest]).joined(separator: "  ")
    }

    /// Three significant digits; scientific only where it must be.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
        if abs(value) >= 1e5 || (value != 0 && abs(value) < 1e-4) { return String(format: "%.2e", value) }
        return String(format: abs(value) < 10 ? "%.3f" : "%.1f", value)
    }

    /// `97.4%`.
    static func percent(_ share: Double) -> String {
        share.isFinite ? String(format: "%.1f%%", 100 * share) : "nan"
    }

    /// `04:12`, `1:04:12`; whole seconds, rounded up.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e7 else { return "?" }
        let whole = Int(seconds.rounded(.up))
        let clock = String(format: "%02d:%02d", whole / 60 % 60, whole % 60)
        return whole < 3600 ? clock : "\(whole / 3600):\(clock)"
    }
}
