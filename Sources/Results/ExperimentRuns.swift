import Foundation
import Synchronization
import Vocabulary

/// One run whose folder holds a result of an experiment as it is declared now.
public struct RunResult: Sendable {
    public var arm: String { manifest.arm }
    public var seed: UInt64 { manifest.seed }
    public let folder: RunFolder
    public let manifest: Manifest
    /// Its metrics; nil while the run is not complete.
    public fileprivate(set) var curves: RunCurves?
    private let quantities = Memo<MeasuredQuantities>()
    private let units = Memo<[String: TypicalUnit]>()
    private let spreads = Memo<[String: Double]>()

    public var isDiverged: Bool { manifest.status == .diverged }
}

// MARK: What else was recorded, read once when it is first asked for

extension RunResult {
    /// The unit of median drift of a tap.
    package struct TypicalUnit: Sendable {
        /// Its number in the tap, from 0.
        package let channel: Int
        /// The mean movement of its percentiles between observations; NaN with fewer than two.
        package let drift: Double
    }

    /// What was measured of it, of the tables that it has.
    ///
    /// - Throws: ``CSVError``.
    package func measured() throws -> MeasuredQuantities {
        try quantities.value {
            try MeasuredQuantities([folder.measures, folder.shift].filter(folder.has).map { try CSVTable(whole: $0) })
        }
    }

    /// The typical unit of each tap, from `drift.csv`.
    ///
    /// - Throws: ``CSVError``.
    package func typicalUnits() throws -> [String: TypicalUnit] {
        try units.value {
            var units: [String: TypicalUnit] = [:]
            for row in try CSVTable(whole: folder.drift).rows(["tap", "channel", "drift", "typical"])
            where row[3] == "true" && units[row[0]] == nil {
                units[row[0]] = TypicalUnit(channel: try row.integer(1), drift: try row.number(2) ?? .nan)
            }
            return units
        }
    }

    /// The distance from the 15th to the 85th percentile of each tap's typical unit at the last observation, from
    /// `activations.csv`.
    ///
    /// - Throws: ``CSVError``.
    package func lastSpreads() throws -> [String: Double] {
        try spreads.value {
            let units = try typicalUnits()
            let table = try CSVTable(whole: folder.activations)
            var spreads: [String: Double] = [:]
            for (tap, unit) in units {
                let quantiles = try table.quantiles(of: tap, channel: unit.channel)
                if let high = quantiles.p85.last, let low = quantiles.p15.last { spreads[tap] = high - low }
            }
            return spreads
        }
    }
}

/// A value that is made when it is first asked for.
private final class Memo<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)

    func value(_ make: () throws -> Value) rethrows -> Value {
        try made.withLock { made in
            if let made { return made }
            let value = try make()
            made = value
            return value
        }
    }
}

/// The runs of an experiment in one profile, found in their folders: nothing else is known about results.
///
/// Runs are taken together only where they can be compared: they were made with the settings that the experiment declares
/// now, with the same data and the same version of the arithmetic. Others are left out, and it is said.
public struct ExperimentRuns: Sendable {
    public let experiment: DeclaredExperiment
    public let folder: URL
    /// The runs, arm by arm in declared order, seed by seed.
    public let runs: [RunResult]
    public let remarks: [String]

    /// Reads the folders of an experiment's runs.
    ///
    /// - Parameters:
    ///   - experiment: the experiment in one profile.
    ///   - resultsRoot: the folder of all results.
    /// - Throws: ``CSVError`` for a table of a complete run that is damaged.
    public init(_ experiment: DeclaredExperiment, resultsRoot: URL) throws {
        let folder = RunFolder.experiment(root: resultsRoot, profile: experiment.profile, name: experiment.name)
        var found: [(folder: RunFolder, manifest: Manifest)] = []
        var remarks: [String] = []
        for arm in experiment.arms {
            for seed in Self.seeds(in: folder.appendingPathComponent(arm.name)) {
                let run = RunFolder(experimentFolder: folder, arm.name, seed)
                guard run.has(run.manifest) else { continue }
                let manifest: Manifest
                do {
                    manifest = try Manifest(run.manifest)
                } catch {
                    remarks.append("\(arm.name) seed \(seed) is left out: \(error)")
                    continue
                }
                if manifest.settings == arm.runSettings(seed: seed) {
                    found.append((run, manifest))
                } else {
                    remarks.append("\(arm.name) seed \(seed) is left out: it was made with other settings")
                }
            }
        }
        // Of several data sets or versions, those of the newest run count.
        let newest = found.map(\.manifest).max { ($0.started, $0.seed) < ($1.started, $1.seed) }
        var runs: [RunResult] = []
        for (run, manifest) in found {
            if let newest, manifest.dataset != newest.dataset || manifest.numericsVersion != newest.numericsVersion {
                let what = manifest.dataset != newest.dataset ? "data (\(manifest.dataset.name))" : "arithmetic"
                remarks.append("\(manifest.arm) seed \(manifest.seed) is left out: it was made with other \(what)")
                continue
            }
            let curves = manifest.status.isComplete ? try RunCurves(run) : nil
            runs.append(RunResult(folder: run, manifest: manifest, curves: curves))
        }
        for arm in experiment.arms {
            let places = runs.indices.filter { runs[$0].arm == arm.name }
            let source = StatisticsSource.covering(places.compactMap { runs[$0].curves?.accuracies })
            for place in places { runs[place].curves?.source = source }
        }
        self.experiment = experiment
        self.folder = folder
        self.runs = runs
        self.remarks = remarks
    }

    package func complete(_ arm: String) -> [RunResult] {
        runs.filter { $0.arm == arm && $0.manifest.status.isComplete }
    }

    public func hasResults(of arm: String) -> Bool { !complete(arm).isEmpty }

    /// Writes the derived tables that complete runs do not have: what was made by an earlier version is read as if it were
    /// made now.
    ///
    /// - Throws: ``FileError`` or ``CSVError``.
    package func writeMissingDerivedTables() throws {
        for run in runs where run.manifest.status.isComplete { try run.folder.writeMissingDerivedTables() }
    }

    package var dataset: Manifest.Data? { runs.first?.manifest.dataset }

    private static func seeds(in folder: URL) -> [UInt64] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap { name in name.hasPrefix("seed-") ? UInt64(name.dropFirst("seed-".count)) : nil }
            .sorted()
    }
}

extension DeclaredExperiment.Arm {
    /// What the manifest of a run of the arm states: every setting by its path, the steps and the seed among them.
    package func runSettings(seed: UInt64) -> [String: String] {
        var settings = Dictionary(settings, uniquingKeysWith: { $1 })
        settings["steps"] = "\(steps)"
        settings["seed"] = "\(seed)"
        return settings
    }
}
