import Foundation

/// How progress is shown on standard error.
public enum ProgressStyle: String, CaseIterable, Sendable {
    /// A live line on a terminal, whole lines otherwise (a file, a pipe, a terminal that cannot rewrite).
    case automatic = "auto"
    /// One line that is rewritten in place.
    case live
    /// Whole lines: at the end of a run and every 30 seconds before.
    case plain
    /// Nothing.
    case none

    /// A reporter of this style.
    public func reporter() -> any ProgressReporter {
        // A run goes on where nobody can be told about it: the terminal is gone, or the disk of the log is full.
        let write: (String) -> Void = { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) }
        let now = { ProcessInfo.processInfo.systemUptime }
        return switch self {
        case .live: LiveProgress(write: write, now: now, width: Self.terminalWidth)
        case .plain: PlainProgress(write: write, now: now)
        case .none: SilentProgress()
        case .automatic: Self.standardErrorIsTerminal ? Self.live.reporter() : Self.plain.reporter()
        }
    }

    /// Whether someone looks at standard error on a terminal that can rewrite a line.
    static var standardErrorIsTerminal: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// The width of the terminal behind standard error in columns; 80 where there is none.
    static func terminalWidth() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

/// Tells nobody.
final class SilentProgress: ProgressReporter {
    func began(_ name: String, step: Int, of steps: Int, reason: String) {}
    func advanced(_ progress: RunProgress) {}
    func noted(_ line: String) {}
    func ended(_ summary: String) {}
}
