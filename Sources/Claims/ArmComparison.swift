import Declarations
import Results
import Vocabulary

/// Arms of one or several experiments beside each other: the settings in which they differ, how they ended, how good they
/// became, and the steps that they needed to a target.
public struct ArmComparison: Sendable {
    public struct Choice: Sendable {
        let runs: ExperimentRuns
        let arms: [DeclaredExperiment.Arm]

        public init(_ runs: ExperimentRuns, arms: [DeclaredExperiment.Arm]) {
            self.runs = runs
            self.arms = arms
        }
    }

    public struct Row: Sendable {
        public let experiment: String
        public let arm: String
        /// The values of the comparison's keys; nil where the arm has no such setting.
        public let settings: [String?]
        public let count: Int
        /// The runs that diverged; they are no part of `final`, `best` and `bestStep`.
        public let diverged: [SeedStep]
        /// The metric at the end; nil where every run diverged.
        public let final: SampleStatistics?
        public let best: SampleStatistics?
        public let bestStep: SampleStatistics?
        public let stepsTo: StepsTo?
    }

    public struct SeedStep: Equatable, Sendable {
        public let seed: UInt64
        public let step: Int
    }

    /// The steps that an arm needs to the target.
    public struct StepsTo: Equatable, Sendable {
        /// The steps over the seeds that could reach it. A run that did not counts with all its steps: where there is one,
        /// the mean is a bound below the true one.
        public let steps: SampleStatistics
        /// The step at which each run reached it.
        public let reached: [SeedStep]
        /// The seeds whose runs did not, those that diverged among them.
        public let missed: [UInt64]
    }

    public let metric: Metric
    public let target: ComparisonTarget?
    public let profile: String
    /// The settings that are not the same in all arms, by their paths.
    public let keys: [String]
    public let rows: [Row]

    /// Compares arms.
    ///
    /// - Throws: ``MissingResults`` where an arm has no complete run; `ConfigurationErrors` where the target is the best of an
    ///   arm that there is not.
    public init(_ choices: [Choice], metric: Metric, target: ComparisonTarget?) throws {
        self.metric = metric
        self.target = target
        profile = choices.first?.runs.experiment.profile ?? ""
        try Self.checkResults(of: choices)
        let settings = choices.flatMap { choice in choice.arms.map { Self.settings(of: $0, in: choice.runs) } }
        let keys = Self.changedKeys(settings)
        self.keys = keys
        let goals = try Goals(choices, metric: metric, target: target)
        rows = zip(choices.flatMap { choice in choice.arms.map { (choice.runs, $0) } }, settings).map {
            place, settings in
            let byKey = Dictionary(settings, uniquingKeysWith: { $1 })
            return Self.row(
                place.1, of: place.0, metric: metric, settings: keys.map { byKey[$0] },
                stepsTo: goals.stepsTo(of: place.1.name, in: place.0))
        }
    }

    private static func checkResults(of choices: [Choice]) throws(MissingResults) {
        let missing = choices.flatMap { choice in
            choice.arms.filter { choice.runs.complete($0.name).isEmpty }.map {
                MissingResults.Arm(experiment: choice.runs.experiment.name, arm: $0.name)
            }
        }
        if let first = choices.first, !missing.isEmpty {
            throw MissingResults(arms: missing, profile: first.runs.experiment.profile)
        }
    }

    // MARK: Settings

    private static func settings(of arm: DeclaredExperiment.Arm, in runs: ExperimentRuns) -> [(String, String)] {
        arm.settings.map { ($0.key, $0.value) } + [
            ("steps", "\(runs.experiment.steps)"), ("dataset", runs.dataset?.name ?? "none"),
        ]
    }

