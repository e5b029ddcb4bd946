import Foundation

/// Progress for a log: whole lines, at the beginning, at the end, and at most every 30 seconds between.
public final class PlainProgress: ProgressReporter {
    /// Seconds between two lines of one run.
    public static let interval = 30.0

    private let write: (String) -> Void
    private let now: () -> Double
    private var name = ""
    private var lastTold = 0.0
    private var pace = Pace(step: 0, time: 0)

    /// A reporter that writes lines.
    ///
    /// - Parameters:
    ///   - write: takes a line with its end.
    ///   - now: seconds from a clock that never goes back.
    public init(write: @escaping (String) -> Void, now: @escaping () -> Double) {
        self.write = write
        self.now = now
    }

    public func began(_ name: String, step: Int, of steps: Int, reason: String) {
        self.name = name
        lastTold = now()
        pace = Pace(step: step, time: lastTold)
        noted("\(name): \(reason)")
    }

    public func advanced(_ progress: RunProgress) {
        let time = now()
        let rate = pace.update(step: progress.step, time: time)
        guard time - lastTold >= Self.interval else { return }
        lastTold = time
        noted("\(name)  \(ProgressText.line(progress, rate: rate))")
    }

    public func noted(_ line: String) { write(line + "\n") }

    public func ended(_ summary: String) { noted("\(name): \(summary)") }
}

/// The reporter that suits where standard error goes.
public enum StandardErrorProgress {
    /// A live line on a terminal, whole lines otherwise (a file, a pipe, a terminal that cannot rewrite).
    public static func reporter() -> any ProgressReporter {
        let write: (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
        let now = { ProcessInfo.processInfo.systemUptime }
        let isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        return isTerminal
            ? LiveProgress(write: write, now: now, width: terminalWidth) : PlainProgress(write: write, now: now)
    }

    /// The width of the terminal in columns; 80 where there is none.
    public static func terminalWidth() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
