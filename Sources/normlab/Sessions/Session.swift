import ArgumentParser
import Claims
import Experiments
import Foundation
import Kernels
import Results
import Running

/// One call of `reproduce` or `run`: makes the runs of a plan, one after the other or side by side, and reports each experiment
/// when its last run has ended.
final class Session {
    /// What became of one run.
    enum Outcome {
        /// It was made: finished or diverged.
        case made
        case kept
        /// It was saved and can be continued.
        case interrupted
        /// It was not made, for the reason that was told.
        case failed(isBadInput: Bool)
    }

    private let plan: Plan
    private let workspace: Workspace
    private let drawsFigures: Bool

    /// Runs that were made, and that were up to date.
    private var (made, kept) = (0, 0)
    /// What failed, by name, and how many of those because data or network do not fit.
    private var failures: [String] = []
    private var badInputs = 0
    /// Whether the work was stopped before its end.
    private var isInterrupted = false
    private var claims: [ClaimResult] = []
    /// Runs of each part that have not ended.
    private var left: [Int]
    /// When the first run of each part began and the last one ended.
    private var spans: [(began: Date, ended: Date)?]

    private init(_ plan: Plan, workspace: Workspace, drawsFigures: Bool) {
        self.plan = plan
        self.workspace = workspace
        self.drawsFigures = drawsFigures
        left = plan.parts.indices.map { part in plan.entries.count { $0.part == part } }
        spans = plan.parts.map { _ in nil }
    }

    /// Reads the experiments (all where none is named), chooses the data, prints the plan, trains, and reports each experiment
    /// and the whole.
    static func run(
        _ names: [String], in workspace: Workspace, options: RunOptions, checkpointSteps: Set<Int> = [],
        fetchesData: Bool, drawsFigures: Bool
    ) throws {
        let start = ContinuousClock.now
        let interruption = Interruption.onSignals()
        let experiments = try workspace.experiments(names, overrides: try options.overrides())
        let chooser = DatasetChooser(search: workspace.dataSearch, mayFetch: fetchesData && !options.dryRun)
        // Unknown arms and profiles are reported before any data are fetched or read.
        for experiment in experiments {
            _ = try experiment.runs(profile: options.profile, seeds: options.seeds?.values, arms: options.armPatterns)
        }
        let parts = try experiments.map { try Plan.Part($0, options: options, chooser: chooser) }
        Terminal.note(
            "NormLab \(Normlab.version), profile \(options.profile), \(Phrase.count(options.threadCount, "thread")) on "
                + Provenance.current.processor)
        let plan = try Plan(
            parts, options: options, resultsRoot: workspace.resultsRoot, checkpointSteps: checkpointSteps)
        if options.dryRun {
            Terminal.print("\(plan.listing)\n\n\(plan.table)")
            return
        }
        Terminal.note(plan.table)
        let session = Session(plan, workspace: workspace, drawsFigures: drawsFigures)
        if plan.jobs == 1 { session.makeAlone(interruption) } else { session.makeSideBySide(interruption) }
        try session.close(seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    // MARK: Making

    /// Makes the runs in this process. One that fails is named and does not stop the others; an interruption does.
    private func makeAlone(_ interruption: Interruption) {
        let team = Team(threads: plan.threads)
        let progress = SingleRunProgress()
        var part = -1
        for entry in plan.entries {
            if interruption.isRequested { isInterrupted = true }
            if isInterrupted { return }
            if part != entry.part { tellHeading(entry.part) }
            part = entry.part
            if entry.isNeeded { began(entry) }
            do {
                let outcome = try plan.order(for: entry, threads: plan.threads).make(
                    on: entry.dataset, team: team, progress: progress, interruption: interruption)
                ended(entry, outcome.isInterrupted ? .interrupted : outcome.state.needsRun ? .made : .kept)
            } catch {
                Terminal.error(error)
                ended(entry, .failed(isBadInput: ExitCode(for: error) == .badInput))
            }
            if !isInterrupted, left[part] == 0 { report(part) }
        }
    }

    /// Makes the runs in processes of their own, some at a time.
    private func makeSideBySide(_ interruption: Interruption) {
        for entry in plan.entries where !entry.isNeeded { ended(entry, .kept) }
        let expected = plan.needed.map { ($0.run.title, $0.expected) }
        let progress = SideBySideProgress(
            expected: Dictionary(expected, uniquingKeysWith: { first, _ in first }), jobs: plan.jobs)
        var reported = 0
        /// Reports the experiments whose runs have all ended, in their order.
        func reportWhatIsComplete() {
            while reported < left.count, left[reported] == 0, !isInterrupted {
                progress.pause()
                tellHeading(reported)
                report(reported)
                reported += 1
            }
        }
        reportWhatIsComplete()
        WorkerPool(plan, workspace: workspace, progress: progress).run(interruption) { entry in
            began(entry)
        } ended: { entry, ending in
            ended(entry, ending)
            reportWhatIsComplete()
        }
        progress.pause()
        if left.contains(where: { $0 > 0 }) { isInterrupted = true }
    }

    private func began(_ entry: Plan.Entry) {
        if spans[entry.part] == nil { spans[entry.part] = (.now, .now) }
    }

    private func ended(_ entry: Plan.Entry, _ ending: Outcome) {
        left[entry.part] -= 1
        spans[entry.part]?.ended = .now
        switch ending {
        case .made: made += 1
        case .kept: kept += 1
        case .interrupted: isInterrupted = true
        case .failed(let isBadInput):
            if isBadInput { badInputs += 1 }
            failures.append(entry.run.title)
        }
    }

    // MARK: Reporting

    private func tellHeading(_ part: Int) {
        let experiment = plan.parts[part].experiment
        Terminal.note("\n\(experiment.name): \(experiment.title)")
    }

    /// Writes the summary, draws the figures and prints the claims of an experiment. What is wrong with its files is told, and
    /// stops no other.
    private func report(_ part: Int) {
        let experiment = plan.parts[part].experiment
        do {
            let summary = try experiment.summary(profile: plan.options.profile, resultsRoot: plan.resultsRoot)
            try summary.write(others: [experiment.figuresFile])
            for remark in summary.remarks { Terminal.note("note: \(remark)") }
            if drawsFigures, !DrawFigures.draw(experiment: summary.runs.folder) {
                failures.append("figures of \(experiment.name)")
            }
            if !summary.claims.isEmpty {
                Terminal.print("\n" + ClaimsTable(summary.claims).text(width: Terminal.width))
            }
            claims += summary.claims
        } catch {
            Terminal.error(error)
            failures.append("summary of \(experiment.name)")
        }
    }

    /// Says what was done and what failed; throws an `ExitCode` where not everything was done.
    private func close(seconds: Double) throws {
        if made > 0 {
            let took = spans.map { span in span.map { $0.ended.timeIntervalSince($0.began) } }
            Terminal.note("\n" + plan.timeTable(took: took))
        }
        if !isInterrupted {
            Terminal.print(
                "\(Phrase.count(made, "run")) made, \(kept) up to date, in \(Phrase.duration(seconds)). Claims: "
                    + ClaimsLedger.counts(claims) + ".")
            Terminal.print("Results: \(workspace.resultsFolder(profile: plan.options.profile).path)")
        }
        if !failures.isEmpty { Terminal.note("Failed: \(failures.joined(separator: ", "))") }
        if isInterrupted {
            Terminal.note("Interrupted. The same command continues where it stopped.")
            throw ExitCode.interrupted
        }
        if !failures.isEmpty { throw badInputs == failures.count ? ExitCode.badInput : .failure }
    }
}
