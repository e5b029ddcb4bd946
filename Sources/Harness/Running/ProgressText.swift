import Results

/// How numbers of progress are worded.
enum ProgressText {
    /// `step 1406/5000  loss 0.083  test 97.4%  812 img/s  04:12 left`.
    ///
    /// - Parameter width: the most characters; where they do not suffice, the speed goes first.
    static func line(_ progress: RunProgress, rate: Double?, width: Int = .max) -> String {
        let digits = String(progress.steps).count
        let step = String(progress.step)
        let padded = String(repeating: " ", count: max(digits - step.count, 0)) + step
        var parts = ["step \(padded)/\(progress.steps)", "loss \(Phrase.brief(progress.loss))"]
        if let accuracy = progress.testAccuracy {
            parts.append("test \(percent(accuracy))")
        } else {
            parts.append("batch \(percent(progress.batchAccuracy))")
        }
        guard let rate, rate > 0 else { return parts.joined(separator: "  ") }
        let speed = "\(Int((rate * Double(progress.batch)).rounded())) img/s"
        let rest = "\(Phrase.clock(Double(progress.steps - progress.step) / rate)) left"
        let whole = (parts + [speed, rest]).joined(separator: "  ")
        return whole.count <= width ? whole : (parts + [rest]).joined(separator: "  ")
    }

    /// `97.4%`.
    static func percent(_ share: Double) -> String {
        share.isFinite ? Phrase.fixed(100 * share, decimals: 1) + "%" : "nan"
    }
}
