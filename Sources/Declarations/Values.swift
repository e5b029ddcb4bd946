import Vocabulary

// MARK: From resolved nodes to values

extension ConfigurationNode {
    /// The value of a resolved node; nil where it was refused, which is reported.
    func value(as type: FieldType) -> FieldValue? {
        if isRefused { return nil }
        switch type {
        case .integer, .number, .boolean, .word, .text, .phrase:
            guard let value else { preconditionFailure("\(position): a scalar that was never resolved") }
            return value
        case .variant(let kinds):
            guard let entry = entries?.first, let kind = kinds.first(where: { $0.kind == entry.key }) else {
                preconditionFailure("\(position): a kind that was never resolved")
            }
            return entry.value.isRefused ? nil : .variant(kind.init(resolved: entry.value))
        case .record(let record): return .variant(record.init(resolved: self))
        case .optional(let inner): return isNone ? FieldValue.none : value(as: inner)
        // Elements that were refused are left out: there is no value with a mistake in it that is used.
        case .list(let element, _): return .list((elements ?? []).compactMap { $0.value(as: element) })
        case .partial(let inner): return value(as: inner)
        case .named, .tree: return FieldValue.none
        }
    }
}

extension Configurable {
    /// The value of a resolved mapping of its fields; absent and refused (reported) fields keep defaults.
    public init(resolved node: ConfigurationNode) {
        self.init()
        for field in Self.fields {
            if let value = node[field.name]?.value(as: field.type) { field.set(&self, value) }
        }
    }

    /// The only field of a kind that has one, whose value may stand directly behind the kind's word.
    static var onlyField: AnyField? {
        let fields = anyFields
        return fields.count == 1 ? fields[0] : nil
    }

    /// What is assumed where a field is absent; nil where it must not be.
    static func standard(_ field: AnyField) -> ConfigurationNode? {
        if field.isRequired { return nil }
        switch field.type {
        case .named, .partial, .tree: return nil
        default:
            return Self().keptFields.first { $0.name == field.name }.map { ConfigurationNode($0.value, as: $0.type) }
        }
    }
}

// MARK: Merging

extension ConfigurationNode {
    /// The value with what `top` states: mappings merge, lists and scalars replace, a kind replaces another kind and merges
    /// with its own. Both must be resolved.
    public func merging(_ top: ConfigurationNode, as type: FieldType) -> ConfigurationNode {
        switch type {
        case .record(let record):
            let fields = record.anyFields
            return merging(top) { key in fields.first { $0.name == key }?.type }
        case .named(_, let inner):
            return merging(top) { _ in inner }
        case .optional(let inner):
            return isNone || top.isNone ? top : merging(top, as: inner)
        case .variant(let kinds):
            guard let old = entries?.first, let new = top.entries?.first, old.key == new.key,
                let kind = kinds.first(where: { $0.kind == new.key })
            else { return top }
            return merging(top) { _ in .record(kind) }
        case .partial(let inner):
            return merging(top, as: inner)
        case .integer, .number, .boolean, .word, .text, .phrase, .list, .tree:
            return top
        }
    }

    /// Lays the keys of one mapping over those of another. The order is the base's, then what is new.
    private func merging(_ top: ConfigurationNode, type: (String) -> FieldType?) -> ConfigurationNode {
        if top.isRefused || isRefused { return top.isRefused ? top : self }
        var merged = entries ?? []
        for entry in top.entries ?? [] {
            guard let index = merged.firstIndex(where: { $0.key == entry.key }), let type = type(entry.key) else {
                merged.append(entry)
                continue
            }
            merged[index] = entry.with(merged[index].value.merging(entry.value, as: type))
        }
        // The place of a mapping stays that of its base: what all arms lack is missing there, once.
        return replacing(.mapping(merged))
    }
}

// MARK: From values to nodes

extension ConfigurationNode {
    public init(fieldsOf value: some Configurable) {
        self = .mapping(value.keptFields.map { ($0.name, ConfigurationNode($0.value, as: $0.type)) })
    }

    /// A mapping whose one key is the value's kind, or the kind alone if it has no fields.
    init(variant value: any Configurable) {
        let fields = ConfigurationNode(fieldsOf: value)
        let kind = type(of: value).kind
        self = fields.entries?.isEmpty == true ? .word(kind) : .mapping([(kind, fields)])
    }

    public init(_ value: FieldValue, as type: FieldType) {
        switch (value, type) {
        case (.variant(let record), .record): self.init(fieldsOf: record)
        case (.none, _): self = .word("none")
        case (_, .optional(let inner)): self.init(value, as: inner)
        case (.list(let values), .list(let element, _)):
            self.init(.sequence(values.map { ConfigurationNode($0, as: element) }))
        case (.list(let values), _): self.init(.sequence(values.map { ConfigurationNode($0, as: .text) }))
        case (.word(let text), .text), (.word(let text), .phrase):
            // Quotes keep `2015` a text for the next reader.
            self.init(.scalar(text, isQuoted: Scalar.isAmbiguous(text)))
        case (.integer(let value), _): self = .word(String(value))
        case (.number(let value), _): self = .word(Scalar.format(value))
        case (.boolean(let value), _): self = .word(value ? "true" : "false")
        case (.word(let text), _): self = .word(text)
        case (.variant(let value), _): self.init(variant: value)
        }
    }
}

extension Configurable {
    /// The fields that the value keeps and holds something in.
    var keptFields: [(name: String, type: FieldType, value: FieldValue)] {
        Self.fields.compactMap { field in
            switch field.type {
            case .named, .partial, .tree: return nil
            case .optional: return (field.name, field.type, field.get(self))
            default:
                let value = field.get(self)
                if case .none = value { return nil }
                return (field.name, field.type, value)
            }
        }
    }
}

/// One value of a resolved configuration, with the path of its key and where it came from.
public struct Setting: Sendable, Equatable {
    /// The path: `optimizer.sgd.rate`. The kind of a value is at the path of its key: `optimizer` is `sgd`.
    public let key: String
    public let value: String
    public let origin: Origin

    public init(key: String, value: String, origin: Origin) {
        self.key = key
        self.value = value
        self.origin = origin
    }

    /// Every field of a value and, below the fields that have a kind, every field of that.
    ///
    /// - Parameter written: the mapping that the value was read from, for origins.
    public static func list(
        of value: some Configurable, prefix: String, written: ConfigurationNode?
    ) -> [Setting] {
        value.keptFields.flatMap { field in
            list(field.value, field.type, path: Resolver.join(prefix, field.name), written: written?[field.name])
        }
    }

    private static func list(
        _ value: FieldValue, _ type: FieldType, path: String, written: ConfigurationNode?
    ) -> [Setting] {
        let origin = written?.origin ?? .standard
        switch (value, type) {
        case (.variant(let record), .record):
            return list(of: record, prefix: path, written: written)
        case (.variant(let variant), _):
            let kind = Swift.type(of: variant).kind
            return [Setting(key: path, value: kind, origin: origin)]
                + list(of: variant, prefix: "\(path).\(kind)", written: written?[kind])
        default:
            return [Setting(key: path, value: YAMLWriter.inline(ConfigurationNode(value, as: type)), origin: origin)]
        }
    }
}
