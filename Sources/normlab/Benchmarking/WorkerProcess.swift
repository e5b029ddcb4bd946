import Foundation

/// A process that measures and waits for orders between: ours, or another framework's.
final class WorkerProcess {
    private let process = Process()
    private let orders = Pipe()
    private let replies = Pipe()
    private let clock = ContinuousClock()
    private let name: String
    private var lines = LineBuffer()

    /// Its number, for the system.
    var identifier: Int32 { process.processIdentifier }
    /// What it said when its first training step was done.
    let ready: WorkerReply
    /// Seconds from its start until then.
    let startup: Double

    /// Why a process gives no numbers.
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Starts a process and waits until its first training step is done.
    ///
    /// - Parameters:
    ///   - name: what it is called in messages.
    ///   - log: where its standard error goes.
    init(_ name: String, executable: URL, arguments: [String], log: URL) throws {
        self.name = name
        if !FileManager.default.fileExists(atPath: log.path) { try Foundation.Data().write(to: log) }
        let errors = try FileHandle(forWritingTo: log)
        try errors.seekToEnd()
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = orders
        process.standardOutput = replies
        process.standardError = errors
        let start = clock.now
        do { try process.run() } catch {
            throw Failure(description: "\(name) does not start: \(error.localizedDescription)")
        }
        var lines = LineBuffer()
        do {
            ready = try Self.reply(from: replies, &lines, name, log)
        } catch {
            process.terminate()
            throw error
        }
        self.lines = lines
        startup = Double((clock.now - start) / .microseconds(1)) / 1e6
        self.log = log
    }

    private let log: URL

    deinit {
        try? orders.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Has it work for about so many seconds.
    func measure(_ order: WorkerOrder, seconds: Double) throws -> WorkerReply {
        try begin(order, seconds: seconds)
        return try reply()
    }

    /// Has it begin with work of about so many seconds; ``reply()`` waits for the end.
    func begin(_ order: WorkerOrder, seconds: Double) throws {
        do {
            let line = Foundation.Data("\(order.rawValue) \(seconds)\n".utf8)
            try orders.fileHandleForWriting.write(contentsOf: line)
        } catch {
            throw Failure(description: "\(name) has ended; what it said is in \(log.path)")
        }
    }

    /// What it says when the work that it began with is done.
    func reply() throws -> WorkerReply { try Self.reply(from: replies, &lines, name, log) }

    /// The next line that is a JSON object; whatever else it prints is passed over.
    private static func reply(
        from pipe: Pipe, _ lines: inout LineBuffer, _ name: String, _ log: URL
    ) throws -> WorkerReply {
        while true {
            if let line = lines.next() {
                guard line.first == UInt8(ascii: "{") else { continue }
                return try JSONDecoder().decode(WorkerReply.self, from: Foundation.Data(line))
            }
            let more = pipe.fileHandleForReading.availableData
            guard !more.isEmpty else {
                throw Failure(description: "\(name) ended without an answer; what it said is in \(log.path)")
            }
            lines.append(more)
        }
    }
}
