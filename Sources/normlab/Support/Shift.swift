import Foundation
import Harness
import Kernels

/// The work of an agenda: its runs are made, one after the other or side by side, and each experiment is reported when its
/// last run has ended.
final class Shift {
    let agenda: Agenda
    private let laboratory: Laboratory
    private let drawsFigures: Bool

    /// Runs that were made, and that were up to date.
    private(set) var made = 0
    private(set) var kept = 0
    /// What failed, by name.
    private(set) var failures: [String] = []
    /// Whether the work was stopped before its end.
    private(set) var isInterrupted = false
    /// The claims of all experiments that were reported.
    private(set) var claims: [ClaimResult] = []

    private var badInputs = 0
    /// Runs of each part that have not ended.
    private var left: [Int]
    private var reported = 0
    /// When the first run of each part began and the last one ended.
    private var spans: [(began: Date, ended: Date)?]

    /// The work of an agenda.
    init(_ agenda: Agenda, laboratory: Laboratory, drawsFigures: Bool) {
        self.agenda = agenda
        self.laboratory = laboratory
        self.drawsFigures = drawsFigures
        left = agenda.campaign.parts.indices.map { part in agenda.entries.count { $0.part == part } }
        spans = agenda.campaign.parts.map { _ in nil }
    }

    /// Whether everything that failed did so because data or network do not fit.
    var hasOnlyBadInput: Bool { badInputs == failures.count }

    /// The seconds that the runs of each part took; nil where none was made.
    var took: [Double?] { spans.map { span in span.map { $0.ended.timeIntervalSince($0.began) } } }

    /// Does all of it. A run that fails is named and does not stop the others; an interruption does.
    func work(_ interruption: Interruption) throws {
        if agenda.jobs == 1 { try makeAlone(interruption) } else { try makeSideBySide(interruption) }
    }

    // MARK: Making

    private func makeAlone(_ interruption: Interruption) throws {
        let team = Team(threads: agenda.threads)
        let progress = ProgressStyle.automatic.reporter()
        var part = -1
        for entry in agenda.entries {
            if interruption.isRequested { isInterrupted = true }
            if isInterrupted { return }
            if part != entry.part { tellHeading(entry.part) }
            part = entry.part
            if entry.isNeeded { begin(entry) }
            let ending: RunEnding
            do {
                let result = try agenda.campaign.make(
                    entry.plan, on: entry.dataset, team: team, progress: progress, interruption: interruption)
                ending = result.isInterrupted ? .interrupted : result.state.needsRun ? .made : .kept
            } catch {
                Terminal.complain("error: \(error)")
                ending = .failed(isBadInput: (error as? RunError)?.isBadInput ?? false)
            }
            count(entry, ending)
            if !isInterrupted, left[entry.part] == 0 { report(entry.part) }
        }
    }

    private func makeSideBySide(_ interruption: Interruption) throws {
        for entry in agenda.entries where !entry.isNeeded { count(entry, .kept) }
        let names = agenda.needed.map { ($0.plan.title, $0.expected) }
        let progress = SideBySideProgress(
            expected: Dictionary(names, uniquingKeysWith: { first, _ in first }), jobs: agenda.jobs)
        reportWhatIsComplete(besides: progress)
        try RunPool(agenda, laboratory: laboratory, progress: progress).run(interruption) { entry in
            begin(entry)
        } ended: { entry, ending in
            count(entry, ending)
            if !isInterrupted { reportWhatIsComplete(besides: progress) }
        }
        progress.pause()
        if left.contains(where: { $0 > 0 }) { isInterrupted = true }
    }

    // MARK: Counting

    private func begin(_ entry: Agenda.Entry) {
        if spans[entry.part] == nil { spans[entry.part] = (.now, .now) }
    }

    private func count(_ entry: Agenda.Entry, _ ending: RunEnding) {
        left[entry.part] -= 1
        spans[entry.part]?.ended = .now
        switch ending {
        case .made: made += 1
        case .kept: kept += 1
        case .interrupted: isInterrupted = true
        case .failed(let isBadInput):
            if isBadInput { badInputs += 1 }
            failures.append(entry.plan.title)
        }
    }

    // MARK: Reporting

    private func tellHeading(_ part: Int) {
        let experiment = agenda.campaign.parts[part].experiment
        Terminal.complain("\n\(experiment.name): \(experiment.title)")
    }

    /// Reports the experiments whose runs have all ended, in their order.
    private func reportWhatIsComplete(besides progress: SideBySideProgress) {
        while reported < left.count, left[reported] == 0 {
            progress.pause()
            tellHeading(reported)
            report(reported)
            reported += 1
        }
    }

    /// Reports on an experiment. What is wrong with its files is told, and stops no other.
    private func report(_ part: Int) {
        let experiment = agenda.campaign.parts[part].experiment
        do {
            try summarize(experiment)
        } catch {
            Terminal.complain("error: \(error)")
            failures.append("summary of \(experiment.name)")
        }
    }

    /// Writes the summary, draws the figures and prints the claims of an experiment.
    private func summarize(_ experiment: Experiment) throws {
        let summary = try ExperimentSummary(
            experiment, profile: agenda.campaign.options.profile, resultsRoot: laboratory.resultsRoot)
        try summary.write()
        for remark in summary.remarks { Terminal.complain("note: \(remark)") }
        if drawsFigures, !Drawing.draw(experiment: summary.runs.folder) {
            failures.append("figures of \(experiment.name)")
        }
        if !summary.claims.isEmpty {
            Terminal.say()
            Terminal.say(ClaimsTable(summary.claims).text(width: Terminal.width))
        }
        claims += summary.claims
    }
}
