import Engine
import Foundation
import Results

/// What stands in a run's folder, and so what is left to do.
public enum RunState: Equatable, Sendable {
    /// The result of this very plan.
    case upToDate
    /// Nothing.
    case missing
    /// This plan's run, to be continued.
    case interrupted(step: Int)
    /// Something that this plan's run replaces, and why.
    case stale(reason: String)

    /// Whether there is work.
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

    /// A check of a plan on a data set.
    ///
    /// - Parameters:
    ///   - plan: the run.
    ///   - dataset: the name of the data set that it would train on.
    ///   - checksum: the data set's check value.
    ///   - checkpointSteps: the steps at which checkpoints are asked for.
    public init(plan: RunPlan, dataset: String, checksum: String, checkpointSteps: Set<Int> = []) {
        self.plan = plan
        self.dataset = dataset
        self.checksum = checksum
        self.checkpointSteps = checkpointSteps
    }

    /// The check value of everything that determines the run's numbers.
    public var hash: String { plan.hash(dataset: dataset, checksum: checksum, numericsVersion: numericsVersion) }

    /// What is left to do.
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
            RunFolder.Table.allCases.map { folder.file($0.rawValue) } + [folder.checkpoint, folder.configuration]
        // A diverged network predicts nothing.
        if plan.configuration.evaluate.predictions, manifest.status == .finished { expected.append(folder.predictions) }
        for url in expected where !folder.has(url) {
            return .stale(reason: "\(url.lastPathComponent) is missing")
        }
        // A diverged run never comes to its later steps.
        for step in checkpointSteps.sorted() where step <= manifest.step {
            if !folder.has(folder.checkpoint(step: step)) { return .stale(reason: "no checkpoint at step \(step) yet") }
        }
        return .upToDate
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
            for step in checkpointSteps.sorted() where step <= saved.step {
                if !folder.has(folder.checkpoint(step: step)) {
                    return .stale(reason: "no checkpoint at step \(step) yet")
                }
            }
            return .interrupted(step: saved.step)
        } catch {
            return .stale(reason: "the saved state is damaged: \(error)")
        }
    }

    // MARK: Words

    /// What differs from an earlier run, in words.
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
