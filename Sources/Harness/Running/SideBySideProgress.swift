import Foundation
import Results

/// Progress of several runs at once. On a terminal one live line sums up; in a log whole lines say when a run begins and
/// ends, and every half minute how far all are. Told from one thread.
public final class SideBySideProgress {
    private let write: (String) -> Void
    private let now: () -> Double
    private let width: (() -> Int)?
    private let count: Int
    private var outlook: Outlook
    private var running: [Running] = []
    private var ended = 0
    private var lastTold: Double
    private var isLineOpen = false

    private struct Running {
        let name: String
        var reason = ""
        var firstStep = 0
        var share = 0.0
        var summary: String?
    }

    /// Progress on standard error.
    ///
    /// - Parameters:
    ///   - expected: the expected seconds of each run by its name; nil where they are not known.
    ///   - jobs: runs at a time.
    public convenience init(expected: [String: Double?], jobs: Int) {
        let write: (String) -> Void = { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) }
        let width: (() -> Int)? = ProgressStyle.standardErrorIsTerminal ? { ProgressStyle.terminalWidth() } : nil
        self.init(
            expected: expected, jobs: jobs, write: write, now: { ProcessInfo.processInfo.systemUptime }, width: width)
    }

    /// - Parameter width: the terminal's width in columns; nil for a log.
    init(
        expected: [String: Double?], jobs: Int, write: @escaping (String) -> Void, now: @escaping () -> Double,
        width: (() -> Int)?
    ) {
        self.write = write
        self.now = now
        self.width = width
        count = expected.count
        lastTold = now()
        outlook = Outlook(expected: expected, jobs: jobs, start: lastTold)
    }

    // MARK: What happens

    /// A process was started for a run.
    public func started(_ name: String) {
        running.append(Running(name: name))
        refresh()
    }

    /// A run told something.
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
        case .noted(let line): noted("\(name): \(line)")
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

    /// A line of its own.
    public func noted(_ line: String) {
        pause()
        write(line + "\n")
    }

    /// Clears the live line, for others that print.
    public func pause() {
        guard isLineOpen else { return }
        write("\r\u{1B}[K")
        isLineOpen = false
        lastTold = -Double.infinity
    }

    // MARK: Summing up

    /// Says how far all runs are, where it is time to: ten times a second on a terminal, every half minute in a log.
    public func refresh() {
        let time = now()
        guard time - lastTold >= (width == nil ? PlainProgress.interval : 0.1) else { return }
        lastTold = time
        guard let width else {
            write(line(at: time) + "\n")
            return
        }
        // One column stays free: a full line would wrap on some terminals and then no longer be rewritten.
        write("\r\(line(at: time).prefix(max(width() - 1, 10)))\u{1B}[K")
        isLineOpen = true
    }

    /// `3/12 runs  03:12 left  lenet/batch-norm seed 2 61%  lenet/lrn seed 1 12%`.
    private func line(at time: Double) -> String {
        let left = "\(Phrase.clock(outlook.secondsLeft(at: time))) left"
        let runs = running.map { "\($0.name) \(Int(100 * $0.share))%" }
        return (["\(ended)/\(count) runs", left] + runs).joined(separator: "  ")
    }
}
