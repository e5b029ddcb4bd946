import Foundation

/// Where a run is, as it is told to whoever watches.
public struct RunProgress: Codable, Equatable, Sendable {
    /// Updates made.
    public var step: Int
    /// Updates planned.
    public var steps: Int
    /// Samples in a batch.
    public var batch: Int
    /// The mean training loss of the last batch.
    public var loss: Double
    /// The share of the last batch that was classified rightly.
    public var batchAccuracy: Double
    /// The last test accuracy, once there is one.
    public var testAccuracy: Double?
}

/// Tells someone how runs go. Told from one thread at a time.
public protocol ProgressReporter: AnyObject {
    /// A run begins.
    ///
    /// - Parameters:
    ///   - name: `lenet/batch-norm seed 2`.
    ///   - step: the step at which it begins; not 0 when it continues.
    ///   - reason: why it is run, in words.
    func began(_ name: String, step: Int, of steps: Int, reason: String)
    /// A step was made. Called at every step: the reporter decides how much of it is told.
    func advanced(_ progress: RunProgress)
    /// Something that is worth a line of its own.
    func noted(_ line: String)
    /// The run has ended.
    ///
    /// - Parameter summary: how, in one line.
    func ended(_ summary: String)
}

/// How fast a run goes, smoothed over the last seconds, and when it will be done.
struct Pace {
    private var rate: Double?
    private var lastTime: Double
    private var lastStep: Int

    init(step: Int, time: Double) {
        lastStep = step
        lastTime = time
    }

    /// Steps per second; the newest quarter of a second and older ones, weighted down by half every three seconds.
    mutating func update(step: Int, time: Double) -> Double? {
        let elapsed = time - lastTime
        guard elapsed >= 0.25, step > lastStep else { return rate }
        let now = Double(step - lastStep) / elapsed
        let weight = rate == nil ? 1 : 1 - exp2(-elapsed / 3)
        rate = (rate ?? 0) * (1 - weight) + now * weight
        lastTime = time
        lastStep = step
        return rate
    }
}

/// Standard error, where progress is shown.
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
    private let write: (String) -> Void
    private let width: (() -> Int)?
    /// Seconds from a clock that never goes back.
    let now: () -> Double
    private var lastShown = -Double.infinity
    private var isLineOpen = false

    /// - Parameters:
    ///   - write: takes a piece of text.
    ///   - width: the terminal's width in columns; nil for a log.
    init(write: @escaping (String) -> Void, now: @escaping () -> Double, width: (() -> Int)?) {
        self.write = write
        self.now = now
        self.width = width
    }

    static var standardError: ProgressDisplay {
        ProgressDisplay(
            write: StandardError.write, now: { ProcessInfo.processInfo.systemUptime },
            width: StandardError.isTerminal ? { StandardError.columns() ?? 80 } : nil)
    }

    /// Whether it is a terminal.
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

    /// Prints a line that stays.
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

/// Progress of one run after the other.
public final class SingleRunProgress: ProgressReporter {
    private var display: ProgressDisplay
    private var name = ""
    private var reason = ""
    private var pace = Pace(step: 0, time: 0)

    /// Progress on standard error.
    public convenience init() { self.init(.standardError) }

    init(_ display: ProgressDisplay) { self.display = display }

    /// A run begins. A terminal tells it at once, a log with the lines that follow.
    public func began(_ name: String, step: Int, of steps: Int, reason: String) {
        (self.name, self.reason) = (name, reason)
        pace = Pace(step: step, time: display.now())
        if display.isLive { noted("\(name): \(reason)") }
        display.restart()
    }

    /// A step was made.
    public func advanced(_ progress: RunProgress) {
        let (title, rate) = (title, pace.update(step: progress.step, time: display.now()))
        display.show { "\(title)  \(ProgressText.line(progress, rate: rate, width: $0 - title.count - 2))" }
    }

    /// Something that is worth a line of its own.
    public func noted(_ line: String) { display.note(line) }

    /// The run has ended.
    public func ended(_ summary: String) { noted("\(title): \(summary)") }

    private var title: String { display.isLive ? name : "\(name) (\(reason))" }
}

/// How numbers of progress are worded.
enum ProgressText {
    /// `step 1406/5000  loss 0.083  test 97.4%  812 img/s  04:12 left`.
    ///
    /// - Parameter width: the most characters; where they do not suffice, the speed goes first.
    static func line(_ progress: RunProgress, rate: Double?, width: Int = .max) -> String {
        let digits = String(progress.steps).count
        let step = String(progress.step)
        let padded = String(repeating: " ", count: max(digits - step.count, 0)) + step
        var parts = ["step \(padded)/\(progress.steps)", "loss \(number(progress.loss))"]
        if let accuracy = progress.testAccuracy {
            parts.append("test \(percent(accuracy))")
        } else {
            parts.append("batch \(percent(progress.batchAccuracy))")
        }
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

    /// `97.4%`.
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
