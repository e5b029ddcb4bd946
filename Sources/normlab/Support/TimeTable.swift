import Benchmarks
import Harness

/// Tables of time: what is expected before the work, and what it took after it.
enum TimeTable {
    /// The plan: for each experiment runs, steps, data and expected time.
    static func plan(_ agenda: Agenda) -> String {
        let expectation = agenda.expectation
        let each = Text.counted(agenda.threads, "thread")
        let how = agenda.jobs == 1 ? "one after the other on \(each)" : "\(agenda.jobs) at a time on \(each) each"
        var rows = agenda.campaign.parts.enumerated().map { index, part in
            let entries = agenda.entries.filter { $0.part == index }
            let needed = entries.filter(\.isNeeded)
            let isKnown = needed.allSatisfy { $0.expected != nil }
            let time =
                needed.isEmpty ? "0 s, up to date" : isKnown ? Text.duration(expectation.groups[index]) : "not known"
            return [
                part.experiment.name, part.source.name + (part.source.isSynthetic ? " (synthetic)" : ""),
                "\(entries.count)", "\(needed.count)", "\(entries.first?.plan.steps ?? 0)", time,
            ]
        }
        if rows.count > 1 {
            rows.append([
                "together", "", "\(agenda.entries.count)", "\(agenda.needed.count)", "",
                Text.duration(expectation.whole),
            ])
        }
        return ResultTable(
            title: "Plan: \(Text.counted(agenda.needed.count, "run")) to make, \(how)",
            header: ["experiment", "data", "runs", "to make", "steps", "expected"], rows: rows, wordColumns: 2
        ).text
    }

    /// What the training of each experiment took, beside what was expected.
    ///
    /// - Parameter took: the seconds from the beginning of the first to the end of the last run of each part; nil where
    ///   there was none.
    static func comparison(_ agenda: Agenda, took: [Double?]) -> String {
        let expectation = agenda.expectation
        let rows = zip(agenda.campaign.parts, zip(expectation.groups, took)).compactMap { part, times -> [String]? in
            guard let took = times.1 else { return nil }
            return [part.experiment.name, Text.duration(times.0), Text.duration(took)]
        }
        return ResultTable(
            title: "Time for training", header: ["experiment", "expected", "took"], rows: rows, wordColumns: 1
        ).text
    }
}
