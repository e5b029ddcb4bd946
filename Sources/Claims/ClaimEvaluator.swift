import Results
import Vocabulary

/// One claim, the evidence and the verdict.
public struct ClaimResult: Sendable {
    public let claim: Claim
    /// The arm whose numbers were taken: of a group the one that was chosen; nil where no arm has a result.
    public let arm: String?
    /// What it was compared with: an arm, or a number.
    public let other: String
    public let comparison: PairedComparison
    /// What the reader must know: each a clause.
    public let notes: [String]

    public var verdict: Verdict { comparison.verdict }

    /// What is said of a claim that no seed has numbers for.
    static let noResult = "no result"

    /// The verdict, or that there is nothing to judge by.
    var outcome: String { comparison.seeds.isEmpty ? Self.noResult : verdict.rawValue }
}

/// Decides the claims of an experiment from the tables of its runs.
///
/// Everything that could flatter a claim is fixed beforehand: which arm of a group is taken (the best by a declared
/// metric, on both sides alike), which statistics, which step counts as reaching a target (the first evaluation, smoothed as
/// the claim declares), what a run that diverged or never got there counts as (the worst), and how large an effect must be.
struct ClaimEvaluator: Sendable {
    private let runs: ExperimentRuns
    private let ensembles: EnsembleAccuracies

    /// An evaluator of claims on an experiment's runs and what its ensembles came to.
    init(_ runs: ExperimentRuns, _ ensembles: EnsembleAccuracies) { (self.runs, self.ensembles) = (runs, ensembles) }

    /// What the evidence says about a claim.
    ///
    /// - Throws: `FileError` or `CSVError` for a table that is damaged.
    func result(_ claim: Claim) throws -> ClaimResult {
        let reading = MetricReading(runs: runs, statistics: claim.statistics, smoothing: claim.smoothing)
        var notes: [String] = []
        let (arm, values) = try measure(claim, of: claim.arm, reading, &notes)
        var other = claim.value.map(Phrase.number) ?? ""
        var otherValues: [UInt64: MeasuredValue] = [:]
        var areTheSameRuns = false
        if let text = claim.comparedWith {
            let measured = try measure(claim, of: text, reading, &notes)
            other = measured.name ?? text
            otherValues = measured.values
            if let arm, let name = measured.name {
                notes += batchNote(arm, name)
                let areEqual = values.allSatisfy { otherValues[$0.key] == nil || otherValues[$0.key] == $0.value }
                areTheSameRuns = areEqual && haveTheSameRuns(arm, name)
            }
        } else if let value = claim.value {
            // A published number holds for the data that it was published for; a share of seeds for any.
            if !claim.measure.isShareOfSeeds, let used = runs.dataset?.name,
                let published = runs.experiment.datasets.first, used != published
            {
                notes.append("the number is published for \(published), and these runs are on \(used)")
            } else {
                otherValues = values.mapValues { _ in MeasuredValue(value) }
            }
        }
        let comparison = PairedComparison(
            arm: values, other: otherValues, expectation: claim.expect, effect: claim.minimumEffect,
            areTheSameRuns: areTheSameRuns)
        notes = comparison.remarks + notes
        let missing = runs.experiment.seeds.filter { !comparison.seeds.contains($0) }
        if !missing.isEmpty, !comparison.seeds.isEmpty {
            let list = missing.map(String.init).joined(separator: ", ")
            notes.append(missing.count == 1 ? "without seed \(list)" : "without seeds \(list)")
        }
        if let dataset = runs.dataset, dataset.name != runs.experiment.datasets.first || dataset.synthetic {
            notes.append(dataset.synthetic ? "on synthetic images (\(dataset.name))" : "on \(dataset.name)")
        }
        return ClaimResult(claim: claim, arm: arm, other: other, comparison: comparison, notes: notes.distinct)
    }

    /// The arm or ensemble that a claim's name or pattern comes to, and its numbers by seed; no name where there is no result.
    private func measure(
        _ claim: Claim, of text: String, _ reading: MetricReading, _ notes: inout [String]
    ) throws -> (name: String?, values: [UInt64: MeasuredValue]) {
        switch ArmChoice(text, in: runs.experiment) {
        case .ensemble(let number):
            notes += ensembles.remarks(on: number.name)
            let values = ensembles.values(number)
            return (values.isEmpty ? nil : text, values)
        case .arms(let arms):
            guard let arm = try best(of: arms, text, by: claim.chosenBy ?? .testAccuracy, reading, &notes) else {
                return (nil, [:])
            }
            let measured = try reading.values(claim.measure, of: arm)
            notes += measured.remarks
            return (arm, measured.values)
        }
    }

