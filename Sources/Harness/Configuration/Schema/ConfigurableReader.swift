import Engine
import Vocabulary

/// Makes declared values from nodes that `SchemaChecker` has accepted. Absent fields keep their defaults.
enum ConfigurableReader {
    /// A value of a declared type from the mapping of its fields.
    static func value<Value: Configurable>(_ type: Value.Type, from node: ConfigurationNode) -> Value {
        var value = Value()
        for field in Value.fields {
            if let read = node[field.name].flatMap({ fieldValue($0, field.type) }) { field.set(&value, read) }
        }
        return value
    }

    /// A value whose type is known at run time only.
    static func value(ofKind type: any Configurable.Type, from node: ConfigurationNode) -> any Configurable {
        func open<Value: Configurable>(_ type: Value.Type) -> any Configurable { value(type, from: node) }
        return open(type)
    }

    /// A value of one of several kinds, from its full form.
    static func variant(_ node: ConfigurationNode, among kinds: [any Configurable.Type]) -> (any Configurable)? {
        guard let entry = node.entries?.first, let kind = kinds.first(where: { $0.kind == entry.key }) else {
            return nil
        }
        return value(ofKind: kind, from: entry.value)
    }

    /// The value of a field, or nil where the node does not fit.
    static func fieldValue(_ node: ConfigurationNode, _ type: FieldType) -> FieldValue? {
        switch type {
        case .integer: return try? .integer(ScalarReading.integer(node).get())
        case .number: return try? .number(ScalarReading.number(node).get())
        case .boolean: return try? .boolean(ScalarReading.boolean(node).get())
        case .word, .text: return node.scalar.map { .word($0) }
        case .variant(let kinds): return variant(node, among: kinds).map { .variant($0) }
        case .record(let type): return .variant(value(ofKind: type, from: node))
        case .optional(let inner): return node.isNone ? FieldValue.none : fieldValue(node, inner)
        case .list(let element, _): return node.elements.map { .list($0.compactMap { fieldValue($0, element) }) }
        case .named, .partial, .tree: return nil
        }
    }
}
