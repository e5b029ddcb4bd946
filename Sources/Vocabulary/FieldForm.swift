/// How values of one type are declared, written and read.
///
/// Reading takes what the resolver made of a text by the same type: there is no other value, and none is passed over.
public struct FieldForm<Value>: Sendable {
    let type: FieldType
    let write: @Sendable (Value) -> FieldValue
    let read: @Sendable (FieldValue) -> Value

    public var optional: FieldForm<Value?> {
        let (write, read) = (write, read)
        return FieldForm<Value?>(
            type: .optional(type), write: { $0.map(write) ?? FieldValue.none },
            read: { if case .none = $0 { nil } else { read($0) } })
    }

    /// The form, which holds nothing where the field is absent; nothing cannot be written.
    public var given: FieldForm<Value?> {
        let (write, read) = (write, read)
        return FieldForm<Value?>(type: type, write: { $0.map(write) ?? FieldValue.none }, read: { read($0) })
    }

    public func list(minimum: Int = 0) -> FieldForm<[Value]> {
        let (write, read) = (write, read)
        return FieldForm<[Value]>(
            type: .list(type, minimum: minimum), write: { .list($0.map(write)) },
            read: { if case .list(let values) = $0 { values.map(read) } else { $0.disagrees(with: "a list") } })
    }
}

// Each is found from any form's type, so that `.number(0...1).optional` and `.word().list()` read as they are meant.
extension FieldForm {
    public static func integer(_ range: ClosedRange<Int>) -> FieldForm<Int> {
        FieldForm<Int>(
            type: .integer(range), write: { .integer($0) },
            read: { if case .integer(let value) = $0 { value } else { $0.disagrees(with: "a whole number") } })
    }

    /// A number, kept in double precision.
    public static func number(_ range: ClosedRange<Double>) -> FieldForm<Double> {
        FieldForm<Double>(
            type: .number(range), write: { .number($0) }, read: { $0.required($0.asNumber, "a number") })
    }

    public static var boolean: FieldForm<Bool> {
        FieldForm<Bool>(
            type: .boolean, write: { .boolean($0) },
            read: { if case .boolean(let value) = $0 { value } else { $0.disagrees(with: "true or false") } })
    }

    public static var text: FieldForm<String> {
        FieldForm<String>(type: .text, write: { .word($0) }, read: { $0.text })
    }

    public static func phrase<Phrase: ConfigurationPhrase>() -> FieldForm<Phrase> {
        FieldForm<Phrase>(
            type: .phrase(Phrase.self), write: { .word($0.phrase) },
            read: { $0.required(Phrase(phrase: $0.text), Phrase.expectation) })
    }

    public static func word<Word: ConfigurationWord>() -> FieldForm<Word> {
        let words = Word.allCases.map(\.rawValue)
        return FieldForm<Word>(
            type: .word(words), write: { .word($0.rawValue) },
            read: { $0.required(Word(rawValue: $0.text), "one of \(words.joined(separator: ", "))") })
    }

    /// One of some words that are known when the program runs, such as the names of data sets.
    public static func word(among words: [String]) -> FieldForm<String> {
        FieldForm<String>(type: .word(words), write: { .word($0) }, read: { $0.text })
    }

    public static func record<Record: Configurable>() -> FieldForm<Record> {
        FieldForm<Record>(
            type: .record(Record.self), write: { .variant($0) },
            read: { $0.required($0.configurable as? Record, "the fields of \(Record.kind)") })
    }

    /// A value of one of a catalogue's kinds, kept as the catalogue's protocol.
    public static func variant<Kind>(_ kinds: [any Configurable.Type]) -> FieldForm<Kind> {
        FieldForm<Kind>(
            type: .variant(kinds),
            write: { value in
                guard let value = value as? any Configurable else {
                    preconditionFailure("\(Kind.self) holds a value that is not configurable")
                }
                return .variant(value)
            }, read: { $0.required($0.configurable as? Kind, "a kind of \(Kind.self)") })
    }
}

// MARK: What a form reads

extension FieldValue {
    /// A whole number or a number, in double precision.
    public var asNumber: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    fileprivate var text: String {
        if case .word(let text) = self { text } else { disagrees(with: "a text") }
    }

    fileprivate var configurable: any Configurable {
        if case .variant(let value) = self { value } else { disagrees(with: "a value with fields") }
    }

    fileprivate func required<Value>(_ value: Value?, _ expected: String) -> Value {
        if let value { value } else { disagrees(with: expected) }
    }

    /// A reader that gives a field what its type refuses is a fault of the program, never of its input.
    fileprivate func disagrees(with expected: String) -> Never {
        preconditionFailure("a field of the type '\(expected)' was given \(self)")
    }
}
