import ArgumentParser
import Claims
import Experiments
import Foundation

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judge the claims from the results at hand; exit code 2 where one is not reproduced.")

    @Argument(help: "Experiments or suites (default: all).", completion: Completions.experiments)
    var experiments: [String] = []

    @OptionGroup var workspace: Workspace

    @Option(name: .shortAndLong, help: "Whose results: smoke, quick or paper.", completion: Completions.profiles)
    var profile = "quick"

    func run() throws {
        var isAnyRefuted = false
        var isAnyJudged = false
        for experiment in try workspace.experiments(experiments).flatMap({
            workspace.withSubstitutes($0, profile: profile)
        }) {
            let summary = try experiment.summary(profile: profile, resultsRoot: workspace.resultsRoot)
            guard !summary.runs.runs.isEmpty else {
                Terminal.note(
                    "\(experiment.name): no results yet: run  normlab reproduce \(experiment.name) -p \(profile)")
                continue
            }
            isAnyJudged = true
            try summary.write(others: [experiment.figuresFile])
            for remark in summary.remarks { Terminal.note("note: \(remark)") }
            Terminal.print("\(experiment.name): \(experiment.title)\n")
            Terminal.print(ClaimsTable(summary.claims).text(width: Terminal.width))
            isAnyRefuted = isAnyRefuted || summary.claims.contains { $0.verdict == .notReproduced }
        }
        if !isAnyJudged { throw ExitCode.failure }
        if isAnyRefuted { throw ExitCode.claimNotReproduced }
    }
}
