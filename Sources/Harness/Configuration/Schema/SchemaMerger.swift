/// Lays one partial configuration over another: mappings merge, lists and scalars replace, a kind replaces another kind and
/// merges with its own.
///
/// Both must be in the full form that `SchemaChecker` returns.
enum SchemaMerger {
    /// The value with what `top` states.
    static func merge(_ base: ConfigurationNode, _ top: ConfigurationNode, _ schema: Schema) -> ConfigurationNode {
        switch schema {
        case .record(let record):
            return merge(base, top) { key in record.field(key)?.schema }
        case .named(let named):
            return merge(base, top) { _ in named.value }
        case .optional(let inner):
            return base.isNone || top.isNone ? top : merge(base, top, inner)
        case .variant(let kinds):
            guard let old = base.entries?.first, let new = top.entries?.first, old.key == new.key,
                let kind = kinds.first(where: { $0.name == new.key })
            else { return top }
            return merge(base, top) { _ in .record(kind) }
        case .partial(let inner):
            return merge(base, top, inner)
        case .integer, .number, .boolean, .word, .text, .list, .anything, .model, .layers:
            return top
        }
    }

    /// Lays the keys of one mapping over those of another. The order is the base's, then what is new.
    private static func merge(
        _ base: ConfigurationNode, _ top: ConfigurationNode, schema: (String) -> Schema?
    ) -> ConfigurationNode {
        if top.isRefused || base.isRefused { return top.isRefused ? top : base }
        var entries = base.entries ?? []
        for entry in top.entries ?? [] {
            guard let index = entries.firstIndex(where: { $0.key == entry.key }), let schema = schema(entry.key) else {
                entries.append(entry)
                continue
            }
            let value = merge(entries[index].value, entry.value, schema)
            entries[index] = entry
            entries[index].value = value
        }
        // The place of a mapping stays that of its base: what all arms lack is missing there, once.
        return base.replacing(.mapping(entries))
    }
}
