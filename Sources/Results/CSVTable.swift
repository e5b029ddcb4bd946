import Foundation

/// What is wrong with a CSV file: which file, which line (1 is the header), what was found and what was expected.
public enum CSVError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case empty(file: String)
    case tooLarge(file: String, byteCount: Int)
    case cutOff(file: String, line: Int)
    case repeatedColumn(file: String, column: String)
    case missingColumn(file: String, column: String, found: [String])
    case missingKey(file: String, key: String)
    case missingHistogram(file: String, tap: String, step: Int)
    case irregularBins(file: String, tap: String)
    case missingRows(file: String, column: String, value: String)
    case fieldCount(file: String, line: Int, found: Int, expected: Int)
    case unterminatedQuote(file: String, line: Int)
    case strayQuote(file: String, line: Int)
    case notANumber(file: String, line: Int, column: String, found: String)
    /// A line is wrong in a way that only its reader knows.
    case malformed(file: String, line: Int, reason: String)
    case unknownWord(file: String, line: Int, column: String, found: String, expected: [String])

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .empty(let file): "\(file): is empty; expected a header line"
        case .tooLarge(let file, let byteCount):
            "\(file): has \(byteCount) bytes; at most \(UInt32.max / 2) can be read"
        case .cutOff(let file, let line):
            "\(file):\(line): the last line is cut off (it has no line end): the run was stopped while writing it"
        case .repeatedColumn(let file, let column): "\(file):1: the column '\(column)' is there twice"
        case .missingColumn(let file, let column, let found):
            "\(file):1: has no column '\(column)'; its columns are \(found.joined(separator: ", "))"
        case .missingKey(let file, let key): "\(file): has no row for the key '\(key)'"
        case .missingHistogram(let file, let tap, let step):
            "\(file): has no histogram of the tap '\(tap)' at step \(step), which layers.csv has"
        case .irregularBins(let file, let tap):
            "\(file): the bins of the tap '\(tap)' are not the same ascending bins at every step"
        case .missingRows(let file, let column, let value): "\(file): has no row whose \(column) is '\(value)'"
        case .fieldCount(let file, let line, let found, let expected):
            "\(file):\(line): has \(found) field\(found == 1 ? "" : "s"), the header has \(expected)"
        case .unterminatedQuote(let file, let line): "\(file):\(line): a quoted field begins here and never ends"
        case .strayQuote(let file, let line):
            "\(file):\(line): a quotation mark inside a field (a field with quotation marks must be quoted as a whole)"
        case .notANumber(let file, let line, let column, let found):
            "\(file):\(line): '\(found)' in the column '\(column)' is not a number"
        case .malformed(let file, let line, let reason): "\(file):\(line): \(reason)"
        case .unknownWord(let file, let line, let column, let found, let expected):
            "\(file):\(line): '\(found)' in the column '\(column)' is none of \(expected.joined(separator: ", "))"
        }
    }
}

/// A CSV file (RFC 4180) with a header: fields stay bytes until a column is asked for.
///
/// Quoted fields may hold commas, line breaks and doubled quotation marks; lines end with LF or CRLF. An empty field is a
/// missing value; numbers may be `nan`, `inf` or `-inf`. Reading takes one pass and 8 bytes a field beside the file's own.
public struct CSVTable: Sendable {
    /// The file's name for messages.
    public let file: String
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

    /// Reads a file that must be whole: every writer of results ends a row with a line end, and without one the last number
    /// may be half a number. `name` stands in messages; by default the file's path.
    public init(whole url: URL, name: String? = nil) throws(CSVError) {
        try self.init(contentsOf: url, name: name ?? url.path)
        guard isTerminated else { throw .cutOff(file: file, line: line(ofRow: rowCount - 1)) }
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
        for place in 0..<(rows?.count ?? rowCount) {
            numbers.append(try number(row: rows?[place] ?? place, columnIndex: index))
        }
        return numbers
    }

    /// The numbers of a column, of all rows or of those given; NaN where a field is empty.
    package func values(_ column: String, rows: [Int]? = nil) throws(CSVError) -> [Double] {
        try numbers(column, rows: rows).map { $0 ?? .nan }
    }

    /// A column whose texts are the cases of a type, of all rows or of those given.
    package func words<Word: RawRepresentable<String> & CaseIterable>(
        _ column: String, rows: [Int]? = nil
    ) throws(CSVError) -> [Word] {
        var words: [Word] = []
        for (place, text) in try texts(column, rows: rows).enumerated() {
            guard let word = Word(rawValue: text) else {
                throw .unknownWord(
                    file: file, line: line(ofRow: rows?[place] ?? place), column: column, found: text,
                    expected: Word.allCases.map(\.rawValue))
            }
            words.append(word)
        }
        return words
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

    // MARK: Rows

    /// All rows with the fields of some columns, in the order in which those are named.
    public func rows(_ columns: [String]) throws(CSVError) -> [CSVRow] {
        var rows: [CSVRow] = []
        rows.reserveCapacity(rowCount)
        try forEachRow(columns) { row throws(CSVError) in rows.append(row) }
        return rows
    }

    /// Calls `body` for each row with the fields of some columns.
    public func forEachRow(
        _ columns: [String], _ body: (CSVRow) throws(CSVError) -> Void
    ) throws(CSVError) {
        var places: [Int] = []
        for column in columns { places.append(try index(of: column)) }
        for row in 0..<rowCount { try body(CSVRow(table: self, row: row, places: places)) }
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

    fileprivate func text(row: Int, columnIndex: Int) -> String {
        Self.text(scanner.bytes, field(row: row, columnIndex: columnIndex))
    }

    fileprivate func number(row: Int, columnIndex: Int) throws(CSVError) -> Double? {
        let range = field(row: row, columnIndex: columnIndex).range
        if range.isEmpty { return nil }
        guard let number = CSVNumber.parse(scanner.bytes[range]) else {
            throw notANumber(row: row, column: columns[columnIndex])
        }
        return number
    }

    fileprivate func notANumber(row: Int, column: String) -> CSVError {
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

/// One row of a table, with the columns that were asked for.
public struct CSVRow: Sendable {
    fileprivate let table: CSVTable
    fileprivate let row: Int
    fileprivate let places: [Int]

    /// The fields in the order in which the columns were named.
    public var fields: [String] { places.indices.map { self[$0] } }

    /// The field of a column, by its index among those that were named.
    public subscript(index: Int) -> String { table.text(row: row, columnIndex: places[index]) }

    public func error(_ reason: String) -> CSVError {
        .malformed(file: table.file, line: table.line(ofRow: row), reason: reason)
    }

    /// The number in a column; nil where the field is empty, which means not applicable.
    public func number(_ index: Int) throws(CSVError) -> Double? {
        try table.number(row: row, columnIndex: places[index])
    }

    public func integer(_ index: Int) throws(CSVError) -> Int {
        guard let number = try number(index), let integer = Int(exactly: number) else {
            throw table.notANumber(row: row, column: table.columns[places[index]])
        }
        return integer
    }
}
