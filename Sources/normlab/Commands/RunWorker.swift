import ArgumentParser
import Foundation
import Harness
import Kernels

/// `normlab run-worker`: makes one run after the other, on orders from standard input, and tells how it goes by events on
/// standard output. `run` and `reproduce` start it when they make runs side by side, nobody else.
struct RunWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-worker", abstract: "Make runs, on orders from standard input.", shouldDisplay: false)

    @Option(help: "Steps after which a checkpoint is written.")
    var checkpointAt: StepList?

    @OptionGroup var laboratory: Laboratory
    @OptionGroup var options: RunOptions

    func run() throws {
        // Control-C reaches the whole group of processes: the one that started this says what is to be done about it.
        signal(SIGINT, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let interruption = Interruption.onSignals()
        let orders = Self.orders(interruption)
        // Data that one run has read, and what was fitted to them, serve the next.
        let chooser = DatasetChooser(search: laboratory.dataSearch, mayFetch: false)
        let events = EventProgress()
        while !interruption.isRequested {
            guard case .make(let request) = orders.next(within: 1) else { continue }
            events.closed(code: code { try make(request, chooser, events, interruption) })
        }
        throw Ending.interrupted
    }

    private func make(
        _ request: RunRequest, _ chooser: DatasetChooser, _ events: EventProgress, _ interruption: Interruption
    ) throws {
        var options = options
        options.dataset = request.dataset
        let declared = try laboratory.experiments([request.experiment], overrides: try options.overrides())[0]
        let part = try Campaign.Part(declared, options: options, chooser: chooser)
        let campaign = Campaign(
            options: options, resultsRoot: laboratory.resultsRoot, parts: [part],
            checkpointSteps: checkpointAt?.values ?? [])
        let plans = try part.experiment.runs(profile: options.profile, seeds: [request.seed])
        let dataset = try part.dataset.load()
        guard let plan = plans.first(where: { $0.arm.name == request.arm }),
            campaign.check(of: plan, on: dataset).hash == request.hash
        else {
            Terminal.complain("error: its experiment's files have changed since the command began: run it again")
            throw Ending.badInput
        }
        let outcome = try campaign.make(
            plan, on: dataset, team: Team(threads: request.threads), progress: events, interruption: interruption)
        if outcome.isInterrupted { throw Ending.interrupted }
    }

    /// The code with which a program would end that does this work and nothing else; what went wrong is printed.
    private func code(_ work: () throws -> Void) -> Int32 {
        do {
            try Ending.reporting(work)
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            Terminal.complain("error: \(error)")
            return Ending.failed.rawValue
        }
    }

    /// The orders from standard input, in their order. That to stop expresses the wish at once; the end of them, when whoever
    /// gives orders is gone, ends this process.
    private static func orders(_ interruption: Interruption) -> Mailbox<RunOrder> {
        let orders = Mailbox<RunOrder>()
        Thread.detachNewThread {
            while let line = readLine() {
                guard let order = RunOrder(line: line) else { continue }
                if order == .stop { interruption.request() }
                orders.post(order)
            }
            _exit(Ending.interrupted.rawValue)
        }
        return orders
    }
}
