import Engine
import Vocabulary

/// What a place in a configuration accepts.
///
/// One description serves the strict reader, merging, overrides, the JSON Schema and the reference documentation.
indirect enum Schema: Sendable {
    /// A whole number in the range.
    case integer(ClosedRange<Int>)
    /// A finite number in the range.
    case number(ClosedRange<Double>)
    /// `true` or `false`.
    case boolean
    /// One of these words.
    case word([String])
    /// Any text.
    case text
    /// The type, or the word `none`.
    case optional(Schema)
    /// A list of at least `minimum` values.
    case list(Schema, minimum: Int)
    /// A mapping with these keys.
    case record(RecordSchema)
    /// One of these kinds: a word alone, or a mapping whose one key is the kind.
    case variant([RecordSchema])
    /// A mapping whose keys are names given by the file, such as arms.
    case named(NamedSchema)
    /// A part of the inner type: what is required may stand elsewhere.
    case partial(Schema)
    /// Any value: its type follows from another key.
    case anything
    /// The name of a model, or its layers in place.
    case model
    /// The layers of a model.
    case layers
}

/// The keys of a mapping, or the fields of a kind.
struct RecordSchema: Sendable {
    /// The kind's word, or what the mapping is called in messages.
    let name: String
    let summary: String
    let fields: [SchemaField]

    func field(_ name: String) -> SchemaField? {
        fields.first { $0.name == name }
    }
    /// A kind with one field takes its value directly: `{ constant: 0 }` is `{ constant: { value: 0 } }`.
    var directField: SchemaField? {
        fields.count == 1 ? fields[0] : nil
    }
}

/// One key of a mapping.
struct SchemaField: Sendable {
    let name: String
    let documentation: String
    let schema: Schema
    var isRequired = false
    /// What is assumed where the key is absent.
    var standard: ConfigurationNode?
}

/// A mapping whose keys are names given by the file.
struct NamedSchema: Sendable {
    /// What a name stands for: `arm`.
    let name: String
    let documentation: String
    let value: Schema
    /// Whether a name becomes the name of a folder, or is a path of keys.
    var keys = Keys.folderNames

    enum Keys: Sendable {
        case folderNames
        case paths
    }
}

extension Schema {
    /// The schema of a declared field.
    init(_ type: FieldType) {
        self =
            switch type {
            case .integer(let range): .integer(range)
            case .number(let range): .number(range)
            case .boolean: .boolean
            case .word(let words): .word(words)
            case .text: .text
            case .variant(let kinds): .variant(kinds.map(RecordSchema.init))
            case .record(let type): .record(RecordSchema(type))
            case .optional(let type): .optional(Schema(type))
            case .list(let type, let minimum): .list(Schema(type), minimum: minimum)
            case .named, .partial, .tree: .anything
            }
    }
}

extension RecordSchema {
    /// The schema of a declared type.
    init(_ type: any Configurable.Type) {
        self.init(
            name: type.kind, summary: type.summary,
            fields: type.anyFields.map { field in
                SchemaField(
                    name: field.name, documentation: field.documentation, schema: Schema(field.type),
                    isRequired: field.isRequired,
                    standard: field.isRequired
                        ? nil : type.init()[field: field.name].map { ConfigurableWriter.node($0, field.type) })
            })
    }
}

extension Schema {
    /// What is accepted, in words: `a number of at least 0`, `one of 'sgd'`.
    var expectation: String {
        switch self {
        case .integer(let range): "a whole number\(Self.bounds(range))"
        case .number(let range): "a number\(Self.bounds(range))"
        case .boolean: "true or false"
        case .word(let words): words.count == 1 ? "the word '\(words[0])'" : "one of the words \(Self.quoted(words))"
        case .text: "a text"
        case .optional(let schema): "\(schema.expectation), or none"
        case .list: "a list"
        case .record: "a mapping"
        case .variant(let kinds): kinds.count == 1 ? "'\(kinds[0].name)'" : "one of \(Self.quoted(kinds.map(\.name)))"
        case .named(let schema): "a mapping from \(schema.name) names"
        case .partial(let schema): schema.expectation
        case .anything: "a value"
        case .model: "the name of a model or a list of layers"
        case .layers: "a list of layers"
        }
    }

    static func quoted(_ words: [String]) -> String {
        words.map { "'\($0)'" }.joined(separator: ", ")
    }

    /// The range in words. A bound of a thousand million or more only keeps sums from overflowing, and is not told.
    static func bounds(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound == .min, range.upperBound >= 1_000_000_000) {
        case (true, true): ""
        case (false, true): " of at least \(range.lowerBound)"
        case (true, false): " of at most \(range.upperBound)"
        case (false, false): " from \(range.lowerBound) to \(range.upperBound)"
        }
    }

    static func bounds(_ range: ClosedRange<Double>) -> String {
        let hasLower = range.lowerBound > -1e9
        let hasUpper = range.upperBound < 1e9
        // The smallest numbers above zero stand for "more than zero".
        let isAboveZero = range.lowerBound > 0 && range.lowerBound <= Double.leastNormalMagnitude
        let lower = isAboveZero ? "above 0" : "of at least \(ScalarReading.format(range.lowerBound))"
        switch (hasLower, hasUpper) {
        case (false, false): return ""
        case (true, false): return " \(lower)"
        case (false, true): return " of at most \(ScalarReading.format(range.upperBound))"
        case (true, true):
            let upper = ScalarReading.format(range.upperBound)
            return isAboveZero
                ? " above 0 and at most \(upper)" : " from \(ScalarReading.format(range.lowerBound)) to \(upper)"
        }
    }
}
