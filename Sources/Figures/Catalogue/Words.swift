import Plotting
import Results
import Vocabulary

extension Axis {
    /// The axis of training steps, to the end of the run where that is known.
    static func steps(_ steps: Int?, scale: ScaleChoice) -> Axis {
        switch scale {
        case .linear: Axis("Training step", from: 0, to: steps.map { Double(max($0, 1)) })
        case .log: Axis("Training step", scale: .logarithmic, to: steps.map { Double(max($0, 2)) })
        }
    }
}

extension [Panel] {
    /// The panels in rows of at most three; four make a square.
    var inRows: [[Panel]] {
        let perRow = count <= 3 ? Swift.max(count, 1) : count == 4 ? 2 : 3
        return stride(from: 0, to: count, by: perRow).map { Array(self[$0..<Swift.min($0 + perRow, count)]) }
    }
}

extension Panel {
    /// A panel with words in its middle instead of data.
    static func empty(_ words: String, title: String?, x: Axis, y: Axis) -> Panel {
        func middle(_ axis: Axis) -> Double {
            let upper = axis.upper ?? 1
            if case .logarithmic = axis.scale { return ((axis.lower ?? 1) * upper).squareRoot() }
            return ((axis.lower ?? 0) + upper) / 2
        }
        return Panel(
            title: title, x: x, y: y,
            marks: [.note(words, x: middle(x), y: middle(y), color: .muted, anchor: .middle)])
    }
}

extension [[Panel]] {
    /// Only the panels of the first row say what distinguishes the columns.
    mutating func keepFirstTitles() {
        for row in indices.dropFirst() {
            for column in self[row].indices { self[row][column].title = nil }
        }
    }

    /// Only the first panel of a row says what the vertical axes measure: for rows whose panels have axes of their own.
    mutating func keepFirstValueTitles() {
        for row in indices {
            for column in self[row].indices.dropFirst() { self[row][column].y.title = nil }
        }
    }
}

extension [ArmCurves] {
    /// What batch normalization was evaluated with, as a sentence; nil where no arm normalizes.
    var statisticsSentence: String? {
        var labelsOfSource: [(source: StatisticsSource, labels: [String])] = []
        for source in StatisticsSource.byPreference {
            let labels = filter { $0.source == source }.map(\.arm.label)
            if !labels.isEmpty { labelsOfSource.append((source, labels)) }
        }
        guard let first = labelsOfSource.first else { return nil }
        if labelsOfSource.count == 1 {
            return "Batch normalization evaluated with \(first.source.words)."
        }
        let parts = labelsOfSource.map { "\($0.source.words) (\(Phrase.list($0.labels)))" }
        return "Batch normalization evaluated with \(Phrase.list(parts))."
    }
}

extension StatisticsSource {
    var words: String {
        switch self {
        case .population: "population statistics"
        case .movingAverage: "moving averages"
        case .plainAverage: "plain moving averages from 0 and 1"
        case .batch: "batch statistics"
        }
    }
}

enum SettingWords {
    /// An axis title from a key, which stays readable: `optimizer.sgd.rate` is `Rate (optimizer.sgd.rate)`.
    static func axisTitle(_ key: String) -> String {
        guard let name = key.split(separator: ".").last, name.count < key.count else { return key }
        let words = name.replacing("-", with: " ")
        return "\(words.prefix(1).uppercased())\(words.dropFirst()) (\(key))"
    }
}

enum TapWords {
    /// The quantity of an address by its last component: `hidden3/activation-input` is the input of a nonlinearity.
    static func quantity(_ tap: String) -> String {
        switch tap.split(separator: "/").last {
        case "activation-input": "Input of the nonlinearity"
        case "activation": "Output of the nonlinearity"
        case "preactivation": "Pre-activation Wu + b"
        case "normalized": "Normalized value x̂"
        case "scaled": "Normalized, scaled and shifted γx̂ + β"
        case "output": "Output"
        default: unknown
        }
    }

    /// What stands for the quantity of any other address.
    static let unknown = "Value"
}

extension Phrase {
    /// `A and B have no such values.`; nil without labels.
    static func lacking(_ labels: [String], _ what: String) -> String? {
        labels.isEmpty ? nil : "\(list(labels)) \(labels.count == 1 ? "has" : "have") no \(what)."
    }
}

extension RunRecord {
    /// What stands behind an arm's label for a run that diverged; nothing for others.
    func divergenceWords(sign: String = "× ") -> String {
        guard status == .diverged else { return "" }
        return " (\(sign)diverged\(divergedAt.map { " at step \(Phrase.grouped($0))" } ?? ""))"
    }
}

extension SampleStatistics {
    /// The fields of the columns ``FigureColumn/overSeeds``.
    var fields: [CSVField] { [.integer(count), .optional(deviation), .number(minimum), .number(maximum)] }
}

extension String {
    /// The same with a small first letter, for the middle of a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

/// What a figure stands on, said below it: experiment, data, profile, seeds, statistics.
struct Footnote: Sendable {
    private var sentences: [String]

    /// The sentences on the runs of the arms selected, and on the choice.
    init(_ results: ExperimentResults, _ selection: ArmSelection) {
        self.init(results, arms: selection.arms)
        add(selection.note)
    }

    /// The sentences on the runs of the given arms.
    init(_ results: ExperimentResults, arms: [ArmRecord]) {
        let facts = results.facts
        let source = facts.source.isEmpty ? "" : " (\(facts.source))"
        let steps = facts.steps.map { ", \(Phrase.grouped($0)) steps" } ?? ""
        let runs = arms.flatMap { results.results(of: $0) }
        sentences = [
            "Experiment \(facts.name)\(source).",
            "Data: \(Phrase.dataset(facts.dataset, isSynthetic: facts.isSynthetic)).",
            "Profile \(facts.profile)\(steps), \(Phrase.seeds(runs.map(\.seed))).",
        ]
        let batches = arms.compactMap { arm in results.settings[arm.name]?["batch"].map { (arm.label, $0) } }
        let sizes = batches.map(\.1).distinct
        // Labels of a swept batch say it themselves.
        if sizes.count > 1, !batches.allSatisfy({ $0.0.contains("batch=\($0.1)") }) {
            let parts = sizes.map { size in
                "\(size) images (\(Phrase.list(batches.filter { $0.1 == size }.map(\.0))))"
            }
            sentences.append("A step is \(Phrase.list(parts)).")
        }
        let interrupted = results.runs.filter { run in
            run.status == .interrupted && arms.contains { $0.name == run.arm }
        }
        add("Left out, not finished: \(Phrase.list(interrupted.map(\.path))).", if: !interrupted.isEmpty)
        let absent = arms.filter { results.results(of: $0).isEmpty }
        add("No finished run yet: \(Phrase.list(absent.map(\.name))).", if: !absent.isEmpty)
    }

    mutating func add(_ sentence: String?, if isTrue: Bool = true) {
        if isTrue, let sentence, !sentence.isEmpty { sentences.append(sentence) }
    }

    var text: String { sentences.joined(separator: " ") }
}
