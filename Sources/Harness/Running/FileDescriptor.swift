import Foundation

/// A file that is open, closed when the value goes away: the few system calls that durable writing needs.
///
/// Foundation's `FileHandle` neither truncates and appends with errors that can be caught by type, nor syncs folders.
final class FileDescriptor {
    private let number: Int32
    private let url: URL

    /// Opens a file with the flags of `open(2)`; a created file is readable by all.
    init(_ url: URL, flags: Int32, operation: String) throws(FileError) {
        let number = open(url.path, flags | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw FileError.lastSystemError(operation, url) }
        self.number = number
        self.url = url
    }

    deinit { close(number) }

    /// Writes all bytes at the end of what was written.
    func write(_ bytes: [UInt8]) throws(FileError) {
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
    func truncate(to length: Int) throws(FileError) {
        guard ftruncate(number, off_t(length)) == 0 else { throw FileError.lastSystemError("truncate", url) }
        guard lseek(number, off_t(length), SEEK_SET) >= 0 else { throw FileError.lastSystemError("seek in", url) }
    }

    /// The length of the file in bytes.
    func length() throws(FileError) -> Int {
        var information = stat()
        guard fstat(number, &information) == 0 else { throw FileError.lastSystemError("examine", url) }
        return Int(information.st_size)
    }

    /// Returns when everything written has reached the disk.
    func synchronize() throws(FileError) {
        // Some file systems cannot sync (EINVAL, ENOTSUP on a few network mounts): nothing can be done about that.
        guard fsync(number) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw FileError.lastSystemError("sync", url)
        }
    }

    /// Takes an exclusive lock that the kernel drops when this process ends in any way; false when another holds it.
    func lock() throws(FileError) -> Bool {
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
    func isStillNamed(by url: URL) -> Bool {
        var mine = stat()
        var named = stat()
        guard fstat(number, &mine) == 0, stat(url.path, &named) == 0 else { return false }
        return mine.st_ino == named.st_ino && mine.st_dev == named.st_dev
    }
}
