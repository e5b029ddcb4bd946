import Declarations
import Foundation

/// What a run tells whoever watches it, in the same process or, as one JSON object a line, in the one that started it.
public enum RunEvent: Codable, Equatable, Sendable {
    case began(step: Int, reason: String)
    case advanced(RunProgress)
    case ended(String)
    /// The process is done with the run and waits for the next, with the code that a program which makes this run alone would
    /// end with.
    case closed(code: Int32)
}

/// Values as lines of text, between processes: one JSON object each. Numbers that are not finite stand as `nan`, `inf` and
/// `-inf`.
public enum JSONLine {
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

    public convenience init() {
        self.init(
            write: { try? FileHandle.standardOutput.write(contentsOf: Data($0.utf8)) },
            now: { ProcessInfo.processInfo.systemUptime })
    }

    init(write: @escaping (String) -> Void, now: @escaping () -> Double) {
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
