import Declarations
import Results
import Vocabulary

// What claims measure of a run's losses and accuracies.

struct StepsToMeasure: Measure {
    var metric = Metric.testAccuracy
    /// What counts as reached. There is no target until one is read.
    var target = Target.bestOf(arm: "")

    static let kind = "steps-to"
    static let summary = "The steps until a metric first reaches a target; never reaching it counts as the worst."
    static let fields: [Field<Self>] = [
        Field("metric", \.metric, "The metric."),
        Field(
            "target", \.target, .phrase(), required: true,
            "A number, or best-of(ARM): the best value that this arm reaches with the same seed."),
    ]

    var description: String {
        switch target {
        case .value(let value): "steps to \(metric.rawValue) \(Scalar.format(value))"
        case .bestOf(let arm): "steps to the best \(metric.rawValue) of \(arm)"
        }
    }

    var isOfTestSet: Bool { metric.isOfTestSet }

    func value(of run: RunResult, _ reading: MetricReading) -> MeasuredValue? {
        reading.goal(metric, target, seed: run.seed).flatMap { reading.steps(metric, to: $0, of: run) }
    }

    func check(_ fields: ConfigurationNode, _ references: References, arms: [String]) {
        guard let place = fields["target"], !place.isRefused else { return }
        switch target {
        case .value(let value): metric.checkShare(value, at: place, references.diagnostics)
        case .bestOf(let pattern):
            let names = references.arms(matching: pattern, at: place)
            if names.count > 1 {
                references.diagnostics.error(
                    "'\(pattern)' stands for \(names.count) arms; a target is the best of one", at: place)
            }
        }
    }
}

struct BestMeasure: Measure {
    var metric = Metric.testAccuracy

    static let kind = "best"
    static let summary = "The best value of a metric over the run."
    static let fields: [Field<Self>] = [Field("metric", \.metric, required: true, "The metric.")]

    var description: String { "best \(metric.rawValue)" }
    var isOfTestSet: Bool { metric.isOfTestSet }
    var isShareOfImages: Bool { metric.isAccuracy }

    func value(of run: RunResult, _ reading: MetricReading) -> MeasuredValue? {
        let best = reading.curve(metric, of: run).best(isHigherBetter: metric.isHigherBetter)
        return reading.worst(metric, of: run) ?? best.map { MeasuredValue($0.value) }
    }
}

/// The value of a metric after the last step: of training, the mean of the last batches.
struct FinalMeasure: Measure {
    var metric = Metric.testAccuracy

    static let kind = "final"
    static let summary = "The value of a metric after the last step."
    static let fields: [Field<Self>] = [Field("metric", \.metric, required: true, "The metric.")]

    var description: String { "final \(metric.rawValue)" }
    var isOfTestSet: Bool { metric.isOfTestSet }
    var isShareOfImages: Bool { metric.isAccuracy }
    var isOfEnsembles: Bool { metric == .testAccuracy }

    func value(of run: RunResult, _ reading: MetricReading) -> MeasuredValue? {
        let last = metric.isOfTestSet ? reading.curve(metric, of: run).last?.value : run.curves?.final(metric)
        return reading.worst(metric, of: run) ?? last.map { MeasuredValue($0) }
    }
}

struct AtMeasure: Measure {
    var step = 0
    var metric = Metric.testAccuracy

    static let kind = "at"
    static let summary = "The value of a metric after a number of steps; a run without that evaluation has none."
    static let fields: [Field<Self>] = [
        Field("step", \.step, 0...1_000_000_000, required: true, "The number of steps."),
        Field("metric", \.metric, "The metric."),
    ]

    var description: String { "\(metric.rawValue) after \(step) steps" }
    var isOfTestSet: Bool { metric.isOfTestSet }
    var isShareOfImages: Bool { metric.isAccuracy }

    /// A run that diverged later still had this value.
    func value(of run: RunResult, _ reading: MetricReading) -> MeasuredValue? {
        let curve = reading.curve(metric, of: run)
        let index = curve.steps.indices.first { curve.steps[$0] == step && curve.values[$0].isFinite }
        return index.map { MeasuredValue(curve.values[$0]) } ?? reading.worst(metric, of: run)
    }
}

extension Metric {
    /// Reports an accuracy in percent, which would never be reached.
    func checkShare(_ value: Double, at place: ConfigurationNode, _ diagnostics: DiagnosticCollector) {
        guard isAccuracy else { return }
        checkShareOfImages(value, at: place, diagnostics)
    }
}

/// Reports a share of images above 1: it is meant in percent, and would never be reached.
func checkShareOfImages(_ value: Double, at place: ConfigurationNode, _ diagnostics: DiagnosticCollector) {
    guard value > 1 else { return }
    diagnostics.error(
        "an accuracy is a share from 0 to 1, found \(place.found); write \(value / 100)", at: place)
}
