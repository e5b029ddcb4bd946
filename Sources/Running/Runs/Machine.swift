import Foundation
import Results

extension Provenance {
    /// This machine and this program; found out once.
    public static let current = Provenance(
        processor: processorName, processors: ProcessInfo.processInfo.activeProcessorCount,
        architecture: architectureName, system: systemName, toolchain: toolchainName, build: buildName,
        commit: sourceCommit)

    private static var processorName: String {
        let line = ProcessStatus.line("model name", of: "/proc/cpuinfo")
        return line.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: ": \t")) } ?? architectureName
    }

    private static var architectureName: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }

    private static var systemName: String {
        let line = ProcessStatus.line("PRETTY_NAME=", of: "/etc/os-release")
        return line?.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
            ?? ProcessInfo.processInfo.operatingSystemVersionString
    }

    private static var toolchainName: String {
        #if compiler(>=6.5)
            "Swift 6.5 or later"
        #elseif compiler(>=6.4)
            "Swift 6.4"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2"
        #endif
    }

    private static var buildName: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    // MARK: The source

    /// The commit of the repository that holds this program.
    private static var sourceCommit: String? {
        guard let program = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
        let folder = program.deletingLastPathComponent().path
        guard let commit = git(["rev-parse", "HEAD"], in: folder).output, commit.count >= 40 else { return nil }
        guard let top = git(["rev-parse", "--show-toplevel"], in: folder).output else { return commit }
        let isModified = git(["diff", "--quiet", "HEAD", "--", "Sources", "Package.swift", "Experiments"], in: top)
        return isModified.status == 0 ? commit : "\(commit) (modified)"
    }

    private static func git(_ arguments: [String], in folder: String) -> (status: Int32, output: String?) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { return (127, nil) }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return (process.terminationStatus, nil) }
        return (0, String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// What the kernel says about this process (Linux: `/proc/self/status`; elsewhere little is known).
public enum ProcessStatus {
    /// What follows `prefix` on the first line of a file that begins with it.
    fileprivate static func line(_ prefix: String, of file: String) -> Substring? {
        let text = try? String(contentsOfFile: file, encoding: .utf8)
        return text?.split(separator: "\n").first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count)
    }

    private static func field(_ name: String) -> String? {
        line("\(name):", of: "/proc/self/status")?.trimmingCharacters(in: .whitespaces)
    }

    /// The most memory that was resident at once, in bytes, since the process began or `forgetPeakMemory()`.
    public static var peakMemory: Int? {
        if let field = field("VmHWM"), let kilobytes = Int(field.split(separator: " ")[0]) { return kilobytes * 1024 }
        #if canImport(Darwin)
            var usage = rusage()
            return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : nil
        #else
            return nil
        #endif
    }

    /// Whether the process was started with a signal ignored; known on Linux only.
    static func ignores(signal number: Int32) -> Bool {
        guard let mask = field("SigIgn").flatMap({ UInt64($0, radix: 16) }) else { return false }
        return mask >> UInt64(number - 1) & 1 == 1
    }

    /// Begins to measure the peak anew, where the kernel lets a process do that: each run then reports its own.
    public static func forgetPeakMemory() {
        try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    }
}
