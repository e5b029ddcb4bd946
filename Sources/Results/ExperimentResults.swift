import Foundation

/// An experiment folder's results: what it is about, its arms and its runs.
///
/// The small files are read at once; a run's own files only when they are asked for.
public struct ExperimentResults: Sendable {
    /// The experiment folder: `Results/<profile>/<experiment>`.
    public let folder: URL
    public let facts: ExperimentFacts
    public let arms: [ArmRecord]
    /// Every run, finished or not.
    public let runs: [RunRecord]
    /// The settings that differ between arms: arm → key → value.
    public let settings: [String: [String: String]]
    /// What is known of the quantities that its runs measured.
    public let quantities: QuantityTable

    /// Reads `experiment.csv`, `arms.csv`, `runs.csv` and, where they exist, `settings.csv` and `quantities.csv`.
    public init(folder: URL) throws(CSVError) {
        self.folder = folder
        func table(_ name: String) throws(CSVError) -> CSVTable {
            try CSVTable(whole: folder.appending(path: name), name: name)
        }
        facts = try ExperimentFacts(table("experiment.csv"))
        arms = try ArmRecord.read(table("arms.csv"))
        runs = try RunRecord.read(table("runs.csv"), experimentFolder: folder)
        func exists(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: name).path)
        }
        settings = exists("settings.csv") ? try Self.settings(table("settings.csv")) : [:]
        quantities = exists("quantities.csv") ? try QuantityTable(table("quantities.csv")) : QuantityTable()
    }

    /// The runs of an arm that are results (finished or diverged), by seed.
    public func results(of arm: ArmRecord) -> [RunRecord] {
        runs.filter { $0.arm == arm.name && $0.status.isComplete }.sorted { $0.seed < $1.seed }
    }

    /// A file of a run, which must be there and whole.
    package func table(_ file: String, of run: RunRecord) throws(CSVError) -> CSVTable {
        try CSVTable(whole: run.folder.appending(path: file), name: "\(run.path)/\(file)")
    }

    /// A table of the experiment, which must be there and whole.
    package func table(_ file: String) throws(CSVError) -> CSVTable {
        try CSVTable(whole: folder.appending(path: file), name: file)
    }

    package func has(_ file: String, of run: RunRecord) -> Bool {
        FileManager.default.fileExists(atPath: run.folder.appending(path: file).path)
    }

    private static func settings(_ table: CSVTable) throws(CSVError) -> [String: [String: String]] {
        try table.rows(["arm", "key", "value"]).reduce(into: [:]) { $0[$1[0], default: [:]][$1[1]] = $1[2] }
    }
}

/// What an experiment is about and what its results stand on: the rows of `experiment.csv`.
public struct ExperimentFacts: Sendable, Equatable {
    /// The experiment's name: `mnist-mlp`.
    public var name: String
    public var title: String
    /// The place in the literature that it tests.
    public var source: String
    public var dataset: String
    /// Whether the data set was drawn by a program, not photographed or scanned.
    public var isSynthetic: Bool
    public var profile: String
    /// Training steps of every run, where the file says them.
    public var steps: Int?

    /// What is minimized, such as `cross-entropy`; empty where arms differ, nil in files of before there was a choice.
    public var loss: String?

    /// The unit of a loss: nats of a cross-entropy, and none otherwise.
    package var lossUnit: String { (loss ?? "cross-entropy") == "cross-entropy" ? " (nats)" : "" }

    package init(_ table: CSVTable) throws(CSVError) {
        let rows = try table.rows(["key", "value"]).map { ($0[0], $0[1]) }
        let facts = Dictionary(rows, uniquingKeysWith: { first, _ in first })
        name = facts["experiment"] ?? ""
        title = facts["title"] ?? name
        source = facts["source"] ?? ""
        dataset = facts["dataset"] ?? ""
        profile = facts["profile"] ?? ""
        steps = facts["steps"].flatMap { Int($0) }
        loss = facts["loss"]
        isSynthetic = facts["synthetic"] == "true"
        for key in ["experiment", "dataset", "profile", "synthetic"] where (facts[key] ?? "").isEmpty {
            throw .missingKey(file: table.file, key: key)
        }
    }
}

