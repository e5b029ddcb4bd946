import Foundation

/// Where a run is, as it is told to whoever watches.
public struct RunProgress: Codable, Equatable, Sendable {
    public var step: Int
    public var steps: Int
    public var batch: Int
    public var loss: Double
    public var batchAccuracy: Double
    public var testAccuracy: Double?
}

/// Is told how runs go, from one thread at a time.
public protocol ProgressReporter: AnyObject {
    /// Takes what a run tells: that it begins, every step (the reporter decides how much of them is shown), how it ended.
    ///
    /// - Parameter name: the run's: `lenet/batch-norm seed 2`.
    func took(_ event: RunEvent, of name: String)
}

/// How fast a run goes, smoothed over the last seconds, and when it will be done.
struct Pace {
    var step: Int
    var time: Double
    var rate: Double?

    /// Steps per second; the newest quarter of a second and older ones, weighted down by half every three seconds.
    mutating func update(step: Int, time: Double) -> Double? {
        let elapsed = time - self.time
        guard elapsed >= 0.25, step > self.step else { return rate }
        let now = Double(step - self.step) / elapsed
        let weight = rate == nil ? 1 : 1 - exp2(-elapsed / 3)
        rate = (rate ?? 0) * (1 - weight) + now * weight
        self.time = time
        self.step = step
        return rate
    }
}

public enum StandardError {
    /// Writes text. Work goes on where nobody can be told about it: the terminal is gone, or the disk of the log is full.
    public static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Whether it is a terminal that can rewrite a line, and not a file, a pipe or a terminal that cannot.
    public static let isTerminal =
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// The width in columns of the terminal behind a descriptor; nil where there is none.
    public static func columns(of descriptor: Int32 = STDERR_FILENO) -> Int? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }
}

/// Where progress is shown: on a terminal one line that is rewritten in place ten times a second, in a log a whole line every
/// half minute; between them lines that stay.
struct ProgressDisplay {
    let write: (String) -> Void
    /// Seconds from a clock that never goes back.
    let now: () -> Double
    /// The terminal's width in columns; nil for a log.
    let width: (() -> Int)?
    var lastShown = -Double.infinity
    var isLineOpen = false

    static var standardError: ProgressDisplay {
        ProgressDisplay(
            write: StandardError.write, now: { ProcessInfo.processInfo.systemUptime },
            width: StandardError.isTerminal ? { StandardError.columns() ?? 80 } : nil)
    }

    var isLive: Bool { width != nil }

    /// Shows how far the work is, where it is time to.
    ///
    /// - Parameter line: makes the line for so many characters.
    mutating func show(_ line: (Int) -> String) {
        let time = now()
        guard time - lastShown >= (isLive ? 0.1 : 30) else { return }
        lastShown = time
        guard let width else { return write(line(.max) + "\n") }
        // One column stays free: a full line would wrap on some terminals and then no longer be rewritten.
        let room = max(width() - 1, 10)
        write("\r\(line(room).prefix(room))\u{1B}[K")
        isLineOpen = true
    }

    mutating func note(_ line: String) {
        clear()
        write(line + "\n")
    }

    /// Clears the live line, so that others can print.
    mutating func clear() {
        guard isLineOpen else { return }
        write("\r\u{1B}[K")
        isLineOpen = false
        lastShown = -.infinity
    }

    /// Begins to wait for the time to show something.
    mutating func restart() { lastShown = now() }
}

public final class SingleRunProgress: ProgressReporter {
    private var display: ProgressDisplay
    private var name = ""
    private var reason = ""
    private var pace = Pace(step: 0, time: 0)

    public convenience init() { self.init(.standardError) }

    init(_ display: ProgressDisplay) { self.display = display }

    public func took(_ event: RunEvent, of name: String) {
        switch event {
        case .began(let step, let reason):
            (self.name, self.reason) = (name, reason)
            pace = Pace(step: step, time: display.now())
            // A terminal tells it at once, a log with the lines that follow.
            if display.isLive { display.note("\(name): \(reason)") }
            display.restart()
        case .advanced(let progress):
            let (title, rate) = (title, pace.update(step: progress.step, time: display.now()))
            display.show { "\(title)  \(ProgressText.line(progress, rate: rate, width: $0 - title.count - 2))" }
        case .ended(let summary): display.note("\(title): \(summary)")
        case .closed: break
        }
    }

    private var title: String { display.isLive ? name : "\(name) (\(reason))" }
}

enum ProgressText {
    /// `step 1406/5000  loss 0.083  test 97.4%  812 img/s  04:12 left`.
    ///
    /// - Parameter width: the most characters; where they do not suffice, the speed goes first.
    static func line(_ progress: RunProgress, rate: Double?, width: Int = .max) -> String {
        let digits = String(progress.steps).count
        let step = String(progress.step)
        let padded = String(repeating: " ", count: max(digits - step.count, 0)) + step
        let accuracy = progress.testAccuracy.map { "test \(percent($0))" } ?? "batch \(percent(progress.batchAccuracy))"
        let parts = ["step \(padded)/\(progress.steps)", "loss \(number(progress.loss))", accuracy]
        guard let rate, rate > 0 else { return parts.joined(separator: "  ") }
        let speed = "\(Int((rate * Double(progress.batch)).rounded())) img/s"
        let rest = "\(duration(Double(progress.steps - progress.step) / rate)) left"
        let whole = (parts + [speed, rest]).joined(separator: "  ")
        return whole.count <= width ? whole : (parts + [rest]).joined(separator: "  ")
    }

    /// Three significant digits; scientific only where it must be.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
        if abs(value) >= 1e5 || (value != 0 && abs(value) < 1e-4) { return String(format: "%.2e", value) }
        return String(format: abs(value) < 10 ? "%.3f" : "%.1f", value)
    }

    static func percent(_ share: Double) -> String {
        share.isFinite ? String(format: "%.1f%%", 100 * share) : "nan"
    }

    /// `04:12`, `1:04:12`; whole seconds, rounded up.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e7 else { return "?" }
        let whole = Int(seconds.rounded(.up))
        let clock = String(format: "%02d:%02d", whole / 60 % 60, whole % 60)
        return whole < 3600 ? clock : "\(whole / 3600):\(clock)"
    }
}
