import Datasets
import Engine
import Foundation
import Results

/// One run: an arm with a seed, and everything that decides its numbers but the images. It reads no experiment file: it can
/// be written down, handed to another process and made there.
public struct RunPlan: Codable, Sendable {
    /// The name of the experiment, and of the folder of its results.
    public let experiment: String
    public let arm: String
    public let profile: String
    public let seed: UInt64
    public let steps: Int
    public var configuration: RunConfiguration

    public init(
        experiment: String, arm: String, profile: String, seed: UInt64, steps: Int, configuration: RunConfiguration
    ) {
        self.experiment = experiment
        self.arm = arm
        self.profile = profile
        self.seed = seed
        self.steps = steps
        self.configuration = configuration
    }

    /// The run's name for people: `lenet/batch-norm seed 2`.
    public var title: String { "\(experiment)/\(arm) seed \(seed)" }

    public func folder(in root: URL) -> RunFolder {
        RunFolder(root: root, profile: profile, experiment: experiment, arm: arm, seed: seed)
    }

    /// What all random streams of the run begin with: the seed itself for the configuration's random stream 0, and for each other
    /// stream another number, since multiplication by an odd one loses nothing.
    public var randomSeed: UInt64 {
        seed ^ (UInt64(truncatingIfNeeded: configuration.randomStream) &* 0x9e37_79b9_7f4a_7c15)
    }

    /// A name for what the run computes, in hexadecimal digits: runs with equal names have equal results.
    ///
    /// It covers every setting in its full form, the seed, the steps, the data and the version of the numerics. It does not
    /// cover formatting, comments, titles, the profile, threads or paths.
    public func hash(dataset: String, checksum: String, numericsVersion: Int) -> String {
        let text = """
            \(configuration.canonicalYAML)
            seed: \(seed)
            steps: \(steps)
            dataset: \(dataset) \(checksum)
            numerics-version: \(numericsVersion)
            """
        return SHA256.hexDigest(of: Array(text.utf8))
    }

    /// Every setting by its path, the steps and the seed among them.
    package var flatSettings: [String: String] {
        var settings = Dictionary(configuration.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        settings["steps"] = "\(steps)"
        settings["seed"] = "\(seed)"
        return settings
    }

    /// What stands in a run's `config.yaml`: the run and its data, then every setting, defaults included.
    func resolvedConfiguration(dataset: Dataset) -> String {
        let settings = configuration.canonicalYAML.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
        return """
            # What this run computes: every setting, defaults included.
            experiment: \(experiment)
            arm: \(arm)
            seed: \(seed)
            steps: \(steps)
            dataset: \(dataset.name)
            checksum: "\(dataset.checksum)"
            base:
            \(settings.hasSuffix("\n") ? settings : settings + "\n")
            """
    }
}

/// What stands in a run's folder, and so what is left to do.
public enum RunState: Equatable, Sendable {
    case upToDate
    case missing
    case interrupted(step: Int)
    /// Something that this plan's run replaces, and why.
    case stale(reason: String)

    public var needsRun: Bool { self != .upToDate }

    /// Why there is work, or that there is none, in words for the user.
    public var reason: String {
        switch self {
        case .upToDate: "up to date"
        case .missing: "no result yet"
        case .interrupted(let step): "interrupted at step \(step)"
        case .stale(let reason): reason
        }
    }
}

/// Compares a plan with what its folder holds. Reads, and changes nothing.
///
/// What counts is what determines the numbers: the resolved settings, the seed, the steps, the data and the version of the
/// arithmetic. Comments, threads, paths and the commit of the source are not among them.
public struct StalenessCheck {
    private let plan: RunPlan
    private let dataset: String
    private let checksum: String
    private let checkpointSteps: Set<Int>

    public init(plan: RunPlan, dataset: String, checksum: String, checkpointSteps: Set<Int> = []) {
        self.plan = plan
        self.dataset = dataset
        self.checksum = checksum
        self.checkpointSteps = checkpointSteps
    }

    public var hash: String { plan.hash(dataset: dataset, checksum: checksum, numericsVersion: numericsVersion) }

    public func state(of folder: RunFolder) -> RunState {
        guard folder.has(folder.manifest) else { return .missing }
        let manifest: Manifest
        do {
            manifest = try Manifest(folder.manifest)
        } catch {
            return .stale(reason: "the manifest is damaged: \(error.reason)")
        }
        guard manifest.hash == hash else { return .stale(reason: difference(from: manifest)) }
        return manifest.status.isComplete ? stateOfComplete(folder, manifest) : stateOfUnfinished(folder)
    }

    private func stateOfComplete(_ folder: RunFolder, _ manifest: Manifest) -> RunState {
        // Derived tables are no reason to train: they are computed again from these.
        var expected =
            RunFolder.Table.allCases.map { folder.file($0.rawValue) } + [folder.configuration]
        if plan.configuration.hasNetwork {
            expected.append(folder.checkpoint)
            // A diverged network predicts nothing.
            if plan.configuration.evaluate.predictions, manifest.status == .finished {
                expected.append(folder.predictions)
            }
        }
        for url in expected where !folder.has(url) {
            return .stale(reason: "\(url.lastPathComponent) is missing")
        }
        // A diverged run never comes to its later steps, and writes nothing at its last one.
        let last = manifest.status == .diverged ? manifest.step - 1 : manifest.step
        return missingCheckpoint(folder, upTo: last) ?? .upToDate
    }

    private func missingCheckpoint(_ folder: RunFolder, upTo last: Int) -> RunState? {
        if !plan.configuration.hasNetwork { return nil }
        return checkpointSteps.sorted().first { $0 <= last && !folder.has(folder.checkpoint(step: $0)) }
            .map { .stale(reason: "no checkpoint at step \($0) yet") }
    }

    private func stateOfUnfinished(_ folder: RunFolder) -> RunState {
        do {
            guard let saved = try SavedState(folder) else {
                return .stale(reason: "interrupted before its state was saved")
            }
            guard saved.hash == hash else { return .stale(reason: "the saved state is of another configuration") }
            for table in RunFolder.Table.allCases {
                guard let length = saved.lengths[table], folder.length(folder.file(table.rawValue)) >= length else {
                    return .stale(reason: "\(table.rawValue) is shorter than when the state was saved")
                }
            }
            return missingCheckpoint(folder, upTo: saved.step) ?? .interrupted(step: saved.step)
        } catch {
            return .stale(reason: "the saved state is damaged: \(error)")
        }
    }

    // MARK: Words

    private func difference(from manifest: Manifest) -> String {
        if manifest.numericsVersion != numericsVersion {
            return "numerics version \(manifest.numericsVersion) → \(numericsVersion)"
        }
        if manifest.dataset.name != dataset { return "data set changed: \(manifest.dataset.name) → \(dataset)" }
        if manifest.dataset.checksum != checksum { return "data set changed: other contents of \(dataset)" }
        let old = manifest.settings
        let new = plan.flatSettings
        let keys = Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }
        guard !keys.isEmpty else { return "the configuration changed" }
        let changes = keys.prefix(3).map { "\($0) \(old[$0] ?? "(none)") → \(new[$0] ?? "(none)")" }
        let rest = keys.count > 3 ? " and \(keys.count - 3) more" : ""
        return "the configuration changed: \(changes.joined(separator: ", "))\(rest)"
    }
}
