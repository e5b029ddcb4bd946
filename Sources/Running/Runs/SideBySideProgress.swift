import Foundation
import Results

/// Progress of several runs at once. On a terminal one live line sums up; in a log whole lines say when a run begins and
/// ends, and every half minute how far all are. Told from one thread.
public final class SideBySideProgress: ProgressReporter {
    private var display: ProgressDisplay
    private let count: Int
    private var outlook: Outlook
    private var running: [Running] = []
    private var ended = 0

    private struct Running {
        let name: String
        var reason = ""
        var firstStep = 0
        var share = 0.0
        var summary: String?
    }

    /// Progress of `jobs` runs at a time on standard error. `expected` are seconds by name; nil where they are not known.
    public convenience init(expected: [String: Double?], jobs: Int) {
        self.init(expected: expected, jobs: jobs, .standardError)
    }

    init(expected: [String: Double?], jobs: Int, _ display: ProgressDisplay) {
        self.display = display
        self.display.restart()
        count = expected.count
        outlook = Outlook(expected: expected, jobs: jobs, start: display.now())
    }

    // MARK: What happens

    public func started(_ name: String) {
        running.append(Running(name: name))
        refresh()
    }

    public func took(_ event: RunEvent, of name: String) {
        guard let index = running.firstIndex(where: { $0.name == name }) else { return }
        switch event {
        case .began(let step, let reason):
            running[index].firstStep = step
            running[index].reason = reason
            noted("\(name): began (\(reason))")
        case .advanced(let progress):
            let first = running[index].firstStep
            running[index].share = Double(progress.step - first) / Double(max(progress.steps - first, 1))
            outlook.advanced(name, to: running[index].share)
            refresh()

        case .ended(let summary): running[index].summary = summary
        case .closed: closed(name)
        }
    }

    /// The part that is done of what a run had left when it began; 0 for one that does not go on.
    public func share(of name: String) -> Double { running.first { $0.name == name }?.share ?? 0 }

    /// A run's process is done with it, or gone; how the run ended is said where it said so itself.
    public func closed(_ name: String) {
        guard let index = running.firstIndex(where: { $0.name == name }) else { return }
        let run = running.remove(at: index)
        outlook.advanced(name, to: 1)
        ended += 1
        if let summary = run.summary { noted("\(name) (\(run.reason)): \(summary)") }
        refresh()
    }

    public func noted(_ line: String) { display.note(line) }

    /// Clears the live line, for others that print.
    public func pause() { display.clear() }

    /// Says how far all runs are, where it is time to.
    public func refresh() {
        let line = line
        display.show { _ in line }
    }

    /// `3/12 runs  03:12 left  lenet/batch-norm seed 2 61%  lenet/lrn seed 1 12%`.
    private var line: String {
        let left = "\(Phrase.clock(outlook.secondsLeft(at: display.now()))) left"
        let runs = running.map { "\($0.name) \(Int(100 * $0.share))%" }
        return (["\(ended)/\(count) runs", left] + runs).joined(separator: "  ")
    }
}

/// How much time is left for runs that are made side by side: their expected lengths as weights, and the pace so far.
struct Outlook {
    private let expected: [String: Double]
    private let jobs: Int
    private let start: Double
    /// What part of each run is done, of what was left of it at the start.
    private var shares: [String: Double] = [:]

    /// `expected` are seconds by name; what is not known counts as the mean of the others.
    init(expected: [String: Double?], jobs: Int, start: Double) {
        let known = expected.values.compactMap(\.self)
        let mean = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
        // No run takes no time: the weights never add up to nothing.
        self.expected = expected.mapValues { max($0 ?? mean, 1e-3) }
        self.jobs = jobs
        self.start = start
    }

    mutating func advanced(_ name: String, to share: Double) { shares[name] = share }

    /// Seconds until the last run is done: by the pace so far once it says something, before that as expected.
    func secondsLeft(at time: Double) -> Double {
        let whole = expected.values.reduce(0, +)
        let done = shares.reduce(0) { $0 + (expected[$1.key] ?? 0) * $1.value }
        let elapsed = time - start
        let saysSomething = elapsed > 2 && done > whole / 50
        return max(0, whole - done) / (saysSomething ? done / elapsed : Double(jobs))
    }
}
