import ArgumentParser
import Datasets
import Experiments
import Foundation
import Kernels
import Running

/// What a worker that makes runs is asked to do.
enum RunWorkerOrder: Codable, Sendable {
    /// Make a run.
    case make(RunOrder)
    /// Save what goes on, and end.
    case stop
}

/// A run with everything that making it takes but the images and the threads: no experiment file is read for it.
struct RunOrder: Codable, Sendable {
    let run: RunPlan
    let dataset: String
    /// The check value of the run on the data that it was planned for.
    let hash: String
    let resultsRoot: URL
    let checkpointSteps: Set<Int>
    /// Seconds of work that a kill may cost.
    let saveInterval: Double
    /// Whether what is there already is made again.
    let isForced: Bool
    let threads: Int

    /// Makes the run, or what is left of it. Throws `RunError`.
    func make(
        on dataset: Dataset, team: Team, progress: any ProgressReporter, interruption: Interruption
    ) throws -> RunOutcome {
        try RunExecutor(
            plan: run, dataset: dataset, resultsRoot: resultsRoot, team: team, checkpointSteps: checkpointSteps,
            progress: progress, interruption: interruption, saveInterval: saveInterval
        ).run(again: isForced)
    }
}

/// Makes the runs of a plan side by side, a few at a time, each in a process that makes no other meanwhile. Whatever happens
/// to one run, the others go on: a worker that has ended is replaced.
final class WorkerPool {
    private let plan: Plan
    private let arguments: [String]
    private let progress: SideBySideProgress
    private let mailbox = Mailbox<(worker: Int, message: WorkerProcess.Message)>()
    private var waiting: ArraySlice<Plan.Entry>
    private var workers: [Int: WorkerProcess] = [:]
    /// The runs that go on, by the number of their worker.
    private var running: [Int: Running] = [:]
    private var nextNumber = 0
    private var isStopping = false

    private struct Running {
        let entry: Plan.Entry
        let threads: Int
        /// Whether it has told that it began: there was something to do.
        var hasBegun = false
    }

    init(_ plan: Plan, workspace: Workspace, progress: SideBySideProgress) {
        self.plan = plan
        self.progress = progress
        arguments = [RunWorker.configuration.commandName ?? "", "--root=\(workspace.rootFolder.path)"]
        waiting = plan.needed[...]
    }

    /// Makes all runs, and tells of each that begins and ends. When an interruption is requested no run begins any more, and
    /// those that go on save and end.
    func run(
        _ interruption: Interruption, began: (Plan.Entry) -> Void, ended: (Plan.Entry, Session.Outcome) -> Void
    ) {
        while !running.isEmpty || (!waiting.isEmpty && !isStopping) {
            if interruption.isRequested, !isStopping {
                isStopping = true
                for worker in workers.values { worker.give(RunWorkerOrder.stop) }
            }
            while !isStopping, running.count < plan.jobs, !waitsForThreads, let entry = waiting.popFirst() {
                began(entry)
                do { try start(entry) } catch {
                    progress.noted("error: \(entry.run.title): \(error)")
                    ended(entry, .failed(isBadInput: false))
                }
            }
            guard let (number, message) = mailbox.next(within: 0.1) else {
                progress.refresh()
                continue
            }
            if let (entry, ending) = take(message, of: number) { ended(entry, ending) }
        }
    }

    // MARK: Beginning

    private func start(_ entry: Plan.Entry) throws {
        let threads = threadsForNext
        let number = try idleWorker()
        running[number] = Running(entry: entry, threads: threads)
        workers[number]?.give(RunWorkerOrder.make(plan.order(for: entry, threads: threads)))
        progress.started(entry.run.title)
    }

    /// The number of a worker that has nothing to do, or of a new one.
    private func idleWorker() throws -> Int {
        if let idle = workers.keys.filter({ running[$0] == nil }).min() { return idle }
        let number = nextNumber
        nextNumber += 1
        workers[number] = try WorkerProcess(arguments: arguments) { [mailbox] in mailbox.post((number, $0)) }
        return number
    }

    /// Whether the last runs wait for those that go on, to have all threads then.
    private var waitsForThreads: Bool {
        let secondsLeft = running.values.map { run in
            (run.entry.expected ?? .infinity) * (1 - progress.share(of: run.entry.run.title))
        }
        guard let next = waiting.first, let last = secondsLeft.max() else { return false }
        return RunSchedule.waits(
            left: waiting.count, jobs: plan.jobs, seconds: next.expected ?? 0, untilAllAreFree: last)
    }

    /// The threads that are free, split over the runs that can begin now.
    private var threadsForNext: Int {
        let free = plan.options.threadCount - running.values.reduce(0) { $0 + $1.threads }
        return max(1, free / min(plan.jobs - running.count, waiting.count + 1))
    }

    // MARK: How runs end

    /// Takes a message of a worker. Returns the run with its ending, where one has ended.
    private func take(_ message: WorkerProcess.Message, of number: Int) -> (Plan.Entry, Session.Outcome)? {
        switch message {
        case .line(let line):
            return take(line, of: number)
        case .ended(let termination):
            workers[number] = nil
            guard let run = close(number) else { return nil }
            if case .exit(ExitCode.interrupted.rawValue) = termination {
                return (run.entry, ending(ExitCode.interrupted.rawValue, of: run))
            }
            progress.noted("error: \(run.entry.run.title): \(termination)")
            return (run.entry, .failed(isBadInput: false))
        }
    }

    private func take(_ line: [UInt8], of number: Int) -> (Plan.Entry, Session.Outcome)? {
        let name = running[number]?.entry.run.title ?? "a worker without a run"
        guard let event = try? JSONLine.value(RunEvent.self, in: line) else {
            // An error, or what the system says about a crash.
            let text = String(decoding: line, as: UTF8.self)
            progress.noted(text.contains(name) ? text : "\(name): \(text)")
            return nil
        }
        if case .closed(let code) = event {
            // One that was asked to stop, by whomever, makes no other run.
            if code == ExitCode.interrupted.rawValue { workers[number] = nil }
            return close(number).map { ($0.entry, ending(code, of: $0)) }
        }
        if case .began = event { running[number]?.hasBegun = true }
        progress.took(event, of: name)
        return nil
    }

    /// Takes note that a worker no longer makes its run.
    private func close(_ number: Int) -> Running? {
        guard let run = running.removeValue(forKey: number) else { return nil }
        progress.closed(run.entry.run.title)
        return run
    }

    private func ending(_ code: Int32, of run: Running) -> Session.Outcome {
        switch ExitCode(code) {
        case .success: return run.hasBegun ? .made : .kept
        case .interrupted where isStopping: return .interrupted
        case .interrupted:
            progress.noted("error: \(run.entry.run.title): someone stopped its process; the same command continues it")
            return .failed(isBadInput: false)
        case let code: return .failed(isBadInput: code == .badInput || code == .dataUnavailable)
        }
    }
}
