import Vocabulary

/// A value of a configuration with the place it was written at: the tree that reading, merging and writing share.
public struct ConfigurationNode: Sendable {
    public struct Entry: Sendable {
        public var key: String
        public var position: SourcePosition
        /// How many scalars of the source line it takes.
        public var keyLength: Int
        public var value: ConfigurationNode

        public init(key: String, position: SourcePosition, keyLength: Int, value: ConfigurationNode) {
            self.key = key
            self.position = position
            self.keyLength = keyLength
            self.value = value
        }

        public func with(_ value: ConfigurationNode, key: String? = nil) -> Entry {
            Entry(key: key ?? self.key, position: position, keyLength: keyLength, value: value)
        }
    }

    public indirect enum Content: Sendable {
        /// A word, number or text. Quotes matter: `"0.1"` is not a number.
        case scalar(String, isQuoted: Bool)
        /// Keys with values, in the order written.
        case mapping([Entry])
        case sequence([ConfigurationNode])
        /// Something that was refused, and is already reported: what follows from its absence is not.
        case refused
    }

    public var content: Content
    public var position: SourcePosition
    /// How many scalars of the source line a message underlines.
    public var length = 1
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

    public func replacing(_ content: Content) -> ConfigurationNode {
        var copy = self
        copy.content = content
        return copy
    }

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
    public var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }
    public var elements: [ConfigurationNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }
    public var integer: Int? {
        if case .integer(let value) = value { value } else { nil }
    }
    /// Nothing was written: an empty value, `~` or `null`.
    public var isEmpty: Bool {
        if let plain { ["", "~", "null", "Null", "NULL"].contains(plain) } else { false }
    }
    public var isRefused: Bool {
        if case .refused = content { true } else { false }
    }
    public var isNone: Bool { scalar == "none" }

    public subscript(key: String) -> ConfigurationNode? { entries?.first { $0.key == key }?.value }
    public subscript(path path: [String]) -> ConfigurationNode? {
        path.reduce(self as ConfigurationNode?) { node, key in node?[key] }
    }

    public var origin: Origin {
        layer == .standard ? .standard : Origin(layer: layer, position: position)
    }

    /// The value and everything in it, as coming from one layer.
    public func inLayer(_ layer: Origin.Layer) -> ConfigurationNode { changed { $0.layer = layer } }

    /// The value and everything in it, as if it stood at one place: what is derived from what stands there.
    public func standing(at position: SourcePosition) -> ConfigurationNode { changed { $0.position = position } }

    private func changed(_ change: (inout ConfigurationNode) -> Void) -> ConfigurationNode {
        var copy = self
        change(&copy)
        switch content {
        case .scalar, .refused: break
        case .sequence(let elements): copy.content = .sequence(elements.map { $0.changed(change) })
        case .mapping(let entries): copy.content = .mapping(entries.map { $0.with($0.value.changed(change)) })
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

    public static func word(_ text: String) -> ConfigurationNode {
        ConfigurationNode(.scalar(text, isQuoted: false))
    }
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
        /// The default of the declaration.
        case standard
        /// A model file, or the layers of a model written in place.
        case model
        case base
        case profile(String)
        case arm(String)
        case sweep
        /// `--set` on the command line.
        case override
    }

    public let layer: Layer
    /// Which place; nil for defaults.
    public let position: SourcePosition?

    public static let standard = Origin(layer: .standard, position: nil)

    /// `Experiments/caffe/lenet.yaml:12 (arm lrn)`, `default`, `--set`.
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
