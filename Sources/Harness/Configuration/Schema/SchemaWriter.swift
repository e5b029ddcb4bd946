/// Writes the JSON Schema of experiment and model files from the declarations that the reader uses, so that an editor
/// completes keys, shows what they mean and marks mistakes.
public enum SchemaWriter {
    /// The schema (draft 7) without a final newline, for a first line such as `# yaml-language-server: $schema=schema.json`.
    public static func jsonSchema() -> String {
        var writer = SchemaDefinitions()
        return writer.root().text()
    }
}

/// Collects what several places of a schema have in common.
private struct SchemaDefinitions {
    /// Definitions by name; those of kinds are found by what they list.
    private var shared: [(key: String, name: String, value: JSONText)] = []
    /// The key whose value is being written, after which its kinds are called.
    private var currentKey = ""

    mutating func root() -> JSONText {
        let definitions = [
            ("experiment", experiment()),
            ("configuration", record(RunConfiguration.schema, isPartial: true)),
            ("model", record(ModelReader.fileSchema, isPartial: false)),
            ("layers", layers()),
        ]
        return .object([
            ("$schema", .string("http://json-schema.org/draft-07/schema#")),
            ("title", .string("NormLab experiments and models")),
            ("$comment", .string("Written by `normlab schema`.")),
            ("if", .object([("required", .array([.string("layers")]))])),
            ("then", reference("model")),
            ("else", reference("experiment")),
            ("definitions", .object(definitions + shared.map { ($0.name, $0.value) })),
        ])
    }

    private func reference(_ definition: String) -> JSONText {
        .object([("$ref", .string("#/definitions/\(definition)"))])
    }

    // MARK: Types

