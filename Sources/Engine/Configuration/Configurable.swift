/// A small value whose fields can be read from a configuration: a layer, an initializer, an optimizer, a rate policy.
///
/// The list of fields is the single declaration from which everything else follows: the strict reader, its messages and
/// suggestions, the resolved configuration that a run writes down, the JSON Schema and the reference documentation.
///
///     public struct Dense: Layer {
///         public var units = 0
///         public var bias = Bias.automatic
///         public static let kind = "dense"
///         public static let summary = "A fully connected layer: output = input · weight + bias."
///         public static let fields: [Field<Self>] = [
///             Field("units", \.units, 1...1_000_000, required: true, "Number of outputs."),
///             Field("bias", \.bias, "Whether a bias is added; `auto` leaves it out where a normalization follows."),
///         ]
///     }
public protocol Configurable: Sendable {
    /// The word that names this kind in a configuration, in lower case with hyphens (`max-pool`).
    static var kind: String { get }
    /// One sentence for the schema and the reference.
    static var summary: String { get }
    /// The fields, in the order in which they are documented and written.
    static var fields: [Field<Self>] { get }
    /// The value with every field at its default; required fields hold a value that their type refuses.
    init()
}

/// A word in a configuration that stands for one case of an enumeration.
public protocol ConfigurationWord: RawRepresentable, CaseIterable, Equatable, Sendable where RawValue == String {}

/// What a field accepts.
public indirect enum FieldType: Sendable {
    /// A whole number in the range.
    case integer(ClosedRange<Int>)
    /// A finite number in the range.
    case number(ClosedRange<Double>)
    /// `true` or `false`, and nothing else.
    case boolean
    /// One of these words.
    case word([String])
    /// Any text that is a name (a reference to another node or a tap).
    case name
    /// One of these kinds: a word alone (`relu`), or a mapping with one key (`gaussian: { deviation: 0.1 }`).
    case variant([any Configurable.Type])
    /// A mapping with the fields of this type, such as `evaluate: { every: 100 }`.
    case record(any Configurable.Type)
    /// The type, or the word `none`, which stands for an absent value.
    case optional(FieldType)
    /// A list of at least `minimum` values.
    case list(FieldType, minimum: Int)
}

/// The value of a field, as read or as written.
public indirect enum FieldValue: Sendable {
    /// A whole number.
    case integer(Int)
    /// A finite number.
    case number(Double)
    /// `true` or `false`.
    case boolean(Bool)
    /// A word or a name.
    case word(String)
    /// A value with fields of its own.
    case variant(any Configurable)
    /// A list.
    case list([FieldValue])
    /// The word `none`.
    case none
}

/// One field of a configurable value: its name, what it accepts, what it means, and how it is read and written.
public struct Field<Owner>: Sendable {
    /// The key in the configuration.
    public let name: String
    /// One sentence: meaning, unit, source.
    public let documentation: String
    /// What is accepted.
    public let type: FieldType
    /// Whether it must be present.
    public let isRequired: Bool
    /// Reads the field of a value.
    public let get: @Sendable (Owner) -> FieldValue
    /// Sets the field. The value must fit `type`: the strict reader has checked it.
    public let set: @Sendable (inout Owner, FieldValue) -> Void

    /// A field from its parts; the initializers below are shorter.
    public init(
        name: String, documentation: String, type: FieldType, isRequired: Bool,
        get: @escaping @Sendable (Owner) -> FieldValue, set: @escaping @Sendable (inout Owner, FieldValue) -> Void
    ) {
        self.name = name
        self.documentation = documentation
        self.type = type
        self.isRequired = isRequired
        self.get = get
        self.set = set
    }

    /// A whole number.
    public init(
        _ name: String, _ path: WritableKeyPath<Owner, Int> & Sendable, _ range: ClosedRange<Int>,
        required: Bool = false, _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .integer(range), isRequired: required,
            get: { .integer($0[keyPath: path]) },
            set: { if case .integer(let value) = $1 { $0[keyPath: path] = value } })
    }

    /// A number, kept in double precision.
    public init(
        _ name: String, _ path: WritableKeyPath<Owner, Double> & Sendable, _ range: ClosedRange<Double>,
        required: Bool = false, _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .number(range), isRequired: required,
            get: { .number($0[keyPath: path]) },
            set: { if let value = $1.asNumber { $0[keyPath: path] = value } })
    }

    /// `true` or `false`.
    public init(
        _ name: String, _ path: WritableKeyPath<Owner, Bool> & Sendable, required: Bool = false,
        _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .boolean, isRequired: required,
            get: { .boolean($0[keyPath: path]) },
            set: { if case .boolean(let value) = $1 { $0[keyPath: path] = value } })
    }

    /// One of an enumeration's words.
    public init<Word: ConfigurationWord>(
        _ name: String, _ path: WritableKeyPath<Owner, Word> & Sendable, required: Bool = false,
        _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .word(Word.allCases.map(\.rawValue)),
            isRequired: required,
            get: { .word($0[keyPath: path].rawValue) },
            set: {
                if case .word(let word) = $1, let value = Word(rawValue: word) { $0[keyPath: path] = value }
            })
    }

    /// A value of one of several kinds, such as an initializer.
    public init(
        _ name: String, _ path: WritableKeyPath<Owner, any Configurable> & Sendable,
        oneOf kinds: [any Configurable.Type], required: Bool = false, _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .variant(kinds), isRequired: required,
            get: { .variant($0[keyPath: path]) },
            set: { if case .variant(let value) = $1 { $0[keyPath: path] = value } })
    }
}

extension FieldValue {
    /// A whole number or a number, in double precision.
    public var asNumber: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

/// A field with its owner's type forgotten, so that code outside can walk any configurable value.
public struct AnyField: Sendable {
    /// The key in the configuration.
    public let name: String
    /// One sentence: meaning, unit, source.
    public let documentation: String
    /// What is accepted.
    public let type: FieldType
    /// Whether it must be present.
    public let isRequired: Bool
}

extension Configurable {
    /// The fields without their owner's type, for schemas and messages.
    public static var anyFields: [AnyField] {
        fields.map {
            AnyField(name: $0.name, documentation: $0.documentation, type: $0.type, isRequired: $0.isRequired)
        }
    }

    /// The value of a field by its name, or nil where there is no such field.
    public subscript(field name: String) -> FieldValue? {
        get { Self.fields.first { $0.name == name }?.get(self) }
        set {
            guard let newValue, let field = Self.fields.first(where: { $0.name == name }) else { return }
            field.set(&self, newValue)
        }
    }
}
