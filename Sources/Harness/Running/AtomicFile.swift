import Foundation

/// Writes whole files so that a reader, or a machine that loses power, sees the old contents or the new, never a part.
public enum AtomicFile {
    /// The ending of a file that is being written; one that is left over was abandoned and may be deleted.
    static let temporarySuffix = ".partial"

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

    /// Replaces a file by a text in UTF-8.
    public static func write(_ text: String, to url: URL) throws(FileError) {
        try write(Array(text.utf8), to: url)
    }

    /// Returns when the names in a folder have reached the disk.
    public static func synchronizeFolder(_ folder: URL) throws(FileError) {
        try FileDescriptor(folder, flags: O_RDONLY | O_DIRECTORY, operation: "sync the folder").synchronize()
    }

    /// Removes a file, if it is there.
    static func remove(_ url: URL) throws(FileError) {
        guard unlink(url.path) == 0 || errno == ENOENT else { throw FileError.lastSystemError("remove", url) }
    }

    /// Creates a folder and those above it.
    static func createFolder(_ folder: URL) throws(FileError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                operation: "create the folder", path: folder.path, reason: error.localizedDescription,
                suggestion: "check the permissions, or choose another folder for the results")
        }
    }

    /// The bytes of a file.
    static func read(_ url: URL) throws(FileError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: url))
        } catch {
            let reason = FileManager.default.fileExists(atPath: url.path) ? error.localizedDescription : "no such file"
            throw FileError(operation: "read", path: url.path, reason: reason)
        }
    }
}
