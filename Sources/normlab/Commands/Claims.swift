import ArgumentParser
import Claims
import Experiments
import Foundation

struct Claims: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List every claim: who makes it, who disputes it, and what the results at hand say.",
        discussion: """
            Claims of experiments that have no results in this profile are listed too. normlab verify shows what was \
            measured, and has an exit code for claims that are not reproduced.
            """)

    @Argument(help: "Experiments or suites (default: all).", completion: Completions.experiments)
    var experiments: [String] = []

    @OptionGroup var workspace: Workspace

    @Option(name: .shortAndLong, help: "Whose results: smoke, quick or paper.", completion: Completions.profiles)
    var profile = "quick"

    @Flag(name: .long, help: "Print one Markdown table, with what was measured.")
    var markdown = false

    @Flag(name: .long, help: "With --markdown: leave out what was measured, as in the README.")
    var brief = false

    @Option(name: .long, help: "With --markdown: link experiments to their files in this folder.")
    var links: String?

    func validate() throws {
        if brief, !markdown { throw ValidationError("--brief is a form of --markdown") }
        if links != nil, !markdown { throw ValidationError("--links belongs to --markdown") }
    }

    func run() throws {
        let summaries = try workspace.experiments(experiments).flatMap {
            workspace.withSubstitutes($0, profile: profile)
        }.map { try $0.summary(profile: profile, resultsRoot: workspace.resultsRoot) }
        for summary in summaries {
            for remark in summary.remarks { Terminal.note("note: \(remark)") }
        }
        let ledger = ClaimsLedger(summaries)
        Terminal.print(markdown ? ledger.markdown(isBrief: brief, link: link) : ledger.text(width: Terminal.width))
    }

    /// The file of the experiment of a results folder in the folder of `--links`.
    private func link(_ name: String) -> String? {
        guard let links else { return nil }
        let entry = workspace.library.entries.first { $0.name == name.prefix { $0 != "@" } }
        return entry.map { "\(links)/\($0.suite.map { "\($0)/" } ?? "")\($0.name).yaml" }
    }
}
