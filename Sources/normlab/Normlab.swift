import ArgumentParser

/// The program: one subcommand a file, in `Commands/`.
@main
struct Normlab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normlab",
        abstract: "A laboratory for one question: what does normalization do to the training of a deep network?",
        discussion: """
            An experiment is a file in Experiments/: it names the arms to train, the figures to draw and the published \
            claims to test. Results go to Results/<profile>/<experiment>/ as CSV, PNG and SVG.

            Exit codes: 0 done · 1 failed · 2 a claim was not reproduced (verify) · 64 usage · 65 bad configuration or \
            data · 69 data unavailable · 75 interrupted, resumable.
            """,
        version: "NormLab \(Version.number)",
        subcommands: [
            Reproduce.self, Run.self, List.self, Show.self, Compare.self, DrawFigures.self, Verify.self,
            Claims.self, Data.self, Bench.self, BenchWorker.self, RunWorker.self, Schema.self,
        ])

    static func main() {
        Terminal.openStandardDescriptors()
        Processor.check()
        main(nil)
    }
}
