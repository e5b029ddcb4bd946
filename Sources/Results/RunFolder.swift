import Foundation

/// The folder of one run, and where its files stand in it.
public struct RunFolder: Hashable, Sendable {
    /// The folder: `<root>/<profile>/<experiment>/<arm>/seed-<n>`.
    public let url: URL

    /// The folder of a run below the folder of all results.
    public init(root: URL, profile: String, experiment: String, arm: String, seed: UInt64) {
        self.init(experimentFolder: Self.experiment(root: root, profile: profile, name: experiment), arm, seed)
    }

    package init(experimentFolder: URL, _ arm: String, _ seed: UInt64) {
        url = experimentFolder.appendingPathComponent(arm).appendingPathComponent("seed-\(seed)")
    }

    /// The folder of an experiment's runs, summary and figures.
    public static func experiment(root: URL, profile: String, name: String) -> URL {
        root.appendingPathComponent(profile).appendingPathComponent(name)
    }

    public var configuration: URL { file("config.yaml") }
    public var manifest: URL { file("run.json") }
    public var log: URL { file("run.log") }
    public var train: URL { file(Table.train.rawValue) }
    public var evaluations: URL { file(Table.evaluations.rawValue) }
    /// The percentiles of every unit at every observation.
    public var activations: URL { file(Table.activations.rawValue) }
    /// The percentiles of every layer at every observation.
    public var layers: URL { file(Table.layers.rawValue) }
    /// The histogram of every layer at every observation.
    public var histograms: URL { file(Table.histograms.rawValue) }
    /// What the run's procedures measured.
    public var measures: URL { file(Table.measures.rawValue) }
    public var drift: URL { file(DerivedTable.drift.rawValue) }
    /// How far the distribution of every observed tensor moved.
    public var shift: URL { file(DerivedTable.shift.rawValue) }
    public var checkpoint: URL { file("checkpoint.safetensors") }
    /// The network after a number of updates.
    public func checkpoint(step: Int) -> URL { file("checkpoint-\(step).safetensors") }
    /// What the final network says of each test image, where `evaluate.predictions` asks for it.
    public var predictions: URL { file("predictions.safetensors") }
    /// What is needed to continue; gone when the run is complete.
    package var savedState: URL { file("resume.safetensors") }

    package func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// The length of a file in bytes; −1 where there is none.
    package func length(_ url: URL) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? -1
    }

    package func has(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

    package enum Table: String, CaseIterable {
        case train = "train.csv"
        case evaluations = "eval.csv"
        case activations = "activations.csv"
        case layers = "layers.csv"
        case histograms = "histograms.csv"
        case measures = "measures.csv"

        package var header: [String] {
            switch self {
            case .train: ["step", "epoch", "rate", "loss", "accuracy"]
            case .evaluations: ["step", "statistics", "loss", "accuracy"]
            case .activations: ["step", "tap", "channel", "mean", "deviation", "p15", "p50", "p85"]
            case .layers:
                ["step", "tap", "mean", "deviation", "minimum"]
                    + ["p7", "p16", "p31", "p50", "p69", "p84", "p93", "maximum"]
            case .histograms: ["step", "tap", "bin", "left", "right", "count"]
            case .measures: ["step", "quantity", "place", "at", "value"]
            }
        }
    }

    /// Removes what an earlier run left, its manifest first: a folder that is being emptied never looks complete. Files
    /// that no run writes stay.
    public func removeResults() throws(FileError) {
        try AtomicFile.remove(manifest)
        try AtomicFile.remove(savedState)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        for name in names {
            let isCheckpoint = name.hasPrefix("checkpoint") && name.hasSuffix(".safetensors")
            let isTable = Table(rawValue: name) != nil || DerivedTable(rawValue: name) != nil
            let isOther = ["config.yaml", "run.log", predictions.lastPathComponent].contains(name)
            if isCheckpoint || isTable || isOther || name.hasSuffix(AtomicFile.temporarySuffix) {
                try AtomicFile.remove(file(name))
            }
        }
    }
}

extension RunFolder {
    /// The tables of a complete run that are functions of its other tables. One that is missing, as of a run made before the
    /// table was thought of, is computed again; nothing is trained for it.
    package enum DerivedTable: String, CaseIterable {
        case drift = "drift.csv"
        case shift = "shift.csv"

        package var header: [String] {
            switch self {
            case .drift: Drift.header
            case .shift: DistributionShift.header
            }
        }

        /// The tables that it is computed from.
        var sources: [Table] {
            switch self {
            case .drift: [.activations]
            case .shift: [.activations, .layers, .histograms]
            }
        }

        func rows(of folder: RunFolder) throws -> [[CSVField]] {
            switch self {
            case .drift: try Drift(activations: folder.activations).rows
            case .shift: try DistributionShift(folder).rows
            }
        }
    }

    /// Writes the derived tables.
    ///
    /// - Throws: `FileError` or `CSVError`.
    package func writeDerivedTables() throws {
        for table in DerivedTable.allCases { try write(table) }
    }

    /// Writes the derived tables that are missing, of a complete run, where the tables that they are computed from are there.
    ///
    /// - Throws: `FileError` or `CSVError`.
    package func writeMissingDerivedTables() throws {
        for table in DerivedTable.allCases where !has(file(table.rawValue)) {
            if table.sources.allSatisfy({ has(file($0.rawValue)) }) { try write(table) }
        }
    }

    private func write(_ table: DerivedTable) throws {
        try AtomicFile.write(CSVField.bytes(rows: table.rows(of: self)), to: file(table.rawValue))
    }
}
