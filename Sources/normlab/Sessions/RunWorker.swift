import ArgumentParser
import Experiments
import Foundation
import Kernels
import Running

/// `normlab run-worker`: makes one run after the other, on orders from standard input, and tells how it goes by events on
/// standard output. `run` and `reproduce` start it when they make runs side by side, nobody else.
struct RunWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-worker", abstract: "Make runs, on orders from standard input.", shouldDisplay: false)

    @OptionGroup var workspace: Workspace

    func run() throws {
        // Control-C reaches the whole group of processes: the one that started this says what is to be done about it.
        signal(SIGINT, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let interruption = Interruption.onSignals()
        let orders = Mailbox<RunWorkerOrder>.orders { if case .stop = $0 { interruption.request() } }
        // Data that one run has read, and what was fitted to them, serve the next.
        let chooser = DatasetChooser(search: workspace.dataSearch, mayFetch: false)
        let events = EventProgress()
        while !interruption.isRequested {
            guard case .make(let order) = orders.next(within: 1) else { continue }
            do {
                try make(order, chooser, events, interruption)
                events.closed(code: ExitCode.success.rawValue)
            } catch {
                if !(error is ExitCode) { Terminal.error(error) }
                events.closed(code: ExitCode(for: error).rawValue)
            }
        }
        throw ExitCode.interrupted
    }

    private func make(
        _ order: RunOrder, _ chooser: DatasetChooser, _ events: EventProgress, _ interruption: Interruption
    ) throws {
        let dataset = try chooser.choose([], wanted: order.dataset).provider.load()
        let check = StalenessCheck(plan: order.run, dataset: dataset.name, checksum: dataset.checksum)
        guard check.hash == order.hash else {
            Terminal.error("\(order.run.title): its data have changed since the command began: run it again")
            throw ExitCode.badInput
        }
        let outcome = try order.make(
            on: dataset, team: Team(threads: order.threads), progress: events, interruption: interruption)
        if outcome.isInterrupted { throw ExitCode.interrupted }
    }
}
