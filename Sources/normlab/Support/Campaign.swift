import Datasets
import Foundation
import Harness
import Kernels
import Results

/// The runs of some experiments: what is finished and up to date is kept, what was interrupted continues.
struct Campaign {
    /// An experiment with the data set that it uses here.
    struct Part {
        /// The name of the experiment's file.
        let file: String
        /// The experiment, named after what the command line changes.
        let experiment: Experiment
        let source: DatasetSource
        let dataset: DatasetProvider

        /// An experiment as declared, with the options that change it.
        init(_ declared: Experiment, options: RunOptions, chooser: DatasetChooser) throws {
            file = declared.name
            (source, dataset) = try chooser.choose(declared.datasets, wanted: options.dataset)
            experiment = declared.varied(
                options.variation(preferred: declared.datasets.first, used: source.name))
        }
    }

    let options: RunOptions
    let resultsRoot: URL
    let parts: [Part]
    let checkpointSteps: Set<Int>

    /// The plans of one part.
    func plans(of part: Part) throws -> [RunPlan] {
        try part.experiment.runs(profile: options.profile, seeds: options.seeds?.values, arms: options.armPatterns)
    }

    /// What tells whether a plan is up to date.
    func check(of plan: RunPlan, on dataset: Dataset) -> StalenessCheck {
        StalenessCheck(
            plan: plan, dataset: dataset.name, checksum: dataset.checksum, checkpointSteps: checkpointSteps)
    }

    /// The folder of a plan's run.
    func folder(of plan: RunPlan) -> RunFolder {
        RunFolder(
            root: resultsRoot, profile: plan.profile.name, experiment: plan.experiment, arm: plan.arm.name,
            seed: plan.seed)
    }

    /// Makes one run in this process, or what is left of it.
    ///
    /// - Throws: `RunError`.
    func make(
        _ plan: RunPlan, on dataset: Dataset, team: Team, progress: any ProgressReporter, interruption: Interruption
    ) throws -> RunOutcome {
        try RunExecutor(
            plan: plan, dataset: dataset, resultsRoot: resultsRoot, team: team, checkpointSteps: checkpointSteps,
            progress: progress, interruption: interruption, saveInterval: options.saveEvery
        ).run(again: options.force)
    }
}
