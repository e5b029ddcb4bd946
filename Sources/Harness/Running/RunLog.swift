import Foundation
import Results

/// The log of a run: a line for each event, with its time in UTC.
final class RunLog {
    private let file: FileDescriptor

    /// Opens a log and continues at its end.
    init(_ url: URL) throws(FileError) {
        file = try FileDescriptor(url, flags: O_WRONLY | O_CREAT | O_APPEND, operation: "write the log")
    }

    /// Appends a line.
    func note(_ line: String) throws(FileError) {
        try file.write(Array("\(Date.now.ISO8601Format())  \(line)\n".utf8))
    }
}
