import Vocabulary

/// Writes JSON Schemas (draft 7) from the reader's declarations, so that an editor completes, explains and checks keys.
public struct SchemaWriter {
    /// The names of the definitions of records that are defined once and referred to elsewhere, by the record's kind.
    private let definitions: [String: String]
    /// The schemas of trees, whose grammar only their own reader knows, by name.
    private let trees: [String: JSON]
    /// Definitions by name; those of kinds are found by what they list.
    private var shared: [(key: String, name: String, value: JSON)] = []
    /// The key whose value is being written, after which its kinds are called.
    private var currentKey = ""

    public init(definitions: [String: String], trees: [String: JSON]) {
        self.definitions = definitions
        self.trees = trees
    }

    public var sharedDefinitions: [(String, JSON)] { shared.map { ($0.name, $0.value) } }

    public static func reference(_ definition: String) -> JSON { ["$ref": "#/definitions/\(definition)"] }

    // MARK: Types

    /// The schema of a place. In a partial one nothing is required.
    public mutating func json(_ type: FieldType, isPartial: Bool) -> JSON {
        switch type {
        case .integer(let range):
            let bounds = [
                ("minimum", range.lowerBound == .min ? nil : String(range.lowerBound)),
                ("maximum", range.upperBound == .max ? nil : String(range.upperBound)),
            ]
            return number("integer", bounds)
        case .number(let range):
            let isOpenBelow = range.lowerBound == -Double.greatestFiniteMagnitude
            let isOpenAbove = range.upperBound == Double.greatestFiniteMagnitude
            let bounds = [
                ("minimum", isOpenBelow ? nil : Scalar.format(range.lowerBound)),
                ("maximum", isOpenAbove ? nil : Scalar.format(range.upperBound)),
            ]
            return number("number", bounds)
        case .boolean: return ["type": "boolean"]
        case .word(let words): return words.isEmpty ? [:] : ["enum": .array(words.flatMap(word))]
        // What looks like a number is a text, too, where a text is expected.
        case .text, .phrase: return ["type": ["string", "number"]]
        case .optional(let inner): return ["anyOf": [["const": "none"], json(inner, isPartial: isPartial)]]
        case .list(let element, let minimum):
            let items = json(element, isPartial: isPartial)
            return ["type": "array", "items": items, "minItems": .number(String(minimum))]
        case .record(let type):
            return definitions[type.kind].map(Self.reference) ?? record(type, isPartial: isPartial)
        case .variant(let kinds): return sharedVariant(kinds, isPartial: isPartial)
        case .named(_, let inner):
            return ["type": "object", "additionalProperties": json(inner, isPartial: isPartial)]
        case .partial(let inner): return json(inner, isPartial: true)
        case .tree(let tree): return trees[tree.name] ?? [:]
        }
    }

    private func number(_ type: String, _ bounds: [(String, String?)]) -> JSON {
        .object([("type", .string(type))] + bounds.compactMap { key, value in value.map { (key, .number($0)) } })
    }

    /// A word, and the truth value or the number that editors take it for.
    private func word(_ text: String) -> [JSON] {
        let meant = Bool(text).map(JSON.boolean) ?? (Int(text) == nil ? nil : .number(text))
        return [.string(text)] + [meant].compactMap(\.self)
    }

    // MARK: Mappings

    public mutating func record(_ type: any Configurable.Type, isPartial: Bool) -> JSON {
        let required = isPartial ? [] : type.anyFields.filter(\.isRequired).map { JSON.string($0.name) }
        var members: [(String, JSON)] = [
            ("type", "object"), ("description", .string(type.summary)),
            ("properties", properties(type, isPartial: isPartial)), ("additionalProperties", false),
        ]
        if !required.isEmpty { members.append(("required", .array(required))) }
        return .object(members)
    }

    public mutating func properties(_ type: any Configurable.Type, isPartial: Bool) -> JSON {
        .object(type.anyFields.map { ($0.name, property($0, of: type, isPartial: isPartial)) })
    }

    private mutating func property(_ field: AnyField, of type: any Configurable.Type, isPartial: Bool) -> JSON {
        currentKey = field.name
        var schema = json(field.type, isPartial: isPartial)
        if case .object(let members) = schema {
            // In draft 7 what stands beside a reference is ignored.
            let isReference = members.contains { $0.key == "$ref" }
            let inner =
                isReference
                ? [(key: "allOf", value: JSON.array([schema]))] : members.filter { $0.key != "description" }
            schema = .object([("description", .string(field.documentation))] + inner + standard(field, of: type))
        }
        return schema
    }

