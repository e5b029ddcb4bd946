import Results

/// What a figure stands on, said below it: experiment, data, profile, seeds, statistics.
struct Provenance: Sendable {
    private var sentences: [String]

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
        let sizes = batches.map(\.1).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
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
        if !interrupted.isEmpty {
            sentences.append("Left out, not finished: \(Phrase.list(interrupted.map(\.path))).")
        }
        let absent = arms.filter { results.results(of: $0).isEmpty }
        if !absent.isEmpty {
            sentences.append("No finished run yet: \(Phrase.list(absent.map(\.name))).")
        }
    }

    /// Adds a sentence, where there is one.
    mutating func add(_ sentence: String?) {
        if let sentence, !sentence.isEmpty { sentences.append(sentence) }
    }

    /// The footnote.
    var text: String { sentences.joined(separator: " ") }
}
