/// A small value whose fields can be read from a configuration: a layer, an optimizer, a kind of figure, a claim.
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
    static var summary: String { get }
    /// The fields, in the order in which they are documented and written.
    static var fields: [Field<Self>] { get }
    /// The value with every field at its default; required fields hold a value that their type refuses.
    init()
}

/// A word in a configuration that stands for one case of an enumeration.
public protocol ConfigurationWord: RawRepresentable, CaseIterable, Equatable, Sendable where RawValue == String {}

/// A value that is written as a text of a certain form, such as `last`, `1000` or `best-of(baseline)`.
public protocol ConfigurationPhrase: Equatable, Sendable {
    /// What is accepted, in words: `a number or best-of(ARM)`.
    static var expectation: String { get }
    /// The value that a text stands for; nil where it stands for none.
    init?(phrase: String)
    var phrase: String { get }
}

/// What a place in a configuration accepts: the one language of types that reading, merging, writing, the JSON Schema and
/// the reference share.
public indirect enum FieldType: Sendable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case boolean
    case word([String])
    case text
    case phrase(any ConfigurationPhrase.Type)
    /// One of these kinds: a word alone (`relu`), or a mapping with one key (`gaussian: { deviation: 0.1 }`).
    case variant([any Configurable.Type])
    /// A mapping with the fields of this type, such as `evaluate: { every: 100 }`.
    case record(any Configurable.Type)
    case optional(FieldType)
    case list(FieldType, minimum: Int)
    /// A mapping whose keys are names that the file gives, such as arms.
    case named(Names, FieldType)
    /// A part of the type: what is required may stand elsewhere.
    case partial(FieldType)
    /// What a reader of its own takes, such as the layers of a model.
    case tree(Tree)

    public struct Names: Sendable {
        /// What a name stands for: `arm`.
        public let noun: String
        /// Whether the names are paths of keys, and not names of folders.
        public let arePaths: Bool

        public init(_ noun: String, arePaths: Bool = false) {
            self.noun = noun
            self.arePaths = arePaths
        }
    }

    /// A part of a configuration with a grammar of its own.
    public struct Tree: Sendable {
        public let name: String
        public let expectation: String
        /// What must stand there before that reader is asked.
        public let shape: Shape

        public enum Shape: Sendable {
            case anything, something, list
        }

        public init(_ name: String, expectation: String, shape: Shape = .something) {
            self.name = name
            self.expectation = expectation
            self.shape = shape
        }
    }
}

public indirect enum FieldValue: Sendable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case word(String)
    case variant(any Configurable)
    case list([FieldValue])
    case none
}

/// One field of a configurable value: its name, what it accepts, what it means, and how it is read and written.
public struct Field<Owner>: Sendable {
    public let name: String
    public let documentation: String
    public let type: FieldType
    public let isRequired: Bool
    public let get: @Sendable (Owner) -> FieldValue
    /// Sets the field to what the resolver read by `type`.
    public let set: @Sendable (inout Owner, FieldValue) -> Void
}

extension Field {
    /// A field of any form: `Field("rates", \.rates, .number(0...1).list(), "…")`.
    public init<Value>(
        _ name: String, _ path: WritableKeyPath<Owner, Value> & Sendable, _ form: FieldForm<Value>,
        required: Bool = false, _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: form.type, isRequired: required,
            get: { form.write($0[keyPath: path]) }, set: { $0[keyPath: path] = form.read($1) })
    }

    public init(
        _ name: String, _ path: WritableKeyPath<Owner, Int> & Sendable, _ range: ClosedRange<Int>,
        required: Bool = false, _ documentation: String
    ) {
        self.init(name, path, .integer(range), required: required, documentation)
    }

    /// A number, kept in double precision.
    public init(
        _ name: String, _ path: WritableKeyPath<Owner, Double> & Sendable, _ range: ClosedRange<Double>,
        required: Bool = false, _ documentation: String
    ) {
        self.init(name, path, .number(range), required: required, documentation)
    }

    public init(
        _ name: String, _ path: WritableKeyPath<Owner, Bool> & Sendable, required: Bool = false,
        _ documentation: String
    ) {
        self.init(name, path, .boolean, required: required, documentation)
    }

    public init<Word: ConfigurationWord>(
        _ name: String, _ path: WritableKeyPath<Owner, Word> & Sendable, required: Bool = false,
        _ documentation: String
    ) {
        self.init(name, path, .word(), required: required, documentation)
    }

    /// A value of one of several kinds, such as an initializer.
    public init<Kind>(
        _ name: String, _ path: WritableKeyPath<Owner, Kind> & Sendable, oneOf kinds: [any Configurable.Type],
        required: Bool = false, _ documentation: String
    ) {
        self.init(name, path, .variant(kinds), required: required, documentation)
    }

    /// What a value does not keep: a part of a file that its reader takes from the tree.
    public init(tree name: String, _ type: FieldType, required: Bool = false, _ documentation: String) {
        self.init(
            name: name, documentation: documentation, type: type, isRequired: required, get: { _ in FieldValue.none },
            set: { _, _ in })
    }
}

extension Array {
    /// The fields of a part, as fields of the whole that holds the part at `path`.
    public func within<Part, Whole>(_ path: WritableKeyPath<Whole, Part> & Sendable) -> [Field<Whole>]
    where Element == Field<Part> {
        map { field in
            Field<Whole>(
                name: field.name, documentation: field.documentation, type: field.type, isRequired: field.isRequired,
                get: { field.get($0[keyPath: path]) }, set: { field.set(&$0[keyPath: path], $1) })
        }
    }
}

// MARK: Without the owner's type

/// A field with its owner's type forgotten, so that code outside can walk any configurable value.
public struct AnyField: Sendable {
    public let name: String
    public let documentation: String
    public let type: FieldType
    public let isRequired: Bool
}

extension Configurable {
    public static var anyFields: [AnyField] {
        fields.map {
            AnyField(name: $0.name, documentation: $0.documentation, type: $0.type, isRequired: $0.isRequired)
        }
    }

    /// The value of a field by its name, or nil where there is no such field.
    public subscript(field name: String) -> FieldValue? { Self.fields.first { $0.name == name }?.get(self) }

    /// The value of every field by name, in declared order.
    public var fieldValues: [(name: String, value: FieldValue)] { Self.fields.map { ($0.name, $0.get(self)) } }
}

// MARK: Equality

extension FieldValue: Equatable {
    /// Whether two field values are written the same way in a resolved configuration.
    public static func == (left: FieldValue, right: FieldValue) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.word(let left), .word(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.variant(let left), .variant(let right)): left.isEqual(to: right)
        case (.none, .none): true
        default: left.asNumber != nil && left.asNumber == right.asNumber
        }
    }
}

extension Configurable {
    /// Whether `other` has the same kind and the same value in every field.
    ///
    /// A configurable value is nothing but its fields, so this is its equality.
    public func isEqual(to other: any Configurable) -> Bool {
        guard let other = other as? Self else { return false }
        return Self.fields.allSatisfy { $0.get(self) == $0.get(other) }
    }
}

extension Configurable where Self: Equatable {
    /// Equality by fields: see ``Configurable/isEqual(to:)``.
    public static func == (left: Self, right: Self) -> Bool { left.isEqual(to: right) }
}
