import Vocabulary

/// Writes the reference of configuration files in Markdown from the declarations that the reader uses: every key, what it
/// accepts, its default, and what it means.
public enum ReferenceWriter {
    public static func section(_ title: String, _ record: any Configurable.Type, level: Int) -> String {
        "\(String(repeating: "#", count: level)) \(title)\n\n\(record.summary)\n\n\(table(record))"
    }

    /// The kinds of a catalogue under a heading.
    ///
    /// - Parameter more: what else is to be said of a kind.
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
