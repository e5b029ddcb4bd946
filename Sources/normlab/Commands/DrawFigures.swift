import ArgumentParser
import Figures
import Foundation
import Harness

/// `normlab figures`: draws from the CSV files alone.
struct DrawFigures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures",
        abstract: "Draw the figures again from the CSV files of finished runs.",
        discussion: "Each figure is written as PNG and SVG with the plotted numbers beside it as CSV.")

    @Argument(help: "Experiments (default: every one that has results).", completion: Completions.experiments)
    var experiments: [String] = []

    @OptionGroup var laboratory: Laboratory

    @Option(name: .shortAndLong, help: "Whose results: smoke, quick, paper, or another folder of Results.")
    var profile = "quick"

    func run() throws {
        try Ending.reporting {
            let folder = laboratory.resultsFolder(profile: profile)
            let names = experiments.isEmpty ? ResultsListing.experiments(in: folder) : experiments
            if names.isEmpty {
                Terminal.complain("no results in \(folder.path): run  normlab reproduce -p \(profile)")
                throw Ending.failed
            }
            var failed = false
            let available = ResultsListing.experiments(in: folder)
            for name in names {
                guard available.contains(name) else {
                    Terminal.complain("\(name): no results yet: run  normlab reproduce \(name) -p \(profile)")
                    failed = true
                    continue
                }
                let drawn = Drawing.draw(experiment: folder.appending(path: name, directoryHint: .isDirectory))
                failed = failed || !drawn
            }
            if failed { throw Ending.failed }
        }
    }
}
