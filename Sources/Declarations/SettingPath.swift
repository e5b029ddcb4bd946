import Vocabulary

public struct SettingPath: Sendable {
    public let keys: [String]

    public init(_ keys: [String]) { self.keys = keys }
    public init(_ text: String) { keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }

    /// `optimizer.sgd.rate`.
    public var text: String { keys.joined(separator: ".") }

    /// Why a path leads nowhere.
    public struct Problem: Error {
        public let message: String
        public var advice = ""
        public var keyIndex: Int
        /// Whether the key exists for another kind of value than the one that stands there.
        public var isOtherKind = false

        public init(message: String, advice: String = "", keyIndex: Int, isOtherKind: Bool = false) {
            self.message = message
            self.advice = advice
            self.keyIndex = keyIndex
            self.isOtherKind = isOtherKind
        }
    }

    /// What the place that the path leads to accepts, given the kinds that stand in a configuration.
    public func type(
        in record: any Configurable.Type, of node: ConfigurationNode
    ) -> Result<FieldType, Problem> {
        var type = FieldType.record(record)
        var node: ConfigurationNode? = node
        for (index, key) in keys.enumerated() {
            let place = keys[..<index].joined(separator: ".")
            switch type.withoutWrappers {
            case .record(let record):
                let fields = record.anyFields
                guard let field = fields.first(where: { $0.name == key }) else {
                    return .failure(unknown(key, index, place, among: fields.map(\.name)))
                }
                type = field.type
                node = node?[key] ?? record.standard(field)
            case .variant(let kinds):
                guard let kind = kinds.first(where: { $0.kind == key }) else {
                    return .failure(unknown(key, index, place, among: kinds.map { $0.kind }))
                }
                let current = node?.entries?.first?.key ?? node?.scalar ?? "none"
                guard current == key else {
                    return .failure(
                        Problem(
                            message: "'\(place)' is '\(current)' here, not '\(key)'", keyIndex: index, isOtherKind: true
                        ))
                }
                type = .record(kind)
                node = node?[key]
            default:
                return .failure(Problem(message: "'\(place)' has no keys of its own", keyIndex: index))
            }
        }
        return .success(type)
    }

    private func unknown(_ key: String, _ index: Int, _ place: String, among known: [String]) -> Problem {
        let location = place.isEmpty ? "" : " in '\(place)'"
        return Problem(
            message: "unknown key '\(key)'\(location)",
            advice: Suggestion.phrase(for: key, among: known, called: "keys"),
            keyIndex: index)
    }

    /// Nested mappings that hold nothing but a value at the path, to be merged over a configuration.
    public func nesting(_ value: ConfigurationNode) -> ConfigurationNode {
        keys.reversed().reduce(value) { inner, key in
            value.replacing(
                .mapping([.init(key: key, position: value.position, keyLength: value.length, value: inner)]))
        }
    }
}

extension FieldType {
    /// The type itself where it may also be absent or partial.
    fileprivate var withoutWrappers: FieldType {
        switch self {
        case .optional(let inner), .partial(let inner): inner.withoutWrappers
        default: self
        }
    }
}

/// A setting that the command line changes: `--set optimizer.sgd.rate=0.2`.
///
/// The path is that of a setting as `normlab show` lists it. It changes every arm that has the setting; `arms.NAME.` before
/// the path limits it to one arm, and `profiles.NAME.steps` and `profiles.NAME.seeds` change a profile.
public struct Override: Sendable, Equatable {
    public let text: String
    public let path: [String]
    public let value: String

    public static let option = "--set"

    /// Reads `path=value`.
    public init(_ text: String) throws(ConfigurationErrors) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let keys = SettingPath(parts[0]).keys
        guard parts.count == 2, !parts[1].allSatisfy(\.isWhitespace), !keys.contains(where: \.isEmpty) else {
            throw ConfigurationErrors(
                option: Self.option,
                message: "expected path=value, such as optimizer.sgd.rate=0.2, found '\(text)'")
        }
        self.text = text
        path = keys
        value = parts[1]
    }

    /// The value as a node whose place is that in the option's text, which is line `line` of all options' texts.
    public func node(line: Int, diagnostics: DiagnosticCollector) -> ConfigurationNode? {
        // The value is read where it stands: behind empty lines for the options before, and spaces for the path.
        let column = text.unicodeScalars.count - value.unicodeScalars.count
        let padded = String(repeating: "\n", count: line - 1) + String(repeating: " ", count: column) + value
        return YAMLReader(padded, file: Self.option, layer: .override, diagnostics: diagnostics, quotes: false).root()
    }

    public func position(ofKey index: Int, line: Int) -> SourcePosition {
        let before = path[..<index].reduce(0) { $0 + $1.unicodeScalars.count + 1 }
        return SourcePosition(file: Self.option, line: line, column: before + 1)
    }
}
