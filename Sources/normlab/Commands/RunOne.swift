import ArgumentParser
import Foundation
import Harness
import Kernels

/// `normlab run-one`: makes one run and tells how it goes by events on standard output. `run` and `reproduce` start it when
/// they make runs side by side, nobody else.
struct RunOne: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-one", abstract: "Make one run, on orders from standard input.", shouldDisplay: false)

    /// The line on standard input that asks it to save and end.
    static let stopOrder = "stop"

    @Argument(help: "The experiment.")
    var experiment: String

    @Option(help: "The arm's exact name.")
    var arm: String

    @Option(help: "The seed.")
    var seed: UInt64

    @Option(help: "The check value of the run that was planned.")
    var hash: String

    @Option(help: "Steps after which a checkpoint is written.")
    var checkpointAt: StepList?

    @OptionGroup var laboratory: Laboratory
    @OptionGroup var options: RunOptions

    func run() throws {
        // Control-C reaches the whole group of processes: the one that started this says what is to be done about it.
        signal(SIGINT, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let interruption = Interruption.onSignals()
        Self.obeyOrders(interruption)
        try Ending.reporting {
            let chooser = DatasetChooser(search: laboratory.dataSearch, mayFetch: false)
            let declared = try laboratory.experiments([experiment], overrides: try options.overrides())[0]
            let part = try Campaign.Part(declared, options: options, chooser: chooser)
            let campaign = Campaign(
                options: options, resultsRoot: laboratory.resultsRoot, parts: [part],
                checkpointSteps: checkpointAt?.values ?? [])
            let plans = try part.experiment.runs(profile: options.profile, seeds: [seed])
            let dataset = try part.dataset.load()
            guard let plan = plans.first(where: { $0.arm.name == arm }),
                campaign.check(of: plan, on: dataset).hash == hash
            else {
                Terminal.complain("error: its experiment's files have changed since the command began: run it again")
                throw Ending.badInput
            }
            let outcome = try campaign.make(
                plan, on: dataset, team: Team(threads: options.threadCount), progress: EventProgress(),
                interruption: interruption)
            if outcome.isInterrupted { throw Ending.interrupted }
        }
    }

    /// Saves and ends at the order to stop; ends at once when whoever gives orders is gone.
    private static func obeyOrders(_ interruption: Interruption) {
        Thread.detachNewThread {
            while let line = readLine() {
                if line == stopOrder { interruption.request() }
            }
            _exit(Ending.interrupted.rawValue)
        }
    }
}
