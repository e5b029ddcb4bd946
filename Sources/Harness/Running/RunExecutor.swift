import Datasets
import Engine
import Foundation
import Results

/// How a run ended, or that there was nothing to do.
public struct RunOutcome: Sendable {
    /// What the folder held before.
    public let state: RunState
    /// What was run and how it ended.
    public let manifest: Manifest

    /// Whether the run was stopped on request and can be continued.
    public var isInterrupted: Bool { manifest.status == .interrupted }
}

/// Makes one run: trains, measures, observes, records; from the beginning or from where it was interrupted.
///
/// Rows of step k hold what is true after k updates; the test set is evaluated and the probe images are observed before
/// the first update (step 0), at the declared intervals, and after the last. A training row is the exception that every
/// framework makes: its loss and accuracy are those of the k-th batch, before the k-th update.
///
/// A run that is killed at any instant continues to the same bytes: its state is saved every 20 seconds, after its tables
/// have reached the disk, and the tables are cut back to the state's step. `run.json` is written last.
public final class RunExecutor {
    private let plan: RunPlan
    private let dataset: Dataset
    private let folder: RunFolder
    private let team: Team
    private let checkpointSteps: Set<Int>
    private let progress: any ProgressReporter
    private let interruption: Interruption
    private let saving: SavingInterval
    private let now: () -> Double

    /// When the state is saved.
    enum SavingInterval {
        case seconds(Double)
        case steps(Int)
    }

    /// An executor of a plan.
    ///
    /// - Parameters:
    ///   - plan: what is run.
    ///   - dataset: the images, loaded.
    ///   - resultsRoot: the folder of all results.
    ///   - team: the threads; their number does not change a bit of the results.
    ///   - checkpointSteps: the numbers of updates after which a checkpoint is written beside the final one.
    ///   - progress: who is told how it goes.
    ///   - interruption: looked at after every step.
    ///   - saveInterval: seconds of work that a kill may cost; 0 saves after every step.
    public convenience init(
        plan: RunPlan, dataset: Dataset, resultsRoot: URL, team: Team, checkpointSteps: Set<Int> = [],
        progress: any ProgressReporter, interruption: Interruption, saveInterval: Double = 20
    ) {
        self.init(
            plan: plan, dataset: dataset, resultsRoot: resultsRoot, team: team, checkpointSteps: checkpointSteps,
            progress: progress, interruption: interruption, saving: .seconds(saveInterval))
    }

    init(
        plan: RunPlan, dataset: Dataset, resultsRoot: URL, team: Team, checkpointSteps: Set<Int> = [],
        progress: any ProgressReporter, interruption: Interruption, saving: SavingInterval
    ) {
        self.plan = plan
        self.dataset = dataset
        self.team = team
        self.checkpointSteps = checkpointSteps
        self.progress = progress
        self.interruption = interruption
        self.saving = saving
        now = { ProcessInfo.processInfo.systemUptime }
        folder = plan.folder(in: resultsRoot)
    }

    /// Makes the run, or what is left of it.
    ///
    /// - Parameter again: whether what is there already is removed first.
    /// - Throws: ``RunError``. Divergence and interruption are outcomes, not errors.
    public func run(again: Bool = false) throws(RunError) -> RunOutcome {
        do {
            return try locked(again: again)
        } catch {
            throw RunError(error, run: plan.title)
        }
    }

    private func locked(again: Bool) throws -> RunOutcome {
        try AtomicFile.createFolder(folder.url)
        let lock = try FolderLock(folder.url)
        defer { withExtendedLifetime(lock) {} }
        if again { try folder.removeResults() }
        let check = StalenessCheck(
            plan: plan, dataset: dataset.name, checksum: dataset.checksum, checkpointSteps: checkpointSteps)
        var state = check.state(of: folder)
        if state == .upToDate {
            // Left over where the process was killed after the manifest was written.
            try AtomicFile.remove(folder.savedState)
            try folder.writeMissingDerivedTables()
            return RunOutcome(state: state, manifest: try Manifest(folder.manifest))
        }
        ProcessStatus.forgetPeakMemory()
        let start = now()
        let setup = try RunSetup(plan, dataset, team: team)
        let saved = try restore(setup, &state)
        let session = try RunSession(
            plan: plan, dataset: dataset, folder: folder, setup: setup, hash: check.hash, threads: team.threads,
            saved: saved, reason: state.reason, clock: { [now] in now() - start })
        progress.began(plan.title, step: session.step, of: plan.steps, reason: state.reason)
        let manifest = try train(session, setup, isContinued: saved != nil)
        progress.ended(session.ending)
        return RunOutcome(state: state, manifest: manifest)
    }

    /// Puts the saved state of an interrupted run into the model. A state that does not fit it is given up, with the reason.
    private func restore(_ setup: RunSetup, _ state: inout RunState) throws -> SavedState? {
        guard case .interrupted = state, let saved = try SavedState(folder) else { return nil }
        let fitted = setup.input.tensors
        guard fitted.allSatisfy(saved.tensors.contains) else {
            state = .stale(reason: "the saved state's input normalization is not that of the training set")
            return nil
        }
        do {
            let names = Set(fitted.map(\.name))
            try setup.model.restore(saved.tensors.filter { !names.contains($0.name) })
            return saved
        } catch {
            state = .stale(reason: "the saved state does not fit the network: \(error)")
            return nil
        }
    }

    private func train(_ session: RunSession, _ setup: RunSetup, isContinued: Bool) throws -> Manifest {
        var lastSaved = (step: session.step, time: now())
        var isFinite = true
        if !isContinued { isFinite = try session.measure(isLast: plan.steps == 0, checkpointSteps) }
        while isFinite, session.step < plan.steps {
            if interruption.isRequested { return try session.interrupt() }
            isFinite = try session.record(setup.train(step: session.step))
            if isFinite {
                isFinite = try session.measure(isLast: session.step == plan.steps, checkpointSteps)
            }
            progress.advanced(session.progress)
            let isDue =
                switch saving {
                case .seconds(let seconds): now() - lastSaved.time >= seconds
                case .steps(let steps): session.step - lastSaved.step >= steps
                }
            if isDue, isFinite, session.step < plan.steps {
                try session.save()
                lastSaved = (session.step, now())
            }
        }
        return try session.complete(diverged: !isFinite)
    }
}