    /// The schema of a place. In a partial one nothing is required.
    private mutating func json(_ schema: Schema, isPartial: Bool) -> JSONText {
        switch schema {
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
                ("minimum", isOpenBelow ? nil : ScalarReading.format(range.lowerBound)),
                ("maximum", isOpenAbove ? nil : ScalarReading.format(range.upperBound)),
            ]
            return number("number", bounds)
        case .boolean: return .object([("type", .string("boolean"))])
        case .word(let words): return words.isEmpty ? .object([]) : .object([("enum", .array(words.flatMap(word)))])
        // What looks like a number is a text, too, where a text is expected.
        case .text: return .object([("type", .array([.string("string"), .string("number")]))])
        case .optional(let inner):
            return .object([
                ("anyOf", .array([.object([("const", .string("none"))]), json(inner, isPartial: isPartial)]))
            ])
        case .list(let element, let minimum):
            return .object([
                ("type", .string("array")), ("items", json(element, isPartial: isPartial)),
                ("minItems", .number(String(minimum))),
            ])
        case .record(let schema):
            return schema.name == RunConfiguration.kind
                ? reference("configuration") : record(schema, isPartial: isPartial)
        case .variant(let kinds): return sharedVariant(kinds, isPartial: isPartial)
        case .named(let named):
            return .object([
                ("type", .string("object")), ("additionalProperties", json(named.value, isPartial: isPartial)),
            ])
        case .partial(let inner): return json(inner, isPartial: true)
        case .anything: return .object([])
        case .model:
            return .object([
                (
                    "anyOf",
                    .array([
                        .object([("type", .string("string"))]), reference("layers"),
                        record(ModelReader.resolvedSchema, isPartial: false),
                    ])
                )
            ])
        case .layers: return reference("layers")
        }
    }

    private func number(_ type: String, _ bounds: [(String, String?)]) -> JSONText {
        .object([("type", .string(type))] + bounds.compactMap { key, value in value.map { (key, .number($0)) } })
    }

    /// A word, and the truth value or the number that editors take it for.
    private func word(_ text: String) -> [JSONText] {
        if ["true", "false"].contains(text) { return [.string(text), .boolean(text == "true")] }
        return Int(text) == nil ? [.string(text)] : [.string(text), .number(text)]
    }

    // MARK: Mappings

    private mutating func record(_ record: RecordSchema, isPartial: Bool) -> JSONText {
        let required = isPartial ? [] : record.fields.filter(\.isRequired).map { JSONText.string($0.name) }
        var members: [(String, JSONText)] = [
            ("type", .string("object")), ("description", .string(record.summary)),
            ("properties", .object(record.fields.map { ($0.name, property($0, isPartial: isPartial)) })),
            ("additionalProperties", .boolean(false)),
        ]
        if !required.isEmpty { members.append(("required", .array(required))) }
        return .object(members)
    }

    /// An experiment file. One that extends another may leave out what is required.
    private mutating func experiment() -> JSONText {
        let file = ExperimentSchema.file
        let required = file.fields.filter(\.isRequired).map { JSONText.string($0.name) }
        return .object([
            ("type", .string("object")), ("description", .string(file.summary)),
            ("properties", .object(file.fields.map { ($0.name, property($0, isPartial: $0.name == "profiles")) })),
            ("additionalProperties", .boolean(false)),
            (
                "anyOf",
                .array([
                    .object([("required", .array([.string("extends")]))]), .object([("required", .array(required))]),
                ])
            ),
        ])
    }

    private mutating func property(_ field: SchemaField, isPartial: Bool) -> JSONText {
        currentKey = field.name
        var schema = json(field.schema, isPartial: isPartial)
        if case .object(let members) = schema {
            // In draft 7 what stands beside a reference is ignored.
            let isReference = members.contains { $0.key == "$ref" }
            let inner =
                isReference
                ? [(key: "allOf", value: JSONText.array([schema]))] : members.filter { $0.key != "description" }
            schema = .object([("description", .string(field.documentation))] + inner + standard(field))
        }
        return schema
    }

    /// The default, where it is a scalar.
    private func standard(_ field: SchemaField) -> [(key: String, value: JSONText)] {
        guard let text = field.standard?.scalar else { return [] }
        let value: JSONText =
            switch field.schema {
            case .integer, .number: .number(text)
            case .boolean: .boolean(text == "true")
            default: .string(text)
            }
        return [("default", value)]
    }

    /// A reference to the definition of these kinds, which is written once.
    private mutating func sharedVariant(_ kinds: [RecordSchema], isPartial: Bool) -> JSONText {
        let key = kinds.map(\.name).joined(separator: " ") + (isPartial ? " partial" : "")
        if let known = shared.first(where: { $0.key == key }) { return reference(known.name) }

        let word = currentKey
        let name = [word, "partial-\(word)"].first { name in !shared.contains { $0.name == name } } ?? key
        shared.append((key, name, .object([])))
        let index = shared.count - 1
        shared[index].value = variant(kinds, isPartial: isPartial)
        return reference(name)
    }

    /// A kind as a word, or a mapping whose one key is the kind.
    private mutating func variant(_ kinds: [RecordSchema], isPartial: Bool) -> JSONText {
        let words = kinds.filter { kind in isPartial || !kind.fields.contains(where: \.isRequired) }
        let mapping: JSONText = .object([
            ("type", .string("object")),
            ("properties", .object(kinds.map { ($0.name, kind($0, isPartial: isPartial)) })),
            ("additionalProperties", .boolean(false)),
            ("minProperties", .number("1")), ("maxProperties", .number("1")),
        ])
        if words.isEmpty { return mapping }
        return .object([("anyOf", .array([.object([("enum", .array(words.map { .string($0.name) }))]), mapping]))])
    }

    private mutating func kind(_ kind: RecordSchema, isPartial: Bool) -> JSONText {
        let full = record(kind, isPartial: isPartial)
        guard let field = kind.directField else { return full }
        return .object([
            ("description", .string(kind.summary)),
            ("anyOf", .array([full, property(field, isPartial: isPartial)])),
        ])
    }

    private mutating func layers() -> JSONText {
        let words =
            Slot.allCases.map(\.rawValue)
            + ModelReader.layerKinds.filter { kind in
                !kind.fields.contains(where: \.isRequired)
            }.map(\.name)
        let fields = (ModelReader.layerFields + [ModelReader.branchesField]).map {
            ($0.name, property($0, isPartial: false))
        }
        let kinds = ModelReader.layerKinds.map { ($0.name, kind($0, isPartial: false)) }
        let item: JSONText = .object([
            ("type", .string("object")), ("properties", .object(fields + kinds)),
            ("additionalProperties", .boolean(false)),
        ])
        let slots = Slot.allCases.map { "\($0.rawValue): \($0.summary)" }.joined(separator: " ")
        return .object([
            ("type", .string("array")), ("minItems", .number("0")), ("description", .string(slots)),
            ("items", .object([("anyOf", .array([.object([("enum", .array(words.map { .string($0) }))]), item]))])),
        ])
    }
}
