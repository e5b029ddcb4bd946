import Foundation

public protocol Downloader: Sendable {
    /// Downloads an address into a file, replacing what is there, and calls `progress` now and then with the bytes received.
    /// An answer longer than `maximumByteCount` is not what was asked for, and is broken off. Where this throws
    /// (`downloadFailed`, or `downloaderMissing` where the machine lacks the means) the file may be partly written.
    func download(
        _ address: String, to file: URL, maximumByteCount: Int, progress: (Int) -> Void
    ) throws(DataError)
}

/// Downloads with the `curl` or the `wget` of the machine: certificates, proxies and redirections are their daily work.
public struct CommandDownloader: Downloader {
    private enum Tool: String, CaseIterable {
        case curl
        case wget
    }

    private let tool: (kind: Tool, program: URL)?

    /// A downloader with the first of the two programs that is found in the folders of `path`.
    public init(path: String = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") {
        let folders = path.split(separator: ":").map { URL(filePath: String($0), directoryHint: .isDirectory) }
        tool =
            Tool.allCases.lazy.compactMap { kind in
                folders.lazy.map { $0.appending(path: kind.rawValue) }
                    .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
                    .map { (kind, $0) }
            }.first
    }

    public func download(
        _ address: String, to file: URL, maximumByteCount: Int, progress: (Int) -> Void
    ) throws(DataError) {
        guard let tool else {
            throw DataError(
                .downloaderMissing, subject: address, found: "neither curl nor wget on this machine",
                expected: "one of them", suggestion: "Install one:  apt-get install curl")
        }
        let process = Process()
        process.executableURL = tool.program
        process.arguments = Self.arguments(tool.kind, address, file.path(percentEncoded: false), maximumByteCount)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let messages = Pipe()
        process.standardError = messages
        do {
            try process.run()
        } catch {
            throw DataError(
                .downloadFailed, subject: address, found: "\(tool.program.path): \(error.localizedDescription)",
                expected: "a download")
        }
        var isTooLong = false
        var reported = 0
        while process.isRunning {
            Thread.sleep(forTimeInterval: 0.1)
            let received = Self.size(of: file)
            if received != reported {
                progress(received)
                reported = received
            }
            if received > maximumByteCount, !isTooLong {
                isTooLong = true
                // Not `terminate()`: a child of a worker thread inherits its mask, in which the polite signals are blocked.
                kill(process.processIdentifier, SIGKILL)
            }
        }
        process.waitUntilExit()
        let text = String(decoding: messages.fileHandleForReading.availableData, as: UTF8.self)
        guard process.terminationStatus == 0, !isTooLong else {
            let reason = text.split(separator: "\n").last.map(String.init)
            throw DataError(
                .downloadFailed, subject: address,
                found: isTooLong
                    ? "more than \(maximumByteCount) bytes"
                    : reason ?? "\(tool.kind.rawValue) ended with status \(process.terminationStatus)",
                expected: "a download")
        }
        if Self.size(of: file) != reported { progress(Self.size(of: file)) }
    }

    private static func arguments(
        _ kind: Tool, _ address: String, _ path: String, _ maximumByteCount: Int
    ) -> [String] {
        switch kind {
        case .curl:
            // Fail on an error of the server instead of saving its page; give up where nothing comes for half a minute.
            [
                "--fail", "--location", "--silent", "--show-error", "--proto", "=https,http,file", "--proto-redir",
                "=https,http", "--connect-timeout", "20", "--speed-limit", "1000", "--speed-time", "30", "--retry", "1",
                "--max-filesize", "\(maximumByteCount)", "--output", path, address,
            ]
        case .wget:
            ["--no-verbose", "--tries=2", "--timeout=30", "--output-document=\(path)", address]
        }
    }

    private static func size(of file: URL) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false))
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
