import Foundation

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
/// metric, on both sides alike), which statistics, which step counts as reaching a target (the first evaluation, without
/// smoothing), what a run that diverged or never got there counts as (the worst), and how large an effect must be.
public struct ClaimEvaluator: Sendable {
    private let runs: ExperimentRuns

    /// An evaluator of an experiment's claims on its runs.
    public init(_ runs: ExperimentRuns) { self.runs = runs }

    /// The claims in their declared order.
    ///
    /// - Throws: `FileError` or `CSVError` for a table that is damaged.
    public func results() throws -> [ClaimResult] { try runs.experiment.claims.map(result) }

    private func result(_ claim: ClaimDeclaration) throws -> ClaimResult {
        let measuring = Measuring(runs: runs)
        var notes: [String] = []
        let arm = try choose(claim.arm, measuring, claim.statistics, &notes)
        var values: [UInt64: MeasuredValue] = [:]
        if let arm {
            let measured = try measuring.values(claim.measure, of: arm, statistics: claim.statistics)
            values = measured.values
            notes += measured.remarks
        }
        var other: String
        var otherValues: [UInt64: MeasuredValue] = [:]
        switch claim.reference {
        case .value(let value):
            other = ClaimText.number(value)
            // A published number holds for the data that it was published for.
            if let used = runs.dataset?.name, let published = runs.experiment.datasets.first, used != published {
                notes.append("the number is published for \(published), and these runs are on \(used)")
            } else {
                otherValues = values.mapValues { _ in MeasuredValue(value) }
            }
        case .arm(let choice):
            let chosen = try choose(choice, measuring, claim.statistics, &notes)
            other = chosen ?? choice.pattern
            if let chosen {
                let measured = try measuring.values(claim.measure, of: chosen, statistics: claim.statistics)
                otherValues = measured.values
                notes += measured.remarks
                if let arm { notes += batchNote(arm, chosen) }
            }
        }
        let comparison = PairedComparison(
            arm: values, other: otherValues, expectation: claim.expectation, effect: claim.minimumEffect)
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

    /// The arm of a choice that counts: the best by the mean of the declared metric at the end, of equals the first.
    private func choose(
        _ choice: ArmChoice, _ measuring: Measuring, _ statistics: StatisticsWord?, _ notes: inout [String]
    ) throws -> String? {
        let metric = choice.choose ?? .testAccuracy
        var best: (arm: String, mean: Double)?
        var count = 0
        for arm in choice.candidates {
            let values = try measuring.values(.final(metric), of: arm, statistics: statistics).values
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
