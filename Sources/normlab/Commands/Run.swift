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
    var checkpointAt: String?

    func run() throws {
        try Ending.reporting {
            try Workday(
                laboratory: laboratory, options: options, names: experiments, checkpointSteps: try checkpointSteps(),
                mayFetch: false, drawsFigures: false
            ).run()
        }
    }

    private func checkpointSteps() throws -> Set<Int> {
        let words = checkpointAt?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        let steps = words.map { Int($0) }
        guard steps.allSatisfy({ ($0 ?? -1) >= 0 }) else {
            throw ValidationError("--checkpoint-at \(checkpointAt ?? ""): expected numbers of steps such as 0,100")
        }
        return Set(steps.compactMap(\.self))
    }
}
