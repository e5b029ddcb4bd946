import Foundation

/// A CSV file (RFC 4180) with a header: fields stay bytes until a column is asked for.
///
/// Quoted fields may hold commas, line breaks and doubled quotation marks; lines end with LF or CRLF. An empty field is a
/// missing value; numbers may be `nan`, `inf` or `-inf`. Reading takes one pass and 8 bytes a field beside the file's own.
public struct CSVTable: Sendable {
    /// The file's name for messages.
    public let file: String
    /// The header's names, in order.
    public let columns: [String]
    /// Rows after the header.
    public let rowCount: Int
    /// Whether the last line has its line end. Files of a run that was stopped while writing have none.
    public let isTerminated: Bool

    private let scanner: ScannedBytes
    private let indexOfColumn: [String: Int]

    /// The scanner's result in the form that columns are read from.
    private struct ScannedBytes: Sendable {
        let bytes: [UInt8]
        let fields: [CSVScanner.Field]
    }

    /// Reads a file. `name` stands in messages; by default the file's last path component.
    public init(contentsOf url: URL, name: String? = nil) throws(CSVError) {
        let name = name ?? url.lastPathComponent
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            let isMissing = !FileManager.default.fileExists(atPath: url.path)
            throw .unreadable(file: name, reason: isMissing ? "there is no such file" : "\(error.localizedDescription)")
        }
        try self.init(bytes: [UInt8](data), name: name)
    }

    /// Reads the bytes of a file.
    public init(bytes: [UInt8], name: String) throws(CSVError) {
        let scanner = try CSVScanner(bytes, file: name)
        self.scanner = ScannedBytes(bytes: scanner.bytes, fields: scanner.fields)
        file = name
        isTerminated = scanner.isTerminated
        rowCount = scanner.fields.count / scanner.columnCount - 1
        var columns: [String] = []
        var indexOfColumn: [String: Int] = [:]
        for field in scanner.fields.prefix(scanner.columnCount) {
            let column = Self.text(scanner.bytes, field)
            guard indexOfColumn.updateValue(columns.count, forKey: column) == nil else {
                throw .repeatedColumn(file: name, column: column)
            }
            columns.append(column)
        }
        self.columns = columns
        self.indexOfColumn = indexOfColumn
    }

    // MARK: Columns

    /// The texts of a column, of all rows or of those given.
    public func texts(_ column: String, rows: [Int]? = nil) throws(CSVError) -> [String] {
        let index = try self.index(of: column)
        return (rows ?? Array(0..<rowCount)).map { text(row: $0, columnIndex: index) }
    }

    /// The numbers of a column, of all rows or of those given; nil where a field is empty.
    public func numbers(_ column: String, rows: [Int]? = nil) throws(CSVError) -> [Double?] {
        let index = try self.index(of: column)
        var numbers: [Double?] = []
        numbers.reserveCapacity(rows?.count ?? rowCount)
        if let rows {
            for row in rows { numbers.append(try number(row: row, columnIndex: index)) }
        } else {
            for row in 0..<rowCount { numbers.append(try number(row: row, columnIndex: index)) }
        }
        return numbers
    }

    /// The whole numbers of a column that has no missing values.
    public func integers(_ column: String, rows: [Int]? = nil) throws(CSVError) -> [Int] {
        var integers: [Int] = []
        let numbers = try self.numbers(column, rows: rows)
        integers.reserveCapacity(numbers.count)
        for (position, number) in numbers.enumerated() {
            guard let number, let integer = Int(exactly: number) else {
                throw notANumber(row: rows?[position] ?? position, column: column)
            }
            integers.append(integer)
        }
        return integers
    }

    /// A column of few different texts: each text once, in order of appearance, and every row's number among them.
    public func categories(_ column: String) throws(CSVError) -> (labels: [String], codes: [Int]) {
        let index = try self.index(of: column)
        var labels: [String] = []
        var codeOfLabel: [String: Int] = [:]
        var codes: [Int] = []
        codes.reserveCapacity(rowCount)
        for row in 0..<rowCount {
            // Files are tidy: a row mostly repeats the row before, which is found without making a string.
            if row > 0, isSame(row, row - 1, columnIndex: index) {
                codes.append(codes[row - 1])
                continue
            }
            let label = text(row: row, columnIndex: index)
            let code = codeOfLabel[label] ?? labels.count
            if code == labels.count {
                labels.append(label)
                codeOfLabel[label] = code
            }
            codes.append(code)
        }
        return (labels, codes)
    }

    /// The rows whose field in `column` is exactly `value`.
    public func rows(where column: String, is value: String) throws(CSVError) -> [Int] {
        let (labels, codes) = try categories(column)
        guard let code = labels.firstIndex(of: value) else { return [] }
        return codes.indices.filter { codes[$0] == code }
    }

    /// The line, from 1, that a row begins on: for messages.
    public func line(ofRow row: Int) -> Int {
        let start = Int(scanner.fields[(row + 1) * columns.count].start)
        return 1 + scanner.bytes[..<start].count { $0 == UInt8(ascii: "\n") }
    }

    // MARK: Fields

    private func index(of column: String) throws(CSVError) -> Int {
        guard let index = indexOfColumn[column] else {
            throw .missingColumn(file: file, column: column, found: columns)
        }
        return index
    }

    private func field(row: Int, columnIndex: Int) -> CSVScanner.Field {
        scanner.fields[(row + 1) * columns.count + columnIndex]
    }

    private func text(row: Int, columnIndex: Int) -> String {
        Self.text(scanner.bytes, field(row: row, columnIndex: columnIndex))
    }

    private func number(row: Int, columnIndex: Int) throws(CSVError) -> Double? {
        let range = field(row: row, columnIndex: columnIndex).range
        if range.isEmpty { return nil }
        guard let number = CSVNumber.parse(scanner.bytes[range]) else {
            throw notANumber(row: row, column: columns[columnIndex])
        }
        return number
    }

    private func notANumber(row: Int, column: String) -> CSVError {
        let found = indexOfColumn[column].map { text(row: row, columnIndex: $0) } ?? ""
        return .notANumber(file: file, line: line(ofRow: row), column: column, found: found)
    }

    private func isSame(_ row: Int, _ other: Int, columnIndex: Int) -> Bool {
        let range = field(row: row, columnIndex: columnIndex).range
        let otherRange = field(row: other, columnIndex: columnIndex).range
        guard range.count == otherRange.count else { return false }
        return scanner.bytes[range].elementsEqual(scanner.bytes[otherRange])
    }

    private static func text(_ bytes: [UInt8], _ field: CSVScanner.Field) -> String {
        let text = String(decoding: bytes[field.range], as: UTF8.self)
        return field.hasDoubledQuotes ? text.replacingOccurrences(of: "\"\"", with: "\"") : text
    }
}
