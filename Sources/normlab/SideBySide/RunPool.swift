import Foundation
import Harness

/// How one run of an agenda ended.
enum RunEnding {
    /// It was made: finished or diverged.
    case made
    /// It was up to date.
    case kept
    /// It was saved and can be continued.
    case interrupted
    /// It was not, for the reason that was told.
    case failed(isBadInput: Bool)
}

/// Makes runs side by side, some at a time, each in a process that makes no other meanwhile. Whatever happens to one, the
/// others go on: a process that has ended is replaced.
final class RunPool {
    private let agenda: Agenda
    private let laboratory: Laboratory
    private let progress: SideBySideProgress
    private let mailbox = Mailbox<(process: Int, message: RunProcess.Message)>()
    private var waiting: ArraySlice<Agenda.Entry>
    private var processes: [Int: RunProcess] = [:]
    /// The runs that go on, by the number of their process.
    private var running: [Int: Running] = [:]
    private var nextNumber = 0
    private var isStopping = false

    private struct Running {
        let entry: Agenda.Entry
        let threads: Int
        /// Whether it has told that it began: there was something to do.
        var hasBegun = false
    }

    /// A pool for the runs of an agenda that are to be made.
    init(_ agenda: Agenda, laboratory: Laboratory, progress: SideBySideProgress) {
        self.agenda = agenda
        self.laboratory = laboratory
        self.progress = progress
        waiting = agenda.needed[...]
    }

    /// Makes all runs.
    ///
    /// - Parameters:
    ///   - interruption: when it is requested no run begins any more, and those that go on save and end.
    ///   - began: told of every run that begins.
    ///   - ended: told of every run that has ended, and how.
    func run(
        _ interruption: Interruption, began: (Agenda.Entry) -> Void, ended: (Agenda.Entry, RunEnding) throws -> Void
    ) throws {
        // A run's process that is gone is no reason to go: writing to it fails, and that is all.
        signal(SIGPIPE, SIG_IGN)
        while !running.isEmpty || (!waiting.isEmpty && !isStopping) {
            if interruption.isRequested, !isStopping {
                isStopping = true
                for process in processes.values { process.give(.stop) }
            }
            while !isStopping, running.count < agenda.jobs, !isWaiting, let entry = waiting.popFirst() {
                began(entry)
                do { try start(entry) } catch {
                    progress.noted("error: \(entry.plan.title): \(error)")
                    try ended(entry, .failed(isBadInput: false))
                }
            }
            guard let (number, message) = mailbox.next(within: 0.1) else {
                progress.refresh()
                continue
            }
            if let (entry, ending) = take(message, of: number) { try ended(entry, ending) }
        }
    }

    // MARK: One run

    private func start(_ entry: Agenda.Entry) throws {
        let threads = threadsForNext()
        let number = try idleProcess()
        running[number] = Running(entry: entry, threads: threads)
        processes[number]?.give(.make(request(entry, threads: threads)))
        progress.started(entry.plan.title)
    }

    /// The number of a process that waits, or of a new one.
    private func idleProcess() throws -> Int {
        if let idle = processes.keys.filter({ running[$0] == nil }).min() { return idle }
        let number = nextNumber
        nextNumber += 1
        processes[number] = try RunProcess(arguments: arguments) { [mailbox] message in
            mailbox.post((number, message))
        }
        return number
    }

    /// Whether the last runs wait for those that go on, to have all threads then.
    private var isWaiting: Bool {
        let secondsLeft = running.values.map { run in
            (run.entry.expected ?? .infinity) * (1 - progress.share(of: run.entry.plan.title))
        }
        guard let next = waiting.first, let last = secondsLeft.max() else { return false }
        return RunSchedule.waits(
            left: waiting.count, jobs: agenda.jobs, seconds: next.expected ?? 0, untilAllAreFree: last)
    }

    /// The threads that are free, split over the runs that can begin now.
    private func threadsForNext() -> Int {
        let free = agenda.campaign.options.threadCount - running.values.reduce(0) { $0 + $1.threads }
        return max(1, free / min(agenda.jobs - running.count, waiting.count + 1))
    }

    private func request(_ entry: Agenda.Entry, threads: Int) -> RunRequest {
        let (plan, campaign) = (entry.plan, agenda.campaign)
        let part = campaign.parts[entry.part]
        return RunRequest(
            experiment: part.file, dataset: part.source.name, arm: plan.arm.name, seed: plan.seed,
            hash: campaign.check(of: plan, on: entry.dataset).hash, threads: threads)
    }

    /// What all processes are told that make runs of this agenda.
    private var arguments: [String] {
        let campaign = agenda.campaign
        var arguments = [
            "--profile=\(campaign.options.profile)", "--save-every=\(campaign.options.saveEvery)",
            "--root=\(laboratory.rootFolder.path)", "--results=\(campaign.resultsRoot.path)",
        ]
        arguments += campaign.options.set.map { "--set=\($0)" }
        if campaign.options.force { arguments.append("--force") }
        let checkpoints = campaign.checkpointSteps.sorted().map(String.init).joined(separator: ",")
        if !checkpoints.isEmpty { arguments.append("--checkpoint-at=\(checkpoints)") }
        return arguments
    }

    /// Takes a message of a process.
    ///
    /// - Returns: the run with its ending, where one has ended.
    private func take(_ message: RunProcess.Message, of number: Int) -> (Agenda.Entry, RunEnding)? {
        switch message {
        case .line(let line):
            return take(line, of: number)
        case .exited(let code):
            processes[number] = nil
            return close(number).map { ($0.entry, ending(code, of: $0)) }
        case .killed(let signal):
            processes[number] = nil
            return close(number).map { run in
                progress.noted(
                    "error: \(run.entry.plan.title): its process was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
                )
                return (run.entry, .failed(isBadInput: false))
            }
        }
    }

    private func take(_ line: [UInt8], of number: Int) -> (Agenda.Entry, RunEnding)? {
        let name = running[number]?.entry.plan.title ?? "a process without a run"
        guard let event = RunEvent(line: line) else {
            // An error, or what the system says about a crash.
            let text = String(decoding: line, as: UTF8.self)
            progress.noted(text.contains(name) ? text : "\(name): \(text)")
            return nil
        }
        if case .closed(let code) = event {
            // One that was asked to stop, by whomever, makes no other run.
            if code == Ending.interrupted.rawValue { processes[number] = nil }
            return close(number).map { ($0.entry, ending(code, of: $0)) }
        }
        if case .began = event { running[number]?.hasBegun = true }
        progress.took(event, of: name)
        return nil
    }

    /// Takes note that a process no longer makes its run.
    private func close(_ number: Int) -> Running? {
        guard let run = running.removeValue(forKey: number) else { return nil }
        progress.closed(run.entry.plan.title)
        return run
    }

    private func ending(_ code: Int32, of run: Running) -> RunEnding {
        switch code {
        case 0: return run.hasBegun ? .made : .kept
        case Ending.interrupted.rawValue where isStopping: return .interrupted
        case Ending.interrupted.rawValue:
            progress.noted("error: \(run.entry.plan.title): someone stopped its process; the same command continues it")
            return .failed(isBadInput: false)
        default:
            return .failed(isBadInput: [Ending.badInput, Ending.dataUnavailable].map(\.rawValue).contains(code))
        }
    }
}
