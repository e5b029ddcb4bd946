/// A validated network: a directed graph of layers without circles, from one input to one vector of class scores.
///
/// The head is implicit: the mean of the objective over the images, usually the softmax cross-entropy of the last node's
/// output. A network is a value: it holds no
/// parameters, no buffers and no state; see ``Model``.
public struct Network: Sendable {
    /// The shape of one input sample.
    public let input: Shape
    /// The nodes, each after everything that it reads; in the given order wherever that is possible.
    public let nodes: [NetworkNode]
    /// Every trainable parameter, node by node.
    public let parameters: [ParameterInfo]
    /// The number of classes: values of the last node's output.
    public let classes: Int
    /// What the last node's output is compared with.
    public let objective: Objective
    /// The address of every tensor that an observer can read.
    public let taps: [Tap]

    /// Checks the nodes, sorts them, makes the layers' automatic choices and infers every shape.
    ///
    /// - Parameters:
    ///   - input: the shape of one input sample.
    ///   - nodes: the nodes; the last one gives the class scores.
    ///   - initializer: what the initializer `default` in a layer stands for.
    ///   - objective: what the last node's output is compared with.
    /// - Throws: ``NetworkError`` with everything that is wrong.
    public init(
        input: Shape, nodes: [Node], initializer: (any Initializer)? = nil, objective: Objective = .crossEntropy
    ) throws(NetworkError) {
        var builder = NetworkBuilder(input: input, nodes: nodes, initializer: initializer)
        let built = builder.build()
        guard builder.problems.isEmpty else { throw NetworkError(problems: builder.problems) }
        self.input = input
        self.objective = objective
        self.nodes = built
        parameters = builder.parameters
        classes = built.last?.shape.count ?? 0
        taps = TapMap(nodes: built).taps
    }

    /// The number of trainable values.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
    /// Multiply-adds of the forward pass of one sample.
    public var multiplyAdds: Int { nodes.reduce(0) { $0 + $1.multiplyAdds } }
    /// Whether any node normalizes by statistics of the batch, so that inference needs a ``StatisticsSource``.
    public var tracksStatistics: Bool {
        nodes.contains { $0.layer.trackedStatistics($0.inputShapes) != nil }
    }

    /// The taps whose addresses match a pattern, in which `*` stands for any run of characters.
    public func taps(matching pattern: String) -> [Tap] {
        taps.filter { AddressPattern(pattern).matches($0.address) }
    }

    /// The nodes that read value `value` (0 is the input, i + 1 the output of node i), in order.
    func readers(of value: Int) -> [Int] { nodes.indices.filter { nodes[$0].inputs.contains(value) } }
}
