import Foundation

/// A process that makes one run after the other: this program as `run-worker`.
///
/// What it prints on both its outputs comes line by line. Its standard input takes orders and is a leash: when it is gone,
/// because whoever holds it was killed or wants no more, the process ends at once.
final class RunProcess {
    /// What comes from it, on a thread of its own.
    enum Message: Sendable {
        /// A line that it printed.
        case line([UInt8])
        /// It has ended and said everything: with an exit code, or by a signal.
        case exited(Int32)
        case killed(signal: Int32)
    }

    private let leash = Pipe()

    /// Starts a process.
    ///
    /// - Parameter receive: takes its messages, the last of which says that it has ended.
    init(arguments: [String], receive: @escaping @Sendable (Message) -> Void) throws {
        guard let program = Bundle.main.executableURL else {
            throw WorkerProcess.Failure(description: "this program does not know where it is")
        }
        let process = Process()
        let printed = Pipe()
        process.executableURL = program
        process.arguments = [RunWorker.configuration.commandName ?? ""] + arguments
        process.standardInput = leash
        process.standardOutput = printed
        process.standardError = printed
        do { try process.run() } catch {
            throw WorkerProcess.Failure(description: "no process can be started: \(error.localizedDescription)")
        }
        Thread.detachNewThread {
            var lines = LineBuffer()
            while true {
                let more = printed.fileHandleForReading.availableData
                if more.isEmpty { break }
                lines.append(more)
                while let line = lines.next() { receive(.line(line)) }
            }
            if !lines.rest.isEmpty { receive(.line(lines.rest)) }
            process.waitUntilExit()
            let status = process.terminationStatus
            receive(process.terminationReason == .exit ? .exited(status) : .killed(signal: status))
        }
    }

    /// Gives it an order. One that has ended takes none, which its last message says.
    func give(_ order: RunOrder) {
        // Whoever has ended no longer reads: that is an error here and not this program's end (see `RunPool`).
        try? leash.fileHandleForWriting.write(contentsOf: Foundation.Data(order.line.utf8))
    }
}
