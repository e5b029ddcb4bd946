import Foundation
import Results

/// Another process is working in a folder.
public struct FolderLocked: Error, Equatable, Sendable, CustomStringConvertible {
    /// The folder.
    public let folder: String
    /// The process that holds the lock, where it could be read.
    public let process: Int32?

    /// The error in words.
    public var description: String {
        let holder = process.map { "process \($0)" } ?? "another process"
        return "\(folder) is in use by \(holder): wait for it, or stop it (its run can be resumed)"
    }
}

/// The right of one process to write in a folder, given back when the value goes away or the process ends in any way.
///
/// The lock is the kernel's (`flock`) on a file that names its holder. A process that was killed leaves the file but not
/// the lock, so nothing is ever stale: no guess about process numbers, which are used again.
public final class FolderLock {
    private let url: URL
    private let file: FileDescriptor

    /// Takes the lock of a folder that exists.
    ///
    /// - Throws: `FolderLocked` while another holder is alive (this process counts too), or `FileError`.
    public init(_ folder: URL) throws {
        url = folder.appendingPathComponent("run.lock")
        while true {
            let file = try FileDescriptor(url, flags: O_RDWR | O_CREAT, operation: "lock")
            guard try file.lock() else {
                throw FolderLocked(folder: folder.path, process: Self.holder(url))
            }
            // Between opening and locking, the holder before may have removed the file: then this is the wrong one.
            guard file.isStillNamed(by: url) else { continue }
            try file.truncate(to: 0)
            try file.write(Array("\(getpid())\n".utf8))
            self.file = file
            return
        }
    }

    deinit { unlink(url.path) }

    private static func holder(_ url: URL) -> Int32? {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
