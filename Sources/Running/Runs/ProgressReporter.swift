import Declarations
import Foundation
import Results

/// What a run tells its reporter, in the same process or, as one JSON object a line, in the one that started it.
public enum RunEvent: Codable, Equatable, Sendable {
    case began(step: Int, reason: String)
    case advanced(RunProgress)
    case ended(String)
    /// The process is done with the run, with the code that a program making this run alone would end with.
    case closed(code: Int32)
}

/// Values as lines of JSON, between processes. Numbers that are not finite stand as `nan`, `inf` and `-inf`.
public enum JSONLine {
    public static func text(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // Texts and numbers alone: there is nothing that could fail.
        return ((try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "") + "\n"
    }

    /// The value that a line stands for. Throws what reading it throws, or `DecodingError` for any other line.
    public static func value<Value: Decodable>(
        _ type: Value.Type = Value.self, in line: some Collection<UInt8>
    ) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: Data(line))
    }
}

/// Tells how a run goes by events, several times a second at most.
public final class EventProgress: ProgressReporter {
    private let write: (String) -> Void
    private let now: () -> Double
    private var lastTold = -Double.infinity

    /// Seconds between two events of progress.
    static let interval = 0.2

    public init(
        write: @escaping (String) -> Void = { try? FileHandle.standardOutput.write(contentsOf: Data($0.utf8)) },
        now: @escaping () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) {
        self.write = write
        self.now = now
    }

    public func took(_ event: RunEvent, of name: String) {
        if case .advanced = event {
            let time = now()
            guard time - lastTold >= Self.interval else { return }
            lastTold = time
        }
        write(JSONLine.text(event))
    }

    public func closed(code: Int32) {
        took(.closed(code: code), of: "")
        lastTold = -.infinity
    }
}

/// How far a run is: updates made and planned, loss and accuracy of the last batch of so many samples, test accuracy.
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
    /// Writes text. A failure is ignored, so that work goes on when the terminal is gone or the disk of the log is full.
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

    /// Shows how far the work is, where it is time to: a line made for so many characters.
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
        let rest = "\(Phrase.clock(Double(progress.steps - progress.step) / rate)) left"
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
}
