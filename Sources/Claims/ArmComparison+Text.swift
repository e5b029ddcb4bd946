import Declarations
import Results

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
