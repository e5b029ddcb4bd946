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

// What claims measure of a run beside its losses and accuracies.

/// Whether the run diverged: 1 or 0, so that the mean over seeds is the share that did.
struct DivergesMeasure: Measure {
    static let kind = "diverges"
    static let summary =
        "Whether the loss leaves the finite numbers (the paper's machine infinity), as 1 or 0: the mean is a share of seeds."
    static let fields: [Field<Self>] = []

    var description: String { "share of seeds that diverge" }
    var isShareOfSeeds: Bool { true }

    func value(of run: RunResult, _ reading: MetricReading) -> MeasuredValue? {
        MeasuredValue(run.isDiverged ? 1 : 0)
    }
}

/// How far the percentiles of a tensor's typical unit move between observations, on average.
struct DriftMeasure: Measure {
    var tap = ""

    static let kind = "drift"
    static let summary =
        "How far the 15th, 50th and 85th percentile of a tensor's typical unit move between observations."
    static let fields: [Field<Self>] = [Field("tap", \.tap, .text, required: true, "The tensor's address.")]

    var description: String { "drift of \(tap)" }

    func value(of run: RunResult, _ reading: MetricReading) throws -> MeasuredValue? {
        guard let drift = try run.typicalUnits()[tap]?.drift, drift.isFinite else { return nil }
        return bounded(drift, run, "its drift until then")
    }

    func check(_ fields: ConfigurationNode, _ references: References, arms: [String]) {
        if let place = fields["tap"], !place.isRefused { references.checkTap(tap, of: arms, at: place) }
    }
}

/// How wide the typical unit of a tensor is at the end: its 85th less its 15th percentile.
struct SpreadMeasure: Measure {
    var tap = ""

    static let kind = "spread"
    static let summary = "The distance from the 15th to the 85th percentile of a tensor's typical unit at the end."
    static let fields: [Field<Self>] = [Field("tap", \.tap, .text, required: true, "The tensor's address.")]

    var description: String { "spread of \(tap)" }

    func value(of run: RunResult, _ reading: MetricReading) throws -> MeasuredValue? {
        guard let spread = try run.lastSpreads()[tap], spread.isFinite else { return nil }
        return bounded(spread, run, "its spread before")
    }

    func check(_ fields: ConfigurationNode, _ references: References, arms: [String]) {
        if let place = fields["tap"], !place.isRefused { references.checkTap(tap, of: arms, at: place) }
    }
}

/// A number that the run's procedures measured, or that describes how its distributions moved: of every place over the steps,
/// then of the places.
struct QuantityMeasure: Measure {
    var name = ""
    var place = ""
    var at: Double?
    var steps = Choice.mean
    var from = 0
    var places = Choice.mean

    enum Choice: String, ConfigurationWord {
        case mean
        case median
        case minimum
        case maximum
        case first
        case last
        /// The last one divided by the first.
        case growth

        /// The number that it makes of several; nil of none.
        func value(of values: [Double]) -> Double? {
            guard let first = values.first, let last = values.last else { return nil }
            return switch self {
            case .first: first
            case .last: last
            case .growth: last / first
            case .minimum: values.min()
            case .maximum: values.max()
            case .mean: SampleStatistics(values).mean
            case .median: Quantile.of(values, 0.5)
            }
        }
    }

    static let kind = "quantity"
    static let summary =
        "A number from `measures.csv` or `shift.csv`: of every place over the steps, then of the places."
    static let fields: [Field<Self>] = [
        Field("name", \.name, .text, required: true, "The quantity, such as gradient-shift or wasserstein."),
        Field(
            "place", \.place, .text,
            "A pattern of layers or taps; by default what belongs to the whole network."),
        Field(
            "at", \.at, .number(-1e300...1e300).optional,
            "The number on the quantity's own axis, such as a step length; none means all of them."),
        Field("over-steps", \.steps, "Which value over the steps counts; `growth` is the last divided by the first."),
        Field("from-step", \.from, 0...1_000_000_000, "The first step that counts."),
        Field("over-places", \.places, "Which of the places' numbers counts, in the network's order."),
    ]

    var description: String {
        let axis = at.map { " at \(Scalar.format($0))" } ?? ""
        let time = steps == .growth ? "growth of \(name)" : "\(steps.rawValue) \(name)"
        let start = from > 0 ? " from step \(from)" : ""
        if place.isEmpty { return time + axis + start }
        let among = place.contains("*") && places != .mean ? " (\(places.rawValue) over places)" : ""
        return "\(time)\(axis) of \(place)\(among)\(start)"
    }

    func value(of run: RunResult, _ reading: MetricReading) throws -> MeasuredValue? {
        try value(of: run.measured()).map { bounded($0, run, "what was measured until then") }
    }

    /// The number that a claim reads; nil where nothing of the kind was measured. Values that are no finite numbers are left
    /// out. O(rows).
    func value(of measured: MeasuredQuantities) -> Double? {
        let glob = Glob(place)
        let rows = measured.rows(of: name).filter { row in
            guard row.step >= from, row.value.isFinite, glob.matches(row.place) else { return false }
            guard let at else { return true }
            return row.at.map { abs($0 - at) <= 1e-9 * abs(at) } ?? false
        }
        let rowsOfPlace = Dictionary(grouping: rows, by: \.place)
        let values = rows.map(\.place).distinct.compactMap { place in
            steps.value(of: (rowsOfPlace[place] ?? []).map(\.value))
        }
        return places.value(of: values.filter(\.isFinite))
    }

    func check(_ fields: ConfigurationNode, _ references: References, arms: [String]) {
        if let place = fields["name"], !place.isRefused { references.checkQuantity(name, of: arms, at: place) }
    }
}
