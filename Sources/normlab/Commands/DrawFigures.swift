import ArgumentParser
import Figures
import Foundation

struct DrawFigures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures",
        abstract: "Draw the figures again from the CSV files of finished runs.",
        discussion: "Each figure is written as PNG and SVG with the plotted numbers beside it as CSV.")

    @Argument(help: "Experiments or suites (default: every one that has results).", completion: Completions.experiments)
    var experiments: [String] = []

    @OptionGroup var workspace: Workspace

    @Option(name: .shortAndLong, help: "Whose results: smoke, quick, paper, or another folder of Results.")
    var profile = "quick"

    func run() throws {
        let folder = workspace.resultsFolder(profile: profile)
        let available = workspace.experimentsWithResults(profile: profile)
        if experiments.isEmpty && available.isEmpty {
            Terminal.error("no results in \(folder.path): run  normlab reproduce -p \(profile)")
            throw ExitCode.failure
        }
        var isComplete = true
        for name in try experiments.isEmpty ? available : experiments.flatMap({ try names($0, among: available) }) {
            if available.contains(name) {
                let drawn = Self.draw(experiment: folder.appending(path: name, directoryHint: .isDirectory))
                isComplete = drawn && isComplete
            } else {
                Terminal.error("\(name): no results yet: run  normlab reproduce \(name) -p \(profile)")
                isComplete = false
            }
        }
        if !isComplete { throw ExitCode.failure }
    }

    /// The folders of results that a word stands for: one itself, or those of an experiment, or of those of a suite that have
    /// results.
    private func names(_ word: String, among available: [String]) throws -> [String] {
        if available.contains(word) { return [word] }
        let names = try workspace.entries([word]).map(\.name)
        let found = names.flatMap { name in available.filter { $0 == name || $0.hasPrefix("\(name)@dataset=") } }
        return found.isEmpty ? names : found
    }

    /// Draws every figure that an experiment's folder asks for; prints what was drawn and what could not be. Returns whether
    /// all of them were.
    static func draw(experiment folder: URL) -> Bool {
        func tell(_ files: [String]) {
            let pictures = files.filter { $0.hasSuffix(".png") }
            if !pictures.isEmpty { Terminal.print("Figures in \(folder.path): \(pictures.joined(separator: ", "))") }
        }
        do {
            tell(try FigureRenderer.renderAll(experimentFolder: folder).map(\.lastPathComponent))
            return true
        } catch {
            Terminal.error(error)
            if case .some(_, let drawn) = error { tell(drawn) }
            return false
        }
    }
}
