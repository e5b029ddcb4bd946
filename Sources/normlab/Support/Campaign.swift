import ArgumentParser
import Datasets
import Foundation
import Harness
import Kernels

/// The runs of some experiments, made one after the other: what is finished and up to date is kept, what was interrupted
/// continues, and the reason for every run is told.
struct Campaign {
    /// An experiment with the data set that it uses here.
    struct Part {
        let experiment: Experiment
        let source: DatasetSource
        let dataset: DatasetProvider
    }

    let options: RunOptions
    let resultsRoot: URL
    let parts: [Part]
    let checkpointSteps: Set<Int>

    /// What came of it.
    struct Outcome {
        var made = 0
        var kept = 0
        var failures: [String] = []
        var badInputs = 0
        var isInterrupted = false

        /// Whether everything that failed did so because data or network do not fit.
        var hasOnlyBadInput: Bool { badInputs == failures.count }
    }

    /// The plans of one part.
    func plans(of part: Part) throws -> [RunPlan] {
        try part.experiment.runs(profile: options.profile, seeds: options.seeds?.values, arms: options.armPatterns)
    }

    /// Prints what would be run and why.
    func announce() throws {
        for part in parts {
            let dataset = try part.dataset.load()
            let plans = try plans(of: part)
            Terminal.say("\(part.experiment.name): \(plans.count) runs on \(dataset.name)")
            for plan in plans {
                let state = state(of: plan, dataset)
                let word = state.needsRun || options.force ? "run " : "keep"
                let reason = !state.needsRun && options.force ? "forced" : state.reason
                Terminal.say("  \(word)  \(plan.arm.name) seed \(plan.seed), \(plan.steps) steps: \(reason)")
            }
        }
    }

    private func folder(of plan: RunPlan) -> RunFolder {
        RunFolder(
            root: resultsRoot, profile: plan.profile.name, experiment: plan.experiment, arm: plan.arm.name,
            seed: plan.seed)
    }

    private func state(of plan: RunPlan, _ dataset: Dataset) -> RunState {
        StalenessCheck(
            plan: plan, dataset: dataset.name, checksum: dataset.checksum, checkpointSteps: checkpointSteps
        ).state(of: folder(of: plan))
    }

    /// Makes the runs of a part. A run that fails is named and does not stop the others; an interruption does.
    func run(_ part: Part, team: Team, interruption: Interruption, outcome: inout Outcome) throws {
        let dataset = try part.dataset.load()
        let progress = ProgressStyle.automatic.reporter()
        for plan in try plans(of: part) {
            if interruption.isRequested {
                outcome.isInterrupted = true
                return
            }
            do {
                if options.force { try folder(of: plan).removeResults() }
                let result = try RunExecutor(
                    plan: plan, dataset: dataset, resultsRoot: resultsRoot, team: team,
                    checkpointSteps: checkpointSteps, progress: progress, interruption: interruption,
                    saveInterval: options.saveEvery
                ).run()
                if result.isInterrupted {
                    outcome.isInterrupted = true
                    return
                }
                if result.state.needsRun { outcome.made += 1 } else { outcome.kept += 1 }
            } catch {
                if (error as? RunError)?.isBadInput == true { outcome.badInputs += 1 }
                Terminal.complain("error: \(error)")
                outcome.failures.append("\(part.experiment.name)/\(plan.arm.name) seed \(plan.seed)")
            }
        }
    }
}
