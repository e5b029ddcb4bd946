import Engine
import Vocabulary

/// Writes declared values as nodes in their full form, with every field, in the order of the declaration.
enum ConfigurableWriter {
    /// The mapping of a value's fields.
    static func fields<Value: Configurable>(of value: Value) -> ConfigurationNode {
        .mapping(Value.fields.map { ($0.name, node($0.get(value), $0.type)) })
    }

    /// A mapping whose one key is the value's kind, or the kind alone if it has no fields.
    static func variant(_ value: any Configurable) -> ConfigurationNode {
        let fields = fields(of: value)
        return fields.entries?.isEmpty == true
            ? .word(type(of: value).kind) : .mapping([(type(of: value).kind, fields)])
    }

    /// A field's value as its type is written.
    static func node(_ value: FieldValue, _ type: FieldType) -> ConfigurationNode {
        switch (value, type) {
        case (.variant(let record), .record): fields(of: record)
        case (_, .optional(let inner)):
            if case .none = value { node(value) } else { node(value, inner) }
        case (.list(let values), .list(let element, _)): ConfigurationNode(.sequence(values.map { node($0, element) }))
        case (.word(let text), .text):
            // Quotes keep `2015` a text for whoever reads it next.
            ConfigurationNode(.scalar(text, isQuoted: ScalarReading.isAmbiguous(text)))
        default: node(value)
        }
    }

    /// A value without regard to how its field is declared.
    static func node(_ value: FieldValue) -> ConfigurationNode {
        switch value {
        case .integer(let value): .word(String(value))
        case .number(let value): .word(ScalarReading.format(value))
        case .boolean(let value): .word(value ? "true" : "false")
        case .word(let text): .word(text)
        case .variant(let value): variant(value)
        case .list(let values): ConfigurationNode(.sequence(values.map { node($0) }))
        case .none: .word("none")
        }
    }
}

extension Configurable {
    /// The value in canonical YAML on one line: equal values have equal texts.
    var canonicalText: String {
        YAMLWriter(width: .max).text(of: ConfigurableWriter.variant(self))
    }
}

/// Whether two values are of one kind with equal fields.
func areEqual(_ first: (any Configurable)?, _ second: (any Configurable)?) -> Bool {
    first?.canonicalText == second?.canonicalText
}
