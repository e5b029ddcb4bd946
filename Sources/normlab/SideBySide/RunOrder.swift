import Foundation

/// What a process that makes runs is asked to do: one JSON object a line on its standard input.
enum RunOrder: Codable, Equatable, Sendable {
    /// Make a run.
    case make(RunRequest)
    /// Save what goes on, and end.
    case stop

    /// The order that a line stands for; nil for a line that is anything else.
    init?(line: String) {
        guard let order = try? JSONDecoder().decode(RunOrder.self, from: Foundation.Data(line.utf8)) else { return nil }
        self = order
    }

    /// The order as a line, with its end.
    var line: String {
        // Texts and numbers alone: there is nothing that could fail.
        ((try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "") + "\n"
    }
}

/// One run of an agenda, as a process that begins with nothing finds it again.
struct RunRequest: Codable, Equatable, Sendable {
    /// The name of the experiment's file.
    let experiment: String
    let dataset: String
    /// The arm's exact name.
    let arm: String
    let seed: UInt64
    /// The check value of the run that was planned.
    let hash: String
    let threads: Int
}
