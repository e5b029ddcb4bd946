import Foundation
import Results

/// One claim, the evidence and the verdict.
public struct ClaimResult: Sendable {
    /// What was claimed.
    public let claim: ClaimDeclaration
    /// The arm whose numbers were taken: of a group the one that was chosen; nil where no arm has a result.
    public let arm: String?
    /// What it was compared with: an arm, or a number.
    public let other: String
    /// The evidence.
    public let comparison: PairedComparison
    /// What the reader must know: each a clause.
    public let notes: [String]

    /// What the evidence says.
    public var verdict: Verdict { comparison.verdict }
}

/// Decides the claims of an experiment from the tables of its runs.
///
/// Everything that could flatter a claim is fixed beforehand: which arm of a group is taken (the best by a declared
/// metric, on both sides alike), which statistics, which step counts as reaching a target (the first evaluation, smoothed as
/// the claim declares), what a run that diverged or never got there counts as (the worst), and how large an effect must be.
public struct ClaimEvaluator: Sendable {
    private let runs: ExperimentRuns
    private let ensembles: EnsembleAccuracies

    /// An evaluator of an experiment's claims on its runs and what their ensembles came to.
    public init(_ runs: ExperimentRuns, _ ensembles: EnsembleAccuracies) {
        self.runs = runs
        self.ensembles = ensembles
    }

    /// The claims in their declared order.
    ///
    /// - Throws: `FileError` or `CSVError` for a table that is damaged.
    public func results() throws -> [ClaimResult] { try runs.experiment.claims.map(result) }

    private func result(_ claim: ClaimDeclaration) throws -> ClaimResult {
        let measuring = Measuring(runs: runs, statistics: claim.statistics, smoothing: claim.smoothing)
        var notes: [String] = []
        let (arm, values) = try measure(claim.measure, of: claim.arm, measuring, &notes)
        var other: String
        var otherValues: [UInt64: MeasuredValue] = [:]
        var areTheSameRuns = false
        switch claim.reference {
        case .value(let value):
            other = Phrase.number(value)
            // A published number holds for the data that it was published for; a share of seeds for any.
            if claim.measure != .diverges, let used = runs.dataset?.name,
                let published = runs.experiment.datasets.first, used != published
            {
                notes.append("the number is published for \(published), and these runs are on \(used)")
            } else {
                otherValues = values.mapValues { _ in MeasuredValue(value) }
            }
        case .arm(let choice):
            let measured = try measure(claim.measure, of: choice, measuring, &notes)
            other = measured.name ?? choice.pattern
            otherValues = measured.values
            if let arm, let name = measured.name {
                notes += batchNote(arm, name)
                let areEqual = values.allSatisfy { otherValues[$0.key] == nil || otherValues[$0.key] == $0.value }
                areTheSameRuns = areEqual && haveTheSameRuns(arm, name)
            }
        }
        let comparison = PairedComparison(
            arm: values, other: otherValues, expectation: claim.expectation, effect: claim.minimumEffect,
            areTheSameRuns: areTheSameRuns)
        notes = comparison.remarks + notes
        let missing = runs.profile.seeds.filter { !comparison.seeds.contains($0) }
        if !missing.isEmpty, !comparison.seeds.isEmpty {
            let list = missing.map(String.init).joined(separator: ", ")
            notes.append(missing.count == 1 ? "without seed \(list)" : "without seeds \(list)")
        }
        if let dataset = runs.dataset, dataset.name != runs.experiment.datasets.first || dataset.synthetic {
            notes.append(dataset.synthetic ? "on synthetic images (\(dataset.name))" : "on \(dataset.name)")
        }
        return ClaimResult(claim: claim, arm: arm, other: other, comparison: comparison, notes: Self.unique(notes))
    }

    /// The arm or ensemble that a choice comes to, and its numbers by seed; no name where there is no result.
    private func measure(
        _ measure: ClaimMeasure, of choice: ArmChoice, _ measuring: Measuring, _ notes: inout [String]
    ) throws -> (name: String?, values: [UInt64: MeasuredValue]) {
        if let ensemble = choice.ensemble {
            notes += ensembles.remarks(on: ensemble.name)
            let values = ensembles.values(ensemble)
            return (values.isEmpty ? nil : choice.pattern, values)
        }
        guard let arm = try choose(choice, measuring, &notes) else { return (nil, [:]) }
        let measured = try measuring.values(measure, of: arm)
        notes += measured.remarks
        return (arm, measured.values)
    }

    /// The arm of a choice that counts: the best by the mean of the declared metric at the end, of equals the first.
    private func choose(
        _ choice: ArmChoice, _ measuring: Measuring, _ notes: inout [String]
    ) throws -> String? {
        let metric = choice.choose ?? .testAccuracy
        var best: (arm: String, mean: Double)?
        var count = 0
        for arm in choice.candidates {
            let values = try measuring.values(.final(metric), of: arm).values
            if values.isEmpty { continue }
            count += 1
            let mean = SampleStatistics(values.values.map(\.value).sorted()).mean
            guard let known = best else {
                best = (arm, mean)
                continue
            }
            if metric.isHigherBetter ? mean > known.mean : mean < known.mean { best = (arm, mean) }
        }
        guard let best else {
            notes.append("\(choice.pattern) has no result")
            return nil
        }
        if choice.candidates.count > 1 {
            let left = choice.candidates.count - count
            let rest = left == 0 ? "" : ", \(left) without a result"
            notes.append("\(best.arm) has the best mean final \(metric.rawValue) of \(count) arms\(rest)")
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
            let otherBatch = runs.complete(other).first?.manifest.batch, batch != otherBatch
        else { return [] }
        return ["a step of \(arm) is \(batch) images, one of \(other) \(otherBatch)"]
    }

    private static func unique(_ notes: [String]) -> [String] {
        notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
