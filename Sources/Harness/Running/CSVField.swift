/// One field of a CSV row, and how it is spelled.
///
/// Numbers have the fewest digits that read back to the same value and a decimal point; `nan`, `inf` and `-inf` are
/// words that every common reader takes; a field that does not apply is empty.
public enum CSVField: Equatable, Sendable {
    /// A whole number.
    case integer(Int)
    /// A number in double precision.
    case number(Double)
    /// A number in single precision: fewer digits are needed.
    case single(Float)
    /// Any text; quoted where RFC 4180 asks for it.
    case text(String)
    /// Not applicable.
    case empty

    /// A number, or an empty field where there is none.
    public static func optional(_ value: Double?) -> CSVField { value.map(CSVField.number) ?? .empty }
    /// A whole number, or an empty field where there is none.
    public static func optional(_ value: Int?) -> CSVField { value.map(CSVField.integer) ?? .empty }

    /// Appends the field as it stands in a file.
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .integer(let value): bytes.append(contentsOf: value.description.utf8)
        case .number(let value): Self.append(value, to: &bytes)
        case .single(let value): Self.append(value, to: &bytes)
        case .text(let value): Self.append(value, to: &bytes)
        case .empty: break
        }
    }

    private static func append(_ value: some BinaryFloatingPoint & CustomStringConvertible, to bytes: inout [UInt8]) {
        // The description of a NaN carries its sign and payload; which NaN it was means nothing.
        bytes.append(contentsOf: (value.isNaN ? "nan" : value.description).utf8)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let special: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
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

    static func append(row: [CSVField], to bytes: inout [UInt8]) {
        for (index, field) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            field.append(to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }
}

extension CSVField: ExpressibleByStringLiteral {
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
}
