import Vocabulary

/// A value of a configuration with the place it was written at: the tree that reading, merging and writing share.
public struct ConfigurationNode: Sendable {
    /// A key of a mapping with its value.
    public struct Entry: Sendable {
        /// The key.
        public var key: String
        /// Where it stands.
        public var position: SourcePosition
        /// How many scalars of the source line it takes.
        public var keyLength: Int
        /// The value.
        public var value: ConfigurationNode

        /// A key with a value.
        public init(key: String, position: SourcePosition, keyLength: Int, value: ConfigurationNode) {
            self.key = key
            self.position = position
            self.keyLength = keyLength
            self.value = value
        }

        /// The entry with another value, and another key if one is given.
        public func with(_ value: ConfigurationNode, key: String? = nil) -> Entry {
            Entry(key: key ?? self.key, position: position, keyLength: keyLength, value: value)
        }
    }

    /// What was written.
    public indirect enum Content: Sendable {
        /// A word, number or text. Quotes matter: `"0.1"` is not a number.
        case scalar(String, isQuoted: Bool)
        /// Keys with values, in the order written.
        case mapping([Entry])
        /// A list.
        case sequence([ConfigurationNode])
        /// Something that was refused, and is already reported: what follows from its absence is not.
        case refused
    }

    /// What was written.
    public var content: Content
    /// Where it stands.
    public var position: SourcePosition
    /// How many scalars of the source line a message underlines.
    public var length = 1
    /// What put it there.
    public var layer = Origin.Layer.standard
    /// What a scalar means by the type that is expected where it stands; the resolver reads it, once.
    var value: FieldValue?

    /// A node that stands for no text: what the program writes.
    public init(_ content: Content) {
        self.content = content
        position = SourcePosition(file: "", line: 0, column: 0)
    }

    init(_ content: Content, at position: SourcePosition, length: Int = 1) {
        self.content = content
        self.position = position
        self.length = length
    }

    /// Same place, other content.
    public func replacing(_ content: Content) -> ConfigurationNode {
        var copy = self
        copy.content = content
        return copy
    }

    /// The scalar with what it means.
    func meaning(_ value: FieldValue) -> ConfigurationNode {
        var copy = self
        copy.value = value
        return copy
    }
}

extension ConfigurationNode {
    /// The text of a scalar, with or without quotes.
    public var scalar: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }
    /// The text, if it is written without quotes.
    public var plain: String? {
        if case .scalar(let text, isQuoted: false) = content { text } else { nil }
    }
    /// The entries of a mapping.
    public var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }
    /// The elements of a list.
    public var elements: [ConfigurationNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }
    /// The whole number that the resolver has read here.
    public var integer: Int? {
        if case .integer(let value) = value { value } else { nil }
    }
    /// Nothing was written: an empty value, `~` or `null`.
    public var isEmpty: Bool {
        if let plain { ["", "~", "null", "Null", "NULL"].contains(plain) } else { false }
    }
    /// Whether a mistake stands here, which is reported.
    public var isRefused: Bool {
        if case .refused = content { true } else { false }
    }
    /// Whether the word `none` stands here.
    public var isNone: Bool { scalar == "none" }

    /// The value of a key of a mapping.
    public subscript(key: String) -> ConfigurationNode? { entries?.first { $0.key == key }?.value }
    /// The value behind a path of keys.
    public subscript(path path: [String]) -> ConfigurationNode? {
        path.reduce(self as ConfigurationNode?) { node, key in node?[key] }
    }

    /// Where the value came from.
    public var origin: Origin {
        layer == .standard ? .standard : Origin(layer: layer, position: position)
    }

    /// The value and everything in it, as coming from one layer.
    public func inLayer(_ layer: Origin.Layer) -> ConfigurationNode {
        var copy = self
        copy.layer = layer
        switch content {
        case .scalar, .refused: break
        case .sequence(let elements): copy.content = .sequence(elements.map { $0.inLayer(layer) })
        case .mapping(let entries): copy.content = .mapping(entries.map { $0.with($0.value.inLayer(layer)) })
        }
        return copy
    }

    /// The value and everything in it, as if it stood at one place: what is derived from what stands there.
    public func standing(at position: SourcePosition) -> ConfigurationNode {
        var copy = self
        copy.position = position
        switch content {
        case .scalar, .refused: break
        case .sequence(let elements): copy.content = .sequence(elements.map { $0.standing(at: position) })
        case .mapping(let entries): copy.content = .mapping(entries.map { $0.with($0.value.standing(at: position)) })
        }
        return copy
    }

    /// What stands there, for messages.
    public var found: String {
        switch content {
        case .scalar(let text, isQuoted: true): "the quoted text \"\(text)\""
        case .scalar(let text, isQuoted: false): isEmpty ? "nothing" : "'\(text)'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .refused: "a mistake"
        }
    }

    /// A word that the program writes.
    public static func word(_ text: String) -> ConfigurationNode {
        ConfigurationNode(.scalar(text, isQuoted: false))
    }
    /// A mapping that the program writes.
    public static func mapping(_ pairs: [(String, ConfigurationNode)]) -> ConfigurationNode {
        ConfigurationNode(
            .mapping(
                pairs.map { key, value in
                    Entry(key: key, position: value.position, keyLength: key.unicodeScalars.count, value: value)
                }))
    }
}

/// Where a resolved value came from.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
    /// What put the value there. Later layers win over earlier ones.
    public enum Layer: Hashable, Sendable {
        /// Nobody: the default of the declaration.
        case standard
        /// A model file, or the layers of a model written in place.
        case model
        /// The experiment's `base`.
        case base
        /// The `set` of a profile.
        case profile(String)
        /// An arm.
        case arm(String)
        /// The experiment's `sweep`.
        case sweep
        /// `--set` on the command line.
        case override
    }

    /// Which layer.
    public let layer: Layer
    /// Which place; nil for defaults.
    public let position: SourcePosition?

    /// An origin.
    public init(layer: Layer, position: SourcePosition?) {
        self.layer = layer
        self.position = position
    }

    /// A value that nobody wrote.
    public static let standard = Origin(layer: .standard, position: nil)

    /// `Experiments/lenet.yaml:12 (arm lrn)`, `default`, `--set`.
    public var description: String {
        let place = position.map { "\($0.file):\($0.line)" } ?? ""
        return switch layer {
        case .standard: "default"
        case .model: "\(place) (model)"
        case .base: "\(place) (base)"
        case .profile(let name): "\(place) (profile \(name))"
        case .arm(let name): "\(place) (arm \(name))"
        case .sweep: "\(place) (sweep)"
        case .override: "--set"
        }
    }
}
