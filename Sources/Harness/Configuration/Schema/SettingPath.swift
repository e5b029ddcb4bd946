/// A path of keys into a configuration: `optimizer.sgd.rate`.
struct SettingPath {
    let keys: [String]

    init(_ keys: [String]) { self.keys = keys }
    init(_ text: String) { keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }

    var text: String { keys.joined(separator: ".") }

    /// Why a path leads nowhere.
    struct Problem: Error {
        let message: String
        /// How to mend it: `; did you mean 'rate'?`
        var advice = ""
        /// Which key of the path is at fault.
        let keyIndex: Int
        /// Whether the key exists for another kind of value than the one that stands there.
        var isOtherKind = false
    }

    /// What the place that the path leads to accepts, given the kinds that stand in a configuration.
    func schema(in record: RecordSchema, of node: ConfigurationNode) -> Result<Schema, Problem> {
        var schema = Schema.record(record)
        var node: ConfigurationNode? = node
        for (index, key) in keys.enumerated() {
            let place = keys[..<index].joined(separator: ".")
            switch schema.withoutWrappers {
            case .record(let record):
                guard let field = record.field(key) else {
                    return .failure(unknown(key, index, place, among: record.fields.map(\.name)))
                }
                schema = field.schema
                node = node?[key] ?? field.standard
            case .variant(let kinds):
                guard let kind = kinds.first(where: { $0.name == key }) else {
                    return .failure(unknown(key, index, place, among: kinds.map(\.name)))
                }
                let current = node?.entries?.first?.key ?? "none"
                guard current == key else {
                    return .failure(
                        Problem(
                            message: "'\(place)' is '\(current)' here, not '\(key)'", keyIndex: index, isOtherKind: true
                        ))
                }
                schema = .record(kind)
                node = node?[key]
            default:
                return .failure(Problem(message: "'\(place)' has no keys of its own", keyIndex: index))
            }
        }
        return .success(schema)
    }

    private func unknown(_ key: String, _ index: Int, _ place: String, among known: [String]) -> Problem {
        let location = place.isEmpty ? "" : " in '\(place)'"
        return Problem(
            message: "unknown key '\(key)'\(location)",
            advice: Suggestion.phrase(for: key, among: known, called: "keys"),
            keyIndex: index)
    }

    /// Nested mappings that hold nothing but a value at the path, to be merged over a configuration.
    func nesting(_ value: ConfigurationNode) -> ConfigurationNode {
        keys.reversed().reduce(value) { inner, key in
            value.replacing(
                .mapping([.init(key: key, position: value.position, keyLength: value.length, value: inner)]))
        }
    }
}

extension Schema {
    /// The schema itself where it may also be absent or partial.
    fileprivate var withoutWrappers: Schema {
        switch self {
        case .optional(let inner), .partial(let inner): inner.withoutWrappers
        default: self
        }
    }
}
