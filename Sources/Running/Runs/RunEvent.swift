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
}

/// Values as lines of text, between processes: one JSON object each. Numbers that are not finite stand as `nan`, `inf` and
/// `-inf`.
public enum JSONLine {
    /// The value as a line, with its end.
    public static func text(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // Texts and numbers alone: there is nothing that could fail.
        return ((try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "") + "\n"
    }

    /// The value that a line stands for.
    ///
    /// - Throws: what reading the value throws, or `DecodingError` for a line that is anything else.
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

    private func tell(_ event: RunEvent) { write(JSONLine.text(event)) }

    /// A run begins.
    public func began(_ name: String, step: Int, of steps: Int, reason: String) {
        tell(.began(step: step, reason: reason))
    }

    /// A step was made.
    public func advanced(_ progress: RunProgress) {
        let time = now()
        guard time - lastTold >= Self.interval else { return }
        lastTold = time
        tell(.advanced(progress))
    }

    /// Something that is worth a line of its own.
    public func noted(_ line: String) { tell(.noted(line)) }

    /// The run has ended.
    public func ended(_ summary: String) { tell(.ended(summary)) }

    /// The process is done with the run, with a code.
    public func closed(code: Int32) {
        tell(.closed(code: code))
        lastTold = -.infinity
    }
}
