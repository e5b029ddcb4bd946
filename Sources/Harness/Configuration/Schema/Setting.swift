import Engine
import Vocabulary

/// One value of a resolved configuration, with the path of its key and where it came from.
public struct Setting: Sendable, Equatable {
    /// The path: `optimizer.sgd.rate`. The kind of a value is at the path of its key: `optimizer` is `sgd`.
    public let key: String
    /// The value as YAML writes it.
    public let value: String
    /// Where it came from.
    public let origin: Origin
}

extension Setting {
    /// Every field of a value and, below the fields that have a kind, every field of that.
    ///
    /// - Parameters:
    ///   - prefix: the path of the value.
    ///   - written: the mapping that the value was read from, for origins.
    static func list<Value: Configurable>(
        of value: Value, prefix: String, written: ConfigurationNode?
    ) -> [Setting] {
        Value.fields.flatMap { field in
            let path = SchemaChecker.join(prefix, field.name)
            return list(field.get(value), field.type, path: path, written: written?[field.name])
        }
    }

    private static func list(
        _ value: FieldValue, _ type: FieldType, path: String, written: ConfigurationNode?
    ) -> [Setting] {
        switch (value, type) {
        case (.none, _), (.integer, _), (.number, _), (.boolean, _), (.word, _), (.list, _):
            let text = YAMLWriter.inline(ConfigurableWriter.node(value, type))
            return [Setting(key: path, value: text, origin: written?.origin ?? .standard)]
        case (.variant(let record), .record):
            return list(of: record, prefix: path, written: written)
        case (.variant(let variant), _):
            let kind = Swift.type(of: variant).kind
            let entry = Setting(key: path, value: kind, origin: written?.origin ?? .standard)
            return [entry] + list(of: variant, prefix: "\(path).\(kind)", written: written?[kind])
        }
    }
}