    /// The keys whose values differ, in the order in which they first appear. What only some arms have, such as the fields of
    /// a kind, counts where it differs among those; of other models the name says enough.
    private static func changedKeys(_ arms: [[(String, String)]]) -> [String] {
        var seen: Set<String> = []
        var values: [String: Set<String>] = [:]
        for (key, value) in arms.joined() { values[key, default: []].insert(value) }
        let changed = arms.joined().map(\.0).filter { key in
            // What is recorded of a network is no part of how it trains.
            seen.insert(key).inserted && (values[key]?.count ?? 0) > 1 && !key.hasPrefix("observe.")
        }
        return changed.contains("model") ? changed.filter { !$0.hasPrefix("model.") } : changed
    }

    // MARK: Numbers

    private static func row(
        _ arm: DeclaredExperiment.Arm, of runs: ExperimentRuns, metric: Metric, settings: [String?], stepsTo: StepsTo?
    ) -> Row {
        let complete = runs.complete(arm.name)
        let finished = complete.filter { $0.manifest.status == .finished }.compactMap(\.curves)
        func statistics(_ values: [Double?]) -> SampleStatistics? {
            let values = values.compactMap(\.self)
            return values.isEmpty ? nil : SampleStatistics(values)
        }
        return Row(
            experiment: runs.experiment.name, arm: arm.name, settings: settings, count: complete.count,
            diverged: complete.filter(\.isDiverged).map {
                SeedStep(seed: $0.seed, step: $0.manifest.divergedAt ?? $0.manifest.step)
            },
            final: statistics(finished.map { $0.final(metric) }),
            best: statistics(finished.map { $0.best(metric)?.value }),
            bestStep: statistics(finished.map { $0.best(metric).map { Double($0.step) } }), stepsTo: stepsTo)
    }
}

/// The target of a comparison as a number for each run.
private struct Goals {
    private let metric: Metric
    private let target: ComparisonTarget?
    /// Where the arm of `best-of` is found, by the experiment that is compared with it.
    private var places: [String: MetricReading] = [:]

    init(_ choices: [ArmComparison.Choice], metric: Metric, target: ComparisonTarget?) throws {
        self.metric = metric
        self.target = target
        guard case .bestOf(let experiment, let arm) = target else { return }
        for choice in choices {
            let name = experiment ?? choice.runs.experiment.name
            guard let runs = choices.first(where: { $0.runs.experiment.name == name })?.runs else {
                throw Self.error(
                    "'\(name)' is not among the experiments"
                        + Suggestion.phrase(
                            for: name, among: choices.map(\.runs.experiment.name), called: "experiments"))
            }
            let names = runs.experiment.arms.map(\.name)
            guard names.contains(arm) else {
                throw Self.error(
                    "'\(name)' has no arm '\(arm)'" + Suggestion.phrase(for: arm, among: names, called: "arms"))
            }
            if runs.complete(arm).isEmpty {
                throw MissingResults(arms: [.init(experiment: name, arm: arm)], profile: runs.experiment.profile)
            }
            places[choice.runs.experiment.name] = MetricReading(runs: runs)
        }
    }

    private static func error(_ message: String) -> ConfigurationErrors {
        ConfigurationErrors(option: "--threshold", message: message)
    }

    /// The steps to the target of an arm's runs, of those that have a target: the best of an arm is that with their seed.
    func stepsTo(of arm: String, in runs: ExperimentRuns) -> ArmComparison.StepsTo? {
        guard let target else { return nil }
        var steps: [Double] = []
        var reached: [ArmComparison.SeedStep] = []
        var missed: [UInt64] = []
        for run in runs.complete(arm) {
            let goal: Double? =
                switch target {
                case .value(let value): value
                case .bestOf(_, let arm):
                    places[runs.experiment.name]?.goal(metric, .bestOf(arm: arm), seed: run.seed)
                }
            guard let goal, let value = MetricReading(runs: runs).steps(metric, to: goal, of: run) else { continue }
            steps.append(value.value)
            if value.bound == .exact {
                reached.append(ArmComparison.SeedStep(seed: run.seed, step: Int(value.value)))
            } else {
                missed.append(run.seed)
            }
        }
        return ArmComparison.StepsTo(steps: SampleStatistics(steps), reached: reached, missed: missed)
    }
}

