/// The text of a CSV file that is being made: a fixed header, rows of numbers and words, shortest round-trip numbers.
public struct CSVText: Sendable, Equatable {
    /// One field of a row.
    public enum Field: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        /// A word or a text; quoted where it must be.
        case text(String)
        /// A whole number.
        case integer(Int)
        /// A number; `nan`, `inf` and `-inf` where it is none.
        case number(Double)
        /// Not applicable.
        case missing

        /// A text.
        public init(stringLiteral value: String) { self = .text(value) }
        /// A whole number.
        public init(integerLiteral value: Int) { self = .integer(value) }

        /// A number, or nothing where there is none.
        static func optional(_ value: Double?) -> Field { value.map(Field.number) ?? .missing }
    }

    /// The names of the columns.
    public let columns: [String]
    /// The file's text so far.
    public private(set) var text: String
    /// Rows after the header.
    public private(set) var rowCount = 0

    /// An empty table.
    public init(columns: [String]) {
        self.columns = columns
        text = columns.map(Self.quoted).joined(separator: ",") + "\n"
    }

    /// Adds a row: one field a column.
    public mutating func append(_ fields: Field...) { append(fields) }

    /// Adds a row: one field a column.
    public mutating func append(_ fields: [Field]) {
        precondition(fields.count == columns.count, "\(fields.count) fields in a row of \(columns.count) columns")
        for (index, field) in fields.enumerated() {
            if index > 0 { text += "," }
            text += Self.spelled(field)
        }
        text += "\n"
        rowCount += 1
    }

    private static func spelled(_ field: Field) -> String {
        switch field {
        case .text(let text): quoted(text)
        case .integer(let value): String(value)
        case .number(let value): spelled(value)
        case .missing: ""
        }
    }

    private static func spelled(_ value: Double) -> String {
        if let integer = Int(exactly: value), abs(integer) < 1_000_000_000 { return String(integer) }
        return "\(value)"
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
