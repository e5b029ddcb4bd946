import ArgumentParser
import Harness

/// `normlab run`: trains, and leaves the drawing to `figures`.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the runs of experiments, with checkpoints at chosen steps if wanted.",
        discussion: """
            With --set or --dataset the results go to a folder of their own, named after the change, so that they never \
            replace the experiment's own.
            """)

    @Argument(help: "Experiments.", completion: Completions.experiments)
    var experiments: [String]

    @OptionGroup var laboratory: Laboratory
    @OptionGroup var options: RunOptions

    @Option(name: .long, help: "Write checkpoints after these numbers of updates too: 0,100.")
    var checkpointAt: StepList?

    func run() throws {
        try Ending.reporting {
            try Workday(
                laboratory: laboratory, options: options, names: experiments,
                checkpointSteps: checkpointAt?.values ?? [], mayFetch: false, drawsFigures: false
            ).run()
        }
    }
}
