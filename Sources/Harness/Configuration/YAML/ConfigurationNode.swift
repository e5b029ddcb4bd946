/// A value of a configuration before it has a type, with the place it was written at.
struct ConfigurationNode: Sendable {
    /// A key of a mapping with its value.
    struct Entry: Sendable {
        var key: String
        var position: SourcePosition
        var keyLength: Int
        var value: ConfigurationNode

        /// The entry with another value, and another key if one is given.
        func with(_ value: ConfigurationNode, key: String? = nil) -> Entry {
            Entry(key: key ?? self.key, position: position, keyLength: keyLength, value: value)
        }
    }

    /// What was written.
    indirect enum Content: Sendable {
        /// A word, number or text. Quotes matter: `"0.1"` is not a number.
        case scalar(String, isQuoted: Bool)
        /// Keys with values, in the order written.
        case mapping([Entry])
        /// A list.
        case sequence([ConfigurationNode])
        /// Something that was refused, and is already reported: what follows from its absence is not.
        case refused
    }

    var content: Content
    var position: SourcePosition
    /// How many scalars of the source line a message underlines.
    var length = 1
    var layer = Origin.Layer.standard

    /// A node that stands for no text: what the program writes.
    init(_ content: Content) {
        self.content = content
        position = SourcePosition(file: "", line: 0, column: 0)
    }

    init(_ content: Content, at position: SourcePosition, length: Int = 1) {
        self.content = content
        self.position = position
        self.length = length
    }

    /// Same place, other content.
    func replacing(_ content: Content) -> ConfigurationNode {
        var copy = self
        copy.content = content
        return copy
    }
}

extension ConfigurationNode {
    var scalar: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }
    /// The text, if it is written without quotes.
    var plain: String? {
        if case .scalar(let text, isQuoted: false) = content { text } else { nil }
    }
    var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }
    var elements: [ConfigurationNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }
    /// Nothing was written: an empty value, `~` or `null`.
    var isEmpty: Bool {
        if let plain { ["", "~", "null", "Null", "NULL"].contains(plain) } else { false }
    }
    var isRefused: Bool {
        if case .refused = content { true } else { false }
    }
    var isNone: Bool { scalar == "none" }

    /// The value of a key of a mapping.
    subscript(key: String) -> ConfigurationNode? {
        entry(key)?.value
    }
    /// A key of a mapping with its value.
    func entry(_ key: String) -> Entry? {
        entries?.first { $0.key == key }
    }
    /// The value behind a path of keys.
    subscript(path path: [String]) -> ConfigurationNode? {
        var node = self
        for key in path {
            guard let next = node[key] else { return nil }
            node = next
        }
        return node
    }

    /// Where the value came from.
    var origin: Origin {
        layer == .standard ? .standard : Origin(layer: layer, position: position)
    }

    /// The value and everything in it, as coming from one layer.
    func inLayer(_ layer: Origin.Layer) -> ConfigurationNode {
        var copy = self
        copy.layer = layer
        switch content {
        case .scalar, .refused: break
        case .sequence(let elements): copy.content = .sequence(elements.map { $0.inLayer(layer) })
        case .mapping(let entries):
            copy.content = .mapping(
                entries.map { entry in
                    var entry = entry
                    entry.value = entry.value.inLayer(layer)
                    return entry
                })
        }
        return copy
    }

    /// What stands there, for messages.
    var found: String {
        switch content {
        case .scalar(let text, isQuoted: true): "the quoted text \"\(text)\""
        case .scalar(let text, isQuoted: false): isEmpty ? "nothing" : "'\(text)'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .refused: "a mistake"
        }
    }

    static func word(_ text: String) -> ConfigurationNode {
        ConfigurationNode(.scalar(text, isQuoted: false))
    }
    static func mapping(_ pairs: [(String, ConfigurationNode)]) -> ConfigurationNode {
        ConfigurationNode(
            .mapping(
                pairs.map { key, value in
                    Entry(key: key, position: value.position, keyLength: key.unicodeScalars.count, value: value)
                }))
    }
}
