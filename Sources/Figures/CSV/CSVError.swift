/// What is wrong with a CSV file: which file, which line (1 is the header), what was found and what was expected.
public enum CSVError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read at all.
    case unreadable(file: String, reason: String)
    /// There is no header line.
    case empty(file: String)
    /// The file is larger than the reader's 32-bit offsets reach.
    case tooLarge(file: String, byteCount: Int)
    /// The last line has no line end: whoever wrote the file was stopped while writing.
    case cutOff(file: String, line: Int)
    /// Two columns have the same name.
    case repeatedColumn(file: String, column: String)
    /// A column that is needed is not there.
    case missingColumn(file: String, column: String, found: [String])
    /// A file of keys and values lacks a key.
    case missingKey(file: String, key: String)
    /// The bins of a tap's histograms are not the same ascending bins at every step.
    case irregularBins(file: String, tap: String)
    /// No row has a value in a column that some must have.
    case missingRows(file: String, column: String, value: String)
    /// A line has more or fewer fields than the header.
    case fieldCount(file: String, line: Int, found: Int, expected: Int)
    /// A quoted field begins on this line and never ends.
    case unterminatedQuote(file: String, line: Int)
    /// A quotation mark inside an unquoted field, or text after the closing one.
    case strayQuote(file: String, line: Int)
    /// A field that should be a number is not.
    case notANumber(file: String, line: Int, column: String, found: String)
    /// A field that should be one of a few words is not.
    case unknownWord(file: String, line: Int, column: String, found: String, expected: [String])

    /// One line for people: `file:line: what`.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason)"
        case .empty(let file):
            "\(file): is empty; expected a header line"
        case .tooLarge(let file, let byteCount):
            "\(file): has \(byteCount) bytes; at most \(UInt32.max / 2) can be read"
        case .cutOff(let file, let line):
            "\(file):\(line): the last line is cut off (it has no line end): the run was stopped while writing it"
        case .repeatedColumn(let file, let column):
            "\(file):1: the column '\(column)' is there twice"
        case .missingColumn(let file, let column, let found):
            "\(file):1: has no column '\(column)'; its columns are \(found.joined(separator: ", "))"
        case .missingKey(let file, let key):
            "\(file): has no row for the key '\(key)'"
        case .irregularBins(let file, let tap):
            "\(file): the bins of the tap '\(tap)' are not the same ascending bins at every step"
        case .missingRows(let file, let column, let value):
            "\(file): has no row whose \(column) is '\(value)'"
        case .fieldCount(let file, let line, let found, let expected):
            "\(file):\(line): has \(found) field\(found == 1 ? "" : "s"), the header has \(expected)"
        case .unterminatedQuote(let file, let line):
            "\(file):\(line): a quoted field begins here and never ends"
        case .strayQuote(let file, let line):
            "\(file):\(line): a quotation mark inside a field (a field with quotation marks must be quoted as a whole)"
        case .notANumber(let file, let line, let column, let found):
            "\(file):\(line): '\(found)' in the column '\(column)' is not a number"
        case .unknownWord(let file, let line, let column, let found, let expected):
            "\(file):\(line): '\(found)' in the column '\(column)' is none of \(expected.joined(separator: ", "))"
        }
    }
}
