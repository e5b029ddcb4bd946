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

/// What an experiment declares, in words and numbers, as far as its results are judged and summarized by it: what is left of
/// an experiment file for those who know neither the engine nor YAML.
public struct DeclaredExperiment: Sendable {
    /// One arm in the profile at hand.
    public struct Arm: Sendable {
        /// Its name, also that of its folder.
        public let name: String
        public let label: String
        public let description: String
        /// The declared arm that it is a point of: its own name where nothing is swept.
        public let group: String
        public let steps: Int
        /// Every resolved setting by its path, in the order of the declarations.
        public let settings: [(key: String, value: String)]
        /// What it minimizes: `cross-entropy`; empty without a network.
        public let loss: String

        public init(
            name: String, label: String, description: String, group: String, steps: Int,
            settings: [(key: String, value: String)], loss: String
        ) {
            self.name = name
            self.label = label
            self.description = description
            self.group = group
            self.steps = steps
            self.settings = settings
            self.loss = loss
        }

        /// Whether a name, the name of the group, or a pattern with `*` stands for the arm.
        public func fits(_ pattern: String) -> Bool { ArmName.fits(pattern, arm: name, group: group) }
    }

    /// Networks whose class probabilities are averaged: Figure 4 of Ioffe & Szegedy 2015.
    public struct Ensemble: Sendable, Equatable {
        /// Its name, which no arm has.
        public let name: String
        /// The arms of its members, in the order in which they join; at least two.
        public let arms: [String]

        public init(name: String, arms: [String]) {
            self.name = name
            self.arms = arms
        }
    }

    /// The name of its folder: that of its file, with what the command line varied.
    public var name: String
    public var title: String
    public var source: String
    public var question: String
    /// The data sets that it may use, the preferred one first.
    public var datasets: [String]
    public var profile: String
    public var steps: Int
    /// The seeds that the profile asks for.
    public var seeds: [UInt64]
    public var arms: [Arm]
    public var ensembles: [Ensemble]
    /// The quantities that its runs measure, each once.
    public var quantities: [Quantity]

    public init(
        name: String, title: String, source: String, question: String, datasets: [String], profile: String,
        steps: Int, seeds: [UInt64], arms: [Arm], ensembles: [Ensemble], quantities: [Quantity]
    ) {
        self.name = name
        self.title = title
        self.source = source
        self.question = question
        self.datasets = datasets
        self.profile = profile
        self.steps = steps
        self.seeds = seeds
        self.arms = arms
        self.ensembles = ensembles
        self.quantities = quantities
    }
}