/// An arm of the experiment as the results folder names it: a row of `arms.csv`.
public struct ArmRecord: Sendable, Equatable {
    /// Its name: `batch-norm`; a swept arm adds what it varies: `batch-norm@rate=0.1,deviation=0.03`.
    public var name: String
    public var label: String
    public var order: Int
    /// Its colour: an index into the palette, the same in every figure.
    public var color: Int

    /// The arm that a swept arm varies: the name up to `@`.
    public var base: String { String(name.prefix { $0 != "@" }) }

    /// What legends call the arm that a swept arm varies: the label without the swept values in brackets at its end.
    public var baseLabel: String {
        guard name.contains("@"), label.hasSuffix(")"), let bracket = label.lastIndex(of: "(") else { return label }
        let text = label[..<bracket]
        return String(text.last == " " ? text.dropLast() : text)
    }

    /// What a swept arm's name says of a key: a value, or the name that the sweep gives one; nil for a key that is not swept.
    package func sweptText(_ key: String) -> String? {
        guard let mark = name.firstIndex(of: "@") else { return nil }
        for part in name[mark...].dropFirst().split(separator: ",") {
            let halves = part.split(separator: "=", maxSplits: 1).map(String.init)
            if halves.count == 2, key == halves[0] || key.hasSuffix(".\(halves[0])") { return halves[1] }
        }
        return nil
    }

    package static func read(_ table: CSVTable) throws(CSVError) -> [ArmRecord] {
        let names = try table.texts("arm")
        let labels = try table.texts("label")
        let orders = try table.integers("order")
        let colors = try table.integers("color")
        let records = names.indices.map { row in
            let label = labels[row].isEmpty ? names[row] : labels[row]
            return ArmRecord(name: names[row], label: label, order: orders[row], color: colors[row])
        }
        return records.sorted { ($0.order, $0.name) < ($1.order, $1.name) }
    }
}

/// One arm with one seed: a row of `runs.csv` and the folder with the run's own files.
public struct RunRecord: Sendable, Equatable {
    public var arm: String
    public var seed: Int
    public var status: RunStatus
    public var steps: Int
    public var divergedAt: Int?
    /// Best test accuracy over the run, from 0 to 1; nil where it never had one.
    public var bestTestAccuracy: Double?
    /// Test accuracy at the end, from 0 to 1.
    public var testAccuracy: Double?
    /// Test loss at the end, in nats.
    public var testLoss: Double?
    /// Training loss at the end, in nats.
    public var trainLoss: Double?
    public var folder: URL

    /// `batch-norm/seed-2`: the run's folder inside the experiment's.
    public var path: String { "\(arm)/seed-\(seed)" }

    package static func read(_ table: CSVTable, experimentFolder: URL) throws(CSVError) -> [RunRecord] {
        let arms = try table.texts("arm")
        let seeds = try table.integers("seed")
        let steps = try table.integers("steps")
        let divergedAt = try table.numbers("diverged-at")
        let best = try table.numbers("best-test-accuracy")
        let last = try table.numbers("test-accuracy")
        let testLosses = try table.numbers("test-loss")
        let trainLosses = try table.numbers("train-loss")
        let statuses: [RunStatus] = try table.words("status")
        return arms.indices.map { row in
            var record = RunRecord(
                arm: arms[row], seed: seeds[row], status: statuses[row], steps: steps[row],
                divergedAt: divergedAt[row].flatMap { Int(exactly: $0) }, bestTestAccuracy: best[row],
                testAccuracy: last[row], testLoss: testLosses[row], trainLoss: trainLosses[row],
                folder: experimentFolder)
            record.folder = experimentFolder.appending(path: record.path, directoryHint: .isDirectory)
            return record
        }
    }
}
