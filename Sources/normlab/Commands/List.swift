import ArgumentParser
import Harness

/// `normlab list`: the experiments.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the experiments with their arms, or every run.")

    @OptionGroup var workspace: Workspace

    @Option(name: .shortAndLong, help: "The profile whose runs --expand lists.")
    var profile = "quick"

    @Flag(name: .long, help: "List every run, one a line: experiment, arm, seed, steps.")
    var expand = false

    func run() throws {
        let experiments = try workspace.experiments([])
        for (index, experiment) in experiments.enumerated() {
            if expand {
                for run in try experiment.runs(profile: profile) {
                    Terminal.print("\(experiment.name)\t\(run.arm)\t\(run.seed)\t\(run.steps)")
                }
                continue
            }
            if index > 0 { Terminal.print() }
            Terminal.print("\(experiment.name): \(experiment.title)")
            Terminal.print("  \(experiment.question)")
            Terminal.print("  source    \(experiment.source)")
            Terminal.print("  data      \(experiment.datasets.joined(separator: ", else "))")
            Terminal.print("  arms      \(Self.arms(of: experiment))")
            let profiles = experiment.profiles.values.sorted { $0.steps < $1.steps }
            for profile in profiles {
                let runs = try experiment.runs(profile: profile.name).count
                Terminal.print("  \(Text.padded(profile.name, 8))  \(runs) runs of \(profile.steps) steps")
            }
            Terminal.print("  claims    \(experiment.claims.map(\.id).joined(separator: ", "))")
        }
    }

    /// The names of the arms; those of a sweep by their groups.
    static func arms(of experiment: Experiment) -> String {
        var groups: [(name: String, count: Int)] = []
        for arm in experiment.arms {
            if let index = groups.firstIndex(where: { $0.name == arm.group }) {
                groups[index].count += 1
            } else {
                groups.append((arm.group, 1))
            }
        }
        return groups.map { $0.count > 1 ? "\($0.name) (\($0.count) points)" : $0.name }.joined(separator: ", ")
    }
}
