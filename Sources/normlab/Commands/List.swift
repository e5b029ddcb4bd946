import ArgumentParser
import Experiments
import Results

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the experiments with their arms, or every run.")

    @Argument(help: "Experiments or suites (default: all).", completion: Completions.experiments)
    var experiments: [String] = []

    @OptionGroup var workspace: Workspace

    @Option(name: .shortAndLong, help: "The profile whose runs --expand lists.")
    var profile = "quick"

    @Flag(name: .long, help: "List every run, one a line: experiment, arm, seed, steps.")
    var expand = false

    func run() throws {
        let entries = try workspace.entries(experiments)
        let experiments = try workspace.experiments(experiments)
        if expand {
            for run in try experiments.flatMap({ try $0.runs(profile: profile) }) {
                Terminal.print("\(run.experiment)\t\(run.arm)\t\(run.seed)\t\(run.steps)")
            }
            return
        }
        var suite: String?
        for (entry, experiment) in zip(entries, experiments) {
            if entry.suite != suite { Terminal.print("━━ \(heading(of: entry.suite))\n") }
            suite = entry.suite
            Terminal.print(try description(of: experiment))
        }
    }

    /// The name of a suite with the heading of its README.
    private func heading(of suite: String?) -> String {
        guard let suite else { return "not in a suite" }
        let file = workspace.rootFolder.appending(path: "Experiments/\(suite)/README.md")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        guard let heading = text.split(separator: "\n").first, heading.hasPrefix("# ") else { return suite }
        return "\(suite): \(heading.dropFirst(2))"
    }

    private func description(of experiment: Experiment) throws -> String {
        let profiles = try Profile.names.compactMap { experiment.profiles[$0] }.map {
            let runs = try experiment.runs(profile: $0.name).count
            return "  \(Phrase.padded($0.name, to: 8))  \(runs) runs of \(Phrase.count($0.steps, "step"))\n"
        }
        return """
            \(experiment.name): \(experiment.title)
              \(experiment.question)
              source    \(experiment.source)
              data      \(experiment.datasets.joined(separator: ", else "))
              arms      \(Self.arms(of: experiment))
            \(profiles.joined())\
              claims    \(experiment.claims.map(\.id).joined(separator: ", "))

            """
    }

    /// The names of the arms; those of a sweep by their groups.
    static func arms(of experiment: Experiment) -> String {
        let groups = experiment.arms.map(\.group)
        return groups.enumerated().filter { groups.firstIndex(of: $1) == $0 }.map { _, name in
            let count = groups.count { $0 == name }
            return count > 1 ? "\(name) (\(count) points)" : name
        }.joined(separator: ", ")
    }
}
