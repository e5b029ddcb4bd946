import Foundation

/// One field of a CSV row, and how it is spelled.
///
/// Numbers have the fewest digits that read back to the same value: a whole number below 10⁹ in magnitude has no decimal
/// point (`5`), whatever its type. `nan`, `inf` and `-inf` are words that every common reader takes; a field that does not
/// apply is empty.
public enum CSVField: Equatable, Sendable {
    case integer(Int)
    case number(Double)
    /// A number in single precision: fewer digits are needed.
    case single(Float)
    /// Any text; quoted where RFC 4180 asks for it.
    case text(String)
    case empty

    public static func optional(_ value: Double?) -> CSVField { value.map(CSVField.number) ?? .empty }
    public static func optional(_ value: Int?) -> CSVField { value.map(CSVField.integer) ?? .empty }
    public static func optional(_ value: String?) -> CSVField { value.map(CSVField.text) ?? .empty }

    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .integer(let value): bytes.append(contentsOf: value.description.utf8)
        case .number(let value): Self.append(value, to: &bytes)
        case .single(let value): Self.append(value, to: &bytes)
        case .text(let value): Self.append(value, to: &bytes)
        case .empty: break
        }
    }

    private static func append(_ value: some BinaryFloatingPoint & CustomStringConvertible, to bytes: inout [UInt8]) {
        if value.magnitude < 1e9, let whole = Int(exactly: value) {
            bytes.append(contentsOf: whole.description.utf8)
        } else {
            // The description of a NaN carries its sign and payload; which NaN it was means nothing.
            bytes.append(contentsOf: (value.isNaN ? "nan" : value.description).utf8)
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let special = [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        guard text.utf8.contains(where: special.contains) else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Rows, fields separated by commas and each row ended by a line feed.
    public static func bytes(rows: some Sequence<[CSVField]>) -> [UInt8] {
        var bytes: [UInt8] = []
        for row in rows { append(row: row, to: &bytes) }
        return bytes
    }

    fileprivate static func append(row: [CSVField], to bytes: inout [UInt8]) {
        for (index, field) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            field.append(to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }
}

extension CSVField: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
}

/// A CSV file that is made in memory and written as a whole.
public struct CSVText: Sendable, Equatable {
    public let columns: [String]
    public private(set) var bytes: [UInt8]
    public private(set) var rowCount = 0

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public init(columns: [String]) {
        self.columns = columns
        bytes = CSVField.bytes(rows: [columns.map { .text($0) }])
    }

    public mutating func append(_ fields: CSVField...) { append(fields) }

    public mutating func append(_ fields: [CSVField]) {
        precondition(fields.count == columns.count, "\(fields.count) fields in a row of \(columns.count) columns")
        CSVField.append(row: fields, to: &bytes)
        rowCount += 1
    }
}

/// Appends rows under a fixed header to a CSV file (RFC 4180, `\n` line ends) and knows its length to the byte.
///
/// Rows are collected and written in blocks. The length at a saved state is all that resuming needs: the file is cut
/// there and continues, so that it ends with the same bytes as one that was never interrupted.
public final class CSVWriter {
    public let url: URL
    public let header: [String]
    /// The length in bytes with everything appended so far, flushed or not.
    public private(set) var byteCount: Int

    private let file: FileDescriptor
    private var buffer: [UInt8] = []
    private static let blockSize = 1 << 16

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

    public func append(_ row: [CSVField]) throws(FileError) {
        precondition(row.count == header.count, "a row of \(row.count) fields under \(header.count) columns")
        let before = buffer.count
        CSVField.append(row: row, to: &buffer)
        byteCount += buffer.count - before
        if buffer.count >= Self.blockSize { try flush() }
    }

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