/// What counts as reached where arms are compared: a value, or the best that an arm reaches.
public enum ComparisonTarget: Equatable, Sendable {
    case value(Double)
    /// The best value of an arm, with the same seed: of that experiment, or of each experiment's own arm of that name.
    case bestOf(experiment: String?, arm: String)

    /// Reads `0.95`, `best-of(ARM)` or `best-of(EXPERIMENT/ARM)`; nil for anything else.
    public init?(_ text: String) {
        switch Target(phrase: text) {
        case nil: return nil
        case .value(let value): self = .value(value)
        case .bestOf(let name):
            let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !parts.contains("") else { return nil }
            self = .bestOf(experiment: parts.count == 2 ? parts[0] : nil, arm: parts[parts.count - 1])
        }
    }

    public var description: String {
        switch self {
        case .value(let value): Scalar.format(value)
        case .bestOf(let experiment, let arm): "best-of(\(experiment.map { "\($0)/" } ?? "")\(arm))"
        }
    }
}

/// Arms that have no finished run with the settings that they have now.
public struct MissingResults: Error, Equatable, Sendable, CustomStringConvertible {
    public struct Arm: Equatable, Sendable {
        public let experiment: String
        public let arm: String
    }

    public let arms: [Arm]
    /// The profile whose results were looked for.
    public let profile: String

    public var description: String {
        let lines = arms.map { "  \($0.experiment)/\($0.arm)" }
        let experiments = arms.map(\.experiment).distinct
        return "these arms have no finished result in the profile \(profile):\n\(lines.joined(separator: "\n"))\n"
            + "run  normlab reproduce \(experiments.joined(separator: " ")) -p \(profile)"
    }
}

extension ArmComparison {
    /// The most changed settings that have a column each; of more, each arm has a list.
    private static let mostKeyColumns = 4

    private var hasKeyColumns: Bool { keys.count <= Self.mostKeyColumns }

    public var header: [String] {
        ["experiment", "arm"] + (hasKeyColumns ? keys : ["differs from the first in"]) + [
            "n", "final \(metric.rawValue)", "best", "best at step",
        ]
            + (target.map { ["steps to \($0.description)", "reached at step"] } ?? [])
            + (rows.contains { !$0.diverged.isEmpty } ? ["diverged"] : [])
    }

    public var wordColumns: Int { hasKeyColumns ? 2 + keys.count : 3 }

    /// The cells of every row, for people: mean ± deviation, accuracies in percent.
    public var cells: [[String]] {
        let showsDivergence = rows.contains { !$0.diverged.isEmpty }
        return rows.map { row in
            let bestStep = row.bestStep.map { Phrase.rounded($0.mean) } ?? "–"
            var cells = [row.experiment, row.arm]
            cells += hasKeyColumns ? row.settings.map { $0 ?? "–" } : [differences(row)]
            cells += ["\(row.count)", value(row.final), value(row.best), bestStep]
            if target != nil { cells += stepsTo(row.stepsTo) }
            if showsDivergence { cells.append(Self.divergence(row)) }
            return cells
        }
    }

    /// The changed settings in which an arm differs from the first one.
    private func differences(_ row: Row) -> String {
        let differences = zip(keys, zip(row.settings, rows[0].settings)).compactMap { key, values in
            values.0 == values.1 ? nil : values.0.map { "\(key)=\($0)" }
        }
        return differences.isEmpty ? "–" : differences.joined(separator: ", ")
    }

    private func value(_ statistics: SampleStatistics?) -> String {
        guard let statistics else { return "–" }
        let (scale, unit) = metric.isAccuracy ? (100.0, "%") : (1, "")
        return "\(statistics.words(scale: scale))\(unit) (\(statistics.count))"
    }

