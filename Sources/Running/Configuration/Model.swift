import Declarations
import Engine
import Results
import Vocabulary

/// A network before its slots are filled: layers, slots and blocks, as a model file lists them.
public struct ModelDeclaration: Sendable, Equatable {
    /// The stem of the model's file; `in-place` for layers written in an experiment.
    public var name: String
    public var title = ""
    public var source = ""
    /// The shape of a sample that the model was made for: what `normlab show` lays it out for where no data set is given.
    public var inputShape: Shape?
    /// The number of classes that the model was made for: 10, as every data set here has, where the file says nothing.
    public var classes = 10
    /// Layers, slots and blocks from the input to the scores. The softmax cross-entropy head is implied.
    public var layers: [LayerDeclaration]

    static let inPlaceName = "in-place"
    /// No network, for runs that measure their input or their machine.
    package static let none = ModelDeclaration(name: "none", layers: [])

    /// The same layers under the same name; where they were written does not matter.
    public static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.layers == right.layers
    }
}

/// One item of a model's list of layers.
public struct LayerDeclaration: Sendable, Equatable {
    public indirect enum Content: Sendable {
        case layer(any Layer)
        /// A place that the run fills.
        case slot(Slot)
        /// Branches that read the same input; their outputs are joined along the channels.
        case branches([Branch])
    }

    public struct Branch: Sendable, Equatable {
        public var name: String
        /// Its layers; none is the identity.
        public var layers: [LayerDeclaration]
    }

    /// The name of its node, with those of its blocks: `mixed1/3x3/conv`.
    public var name: String
    /// The nodes it reads; empty for the one before it.
    public var inputs: [String] = []
    public var content: Content
    /// What was written, for messages and origins; no part of the declaration's value.
    var node: ConfigurationNode

    /// The same content under the same name; where it was written does not matter.
    public static func == (left: Self, right: Self) -> Bool {
        guard left.name == right.name, left.inputs == right.inputs else { return false }
        return switch (left.content, right.content) {
        case (.layer(let left), .layer(let right)): left.isEqual(to: right)
        case (.slot(let left), .slot(let right)): left == right
        case (.branches(let left), .branches(let right)): left == right
        default: false
        }
    }
}

extension ModelDeclaration {
    /// The model as it is written down in a resolved configuration: with every name and every field.
    var node: ConfigurationNode {
        if self == .none { return .word(name) }
        return .mapping([
            ("name", .word(name)),
            ("layers", ConfigurationNode(.sequence(layers.map(\.canonicalNode)))),
        ])
    }
}

extension LayerDeclaration {
    fileprivate var canonicalNode: ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = [("name", .word(shortName))]
        if !inputs.isEmpty {
            pairs.append(("inputs", ConfigurationNode(.sequence(inputs.map { .word($0) }))))
        }
        switch content {
        case .slot(let slot): return .word(slot.rawValue)
        case .layer(let layer): pairs.append((type(of: layer).kind, ConfigurationNode(fieldsOf: layer)))
        case .branches(let branches):
            let nodes = branches.map { ($0.name, ConfigurationNode(.sequence($0.layers.map(\.canonicalNode)))) }
            pairs.append(("branches", .mapping(nodes)))
        }
        return .mapping(pairs)
    }

    /// The name inside its block.
    var shortName: String { name.split(separator: "/").last.map(String.init) ?? name }
}

/// A place in a model that an arm fills, or leaves empty.
public enum Slot: String, ConfigurationWord {
    /// Filled by `normalization`, with `noise` behind it; usually before the nonlinearity (Ioffe & Szegedy 2015, §3.2).
    case normalize
    case activate
    case respond
    case drop

    var kinds: [any Layer.Type] { LayerCatalogue.all.filter { $0.init().traits.role == filling.role } }

    var key: String { filling.key }

    private var filling: (role: LayerRole, key: String) {
        switch self {
        case .normalize: (.normalization, "normalization")
        case .activate: (.nonlinearity, "activation")
        case .respond: (.response, "local-response")
        case .drop: (.regularization, "dropout")
        }
    }

    package var summary: String {
        switch self {
        case .normalize: "The layer that `normalization` names stands here, and that of `noise`, or nothing."
        case .activate: "The nonlinearity that `activation` names stands here, or nothing."
        case .respond: "The local response normalization that `local-response` names stands here, or nothing."
        case .drop: "The layer that `dropout` names stands here, or nothing."
        }
    }
}

/// Where the layer that fills a `normalize` slot stands.
public enum Placement: String, ConfigurationWord {
    /// Where the model lists the slot: before the nonlinearity, as Ioffe & Szegedy 2015, §3.2 argue.
    case before
    /// Behind the nonlinearity, where the model lists that directly behind the slot.
    case after
}

