import Foundation

/// A CSV file that does not have the form it should have.
public struct CSVError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The line, counted from one.
    public let line: Int
    /// What was found and what was expected.
    public let reason: String

    /// The error in words.
    public var description: String { "\(path):\(line): error: \(reason)" }
}

/// Reads a CSV file with a header row (RFC 4180; line ends `\n` or `\r\n`).
public struct CSVReader: Sendable {
    /// The file, for messages.
    public let path: String
    /// The names of the columns.
    public let header: [String]
    private let bytes: [UInt8]
    private let start: Int
    private let firstLine: Int

    /// Opens a file and reads its header.
    ///
    /// - Throws: `FileError` when it cannot be read, `CSVError` when it has no header.
    public init(_ url: URL) throws {
        try self.init(bytes: AtomicFile.read(url), path: url.path)
    }

    init(bytes: [UInt8], path: String) throws(CSVError) {
        self.bytes = bytes
        self.path = path
        var cursor = Cursor(offset: 0, line: 1)
        guard let row = try Self.next(bytes, &cursor, path) else {
            throw CSVError(path: path, line: 1, reason: "the file is empty; expected a header")
        }
        header = row
        start = cursor.offset
        firstLine = cursor.line
    }

    /// Calls `body` for each row after the header.
    ///
    /// - Parameter columns: the columns wanted, by name; the row holds their fields in that order.
    public func forEachRow(_ columns: [String], _ body: (CSVRow) throws -> Void) throws {
        let places = try columns.map { name in
            guard let place = header.firstIndex(of: name) else {
                throw CSVError(
                    path: path, line: 1,
                    reason: "no column '\(name)'; the columns are \(header.joined(separator: ", "))")
            }
            return place
        }
        var cursor = Cursor(offset: start, line: firstLine)
        while true {
            let line = cursor.line
            guard let fields = try Self.next(bytes, &cursor, path) else { return }
            guard fields.count == header.count else {
                throw CSVError(
                    path: path, line: line, reason: "\(fields.count) fields; the header has \(header.count)")
            }
            try body(CSVRow(fields: places.map { fields[$0] }, path: path, line: line))
        }
    }

    /// All rows, with the fields of the columns wanted.
    public func rows(_ columns: [String]) throws -> [CSVRow] {
        var rows: [CSVRow] = []
        try forEachRow(columns) { rows.append($0) }
        return rows
    }

    // MARK: Splitting

    private struct Cursor {
        var offset: Int
        var line: Int
    }

    private static func next(_ bytes: [UInt8], _ cursor: inout Cursor, _ path: String) throws(CSVError) -> [String]? {
        guard cursor.offset < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(try field(bytes, &cursor, path))
            guard cursor.offset < bytes.count else { return fields }
            let separator = bytes[cursor.offset]
            cursor.offset += 1
            if separator == UInt8(ascii: ",") { continue }
            if separator == UInt8(ascii: "\r"), cursor.offset < bytes.count,
                bytes[cursor.offset] == UInt8(ascii: "\n")
            {
                cursor.offset += 1
            }
            cursor.line += 1
            return fields
        }
    }

    private static func field(_ bytes: [UInt8], _ cursor: inout Cursor, _ path: String) throws(CSVError) -> String {
        var end = cursor.offset
        if end < bytes.count, bytes[end] == UInt8(ascii: "\"") {
            return try quoted(bytes, &cursor, path)
        }
        while end < bytes.count, !isSeparator(bytes[end]) { end += 1 }
        defer { cursor.offset = end }
        return String(decoding: bytes[cursor.offset..<end], as: UTF8.self)
    }

    private static func quoted(_ bytes: [UInt8], _ cursor: inout Cursor, _ path: String) throws(CSVError) -> String {
        let line = cursor.line
        var text: [UInt8] = []
        var index = cursor.offset + 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                    guard index == bytes.count || isSeparator(bytes[index]) else {
                        throw CSVError(path: path, line: cursor.line, reason: "text after a closing quote")
                    }
                    cursor.offset = index
                    return String(decoding: text, as: UTF8.self)
                }
                index += 1
            }
            if byte == UInt8(ascii: "\n") { cursor.line += 1 }
            text.append(byte)
        }
        throw CSVError(path: path, line: line, reason: "a quote that is never closed")
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
}

/// The wanted fields of one row.
public struct CSVRow: Sendable {
    /// The fields, unquoted.
    public let fields: [String]
    let path: String
    let line: Int

    /// An error of this row.
    public func error(_ reason: String) -> CSVError { CSVError(path: path, line: line, reason: reason) }

    /// The field at an index as it stands.
    public subscript(index: Int) -> String { fields[index] }

    /// The field at an index as a number; nil when it is empty, which means not applicable.
    public func number(_ index: Int) throws(CSVError) -> Double? {
        if fields[index].isEmpty { return nil }
        guard let value = Double(fields[index]) else {
            throw CSVError(path: path, line: line, reason: "'\(fields[index])' is not a number")
        }
        return value
    }

    /// The field at an index as a whole number.
    public func integer(_ index: Int) throws(CSVError) -> Int {
        guard let value = Int(fields[index]) else {
            throw CSVError(path: path, line: line, reason: "'\(fields[index])' is not a whole number")
        }
        return value
    }
}
