import Vocabulary

/// A JSON value whose objects keep the order of their keys.
public indirect enum JSON {
    case object([(key: String, value: JSON)])
    case array([JSON])
    case string(String)
    /// A number in the digits that are written.
    case number(String)
    case boolean(Bool)
    case null

    /// The value over several lines, two spaces a level; objects and arrays without further ones inside stay on a line.
    public func text(indent: Int = 0) -> String {
        let margin = String(repeating: " ", count: indent)
        func lines(_ parts: [String]) -> String {
            "\n" + parts.map { "\(margin)  \($0)" }.joined(separator: ",\n") + "\n\(margin)"
        }
        switch self {
        case .object(let members):
            if members.isEmpty { return "{}" }
            let parts = members.map { "\(Self.quoted($0.key)): \($0.value.text(indent: indent + 2))" }
            let isFlat = members.allSatisfy(\.value.isScalar)
            return "{\(isFlat ? " \(parts.joined(separator: ", ")) " : lines(parts))}"
        case .array(let elements):
            let parts = elements.map { $0.text(indent: indent + 2) }
            return "[\(elements.allSatisfy(\.isScalar) ? parts.joined(separator: ", ") : lines(parts))]"
        case .string(let text): return Self.quoted(text)
        case .number(let digits): return digits
        case .boolean(let value): return "\(value)"
        case .null: return "null"
        }
    }

    public var line: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.key)):\($0.value.line)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.line).joined(separator: ",") + "]"
        case .string, .number, .boolean, .null: text()
        }
    }

    private var isScalar: Bool {
        switch self {
        case .object, .array: false
        case .string, .number, .boolean, .null: true
        }
    }

    private static func quoted(_ text: String) -> String {
        text.doubleQuoted { scalar in
            if scalar.value >= 0x20 { return nil }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}

extension JSON: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral text: String) { self = .string(text) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral members: (String, JSON)...) { self = .object(members.map { ($0, $1) }) }
}

extension String {
    /// The text in double quotes; `escape` adds to the escapes of quotes, backslashes, line feeds and tabs.
    func doubleQuoted(_ escape: (Unicode.Scalar) -> String?) -> String {
        var quoted = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default: quoted += escape(scalar) ?? "\(scalar)"
            }
        }
        return quoted + "\""
    }
}

extension JSON {
    /// The value of a configuration's field. Of records, fields that are `none` are left out.
    public init(_ value: FieldValue) {
        switch value {
        case .integer(let value): self = .number(String(value))
        case .number(let value): self = .number("\(value)")
        case .boolean(let value): self = .boolean(value)
        case .word(let text): self = .string(text)
        case .list(let values): self = .array(values.map { JSON($0) })
        case .variant(let record): self = .object(Self.members(of: record))
        case .none: self = .string("none")
        }
    }

    private static func members<Record: Configurable>(of record: Record) -> [(key: String, value: JSON)] {
        Record.fields.compactMap { field in
            let value = field.get(record)
            if case .none = value { return nil }
            return (field.name, JSON(value))
        }
    }
}
