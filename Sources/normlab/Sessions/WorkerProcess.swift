import ArgumentParser
import Dispatch
import Experiments
import Foundation
import Running
import Synchronization

/// A process that works on orders: this program as `run-worker` or `bench-worker`, or another framework's program.
///
/// An order is a JSON object on a line of the worker's standard input, an answer one on a line of its standard output. Its
/// standard input also ties it to its parent: when that closes, because the parent was killed or needs the worker no longer,
/// the worker ends at once.
final class WorkerProcess {
    enum Message: Sendable {
        /// A line that it printed, without its end.
        case line([UInt8])
        /// It has ended and said everything.
        case ended(Termination)
    }

    enum Termination: Sendable, CustomStringConvertible {
        case exit(code: Int32)
        case signal(Int32)

        var description: String {
            switch self {
            case .exit(let code): "its process ended with exit code \(code)"
            case .signal(let signal):
                "its process was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            }
        }
    }

    /// Why a worker does no work.
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Its number, for the system.
    let identifier: Int32
    private let orders = Pipe()

    /// Starts this program, or another. Its standard error goes to `log`, or else among its messages, line by line. `receive`
    /// takes these on a thread of their own; the last one says that it has ended.
    init(
        _ executable: URL? = Bundle.main.executableURL, arguments: [String], log: URL? = nil,
        receive: @escaping @Sendable (Message) -> Void
    ) throws {
        guard let executable else { throw Failure(description: "this program does not know where it is") }
        // Writing to a worker that has ended is an error here, and does not end this process.
        signal(SIGPIPE, SIG_IGN)
        let process = Process()
        let printed = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = orders
        process.standardOutput = printed
        process.standardError = try log.map(Self.end) ?? printed
        do { try process.run() } catch {
            throw Failure(description: "no process can be started: \(error.localizedDescription)")
        }
        identifier = process.processIdentifier
        Thread.detachNewThread {
            var bytes: [UInt8] = []
            while case let more = printed.fileHandleForReading.availableData, !more.isEmpty {
                bytes += more
                while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                    receive(.line(Array(bytes[..<end])))
                    bytes.removeSubrange(...end)
                }
            }
            if !bytes.isEmpty { receive(.line(bytes)) }
            process.waitUntilExit()
            let status = process.terminationStatus
            receive(.ended(process.terminationReason == .exit ? .exit(code: status) : .signal(status)))
        }
    }

    /// A file, made where it is missing, to be continued at its end.
    private static func end(of file: URL) throws -> Any {
        if !FileManager.default.fileExists(atPath: file.path) { try Foundation.Data().write(to: file) }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        return handle
    }

    /// Gives it an order. If it has ended, nothing happens: its last message says so.
    func give(_ order: some Encodable) {
        try? orders.fileHandleForWriting.write(contentsOf: Foundation.Data(JSONLine.text(order).utf8))
    }

    /// Lets it end: there are no more orders.
    func release() { try? orders.fileHandleForWriting.close() }
}

/// Messages from many threads to one, in the order in which they come.
final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let count = DispatchSemaphore(value: 0)

    func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        count.signal()
    }

    /// The next message; waits until there is one.
    func next() -> Message {
        count.wait()
        return messages.withLock { $0.removeFirst() }
    }

    /// The next message; nil where none comes within so many seconds.
    func next(within seconds: Double) -> Message? {
        guard count.wait(timeout: .now() + seconds) == .success else { return nil }
        return messages.withLock { $0.removeFirst() }
    }
}

extension Mailbox where Message: Decodable {
    /// The orders that this process, a worker, gets on its standard input; `arrived` is called for every order at once, on a
    /// thread of its own. The end of the input ends the process, and so does a line that is not an order.
    static func orders(arrived: @escaping @Sendable (Message) -> Void = { _ in }) -> Mailbox {
        let orders = Mailbox()
        Thread.detachNewThread {
            while let line = readLine() {
                do {
                    let order = try JSONLine.value(Message.self, in: line.utf8)
                    arrived(order)
                    orders.post(order)
                } catch {
                    Terminal.error(error)
                    _exit(ExitCode(for: error).rawValue)
                }
            }
            _exit(ExitCode.interrupted.rawValue)
        }
        return orders
    }
}
