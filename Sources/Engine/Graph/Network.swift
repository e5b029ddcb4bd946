import Kernels
import Vocabulary

/// A validated network: a directed acyclic graph of layers, from one input to one vector of class scores.
///
/// The head is implicit: the mean of the objective over the images, usually the softmax cross-entropy of the last node's
/// output. A network is a value: it holds no parameters, no buffers and no state; see ``Model``.
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
    /// Those that the passes really do for one sample: fewer where layers have better algorithms than their equations.
    public var performedMultiplyAdds: PerformedMultiplyAdds {
        let layers = nodes.map { $0.layer.performedMultiplyAdds($0.inputShapes) }
        return PerformedMultiplyAdds(
            forward: layers.reduce(0) { $0 + $1.forward }, backward: layers.reduce(0) { $0 + $1.backward })
    }
    /// Whether any node normalizes by statistics of the batch, so that inference needs a ``StatisticsSource``.
    public var tracksStatistics: Bool {
        nodes.contains { $0.layer.trackedStatistics($0.inputShapes) != nil }
    }

    /// Checks that training batches of `batch` images have two values at least for each mean and variance over the batch.
    ///
    /// One value has no variance: x̂ would be 0 whatever the input is, and an average of such variances useless (PyTorch
    /// refuses it likewise).
    ///
    /// - Throws: ``NetworkError`` with every normalization that has a single value.
    public func check(trainingBatch batch: Int) throws(NetworkError) {
        let problems = nodes.enumerated().compactMap { index, node -> NetworkProblem? in
            guard let statistics = node.layer.trackedStatistics(node.inputShapes), batch * statistics.positions < 2
            else { return nil }
            return NetworkProblem(
                .layer, node: node.name, nodeIndex: index,
                found: "a training batch of \(batch) with a single value a channel",
                expected: "a batch of at least 2, or a map: one value has no variance",
                suggestion: "layer-norm does not need a batch")
        }
        guard problems.isEmpty else { throw NetworkError(problems: problems) }
    }

    /// The taps whose addresses match a pattern, in which `*` stands for any run of characters.
    public func taps(matching pattern: String) -> [Tap] {
        let glob = Glob(pattern)
        return taps.filter { glob.matches($0.address) }
    }

    /// The nodes that read value `value` (0 is the input, i + 1 the output of node i), in order.
    func readers(of value: Int) -> [Int] { nodes.indices.filter { nodes[$0].inputs.contains(value) } }
}

/// The shape of one sample at some point of a network, channels last: height × width positions of `channels` values.
///
/// A flat vector of n values is 1 × 1 × n. A batch of samples is a matrix with `batch · positions` rows and `channels`
/// columns, so a dense and a convolutional layer differ only in the number of rows a sample has.
public struct Shape: Hashable, Sendable {
    /// Rows of the map; 1 for a flat vector.
    public let height: Int
    /// Columns of the map; 1 for a flat vector.
    public let width: Int
    /// Values at each position: channels of a map, units of a flat vector.
    public let channels: Int

    /// A map of `height` × `width` positions with `channels` values each.
    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// A flat vector of `count` values.
    public static func flat(_ count: Int) -> Shape { Shape(height: 1, width: 1, channels: count) }

    /// Positions of one sample: rows that it takes in a batch's matrix.
    public var positions: Int { height * width }
    /// Values of one sample.
    public var count: Int { height * width * channels }
    /// Whether the sample is a vector, with a single position.
    public var isFlat: Bool { height == 1 && width == 1 }
    /// Whether every extent is at least one.
    public var isValid: Bool { height > 0 && width > 0 && channels > 0 }
}

extension Shape: CustomStringConvertible {
    /// `28×28×1` (height × width × channels), or `100` for a flat vector.
    public var description: String { isFlat ? "\(channels)" : "\(height)×\(width)×\(channels)" }
}

/// A named layer in a network, and what it reads.
public struct Node: Sendable {
    /// The name, unique in the network; `/` separates the levels of a block: `mixed1/3x3/conv`.
    public let name: String
    public let layer: any Layer
    /// The nodes whose outputs it reads, in order; empty for the node before it. The network's input is `input`.
    public let inputs: [String]

    public init(name: String, layer: any Layer, inputs: [String] = []) {
        self.name = name
        self.layer = layer
        self.inputs = inputs
    }
}

/// A node of a validated network: its layer with every automatic choice made, and its shapes.
public struct NetworkNode: Sendable {
    public let name: String
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

/// What a network's output is compared with.
public enum Objective: Hashable, Sendable {
    /// The softmax cross-entropy of the scores with the class of each image.
    case crossEntropy
    /// Half the squared distance to a linear map of the input.
    case squaredError(LinearMap)
}

/// A random linear map, the target of a regression: y = A·x with the elements of A from the standard normal distribution
/// (Santurkar et al. 2018, §3: what their deep linear network learns).
public struct LinearMap: Hashable, Sendable {
    /// The seed of the elements: the same problem for every seed of the runs.
    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// A transposed, [inputs × outputs], from the stream `target/map`.
    func matrix(inputs: Int, outputs: Int) -> [Float] {
        let storage = Storage(count: inputs * outputs)
        let values = storage.vector(offset: 0, count: inputs * outputs)
        RandomStream(seed: seed, "target/map").fill(values, deviation: 1)
        return withExtendedLifetime(storage) { values.elements }
    }
}

/// The targets of a regression in a program: computed from its input before that is overwritten.
struct RegressionTarget {
    private let map: Storage
    private let targets: Storage
    private let inputs: Int
    private let outputs: Int

    /// Nil for a network whose objective is not a regression.
    init?(_ network: Network, batch: Int) {
        guard case .squaredError(let linear) = network.objective else { return nil }
        inputs = network.input.count
        outputs = network.classes
        map = Storage(count: inputs * outputs)
        map.vector(count: inputs * outputs).copy(from: linear.matrix(inputs: inputs, outputs: outputs))
        targets = Storage(count: batch * outputs)
    }

    /// Computes the targets of a batch of inputs, [images·positions × channels].
    func take(_ input: Matrix, images: Int, team: Team) {
        MatrixProduct.forward(
            input.reshaped(rows: images, columns: inputs), map.matrix(rows: inputs, columns: outputs), bias: nil,
            into: matrix(images), team: team)
    }

    /// The sum of the loss over the images, and the number of those whose largest output is where it should be.
    func loss(_ output: Matrix, gradient: Matrix?) -> (loss: Double, correct: Int) {
        SquaredError.evaluate(output, targets: matrix(output.rows), gradient: gradient)
    }

    private func matrix(_ images: Int) -> Matrix { targets.matrix(rows: images, columns: outputs) }
}
