import Engine

/// The nodes of a network: a model's layers with its slots filled and its blocks unrolled.
struct ModelExpansion {
    /// The layers that fill the slots; a slot without one is left out.
    let fillings: [Slot: any Layer]

    private(set) var nodes: [Node] = []
    /// What was written for each node, for messages.
    private(set) var places: [ConfigurationNode] = []

    /// The nodes of a model.
    ///
    /// - Parameters:
    ///   - fillings: the layers that fill the slots.
    ///   - width: the factor on the outputs of every product but the last, which gives the scores.
    init(_ model: ModelDeclaration, fillings: [Slot: any Layer], width: Double) {
        self.fillings = fillings
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
        for layer in layers {
            switch layer.content {
            case .layer(let value):
                previous = append(layer.name, value, inputs: inputs(of: layer, previous, prefix), at: layer.node)
            case .slot(let slot):
                guard let filling = fillings[slot] else { continue }
                // A second slot of a kind behind one layer gets a number.
                repeated[layer.name, default: 0] += 1
                let count = repeated[layer.name, default: 1]
                let name = count == 1 ? layer.name : "\(layer.name)\(count)"
                previous = append(name, filling, inputs: inputs(of: layer, previous, prefix), at: layer.node)
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
