import Datasets
import Engine
import Foundation
import Results
import Synchronization

public struct RunOutcome: Sendable {
    public let state: RunState
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
    private let now = { ProcessInfo.processInfo.systemUptime }

    /// When the state is saved.
    var saving: SavingInterval

    enum SavingInterval {
        case seconds(Double)
        case steps(Int)
    }

    /// - Parameters:
    ///   - team: the threads; their number does not change a bit of the results.
    ///   - checkpointSteps: the numbers of updates after which a checkpoint is written beside the final one.
    ///   - saveInterval: seconds of work that a kill may cost; 0 saves after every step.
    public init(
        plan: RunPlan, dataset: Dataset, resultsRoot: URL, team: Team, checkpointSteps: Set<Int> = [],
        progress: any ProgressReporter, interruption: Interruption, saveInterval: Double = 20
    ) {
        self.plan = plan
        self.dataset = dataset
        self.team = team
        self.checkpointSteps = checkpointSteps
        self.progress = progress
        self.interruption = interruption
        saving = .seconds(saveInterval)
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
        progress.took(.began(step: session.step, reason: state.reason), of: plan.title)
        let manifest = try train(session, setup, isContinued: saved != nil)
        progress.took(.ended(session.ending), of: plan.title)
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
            try setup.network?.model.restore(saved.tensors.filter { !names.contains($0.name) })
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
        while let network = setup.network, isFinite, session.step < plan.steps {
            if interruption.isRequested { return try session.interrupt() }
            isFinite = try session.record(network.train(step: session.step), of: network)
            if isFinite {
                isFinite = try session.measure(isLast: session.step == plan.steps, checkpointSteps)
            }
            progress.took(.advanced(session.progress), of: plan.title)
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

/// Why a run could not be made. A run that diverges is no error but a result.
public struct RunError: Error, CustomStringConvertible {
    public let description: String
    /// Whether the configuration or the data are at fault, rather than the machine: the network cannot be built for these
    /// images, the training set is smaller than a batch, the input cannot be fitted.
    public let isBadInput: Bool

    init(_ error: any Error, run: String) {
        isBadInput = error is NetworkError || error is DataError
        let namesItsFile = error is FolderLocked || error is FileError || error is CSVError
        description = namesItsFile ? "\(error)" : "\(run): \(error)"
    }
}

/// The wish that running work saves itself and stops. Anyone may express it; the work looks at it between steps.
public final class Interruption: Sendable {
    private let requested = Atomic<Bool>(false)
    private let listens: Bool

    public init() { listens = false }

    private init(listens: Bool) { self.listens = listens }

    public var isRequested: Bool {
        requested.load(ordering: .acquiring) || (listens && signalsReceived.load(ordering: .acquiring) > 0)
    }

    /// Expresses it; further calls change nothing.
    public func request() { requested.store(true, ordering: .releasing) }

    /// A wish that SIGINT (Control-C) and SIGTERM express, from now to the end of the process.
    ///
    /// The first signal asks: the run saves its state and the program ends so that it can be resumed. The second ends
    /// the process at once with the status 130, and what was saved last stands. A signal that the process was started
    /// with ignored (`nohup`, a shell's background job) stays ignored.
    public static func onSignals() -> Interruption {
        // A global is made at its first use, which must not be inside the handler.
        _ = signalsReceived.load(ordering: .relaxed)
        for number in [SIGINT, SIGTERM] where !ProcessStatus.ignores(signal: number) {
            signal(number) { _ in
                // Only what may be done inside a signal handler: an atomic and `_exit`.
                if signalsReceived.add(1, ordering: .acquiringAndReleasing).oldValue > 0 { _exit(130) }
            }
        }
        return Interruption(listens: true)
    }
}

private let signalsReceived = Atomic<Int>(0)

public struct FolderLocked: Error, Equatable, Sendable, CustomStringConvertible {
    public let folder: String
    /// The process that holds the lock, where it could be read.
    public let process: Int32?

    public var description: String {
        let holder = process.map { "process \($0)" } ?? "another process"
        return "\(folder) is in use by \(holder): wait for it, or stop it (its run can be resumed)"
    }
}

/// The right of one process to write in a folder, given back when the value goes away or the process ends in any way.
///
/// The lock is the kernel's (`flock`) on a file that names its holder. A process that was killed leaves the file but not
/// the lock, so nothing is ever stale: no guess about process numbers, which are used again.
public final class FolderLock {
    private let url: URL
    private let file: FileDescriptor

    /// Takes the lock; throws `FolderLocked` while another holder, this process included, is alive, or `FileError`.
    public init(_ folder: URL) throws {
        url = folder.appendingPathComponent("run.lock")
        while true {
            let file = try FileDescriptor(url, flags: O_RDWR | O_CREAT, operation: "lock")
            guard try file.lock() else {
                throw FolderLocked(folder: folder.path, process: Self.holder(url))
            }
            // Between opening and locking, the holder before may have removed the file: then this is the wrong one.
            guard file.isStillNamed(by: url) else { continue }
            try file.truncate(to: 0)
            try file.write(Array("\(getpid())\n".utf8))
            self.file = file
            return
        }
    }

    deinit { unlink(url.path) }

    private static func holder(_ url: URL) -> Int32? {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// The log of a run: a line for each event, with its time in UTC.
final class RunLog {
    private let file: FileDescriptor

    init(_ url: URL) throws(FileError) {
        file = try FileDescriptor(url, flags: O_WRONLY | O_CREAT | O_APPEND, operation: "write the log")
    }

    func note(_ line: String) throws(FileError) {
        try file.write(Array("\(Date.now.ISO8601Format())  \(line)\n".utf8))
    }
}
