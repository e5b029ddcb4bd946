/// Reports required keys that a merged configuration does not have.
struct CompletenessChecker {
    let diagnostics: DiagnosticCollector

    /// Looks at a value in its full form and everything in it.
    func check(_ node: ConfigurationNode, _ schema: Schema, path: String) {
        switch schema {
        case .record(let record): check(node, record, path: path)
        case .optional(let inner): if !node.isNone { check(node, inner, path: path) }
        case .list(let element, _): for value in node.elements ?? [] { check(value, element, path: path) }
        case .named(let named):
            for entry in node.entries ?? [] {
                check(entry.value, named.value, path: SchemaChecker.join(path, entry.key))
            }
        case .variant(let kinds):
            guard let entry = node.entries?.first, let kind = kinds.first(where: { $0.name == entry.key }) else {
                return
            }
            check(entry.value, kind, path: SchemaChecker.join(path, entry.key))
        case .integer, .number, .boolean, .word, .text, .partial, .anything, .model, .layers: break
        }
    }

    /// Looks at the keys of a mapping.
    func check(_ node: ConfigurationNode, _ record: RecordSchema, path: String) {
        if node.isRefused { return }
        for field in record.fields {
            if let value = node[field.name] {
                check(value, field.schema, path: SchemaChecker.join(path, field.name))
            } else if field.isRequired {
                let place = path.isEmpty ? "" : " in '\(path)'"
                diagnostics.error(
                    "missing key '\(field.name)'\(place): expected \(field.schema.expectation)", at: node)
            }
        }
    }
}
