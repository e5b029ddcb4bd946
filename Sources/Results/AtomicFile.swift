import Foundation

/// A file operation that the system refused: what was tried, on which path, why, and what may help.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried, as a verb phrase (`write`, `open for appending`).
    public let operation: String
    public let path: String
    public let reason: String
    /// What the reader can do, or nil where nothing general can be said.
    public var suggestion: String?

    public var description: String {
        "cannot \(operation) \(path): \(reason)" + (suggestion.map { " (\($0))" } ?? "")
    }
}

extension FileError {
    /// The error of the system call that has just failed, from `errno`.
    package static func lastSystemError(_ operation: String, _ url: URL) -> FileError {
        FileError(operation: operation, path: url.path, code: errno)
    }

    package init(operation: String, path: String, code: Int32) {
        let suggestion: String? =
            switch code {
            case EACCES, EPERM, EROFS: "check the permissions of the folder, or choose another one for the results"
            case ENOSPC, EDQUOT: "free some space: the run continues where it was saved last"
            case ENOENT: "check that the folder still exists"
            default: nil
            }
        self.init(
            operation: operation, path: path, reason: String(cString: strerror(code)), suggestion: suggestion)
    }
}

/// Writes whole files so that a reader, or a machine that loses power, sees the old contents or the new, never a part.
public enum AtomicFile {
    /// The ending of a file that is being written; one that is left over was abandoned and may be deleted.
    package static let temporarySuffix = ".partial"

    /// Replaces a file: writes beside it, syncs, renames over it, syncs the folder.
    ///
    /// - Parameters:
    ///   - bytes: the new contents.
    ///   - url: the file, in a folder that exists. One writer at a time.
    public static func write(_ bytes: [UInt8], to url: URL) throws(FileError) {
        let temporary = url.deletingLastPathComponent().appendingPathComponent(url.lastPathComponent + temporarySuffix)
        do {
            let file = try FileDescriptor(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC, operation: "write")
            try file.write(bytes)
            try file.synchronize()
        } catch {
            unlink(temporary.path)
            throw error
        }
        guard rename(temporary.path, url.path) == 0 else { throw FileError.lastSystemError("replace", url) }
        try synchronizeFolder(url.deletingLastPathComponent())
    }

    public static func write(_ text: String, to url: URL) throws(FileError) {
        try write(Array(text.utf8), to: url)
    }

    /// Returns when the names in a folder have reached the disk.
    public static func synchronizeFolder(_ folder: URL) throws(FileError) {
        try FileDescriptor(folder, flags: O_RDONLY | O_DIRECTORY, operation: "sync the folder").synchronize()
    }

    package static func remove(_ url: URL) throws(FileError) {
        guard unlink(url.path) == 0 || errno == ENOENT else { throw FileError.lastSystemError("remove", url) }
    }

    package static func createFolder(_ folder: URL) throws(FileError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                operation: "create the folder", path: folder.path, reason: error.localizedDescription,
                suggestion: "check the permissions, or choose another folder for the results")
        }
    }

    package static func read(_ url: URL) throws(FileError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: url))
        } catch {
            let reason = FileManager.default.fileExists(atPath: url.path) ? error.localizedDescription : "no such file"
            throw FileError(operation: "read", path: url.path, reason: reason)
        }
    }
}

/// A file that is open, closed when the value goes away: the few system calls that durable writing needs.
///
/// Foundation's `FileHandle` neither truncates and appends with errors that can be caught by type, nor syncs folders.
package final class FileDescriptor {
    private let number: Int32
    private let url: URL

    /// Opens a file with the flags of `open(2)`; a created file is readable by all.
    package init(_ url: URL, flags: Int32, operation: String) throws(FileError) {
        let number = open(url.path, flags | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw FileError.lastSystemError(operation, url) }
        self.number = number
        self.url = url
    }

    deinit { close(number) }

    /// Writes all bytes at the end of what was written.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            #if canImport(Darwin)
                let count = Darwin.write(number, rest, rest.count)
            #else
                let count = Glibc.write(number, rest, rest.count)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError.lastSystemError("write", url)
            }
            if count == rest.count { return }
            rest.removeFirst(count)
        }
    }

    /// Cuts the file to a length in bytes and continues writing there.
    package func truncate(to length: Int) throws(FileError) {
        guard ftruncate(number, off_t(length)) == 0 else { throw FileError.lastSystemError("truncate", url) }
        guard lseek(number, off_t(length), SEEK_SET) >= 0 else { throw FileError.lastSystemError("seek in", url) }
    }

    package func length() throws(FileError) -> Int {
        var information = stat()
        guard fstat(number, &information) == 0 else { throw FileError.lastSystemError("examine", url) }
        return Int(information.st_size)
    }

    /// Returns when everything written has reached the disk.
    package func synchronize() throws(FileError) {
        // Some file systems cannot sync (EINVAL, ENOTSUP on a few network mounts): nothing can be done about that.
        guard fsync(number) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw FileError.lastSystemError("sync", url)
        }
    }

    /// Takes an exclusive lock that the kernel drops when this process ends in any way; false when another holds it.
    package func lock() throws(FileError) -> Bool {
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            // A file system without locks: working unlocked serves the user better than not at all.
            case ENOLCK, ENOTSUP: return true
            default: throw FileError.lastSystemError("lock", url)
            }
        }
        return true
    }

    /// Whether the path still names this very file, and not one that has replaced it.
    package func isStillNamed(by url: URL) -> Bool {
        var mine = stat()
        var named = stat()
        guard fstat(number, &mine) == 0, stat(url.path, &named) == 0 else { return false }
        return mine.st_ino == named.st_ino && mine.st_dev == named.st_dev
    }
}