    private func standard(_ field: AnyField, of type: any Configurable.Type) -> [(key: String, value: JSON)] {
        guard let text = type.standard(field)?.scalar else { return [] }
        let value: JSON =
            switch field.type {
            case .integer, .number: .number(text)
            case .boolean: .boolean(text == "true")
            default: .string(text)
            }
        return [("default", value)]
    }

    // MARK: Kinds

    /// A reference to the definition of these kinds, which is written once.
    private mutating func sharedVariant(_ kinds: [any Configurable.Type], isPartial: Bool) -> JSON {
        let key = kinds.map { $0.kind }.joined(separator: " ") + (isPartial ? " partial" : "")
        if let known = shared.first(where: { $0.key == key }) { return Self.reference(known.name) }

        let word = currentKey
        let name = [word, "partial-\(word)"].first { name in !shared.contains { $0.name == name } } ?? key
        shared.append((key, name, .object([])))
        let index = shared.count - 1
        shared[index].value = variant(kinds, isPartial: isPartial)
        return Self.reference(name)
    }

    /// A kind as a word, or a mapping whose one key is the kind.
    private mutating func variant(_ kinds: [any Configurable.Type], isPartial: Bool) -> JSON {
        let words = kinds.filter { kind in isPartial || !kind.anyFields.contains(where: \.isRequired) }
        let mapping: JSON = [
            "type": "object", "properties": .object(kinds.map { ($0.kind, kind($0, isPartial: isPartial)) }),
            "additionalProperties": false, "minProperties": .number("1"), "maxProperties": .number("1"),
        ]
        if words.isEmpty { return mapping }
        return ["anyOf": [["enum": .array(words.map { .string($0.kind) })], mapping]]
    }

    public mutating func kind(_ kind: any Configurable.Type, isPartial: Bool) -> JSON {
        let full = record(kind, isPartial: isPartial)
        guard let field = kind.onlyField else { return full }
        let value = property(field, of: kind, isPartial: isPartial)
        return ["description": .string(kind.summary), "anyOf": [full, value]]
    }
}

/// Writes the reference in Markdown from the reader's declarations: every key, what it accepts, default and meaning.
public enum ReferenceWriter {
    public static func section(_ title: String, _ record: any Configurable.Type, level: Int) -> String {
        "\(String(repeating: "#", count: level)) \(title)\n\n\(record.summary)\n\n\(table(record))"
    }

    /// The kinds of a catalogue under a heading, each with what `more` says of it.
    public static func kinds(
        _ title: String, _ key: String, _ types: [any Configurable.Type],
        more: (any Configurable.Type) -> String? = { _ in nil }
    ) -> String {
        let entries = types.map { type in
            let heading = "**`\(type.kind)`** – \(type.summary)"
            let parts =
                [heading] + (type.anyFields.isEmpty ? [] : [table(type)]) + lists(in: type)
                + [more(type)].compactMap(\.self)
            return parts.joined(separator: "\n\n")
        }
        return "### \(title) (`\(key)`)\n\n" + entries.joined(separator: "\n\n")
    }

    /// What stands in the lists of mappings among a record's fields, and in those of these.
    private static func lists(in record: any Configurable.Type) -> [String] {
        record.anyFields.flatMap { field -> [String] in
            guard case .list(.record(let element), _) = field.type else { return [] }
            return ["Each of `\(field.name)`: \(element.summary)", table(element)] + lists(in: element)
        }
    }

    /// The fields of a record, or some of them, a row each.
    public static func table(_ record: any Configurable.Type, only names: [String]? = nil) -> String {
        let fields = record.anyFields.filter { field in names.map { $0.contains(field.name) } ?? true }
        let rows = fields.map { field in
            let standard =
                field.isRequired ? "required" : record.standard(field).map { "`\(YAMLWriter.inline($0))`" } ?? "–"
            return
                "| `\(field.name)` | \(cell(accepted(field.type))) | \(cell(standard)) | \(cell(field.documentation)) |"
        }
        return "| key | accepts | default | meaning |\n|---|---|---|---|\n" + rows.joined(separator: "\n")
    }

    /// What is accepted; of a list, what its values are.
    private static func accepted(_ type: FieldType) -> String {
        guard case .list(let element, _) = type else { return type.expectation }
        return "a list, each \(element.expectation)"
    }

    /// A text in a table: a vertical bar would end its cell, and an asterisk outside of code begins emphasis.
    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}
