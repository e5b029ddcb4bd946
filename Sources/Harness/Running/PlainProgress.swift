import Foundation

/// Progress for a log: a whole line when a run ends, with the reason for it, and at most every 30 seconds before.
final class PlainProgress: ProgressReporter {
    /// Seconds between two lines of one run.
    static let interval = 30.0

    private let write: (String) -> Void
    private let now: () -> Double
    private var name = ""
    private var reason = ""
    private var lastTold = 0.0
    private var pace = Pace(step: 0, time: 0)

    /// A reporter that writes lines.
    ///
    /// - Parameters:
    ///   - write: takes a line with its end.
    ///   - now: seconds from a clock that never goes back.
    init(write: @escaping (String) -> Void, now: @escaping () -> Double) {
        self.write = write
        self.now = now
    }

    func began(_ name: String, step: Int, of steps: Int, reason: String) {
        self.name = name
        lastTold = now()
        pace = Pace(step: step, time: lastTold)
        self.reason = reason
    }

    func advanced(_ progress: RunProgress) {
        let time = now()
        let rate = pace.update(step: progress.step, time: time)
        guard time - lastTold >= Self.interval else { return }
        lastTold = time
        noted("\(name) (\(reason))  \(ProgressText.line(progress, rate: rate))")
    }

    func noted(_ line: String) { write(line + "\n") }

    func ended(_ summary: String) { noted("\(name) (\(reason)): \(summary)") }
}
