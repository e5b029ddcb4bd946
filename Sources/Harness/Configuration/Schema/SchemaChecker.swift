/// Holds what was written against a schema, reports every difference, and returns the value in its full form:
/// `batch-norm` becomes `{ batch-norm: {} }`, `{ constant: 0 }` becomes `{ constant: { value: 0 } }`.
///
/// What is required is not looked at: an arm states only its differences. `CompletenessChecker` looks at the merged result.
struct SchemaChecker {
    let diagnostics: DiagnosticCollector

    /// The value in its full form with the parts that are wrong marked as refused, or nil if nothing of it is right.
    ///
    /// `path` is what messages call the place: `optimizer.sgd`.
    func check(_ node: ConfigurationNode, _ schema: Schema, path: String) -> ConfigurationNode? {
        if node.isRefused { return nil }
        switch schema {
        case .integer(let range):
            return accept(ScalarReading.integer(node), node, path) {
                range.contains($0) ? nil : "\($0)"
            } schema: {
                schema
            }
        case .number(let range):
            return accept(ScalarReading.number(node), node, path) {
                range.contains($0) ? nil : ScalarReading.format($0)
            } schema: {
                schema
            }
        case .boolean:
            return accept(ScalarReading.boolean(node), node, path) { _ in
                nil
            } schema: {
                schema
            }
        case .word(let words): return checkWord(node, words, path)
        case .text: return checkText(node, path)
        case .optional(let inner): return checkOptional(node, inner, path)
        case .list(let element, let minimum): return checkList(node, element, minimum, path)
        case .record(let record): return checkRecord(node, record, path)
        case .variant(let kinds): return checkVariant(node, kinds, path, orNone: false)
        case .named(let named): return checkNamed(node, named, path)
        case .partial(let inner): return check(node, inner, path: path)
        case .anything: return node
        case .model: return node.isEmpty ? refuse(node, schema.expectation, path) : node
        case .layers: return node.elements == nil ? refuse(node, schema.expectation, path) : node
        }
    }

    // MARK: Scalars

    private func accept<Value>(
        _ outcome: ScalarReading.Outcome<Value>, _ node: ConfigurationNode, _ path: String,
        outOfRange: (Value) -> String?, schema: () -> Schema
    ) -> ConfigurationNode? {
        switch outcome {
        case .failure(let refusal):
            diagnostics.error("\(Self.subject(path))\(refusal.message)", at: node)
        case .success(let value):
            guard let found = outOfRange(value) else { return node }
            diagnostics.error("\(Self.subject(path))expected \(schema().expectation), found \(found)", at: node)
        }
        return nil
    }

    private func checkWord(_ node: ConfigurationNode, _ words: [String], _ path: String) -> ConfigurationNode? {
        guard let text = node.scalar, !node.isEmpty else { return refuse(node, Schema.word(words).expectation, path) }
        if words.contains(text) { return node.replacing(.scalar(text, isQuoted: false)) }
        let hint = Self.truthAsWord(text, among: words) ?? Suggestion.nearest(to: text, among: words)
        let advice = hint.map { "; did you mean '\($0)'?" } ?? ""
        diagnostics.error(
            "\(Self.subject(path))expected \(Schema.word(words).expectation), found \(node.found)\(advice)", at: node)
        return nil
    }

    private func checkText(_ node: ConfigurationNode, _ path: String) -> ConfigurationNode? {
        guard let text = node.scalar, !node.isEmpty else { return refuse(node, "a text", path) }
        if text.allSatisfy(\.isWhitespace) { return refuse(node, "a text", path) }
        return node
    }

    /// The word meant by somebody who writes `off` or `yes`.
    private static func truthAsWord(_ text: String, among words: [String]) -> String? {
        switch text.lowercased() {
        case "no", "off", "false", "null", "~": words.first { ["none", "false"].contains($0) }
        case "yes", "on": words.first { $0 == "true" }
        default: nil
        }
    }

    private func refuse(_ node: ConfigurationNode, _ expectation: String, _ path: String) -> ConfigurationNode? {
        diagnostics.error("\(Self.subject(path))expected \(expectation), found \(node.found)", at: node)
        return nil
    }

    // MARK: Containers

    private func checkOptional(_ node: ConfigurationNode, _ inner: Schema, _ path: String) -> ConfigurationNode? {
        if node.isNone { return node.replacing(.scalar("none", isQuoted: false)) }
        if case .variant(let kinds) = inner { return checkVariant(node, kinds, path, orNone: true) }
        // A record may be left empty, which is not nothing.
        if case .partial = inner, node.isEmpty { return check(node, inner, path: path) }
        if node.isEmpty || Self.truthAsWord(node.scalar ?? "", among: ["none"]) != nil {
            diagnostics.error(
                "\(Self.subject(path))expected \(inner.expectation), or none, found \(node.found); write none", at: node
            )
            return nil
        }
        return check(node, inner, path: path)
    }

    private func checkList(
        _ node: ConfigurationNode, _ element: Schema, _ minimum: Int, _ path: String
    ) -> ConfigurationNode? {
        guard let elements = node.elements else {
            let advice = node.scalar.map { node.isEmpty ? "" : "; write [\($0)]" } ?? ""
            diagnostics.error("\(Self.subject(path))expected a list, found \(node.found)\(advice)", at: node)
            return nil
        }
        if elements.count < minimum {
            diagnostics.error(
                "\(Self.subject(path))expected at least \(minimum == 1 ? "one value" : "\(minimum) values"), found \(elements.count)",
                at: node)
            return nil
        }
        return node.replacing(
            .sequence(elements.map { check($0, element, path: path) ?? $0.replacing(.refused) }))
    }