struct SlotFilling {
    /// The layers that fill the slots; a slot without one is left out.
    var layers: [Slot: any Layer] = [:]
    /// What stands right behind the layer that fills a `normalize` slot, or in its place where there is none.
    var noise: (any Layer)?
    /// Whether `normalize` slots change places with `activate` slots directly behind them.
    var placement = Placement.before
    /// Patterns of products: `normalize` slots behind others are left out.
    var normalizedProducts = ["*"]

    /// The layers of a list in the order in which the run has them.
    func placed(_ layers: [LayerDeclaration]) -> [LayerDeclaration] {
        guard placement == .after else { return layers }
        var layers = layers
        var index = 0
        while index + 1 < layers.count {
            if layers[index].slot == .normalize, layers[index + 1].slot == .activate {
                layers.swapAt(index, index + 1)
                index += 1
            }
            index += 1
        }
        return layers
    }

    /// The layers that stand in a slot behind a product, with the word that each has in its name.
    func contents(of slot: Slot, behind product: String) -> [(word: String, layer: any Layer)] {
        guard slot == .normalize else { return layers[slot].map { [(slot.rawValue, $0)] } ?? [] }
        guard normalizedProducts.contains(where: { Glob($0).matches(product) }) else { return [] }
        return [(slot.rawValue, layers[slot]), ("disturb", noise)].compactMap { word, layer in
            layer.map { (word, $0) }
        }
    }
}

extension LayerDeclaration {
    var slot: Slot? {
        if case .slot(let slot) = content { slot } else { nil }
    }
}

/// The nodes of a network: a model's layers with its slots filled and its blocks unrolled.
struct ModelExpansion {
    let filling: SlotFilling

    private(set) var nodes: [Node] = []
    private(set) var places: [ConfigurationNode] = []
    /// The product before each `normalize` slot, filled or not: what the patterns of `normalize-at` name.
    private(set) var normalizableProducts: [String] = []
    /// For each node the nearest product up to it, along single inputs; else the block or input it begins at.
    private var products: [String: String] = [:]

    /// `width` multiplies the outputs of every product but the last, which gives the scores.
    init(_ model: ModelDeclaration, filling: SlotFilling, width: Double) {
        self.filling = filling
        _ = append(model.layers, after: nil, prefix: "")
        let scores = nodes.lastIndex { $0.layer.traits.role == .linear }
        for (index, node) in nodes.enumerated() where index != scores {
            nodes[index] = Node(name: node.name, layer: node.layer.widened(by: width), inputs: node.inputs)
        }
    }

    /// Appends layers that read `start`, and returns the name of the last node. nil stands for the network's input.
    private mutating func append(_ layers: [LayerDeclaration], after start: String?, prefix: String) -> String? {
        var previous = start
        var repeated: [String: Int] = [:]
        for layer in filling.placed(layers) {
            switch layer.content {
            case .layer(let value):
                previous = append(layer.name, value, inputs: inputs(of: layer, previous, prefix), at: layer.node)
            case .slot(let slot):
                let product = previous.map { products[$0] ?? $0 } ?? Self.input
                if slot == .normalize { normalizableProducts.append(product) }
                let contents = filling.contents(of: slot, behind: product)
                if contents.isEmpty { continue }
                // A second slot of a kind behind one layer gets a number.
                repeated[layer.name, default: 0] += 1
                let count = repeated[layer.name, default: 1]
                let owner = layer.name.dropLast(slot.rawValue.count)
                for (word, content) in contents {
                    let name = "\(owner)\(word)" + (count == 1 ? "" : "\(count)")
                    let inputs = inputs(of: layer, previous, prefix)
                    previous = append(name, content, inputs: inputs, at: layer.node)
                }
            case .branches(let branches):
                let source = layer.inputs.first.map { resolve($0, prefix) } ?? previous
                let ends = branches.map { branch in
                    append(branch.layers, after: source, prefix: "\(layer.name)/\(branch.name)/") ?? Self.input
                }
                previous = append(layer.name, Concatenation(), inputs: ends, at: layer.node)
            }
        }
        return previous
    }

    private mutating func append(
        _ name: String, _ layer: any Layer, inputs: [String], at place: ConfigurationNode
    ) -> String {
        nodes.append(Node(name: name, layer: layer, inputs: inputs))
        places.append(place)
        let isProduct = layer.traits.role == .linear || inputs.count != 1
        products[name] = isProduct ? name : inputs.first.map { products[$0] ?? $0 }
        return name
    }

    private func inputs(of layer: LayerDeclaration, _ previous: String?, _ prefix: String) -> [String] {
        layer.inputs.isEmpty ? [previous ?? Self.input] : layer.inputs.map { resolve($0, prefix) }
    }

    /// A name as it is known inside a branch first, then as it is.
    private func resolve(_ name: String, _ prefix: String) -> String {
        nodes.contains { $0.name == prefix + name } ? prefix + name : name
    }

    static let input = "input"
}
