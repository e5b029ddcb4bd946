import ArgumentParser
import Datasets
import Foundation
import Harness
import Kernels
import Results

/// What `reproduce` and `run` do: read every experiment, choose the data, say what will be done and how long it will take,
/// train, summarize, draw, judge, and say all of it.
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
        let machine = Provenance.current
        Terminal.complain(
            "NormLab \(Version.number), profile \(options.profile), \(Text.counted(options.threadCount, "thread")) on \(machine.processor)"
        )
        Terminal.live("Measuring how long the runs will take …")
        let measured = Result { try Agenda(campaign) }
        Terminal.live("")
        let agenda = try measured.get()
        if options.dryRun {
            announce(agenda)
            return
        }
        Terminal.complain(TimeTable.plan(agenda))
        let shift = Shift(agenda, laboratory: laboratory, drawsFigures: drawsFigures)
        try shift.work(interruption)
        try close(shift, seconds: Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000)
    }

    private func campaign(of experiments: [Experiment]) throws -> Campaign {
        let chooser = DatasetChooser(search: laboratory.dataSearch, mayFetch: mayFetch && !options.dryRun)
        let parts = try experiments.map { try Campaign.Part($0, options: options, chooser: chooser) }
        let campaign = Campaign(
            options: options, resultsRoot: laboratory.resultsRoot, parts: parts, checkpointSteps: checkpointSteps)
        // Unknown arms and profiles are reported before any data are read.
        for part in parts { _ = try campaign.plans(of: part) }
        return campaign
    }

    /// Prints what would be run and why.
    private func announce(_ agenda: Agenda) {
        for (index, part) in agenda.campaign.parts.enumerated() {
            let entries = agenda.entries.filter { $0.part == index }
            Terminal.say("\(part.experiment.name): \(Text.counted(entries.count, "run")) on \(part.source.name)")
            for entry in entries {
                let plan = entry.plan
                Terminal.say(
                    "  \(entry.isNeeded ? "run " : "keep")  \(plan.arm.name) seed \(plan.seed), \(plan.steps) steps: \(entry.reason)"
                )
            }
        }
        Terminal.say("\n" + TimeTable.plan(agenda))
    }

    private func close(_ shift: Shift, seconds: Double) throws {
        if shift.made > 0 { Terminal.complain("\n" + TimeTable.comparison(shift.agenda, took: shift.took)) }
        let failed = "Failed: \(shift.failures.joined(separator: ", "))"
        if shift.isInterrupted {
            if !shift.failures.isEmpty { Terminal.complain(failed) }
            Terminal.complain("Interrupted. The same command continues where it stopped.")
            throw Ending.interrupted
        }
        let counts = Verdict.allCases.map { verdict in
            "\(shift.claims.filter { $0.verdict == verdict }.count) \(verdict.rawValue)"
        }
        Terminal.say(
            "\(Text.counted(shift.made, "run")) made, \(shift.kept) up to date, in \(Text.duration(seconds)). Claims: "
                + counts.joined(separator: ", ") + ".")
        Terminal.say("Results: \(laboratory.resultsFolder(profile: options.profile).path)")
        if !shift.failures.isEmpty {
            Terminal.complain(failed)
            throw shift.hasOnlyBadInput ? Ending.badInput : Ending.failed
        }
    }
}
