import Foundation

/// Appends rows under a fixed header to a CSV file (RFC 4180, `\n` line ends) and knows its length to the byte.
///
/// Rows are collected and written in blocks. The length at a saved state is all that resuming needs: the file is cut
/// there and continues, so that it ends with the same bytes as one that was never interrupted.
public final class CSVWriter {
    /// The file.
    public let url: URL
    /// The names of the columns.
    public let header: [String]
    /// The length in bytes with everything appended so far, flushed or not.
    public private(set) var byteCount: Int

    private let file: FileDescriptor
    private var buffer: [UInt8] = []
    private static let blockSize = 1 << 16

    /// Starts a file with its header; what was there before is gone.
    public init(creating url: URL, header: [String]) throws(FileError) {
        self.url = url
        self.header = header
        file = try FileDescriptor(url, flags: O_WRONLY | O_CREAT | O_TRUNC, operation: "create")
        CSVField.append(row: header.map { .text($0) }, to: &buffer)
        byteCount = buffer.count
    }

    /// Continues a file after its first `length` bytes; what follows them is cut away.
    ///
    /// - Throws: a `FileError` also when the file is shorter than that or begins with another header.
    public init(continuing url: URL, header: [String], length: Int) throws(FileError) {
        self.url = url
        self.header = header
        file = try FileDescriptor(url, flags: O_WRONLY, operation: "continue")
        let found = try file.length()
        guard found >= length else {
            throw FileError(
                operation: "continue", path: url.path, reason: "it has \(found) bytes and should have \(length)")
        }
        let expected = CSVField.bytes(rows: [header.map { .text($0) }])
        guard try CSVWriter.prefix(of: url, count: expected.count) == expected else {
            throw FileError(operation: "continue", path: url.path, reason: "it begins with another header")
        }
        try file.truncate(to: length)
        byteCount = length
    }

    /// Appends a row with one field for each column.
    public func append(_ row: [CSVField]) throws(FileError) {
        precondition(row.count == header.count, "a row of \(row.count) fields under \(header.count) columns")
        let before = buffer.count
        CSVField.append(row: row, to: &buffer)
        byteCount += buffer.count - before
        if buffer.count >= Self.blockSize { try flush() }
    }

    /// Hands everything appended so far to the system.
    public func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Returns when everything appended so far has reached the disk.
    public func synchronize() throws(FileError) {
        try flush()
        try file.synchronize()
    }

    private static func prefix(of url: URL, count: Int) throws(FileError) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            return [UInt8](try handle.read(upToCount: count) ?? Data())
        } catch {
            throw FileError(operation: "read", path: url.path, reason: error.localizedDescription)
        }
    }
}
