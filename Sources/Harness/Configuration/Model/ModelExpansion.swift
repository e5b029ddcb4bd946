import Declarations
import Engine

/// The nodes of a network: a model's layers with its slots filled and its blocks unrolled.
struct ModelExpansion {
    /// What fills the slots, and where.
    let filling: SlotFilling

    private(set) var nodes: [Node] = []
    /// What was written for each node, for messages.
    private(set) var places: [ConfigurationNode] = []
    /// The product before each `normalize` slot, filled or not: what the patterns of `normalize-at` name.
    private(set) var normalizableProducts: [String] = []
    /// For each node, the nearest product before it or itself, along single inputs; where there is none, the block or the
    /// input that it begins at.
    private var products: [String: String] = [:]

    /// The nodes of a model.
    ///
    /// - Parameters:
    ///   - filling: what fills the slots.
    ///   - width: the factor on the outputs of every product but the last, which gives the scores.
    init(_ model: ModelDeclaration, filling: SlotFilling, width: Double) {
        self.filling = filling
        _ = append(model.layers, after: nil, prefix: "")
        let scores = nodes.lastIndex { type(of: $0.layer).role == .linear }
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
        let isProduct = type(of: layer).role == .linear || inputs.count != 1
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

    /// The name of the network's input.
    static let input = "input"
}
