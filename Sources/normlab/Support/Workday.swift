import ArgumentParser
import Datasets
import Foundation
import Harness
import Kernels

/// What `reproduce` and `run` do: read every experiment, choose the data, train, summarize, draw, judge, and say all of it.
struct Workday {
    let laboratory: Laboratory
    let options: RunOptions
    let names: [String]
    let checkpointSteps: Set<Int>
    let mayFetch: Bool
    let drawsFigures: Bool

    func run() throws {
        let start = ContinuousClock.now
        let interruption = Interruption.onSignals()
        let campaign = try campaign(of: try laboratory.experiments(names, overrides: try options.overrides()))
        if options.dryRun {
            try campaign.announce()
            return
        }
        try greet(campaign)
        let team = Team(threads: options.threadCount)
        var outcome = Campaign.Outcome()
        var judged: [ClaimResult] = []
        for part in campaign.parts {
            Terminal.complain("\n\(part.experiment.name): \(part.experiment.title)")
            try campaign.run(part, team: team, interruption: interruption, outcome: &outcome)
            if outcome.isInterrupted { break }
            judged += try report(part.experiment, &outcome)
        }
        let elapsed = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        try close(outcome, judged, seconds: elapsed)
    }

    private func campaign(of experiments: [Experiment]) throws -> Campaign {
        let chooser = DatasetChooser(search: laboratory.dataSearch, mayFetch: mayFetch && !options.dryRun)
        let parts = try experiments.map { experiment in
            let (source, provider) = try chooser.choose(experiment.datasets, wanted: options.dataset)
            let variation = options.variation(preferred: experiment.datasets.first, used: source.name)
            return Campaign.Part(experiment: experiment.varied(variation), source: source, dataset: provider)
        }
        let campaign = Campaign(
            options: options, resultsRoot: laboratory.resultsRoot, parts: parts, checkpointSteps: checkpointSteps)
        // Unknown arms and profiles are reported before anything is trained.
        for part in parts { _ = try campaign.plans(of: part) }
        return campaign
    }

    private func greet(_ campaign: Campaign) throws {
        let machine = Provenance.current
        Terminal.complain(
            "NormLab \(Version.number), profile \(options.profile), \(Text.counted(options.threadCount, "thread")) on \(machine.processor)"
        )
        for part in campaign.parts {
            let runs = try campaign.plans(of: part)
            let steps = runs.first?.steps ?? 0
            Terminal.complain(
                "  \(Text.padded(part.experiment.name, 18))  \(Text.counted(runs.count, "run")) of \(steps) steps on \(part.source.name)"
                    + (part.source.isSynthetic ? " (synthetic)" : ""))
        }
    }

    /// Writes the summary, draws the figures and prints the claims of an experiment.
    private func report(_ experiment: Experiment, _ outcome: inout Campaign.Outcome) throws -> [ClaimResult] {
        let summary = try ExperimentSummary(experiment, profile: options.profile, resultsRoot: laboratory.resultsRoot)
        try summary.write()
        for remark in summary.remarks { Terminal.complain("note: \(remark)") }
        if drawsFigures, !Drawing.draw(experiment: summary.runs.folder) {
            outcome.failures.append("figures of \(experiment.name)")
        }
        if !summary.claims.isEmpty {
            Terminal.say()
            Terminal.say(ClaimsTable(summary.claims).text(width: Terminal.width))
        }
        return summary.claims
    }

    private func close(_ outcome: Campaign.Outcome, _ claims: [ClaimResult], seconds: Double) throws {
        if outcome.isInterrupted {
            Terminal.complain("Interrupted. The same command continues where it stopped.")
            throw Ending.interrupted
        }
        let counts = Verdict.allCases.map { verdict in
            "\(claims.filter { $0.verdict == verdict }.count) \(verdict.rawValue)"
        }
        Terminal.say(
            "\(Text.counted(outcome.made, "run")) made, \(outcome.kept) up to date, in \(Text.duration(seconds)). Claims: "
                + counts.joined(separator: ", ") + ".")
        Terminal.say("Results: \(laboratory.resultsFolder(profile: options.profile).path)")
        if !outcome.failures.isEmpty {
            Terminal.complain("Failed: \(outcome.failures.joined(separator: ", "))")
            throw outcome.hasOnlyBadInput ? Ending.badInput : Ending.failed
        }
    }
}
