import ArgumentParser
import Benchmarks
import Claims
import Engine
import Experiments
import Foundation
import Results

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare arms and experiments: what differs, how they end, how many steps they need.",
        discussion: """
            normlab compare lenet                                        every arm of an experiment
            normlab compare lenet/baseline lenet/lrn mnist-mlp           arms of several
            normlab compare lenet 'lenet@optimizer.sgd.rate=0.2'         results that --set made, by their folder's name
            normlab compare lenet --threshold 'best-of(baseline)'        steps to the best of an arm with the same seed
            normlab compare lenet --metric train-loss --threshold 0.1    steps to a training loss

            Only settings that differ are shown. Numbers are mean ± deviation over (n) seeds; runs that diverged are no \
            part of them; they are counted separately. A target counts as reached at the first evaluation that has it, as in claims; a \
            run that did not reach it counts with all its steps, which makes the mean a bound (≥).
            """)

    @Argument(
        help:
            "Experiments, suites, or EXPERIMENT/ARM with * for any characters (default: every experiment with results).",
        completion: Completions.experiments)
    var names: [String] = []

    @OptionGroup var workspace: Workspace

    @Option(name: .shortAndLong, help: "Whose results: smoke, quick or paper.", completion: Completions.profiles)
    var profile = "quick"

    @Option(help: "What is compared: test-accuracy, test-loss or train-loss.")
    var metric = Metric.testAccuracy

    @Option(help: "Show the steps to a target: 0.95, best-of(ARM) or best-of(EXPERIMENT/ARM).")
    var threshold: ComparisonTarget?

    @Flag(help: "How the table is printed (default: aligned columns).")
    var form: Form?

    enum Form: String, EnumerableFlag {
        case markdown, csv, json
    }

    func run() throws {
        let choices = try selections().map { selection in
            let runs = try ExperimentRuns(
                selection.experiment.declared(profile: profile), resultsRoot: workspace.resultsRoot)
            for remark in runs.remarks { Terminal.note("note: \(remark)") }
            return ArmComparison.Choice(runs, arms: try arms(of: selection, in: runs))
        }
        tell(try ArmComparison(choices, metric: metric, target: threshold))
    }

    // MARK: What is compared

    private struct Selection {
        let experiment: Experiment
        /// The arms that were named; nil for all that have results.
        var patterns: [String]?
    }

    private func selections() throws -> [Selection] {
        let folder = workspace.resultsFolder(profile: profile)
        var words = names
        if words.isEmpty {
            let known = workspace.library.names
            let found = workspace.experimentsWithResults(profile: profile).map {
                $0.components(separatedBy: "@dataset=")[0]
            }
            words = known.filter(found.contains)
        }
        if words.isEmpty {
            Terminal.error("no results in \(folder.path): run  normlab reproduce -p \(profile)")
            throw ExitCode.failure
        }
        var selections: [Selection] = []
        for (experiment, pattern) in try words.flatMap(experiments) {
            for experiment in workspace.withSubstitutes(experiment, profile: profile) {
                let index = selections.firstIndex { $0.experiment.name == experiment.name }
                if let index, let earlier = selections[index].patterns {
                    selections[index].patterns = pattern.map { earlier + [$0] }
                } else if index == nil {
                    selections.append(Selection(experiment: experiment, patterns: pattern.map { [$0] }))
                }
            }
        }
        return selections
    }

    /// The experiments that a word names, with the pattern of arms behind one.
    private func experiments(_ word: String) throws -> [(experiment: Experiment, pattern: String?)] {
        if word.hasSuffix(".yaml") { return [(try workspace.library.load(word), nil)] }
        if !word.contains("@"), let entries = try? workspace.library.find(word) {
            // Of a suite, what there is; of a single experiment the comparison says what is missing.
            let folders = workspace.experimentsWithResults(profile: profile).map {
                $0.components(separatedBy: "@dataset=")[0]
            }
            let found = entries.count == 1 ? entries : entries.filter { folders.contains($0.name) }
            if found.isEmpty {
                Terminal.error("no results of \(word): run  normlab reproduce \(word) -p \(profile)")
                throw ExitCode.failure
            }
            return try found.map { (try workspace.library.load($0), nil) }
        }
        guard let slash = word.lastIndex(of: "/") else { return [(try workspace.experiment(ofFolder: word), nil)] }
        return [(try workspace.experiment(ofFolder: String(word[..<slash])), String(word[slash...].dropFirst()))]
    }

    /// The arms that were named, or all that have results; without any, all, so that each is said to have none.
    private func arms(of selection: Selection, in runs: ExperimentRuns) throws -> [DeclaredExperiment.Arm] {
        if let patterns = selection.patterns {
            let named = try selection.experiment.arms(matching: patterns, option: selection.experiment.name).map(\.name)
            return runs.experiment.arms.filter { named.contains($0.name) }
        }
        let arms = runs.experiment.arms
        let complete = arms.filter { runs.hasResults(of: $0.name) }
        if complete.isEmpty { return arms }
        let missing = arms.filter { !runs.hasResults(of: $0.name) }.map(\.name)
        if !missing.isEmpty {
            Terminal.note("note: \(selection.experiment.name): no result of \(missing.joined(separator: ", "))")
        }
        return complete
    }

    // MARK: Printing

    private func tell(_ comparison: ArmComparison) {
        let table = ResultTable(
            title: "\(metric.rawValue), profile \(profile)", header: comparison.header, rows: comparison.cells,
            wordColumns: comparison.wordColumns)
        switch form {
        case .markdown: Terminal.print(table.markdown)
        case .csv: Terminal.print(comparison.csvText)
        case .json: Terminal.print(comparison.json)
        case nil: Terminal.print(table.text)
        }
    }
}

extension Metric: ExpressibleByArgument {}

extension ComparisonTarget: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
