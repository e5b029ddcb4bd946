/// A named layer in a network, and what it reads.
public struct Node: Sendable {
    /// The name, unique in the network; `/` separates the levels of a block: `mixed1/3x3/conv`.
    public let name: String
    /// The layer.
    public let layer: any Layer
    /// The nodes whose outputs it reads, in order; empty for the node before it. The network's input is `input`.
    public let inputs: [String]

    /// A node of the given parts.
    public init(name: String, layer: any Layer, inputs: [String] = []) {
        self.name = name
        self.layer = layer
        self.inputs = inputs
    }
}

/// A node of a validated network: its layer with every automatic choice made, and its shapes.
public struct NetworkNode: Sendable {
    /// The name.
    public let name: String
    /// The layer, resolved.
    public let layer: any Layer
    /// The values it reads: 0 is the network's input, i + 1 is the output of node i.
    public let inputs: [Int]
    /// The shapes of one sample of each input.
    public let inputShapes: [Shape]
    /// The shape of one output sample.
    public let shape: Shape
    /// Where its parameters stand in ``Network/parameters``.
    public let parameters: Range<Int>
    /// Multiply-adds of the forward pass of one sample.
    public let multiplyAdds: Int
}
