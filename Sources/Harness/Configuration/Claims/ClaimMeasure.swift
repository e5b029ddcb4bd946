import Declarations
import Engine
import Results
import Vocabulary

/// What a claim measures of each run: one number for one seed.
public enum ClaimMeasure: Sendable, Equatable {
    /// The steps until a metric first reaches a target.
    case stepsTo(Metric, target: Target)
    /// The best value of a metric over the run.
    case best(Metric)
    /// The value of a metric after the last step.
    case final(Metric)
    /// The value of a metric after a number of steps.
    case at(Metric, step: Int)
    /// How far the percentiles of a tensor's typical unit move between observations, on average.
    case drift(tap: String)
    /// How wide the typical unit of a tensor is at the end: its 85th less its 15th percentile.
    case spread(tap: String)
    /// A number that the run's procedures measured, or that describes how its distributions moved.
    case quantity(QuantityReading)
    /// Whether the run diverged: 1 or 0, so that the mean over seeds is the share that did.
    case diverges

    /// What counts as reached.
    public enum Target: Sendable, Equatable {
        /// A fixed value.
        case value(Double)
        /// The best value that an arm reaches, with the same seed.
        case bestOf(arm: String)
    }

    /// One phrase for tables: `steps to the best test-accuracy of baseline`.
    public var description: String {
        switch self {
        case .stepsTo(let metric, .value(let value)): "steps to \(metric.rawValue) \(Scalar.format(value))"
        case .stepsTo(let metric, .bestOf(let arm)): "steps to the best \(metric.rawValue) of \(arm)"
        case .best(let metric): "best \(metric.rawValue)"
        case .final(let metric): "final \(metric.rawValue)"
        case .at(let metric, let step): "\(metric.rawValue) after \(step) steps"
        case .drift(let tap): "drift of \(tap)"
        case .spread(let tap): "spread of \(tap)"
        case .quantity(let reading): reading.description
        case .diverges: "share of seeds that diverge"
        }
    }
}

// MARK: How they are written

struct StepsToMeasure: Configurable {
    var metric = Metric.testAccuracy
    var target = ""

    static let kind = "steps-to"
    static let summary = "The steps until a metric first reaches a target; never reaching it counts as the worst."
    static let fields: [Field<Self>] = [
        Field("metric", \.metric, "The metric."),
        Field(
            "target", \.target, .text, required: true,
            "A number, or best-of(ARM): the best value that this arm reaches with the same seed."),
    ]
}

struct BestMeasure: Configurable {
    var metric = Metric.testAccuracy

    static let kind = "best"
    static let summary = "The best value of a metric over the run."
    static let fields: [Field<Self>] = [Field("metric", \.metric, required: true, "The metric.")]
}

struct FinalMeasure: Configurable {
    var metric = Metric.testAccuracy

    static let kind = "final"
    static let summary = "The value of a metric after the last step."
    static let fields: [Field<Self>] = [Field("metric", \.metric, required: true, "The metric.")]
}

struct AtMeasure: Configurable {
    var step = 0
    var metric = Metric.testAccuracy

    static let kind = "at"
    static let summary = "The value of a metric after a number of steps; a run without that evaluation has none."
    static let fields: [Field<Self>] = [
        Field("step", \.step, 0...1_000_000_000, required: true, "The number of steps."),
        Field("metric", \.metric, "The metric."),
    ]
}

struct DriftMeasure: Configurable {
    var tap = ""

    static let kind = "drift"
    static let summary =
        "How far the 15th, 50th and 85th percentile of a tensor's typical unit move between observations."
    static let fields: [Field<Self>] = [Field("tap", \.tap, .text, required: true, "The tensor's address.")]
}

struct SpreadMeasure: Configurable {
    var tap = ""

    static let kind = "spread"
    static let summary = "The distance from the 15th to the 85th percentile of a tensor's typical unit at the end."
    static let fields: [Field<Self>] = [Field("tap", \.tap, .text, required: true, "The tensor's address.")]
}

struct DivergesMeasure: Configurable {
    static let kind = "diverges"
    static let summary =
        "Whether the loss leaves the finite numbers (the paper's machine infinity), as 1 or 0: the mean is a share of seeds."
    static let fields: [Field<Self>] = []
}

enum ClaimMeasureCatalogue {
    static let all: [any Configurable.Type] = [
        StepsToMeasure.self, BestMeasure.self, FinalMeasure.self, AtMeasure.self, DriftMeasure.self,
        SpreadMeasure.self, QuantityReading.self, DivergesMeasure.self,
    ]
}
