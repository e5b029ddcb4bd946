import Foundation

/// Progress for a terminal: one line that is rewritten in place, at most ten times a second.
final class LiveProgress: ProgressReporter {
    private let write: (String) -> Void
    private let now: () -> Double
    private let width: () -> Int
    private var name = ""
    private var lastDrawn = -Double.infinity
    private var isLineOpen = false
    private var pace = Pace(step: 0, time: 0)

    /// A reporter that writes to a terminal.
    ///
    /// - Parameters:
    ///   - write: takes a piece of text.
    ///   - now: seconds from a clock that never goes back.
    ///   - width: the terminal's width in columns.
    init(write: @escaping (String) -> Void, now: @escaping () -> Double, width: @escaping () -> Int) {
        self.write = write
        self.now = now
        self.width = width
    }

    func began(_ name: String, step: Int, of steps: Int, reason: String) {
        self.name = name
        pace = Pace(step: step, time: now())
        noted("\(name): \(reason)")
    }

    func advanced(_ progress: RunProgress) {
        let time = now()
        let rate = pace.update(step: progress.step, time: time)
        guard time - lastDrawn >= 0.1 else { return }
        lastDrawn = time
        // One column stays free: a full line would wrap on some terminals and then no longer be rewritten.
        let room = max(width() - 1, 10)
        let text = ProgressText.line(progress, rate: rate, width: room - name.count - 2)
        let line = "\(name)  \(text)".prefix(room)
        write("\r\(line)\u{1B}[K")
        isLineOpen = true
    }

    func noted(_ line: String) {
        write((isLineOpen ? "\r\u{1B}[K" : "") + line + "\n")
        isLineOpen = false
        lastDrawn = -Double.infinity
    }

    func ended(_ summary: String) { noted("\(name): \(summary)") }
}
