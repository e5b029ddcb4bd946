import Foundation
import Testing

/// The built program, run as a user runs it.
struct Program {
    /// The folder it works in.
    let folder: URL
    /// What the environment has besides, or instead of, this process's own.
    var environment: [String: String] = [:]

    /// How a process ended and what it printed.
    struct Outcome {
        /// The exit code; nil for a process that a signal ended.
        let code: Int32?
        /// The signal that ended it.
        let signal: Int32?
        let output: String
        let errors: String
    }

    /// Runs the program to its end.
    func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

    /// Runs the program to its end.
    func run(_ arguments: [String]) throws -> Outcome { try start(arguments).outcome() }

    /// Runs a line of shell that begins with the program's arguments, for redirections.
    func shell(_ line: String) throws -> Outcome {
        let program = try Self.executable().path
        return try RunningProgram(
            URL(filePath: "/bin/sh"), ["-c", "exec \"$0\" \(line)", program], folder: folder, environment: environment
        ).outcome()
    }

    /// Starts the program.
    func start(_ arguments: [String]) throws -> RunningProgram {
        try RunningProgram(Self.executable(), arguments, folder: folder, environment: environment)
    }

    /// The repository.
    static let repository = URL(filePath: #filePath, directoryHint: .notDirectory).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The program: it stands beside the test bundle, which runs this code.
    static func executable() throws -> URL {
        let running = [Bundle.main.bundleURL, URL(filePath: CommandLine.arguments[0])] + loadedBundles
        // A test bundle is a file on Linux and a folder on macOS: the program stands beside it, or beside one above.
        let beside = running.flatMap { place in
            sequence(first: place.standardizedFileURL) { $0.path == "/" ? nil : $0.deletingLastPathComponent() }.prefix(
                5)
        }
        let built = ["debug", "release"].map { repository.appending(path: ".build/\($0)") }
        let candidates = (beside + built).map { $0.appending(path: "normlab") }
        return try #require(
            candidates.first { isProgram($0) }, "normlab is not built; looked for \(candidates.map(\.path))")
    }

    private static var loadedBundles: [URL] { Bundle.allBundles.map(\.bundleURL) }

    private static func isProgram(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: url.path)
    }
}