    /// `1260 ± 251 (5)` and `1000, 1300, …`; `≥ 480 (3 of 5)` where some did not get there.
    private func stepsTo(_ found: StepsTo?) -> [String] {
        guard let found, found.steps.count > 0 else { return ["–", "–"] }
        let at = found.reached.map { "\($0.step)" }.joined(separator: ", ")
        guard !found.reached.isEmpty else { return ["not reached (0 of \(found.steps.count))", "–"] }
        let steps = found.steps.words()
        guard !found.missed.isEmpty else { return ["\(steps) (\(found.steps.count))", at] }
        return ["≥ \(steps) (\(found.reached.count) of \(found.steps.count))", at]
    }

    private static func divergence(_ row: Row) -> String {
        if row.diverged.isEmpty { return "no" }
        let steps = row.diverged.map { "\($0.step)" }.joined(separator: ", ")
        return "\(row.diverged.count) of \(row.count) (at step \(steps))"
    }

    // MARK: For programs

    /// The table as CSV, without the last line's end: numbers as they are, accuracies as shares; behind them a column for each changed setting.
    public var csvText: String {
        let text = String(decoding: CSVField.bytes(rows: csv), as: UTF8.self)
        return String(text.dropLast())
    }

    private var csv: [[CSVField]] {
        let names = [
            "experiment", "arm", "metric", "n", "diverged", "final-mean", "final-deviation", "best-mean",
            "best-deviation", "best-step", "target", "reached", "steps-mean", "steps-deviation", "reached-at",
        ]
        return [(names + keys).map { .text($0) }]
            + rows.map { row in
                let at = row.stepsTo?.reached.map { "\($0.seed):\($0.step)" }.joined(separator: " ")
                let steps = row.stepsTo.flatMap { $0.steps.count > 0 ? $0.steps : nil }
                let fields: [CSVField] = [
                    .text(row.experiment), .text(row.arm), .text(metric.rawValue), .integer(row.count),
                    .integer(row.diverged.count), .optional(row.final?.mean), .optional(row.final?.deviation),
                    .optional(row.best?.mean), .optional(row.best?.deviation), .optional(row.bestStep?.mean),
                    target.map { .text($0.description) } ?? .empty, .optional(row.stepsTo?.reached.count),
                    .optional(steps?.mean), .optional(steps?.deviation), at.map { .text($0) } ?? .empty,
                ]
                return fields + row.settings.map { $0.map { .text($0) } ?? .empty }
            }
    }

    public var json: String {
        JSON.object([
            ("profile", .string(profile)), ("metric", .string(metric.rawValue)),
            ("target", target.map { .string($0.description) } ?? .null), ("arms", .array(rows.map(json))),
        ]).text()
    }

    private func json(_ row: Row) -> JSON {
        let settings = zip(keys, row.settings).compactMap { key, value in value.map { (key, JSON.string($0)) } }
        var members: [(key: String, value: JSON)] = [
            ("experiment", .string(row.experiment)), ("arm", .string(row.arm)), ("settings", .object(settings)),
            ("n", .number("\(row.count)")), ("diverged", Self.json(row.diverged)), ("final", Self.json(row.final)),
            ("best", Self.json(row.best)), ("best-step", Self.json(row.bestStep)),
        ]
        if let found = row.stepsTo {
            members += [
                ("steps-to", Self.json(found.steps)), ("reached", Self.json(found.reached)),
                ("missed", .array(found.missed.map { .number("\($0)") })),
            ]
        }
        return .object(members)
    }

    private static func json(_ statistics: SampleStatistics?) -> JSON {
        guard let statistics, statistics.count > 0 else { return .null }
        func number(_ value: Double?) -> JSON {
            guard let value else { return .null }
            return value.isFinite ? .number("\(value)") : .string(Phrase.number(value))
        }
        return .object([
            ("n", .number("\(statistics.count)")), ("mean", number(statistics.mean)),
            ("deviation", number(statistics.deviation)),
        ])
    }

    private static func json(_ steps: [SeedStep]) -> JSON {
        .array(steps.map { .object([("seed", .number("\($0.seed)")), ("step", .number("\($0.step)"))]) })
    }
}
