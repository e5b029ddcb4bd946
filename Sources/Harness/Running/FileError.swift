import Foundation

/// A file operation that the system refused: what was tried, on which path, why, and what may help.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried, as a verb phrase (`write`, `open for appending`).
    public let operation: String
    /// The path on which it was tried.
    public let path: String
    /// The system's reason in words.
    public let reason: String
    /// What the reader can do, or nil where nothing general can be said.
    public let suggestion: String?

    /// An error from its parts.
    public init(operation: String, path: String, reason: String, suggestion: String? = nil) {
        self.operation = operation
        self.path = path
        self.reason = reason
        self.suggestion = suggestion
    }

    /// The error of the system call that has just failed, from `errno`.
    static func lastSystemError(_ operation: String, _ url: URL) -> FileError {
        FileError(operation: operation, path: url.path, code: errno)
    }

    init(operation: String, path: String, code: Int32) {
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

    /// The error in words.
    public var description: String {
        "cannot \(operation) \(path): \(reason)" + (suggestion.map { " (\($0))" } ?? "")
    }
}