    /// The arm that counts of several: the best by the mean of a metric at the end, of equals the first.
    private func best(
        of arms: [String], _ pattern: String, by metric: Metric, _ reading: MetricReading, _ notes: inout [String]
    ) throws -> String? {
        // One arm needs no metric to be chosen by; a run without a network has none.
        if arms.count == 1, runs.hasResults(of: arms[0]) { return arms[0] }
        let means = try arms.compactMap { arm -> (arm: String, mean: Double)? in
            let values = try reading.values(FinalMeasure(metric: metric), of: arm).values
            return values.isEmpty ? nil : (arm, SampleStatistics(values.values.map(\.value).sorted()).mean)
        }
        guard let best = means.min(by: { metric.isHigherBetter ? $0.mean > $1.mean : $0.mean < $1.mean }) else {
            notes.append("\(pattern) has no result")
            return nil
        }
        if arms.count > 1 {
            let left = arms.count - means.count
            let rest = left == 0 ? "" : ", \(left) without a result"
            notes.append("\(best.arm) has the best mean final \(metric.rawValue) of \(means.count) arms\(rest)")
        }
        return best.arm
    }

    /// Whether two arms agree in all losses and accuracies of every seed: an arm that fixes the batches, say, in a run
    /// shorter than an epoch.
    private func haveTheSameRuns(_ arm: String, _ other: String) -> Bool {
        let others = Dictionary(
            runs.complete(other).map { ($0.seed, $0.curves) }, uniquingKeysWith: { first, _ in first })
        let pairs = runs.complete(arm).compactMap { run in others[run.seed].map { (run.curves, $0) } }
        return arm != other && !pairs.isEmpty && pairs.allSatisfy { $0.0 != nil && $0.0 == $0.1 }
    }

    /// Where a step of one arm is not as many images as a step of the other: the claim is about steps all the same.
    private func batchNote(_ arm: String, _ other: String) -> [String] {
        guard let batch = runs.complete(arm).first?.manifest.batch,
            let otherBatch = runs.complete(other).first?.manifest.batch, batch != otherBatch, batch * otherBatch > 0
        else { return [] }
        return ["a step of \(arm) is \(batch) images, one of \(other) \(otherBatch)"]
    }
}

// MARK: In words

extension MinimumEffect {
    /// Whether ratios are compared, rather than differences.
    var isRatio: Bool { scale == .ratio }

    /// What is compared: `ratio` or `difference`.
    var word: String { isRatio ? "ratio" : "difference" }
}

extension SampleStatistics {
    /// `12.5 ± 0.3`: mean and deviation, times a scale.
    func words(scale: Double = 1) -> String {
        Phrase.rounded(mean * scale) + (deviation.map { " ± \(Phrase.rounded($0 * scale))" } ?? "")
    }
}

extension ClaimResult {
    /// What the difference must reach: `ratio ≤ 0.5`, `difference > 0`.
    ///
    /// - Parameter scale: what differences are multiplied by, 100 for percentage points; ratios are not.
    func threshold(scale: Double = 1) -> String {
        let effect = claim.minimumEffect
        let isStrict = effect.needed == 0
        let sign = claim.expect == .below ? (isStrict ? "<" : "≤") : (isStrict ? ">" : "≥")
        return "\(effect.word) \(sign) \(Phrase.rounded(comparison.threshold * (effect.isRatio ? 1 : scale)))"
    }

    /// The numbers in a sentence: both means with their deviations, the paired difference and what it had to be.
    var evidence: String {
        guard let arm, !comparison.seeds.isEmpty else {
            return "\(claim.measure.description): \(notes.joined(separator: "; "))"
        }
        // Shares of images are read in percent, and their differences in percentage points.
        let effect = claim.minimumEffect
        let scale = claim.measure.isShareOfImages ? 100.0 : 1
        let (percent, points) = scale == 1 ? ("", "") : ("%", effect.isRatio ? "" : " points")
        let difference = effect.isRatio ? 1 : scale
        let theirs =
            claim.comparedWith == nil
            ? "compared with \(Phrase.rounded((claim.value ?? .nan) * scale))\(percent)"
            : "\(other) \(comparison.other.words(scale: scale))\(percent)"
        let interval = comparison.interval.map {
            " [\(Phrase.rounded($0.lowerBound * difference)), \(Phrase.rounded($0.upperBound * difference))]"
        }
        let text = """
            \(claim.measure.description): \(arm) \(comparison.arm.words(scale: scale))\(percent), \(theirs) \
            (n = \(comparison.seeds.count)); \
            \(effect.word) \(Phrase.rounded(comparison.difference * difference))\(interval ?? "")\(points), \
            expected \(threshold(scale: scale))
            """
        return ([text] + notes).joined(separator: "; ")
    }
}
