import Declarations
import Foundation
import Results
import Vocabulary

/// What a claim measures of each run: one number for one seed.
///
/// A measure says everything about itself: its keys, the number that it takes of a run, its words, and what must be checked
/// when a claim is read. A new one is a type and a line in ``MeasureCatalogue/all``.
public protocol Measure: Configurable, Equatable {
    /// One phrase for tables: `steps to the best test-accuracy of baseline`.
    var description: String { get }
    var isOfTestSet: Bool { get }
    /// Whether its numbers are shares of images, which people read in percent.
    var isShareOfImages: Bool { get }
    /// Whether its numbers are shares of seeds: they mean the same on any data, and have no ratio where one is 0.
    var isShareOfSeeds: Bool { get }
    /// Whether it is the one number that an ensemble has.
    var isOfEnsembles: Bool { get }

    /// The number of a complete run; nil where it has none.
    ///
    /// A diverged run counts as the worst that there is: it never reaches a target, its accuracy is that of guessing and its
    /// loss that of equal scores for all classes, or more. A target that is not reached counts as reached after the last
    /// step, or later. Both are said in a remark.
    ///
    /// - Throws: `CSVError` for a table that is damaged.
    func value(of run: RunResult, _ reading: MetricReading) throws -> MeasuredValue?

    /// Reports what names nothing, or means nothing, among the fields that it was read from.
    ///
    /// - Parameters:
    ///   - fields: the mapping of its keys, resolved.
    ///   - references: what the experiment has.
    ///   - arms: the arms that are measured.
    func check(_ fields: ConfigurationNode, _ references: References, arms: [String])
}

extension Measure {
    public var isOfTestSet: Bool { false }
    public var isShareOfImages: Bool { false }
    public var isShareOfSeeds: Bool { false }
    public var isOfEnsembles: Bool { false }
    public func check(_ fields: ConfigurationNode, _ references: References, arms: [String]) {}

    /// A number that a diverged run has of its time before: the true one is that or more.
    func bounded(_ value: Double, _ run: RunResult, _ words: String) -> MeasuredValue {
        guard run.isDiverged else { return MeasuredValue(value) }
        return MeasuredValue(value, bound: .atLeast, remark: "\(run.arm) diverged: counted as \(words) or more")
    }
}

/// The measures, in the order of the reference.
public enum MeasureCatalogue {
    public static let all: [any Measure.Type] = [
        StepsToMeasure.self, BestMeasure.self, FinalMeasure.self, AtMeasure.self, DriftMeasure.self, SpreadMeasure.self,
        QuantityMeasure.self, DivergesMeasure.self,
    ]
}

/// One number from one run, and how much of it is known.
///
/// A run may end before what is asked happens, or diverge. Its number is then a bound: the true one is at least, or at
/// most, so large. Comparisons keep bounds on the side that speaks against a claim.
public struct MeasuredValue: Equatable, Sendable {
    public enum Bound: Equatable, Sendable {
        case exact
        case atLeast
        case atMost
    }

    public let value: Double
    public let bound: Bound
    /// How much smaller the true number may be: what happens between two evaluations is seen at the second.
    public let resolution: Double
    /// Why it is not what was asked, for the reader; nil where it is.
    public let remark: String?

    public init(_ value: Double, bound: Bound = .exact, resolution: Double = 0, remark: String? = nil) {
        self.value = value
        self.bound = bound
        self.resolution = resolution
        self.remark = remark
    }
}

public struct MetricReading: Sendable {
    /// The runs, among them those of arms that set a target.
    let runs: ExperimentRuns
    /// The statistics of batch normalization; nil for those that count.
    var statistics: StatisticsSource?
    /// Metrics of the test set are read as means over so many consecutive evaluations.
    var smoothing = 1

    /// The measurements of an arm by seed, and what kept runs from being measured.
    func values(
        _ measure: some Measure, of arm: String
    ) throws -> (values: [UInt64: MeasuredValue], remarks: [String]) {
        var values: [UInt64: MeasuredValue] = [:]
        var missing: [UInt64] = []
        for run in runs.complete(arm) {
            if let value = try measure.value(of: run, self) {
                values[run.seed] = value
            } else {
                missing.append(run.seed)
            }
        }
        let list = missing.map(String.init).joined(separator: ", ")
        return (values, missing.isEmpty ? [] : ["\(arm) has no \(measure.description) (seeds \(list))"])
    }

    /// The values of a metric as they are declared to be read: on the test set, the means of so many evaluations.
    func curve(_ metric: Metric, of run: RunResult) -> Curve {
        guard let curves = run.curves else { return Curve() }
        return metric.isOfTestSet ? smoothed(metric, curves) : curves.curve(metric)
    }

    /// The values of a metric as targets are: of training, means of many batches.
    private func smoothed(_ metric: Metric, _ curves: RunCurves) -> Curve {
        curves.smoothed(metric, statistics: statistics, smoothing: smoothing)
    }

    /// What a metric of a diverged run counts as; nil for a run that did not diverge.
    func worst(_ metric: Metric, of run: RunResult) -> MeasuredValue? {
        guard run.isDiverged else { return nil }
        let classes = Double(run.manifest.dataset.classes)
        if metric.isAccuracy {
            return MeasuredValue(1 / classes, remark: "\(run.arm) diverged: counted as guessing")
        }
        return MeasuredValue(
            log(classes), bound: .atLeast, remark: "\(run.arm) diverged: counted as the loss of guessing or more")
    }

    // MARK: Targets

    /// The value that counts as reached, for one seed; nil where the arm that sets it has none.
    func goal(_ metric: Metric, _ target: Target, seed: UInt64) -> Double? {
        switch target {
        case .value(let value): return value
        case .bestOf(let arm):
            let run = runs.complete(arm).first { $0.seed == seed }
            return run?.curves.flatMap { smoothed(metric, $0).best(isHigherBetter: metric.isHigherBetter)?.value }
        }
    }

    /// The first evaluation at which a metric reaches a goal; nil for a run without metrics.
    func steps(_ metric: Metric, to goal: Double, of run: RunResult) -> MeasuredValue? {
        guard let curves = run.curves else { return nil }
        let steps = run.manifest.steps
        if run.isDiverged {
            return MeasuredValue(
                Double(steps), bound: .atLeast,
                remark: "\(run.arm) diverged: counted as reaching its target after all \(steps) steps, or never")
        }
        if let found = smoothed(metric, curves).reaching(goal, isHigherBetter: metric.isHigherBetter) {
            return MeasuredValue(Double(found.step), resolution: Double(found.resolution))
        }
        return MeasuredValue(
            Double(steps), bound: .atLeast,
            remark: "\(run.arm) did not reach its target: counted as \(steps) steps or more")
    }
}

public enum Target: ConfigurationPhrase {
    case value(Double)
    /// The best value that an arm reaches, with the same seed.
    case bestOf(arm: String)

    public static let expectation = "a number or best-of(ARM)"

    public init?(phrase: String) {
        let opening = "best-of("
        if let value = Scalar.decimal(phrase) {
            self = .value(value)
        } else if phrase.hasPrefix(opening), phrase.hasSuffix(")"), phrase.count > opening.count + 1 {
            self = .bestOf(arm: String(phrase.dropFirst(opening.count).dropLast()))
        } else {
            return nil
        }
    }

    public var phrase: String {
        switch self {
        case .value(let value): Scalar.format(value)
        case .bestOf(let arm): "best-of(\(arm))"
        }
    }
}
