/// The address of a tensor in a network: what an observation reads.
///
/// - `<node>/output`: the output of any node.
/// - `X/preactivation`: the output Wu + b of a dense or convolutional node X.
/// - `X/normalized`, `X/scaled`: x̂ and γx̂ + β of the normalization whose nearest product is X.
/// - `X/activation-input`: what enters the nonlinearity that follows X, normalized or not: the same address in every arm
///   of an experiment (Ioffe & Szegedy 2015, Figure 1b and c). Where no nonlinearity comes before the next product, it is
///   what would enter one: the normalization's output if there is one, else X's own.
/// - `X/activation`: the output of that nonlinearity.
public struct Tap: Hashable, Sendable {
    /// Where the tensor is computed.
    enum Source: Hashable, Sendable {
        /// The output of node i.
        case output(node: Int)
        /// A matrix that node i books under this name.
        case booked(node: Int, name: String)
    }

    /// The address: `hidden3/activation-input`.
    public let address: String
    /// The shape of one sample.
    public let shape: Shape
    let source: Source

    /// The node that computes the tensor.
    var node: Int {
        switch source {
        case .output(let node), .booked(let node, _): node
        }
    }
}

/// Finds the tap addresses of a network's nodes.
struct TapMap {
    let nodes: [NetworkNode]
    private(set) var taps: [Tap] = []

    init(nodes: [NetworkNode]) {
        self.nodes = nodes
        var normalized: Set<Int> = []
        for (index, node) in nodes.enumerated() {
            add("\(node.name)/output", .output(node: index))
            switch node.layer.traits.role {
            case .linear: addProduct(index)
            case .normalization:
                let owner = product(before: index)
                let isFirst = owner.map { normalized.insert($0).inserted } ?? false
                // A second normalization of the same product, and one of the input, go by their own names.
                let name = isFirst ? owner.map { nodes[$0].name } ?? node.name : node.name
                add("\(name)/normalized", .booked(node: index, name: "normalized"))
                add("\(name)/scaled", .output(node: index))
            default: break
            }
        }
    }

    private mutating func add(_ address: String, _ source: Tap.Source) {
        let node =
            switch source {
            case .output(let node), .booked(let node, _): node
            }
        taps.append(Tap(address: address, shape: nodes[node].shape, source: source))
    }

    /// The taps that are named after the product at `index`.
    private mutating func addProduct(_ index: Int) {
        let name = nodes[index].name
        add("\(name)/preactivation", .output(node: index))
        let path = path(after: index)
        if let nonlinearity = path.first(where: { role($0) == .nonlinearity }) {
            add("\(name)/activation-input", .output(node: nodes[nonlinearity].inputs[0] - 1))
            add("\(name)/activation", .output(node: nonlinearity))
        } else {
            let last = path.first { role($0) == .normalization } ?? index
            add("\(name)/activation-input", .output(node: last))
        }
    }

    private func role(_ index: Int) -> LayerRole { nodes[index].layer.traits.role }

    /// The nodes after a product, as far as each value has a single reader, up to the next product or join.
    private func path(after index: Int) -> [Int] {
        var path: [Int] = []
        var current = index
        while true {
            let readers = nodes.indices.filter { nodes[$0].inputs.contains(current + 1) }
            guard readers.count == 1, role(readers[0]) != .linear, role(readers[0]) != .junction else { return path }
            current = readers[0]
            path.append(current)
        }
    }

    /// The nearest product before a node, along single inputs.
    private func product(before index: Int) -> Int? {
        var current = index
        while nodes[current].inputs.count == 1, nodes[current].inputs[0] > 0 {
            current = nodes[current].inputs[0] - 1
            if role(current) == .linear { return current }
        }
        return nil
    }
}
