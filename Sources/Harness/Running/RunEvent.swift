import Declarations
import Foundation

/// What a process that makes runs tells the process that started it: one JSON object a line.
public enum RunEvent: Codable, Equatable, Sendable {
    /// It begins at a step, for a reason.
    case began(step: Int, reason: String)
    /// So far it is.
    case advanced(RunProgress)
    /// Something that is worth a line of its own.
    case noted(String)
    /// It has ended, in one line how.
    case ended(String)
    /// The process is done with the run and waits for the next, with the code that a program which makes this run alone would
    /// end with.
    case closed(code: Int32)

    /// The event that a line stands for; nil for a line that is anything else.
    public init?(line: some Collection<UInt8>) {
        guard line.first == UInt8(ascii: "{") else { return nil }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let event = try? decoder.decode(RunEvent.self, from: Data(line)) else { return nil }
        self = event
    }

    /// The event as a line, with its end.
    public var line: String {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // Texts and numbers alone: there is nothing that could fail.
        return ((try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "") + "\n"
    }
}

/// Tells how a run goes by events, several times a second at most.
public final class EventProgress: ProgressReporter {
    private let write: (String) -> Void
    private let now: () -> Double
    private var lastTold = -Double.infinity

    /// Seconds between two events of progress.
    static let interval = 0.2

    /// A reporter that writes lines to standard output.
    public convenience init() {
        self.init(
            write: { try? FileHandle.standardOutput.write(contentsOf: Data($0.utf8)) },
            now: { ProcessInfo.processInfo.systemUptime })
    }

    init(write: @escaping (String) -> Void, now: @escaping () -> Double) {
        self.write = write
        self.now = now
    }

    /// A run begins.
    public func began(_ name: String, step: Int, of steps: Int, reason: String) {
        write(RunEvent.began(step: step, reason: reason).line)
    }

    /// A step was made.
    public func advanced(_ progress: RunProgress) {
        let time = now()
        guard time - lastTold >= Self.interval else { return }
        lastTold = time
        write(RunEvent.advanced(progress).line)
    }

    /// Something that is worth a line of its own.
    public func noted(_ line: String) { write(RunEvent.noted(line).line) }

    /// The run has ended.
    public func ended(_ summary: String) { write(RunEvent.ended(summary).line) }

    /// The process is done with the run, with a code.
    public func closed(code: Int32) {
        write(RunEvent.closed(code: code).line)
        lastTold = -.infinity
    }
}