    func checkRecord(_ node: ConfigurationNode, _ record: RecordSchema, _ path: String) -> ConfigurationNode? {
        // A key without a value is an empty mapping: `baseline:` states no difference.
        let entries = node.isEmpty ? [] : node.entries
        guard let entries else { return refuse(node, "a mapping", path) }
        var checked: [ConfigurationNode.Entry] = []
        for entry in entries {
            guard let field = record.field(entry.key) else {
                let place = path.isEmpty ? "" : " in '\(path)'"
                let advice = Suggestion.phrase(for: entry.key, among: record.fields.map(\.name), called: "keys")
                diagnostics.error("unknown key '\(entry.key)'\(place)\(advice)", atKey: entry)
                // What was meant is not missing.
                if let meant = Suggestion.nearest(to: entry.key, among: record.fields.map(\.name)), node[meant] == nil {
                    checked.append(entry.with(entry.value.replacing(.refused), key: meant))
                }
                continue
            }
            let value = check(entry.value, field.schema, path: Self.join(path, entry.key))
            checked.append(entry.with(value ?? entry.value.replacing(.refused)))
        }
        return node.replacing(.mapping(checked))
    }

    private func checkVariant(
        _ node: ConfigurationNode, _ kinds: [RecordSchema], _ path: String, orNone: Bool
    ) -> ConfigurationNode? {
        let expectation = Schema.variant(kinds).expectation + (orNone ? ", or none" : "")
        let words = kinds.map(\.name) + (orNone ? ["none"] : [])
        if let word = node.scalar, !node.isEmpty {
            guard kinds.contains(where: { $0.name == word }) else {
                let hint = Self.truthAsWord(word, among: words) ?? Suggestion.nearest(to: word, among: words)
                let advice = hint.map { "did you mean '\($0)'?" } ?? "expected \(expectation)"
                diagnostics.error("\(Self.subject(path))unknown kind '\(word)'; \(advice)", at: node)
                return nil
            }
            let empty = node.replacing(.mapping([]))
            return node.replacing(
                .mapping([.init(key: word, position: node.position, keyLength: node.length, value: empty)]))
        }
        guard let entries = node.entries, !entries.isEmpty else {
            let advice = orNone && node.isEmpty ? "; write none" : ""
            diagnostics.error("\(Self.subject(path))expected \(expectation), found \(node.found)\(advice)", at: node)
            return nil
        }
        if entries.count > 1 {
            diagnostics.error(
                "\(Self.subject(path))expected one kind, found \(entries.count): \(Schema.quoted(entries.map(\.key)))",
                atKey: entries[1])
            return nil
        }
        let entry = entries[0]
        guard let kind = kinds.first(where: { $0.name == entry.key }) else {
            let hint = Suggestion.nearest(to: entry.key, among: words)
            let advice = hint.map { "did you mean '\($0)'?" } ?? "expected \(expectation)"
            diagnostics.error("\(Self.subject(path))unknown kind '\(entry.key)'; \(advice)", atKey: entry)
            return nil
        }
        let value = checkKind(entry.value, kind, path: Self.join(path, kind.name))
        return node.replacing(.mapping([entry.with(value ?? entry.value.replacing(.refused))]))
    }

    /// The fields of a kind, or the value of its only field.
    func checkKind(_ node: ConfigurationNode, _ kind: RecordSchema, path: String) -> ConfigurationNode? {
        if let field = kind.directField, node.entries == nil, !node.isEmpty {
            let value = check(node, field.schema, path: Self.join(path, field.name)) ?? node.replacing(.refused)
            return node.replacing(
                .mapping([.init(key: field.name, position: node.position, keyLength: node.length, value: value)]))
        }
        if let text = node.scalar, !node.isEmpty, let field = kind.fields.first(where: \.isRequired) {
            diagnostics.error(
                "\(Self.subject(path))expected a mapping, found \(node.found); write { \(field.name): \(text) }",
                at: node)
            return nil
        }
        return checkRecord(node, kind, path)
    }

    private func checkNamed(_ node: ConfigurationNode, _ named: NamedSchema, _ path: String) -> ConfigurationNode? {
        guard let entries = node.entries else { return refuse(node, Schema.named(named).expectation, path) }
        var checked: [ConfigurationNode.Entry] = []
        for entry in entries {
            if named.keys == .folderNames, entry.key == "none" || !Self.isFolderName(entry.key) {
                let advice =
                    entry.key == "none"
                    ? "it stands for what is absent" : "use lower case letters, digits and '-'"
                diagnostics.error(
                    "'\(entry.key)' cannot name \(Self.article(named.name)); \(advice)", atKey: entry)
                continue
            }
            let value = check(entry.value, named.value, path: Self.join(path, entry.key))
            checked.append(entry.with(value ?? entry.value.replacing(.refused)))
        }
        return node.replacing(.mapping(checked))
    }

    /// Names become folders on every system and appear in CSV files and on command lines.
    static func isFolderName(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first.isNumber else { return false }
        return name.count <= 64
            && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    }

    private static func article(_ noun: String) -> String {
        (noun.first.map { "aeiou".contains($0) } ?? false) ? "an \(noun)" : "a \(noun)"
    }

    /// What a message begins with: the place it is about, or nothing for the whole file.
    private static func subject(_ path: String) -> String {
        path.isEmpty ? "" : "'\(path)': "
    }

    static func join(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}
