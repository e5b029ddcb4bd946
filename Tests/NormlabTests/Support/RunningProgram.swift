import Foundation
import Testing

/// A process of the program, which can be waited for and sent signals.
final class RunningProgram {
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let output: PrintedFile
    private let errors: PrintedFile

    init(_ executable: URL, _ arguments: [String], folder: URL, environment: [String: String]) throws {
        output = try PrintedFile()
        errors = try PrintedFile()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.handle
        process.standardError = errors.handle
        process.terminationHandler = { [ended] _ in ended.signal() }
        try Self.withoutInheritedSignals { try process.run() }
    }

    deinit {
        if process.isRunning { send(SIGKILL) }
    }

    /// Whether it has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// Sends it a signal.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until it has ended.
    func outcome() throws -> Program.Outcome {
        ended.wait()
        let isExit = process.terminationReason == .exit
        return Program.Outcome(
            code: isExit ? process.terminationStatus : nil, signal: isExit ? nil : process.terminationStatus,
            output: try output.text(), errors: try errors.text())
    }

    /// Waits until a condition holds, or the process has ended, or far too much time has passed.
    func wait(until condition: () -> Bool) {
        let limit = Date.now.addingTimeInterval(60)
        while !condition(), isRunning, Date.now < limit { usleep(2000) }
    }

    /// Starts a process that takes signals, whatever this thread and process do about them: the threads of a pool block
    /// them, a shell's background jobs ignore them, and processes inherit both.
    private static func withoutInheritedSignals(_ start: () throws -> Void) rethrows {
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try start()
    }
}

/// A file that takes what a process prints: unlike a pipe it is never full.
private final class PrintedFile {
    let url = FileManager.default.temporaryDirectory.appending(path: "normlab-printed-\(UUID().uuidString)")
    let handle: FileHandle

    init() throws {
        try Data().write(to: url)
        handle = try FileHandle(forWritingTo: url)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func text() throws -> String { try String(contentsOf: url, encoding: .utf8) }
}
