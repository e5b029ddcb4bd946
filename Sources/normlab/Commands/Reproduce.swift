import ArgumentParser

struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get the data, train what is missing, draw the figures, judge the claims.",
        discussion: "Running it again does only what is missing or stale, and says why.")

    @Argument(help: "Experiments or suites (default: all).", completion: Completions.experiments)
    var experiments: [String] = []

    @OptionGroup var workspace: Workspace
    @OptionGroup var options: RunOptions

    func run() throws {
        try Session.run(experiments, in: workspace, options: options, fetchesData: true, drawsFigures: true)
    }
}
