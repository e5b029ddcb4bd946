import ArgumentParser

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the runs of experiments, with checkpoints at chosen steps if wanted.",
        discussion: """
            With --set or --dataset the results go to a folder of their own, named after the change, so that they never \
            replace the experiment's own.
            """)

    @Argument(help: "Experiments or suites.", completion: Completions.experiments)
    var experiments: [String]

    @OptionGroup var workspace: Workspace
    @OptionGroup var options: RunOptions

    @Option(name: .long, help: "Write checkpoints after these numbers of updates too: 0,100.")
    var checkpointAt: NumberList<Int>?

    func run() throws {
        try Session.run(
            experiments, in: workspace, options: options, checkpointSteps: Set(checkpointAt?.values ?? []),
            fetchesData: false, drawsFigures: false)
    }
}
