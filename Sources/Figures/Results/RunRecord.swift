import Foundation

/// How a run ended.
public enum RunStatus: String, Sendable, CaseIterable {
    /// It made all its steps.
    case finished
    /// Its loss left the finite numbers: a result.
    case diverged
    /// It was stopped and can go on: not a result yet.
    case interrupted
}

/// One arm with one seed: a row of `runs.csv` and the folder with the run's own files.
public struct RunRecord: Sendable, Equatable {
    /// The arm's name.
    public var arm: String
    /// The seed.
    public var seed: Int
    /// How it ended.
    public var status: RunStatus
    /// The steps it made.
    public var steps: Int
    /// The step at which it diverged.
    public var divergedAt: Int?
    /// Best test accuracy over the run, from 0 to 1; nil where it never had one.
    public var bestTestAccuracy: Double?
    /// Test accuracy at the end, from 0 to 1.
    public var testAccuracy: Double?
    /// Test loss at the end, in nats.
    public var testLoss: Double?
    /// Training loss at the end, in nats.
    public var trainLoss: Double?
    /// The folder of the run's files.
    public var folder: URL

    /// `batch-norm/seed-2`: the run's folder inside the experiment's.
    public var path: String { "\(arm)/seed-\(seed)" }

    /// Reads `runs.csv` of an experiment folder.
    static func read(_ table: CSVTable, experimentFolder: URL) throws(CSVError) -> [RunRecord] {
        let arms = try table.texts("arm")
        let seeds = try table.integers("seed")
        let words = try table.texts("status")
        let steps = try table.integers("steps")
        let divergedAt = try table.numbers("diverged-at")
        let best = try table.numbers("best-test-accuracy")
        let last = try table.numbers("test-accuracy")
        let testLosses = try table.numbers("test-loss")
        let trainLosses = try table.numbers("train-loss")
        var records: [RunRecord] = []
        for row in arms.indices {
            guard let status = RunStatus(rawValue: words[row]) else {
                throw .unknownWord(
                    file: table.file, line: table.line(ofRow: row), column: "status", found: words[row],
                    expected: RunStatus.allCases.map(\.rawValue))
            }
            var record = RunRecord(
                arm: arms[row], seed: seeds[row], status: status, steps: steps[row],
                divergedAt: divergedAt[row].flatMap { Int(exactly: $0) }, bestTestAccuracy: best[row],
                testAccuracy: last[row],
                testLoss: testLosses[row], trainLoss: trainLosses[row], folder: experimentFolder)
            record.folder = experimentFolder.appending(path: record.path, directoryHint: .isDirectory)
            records.append(record)
        }
        return records
    }
}
