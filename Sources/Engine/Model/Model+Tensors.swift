import Kernels

/// A tensor with a name, as a file holds it: row-major elements.
public struct NamedTensor: Equatable, Sendable {
    /// The elements of a tensor.
    public enum Elements: Equatable, Sendable {
        /// Single-precision numbers.
        case floats([Float])
        /// Whole numbers.
        case integers([Int64])
    }

    /// The name, unique in its file.
    public let name: String
    /// The extents, outermost first; empty for a scalar.
    public let shape: [Int]
    /// The elements, as many as the product of the extents.
    public let elements: Elements

    public init(name: String, shape: [Int], elements: Elements) {
        self.name = name
        self.shape = shape
        self.elements = elements
    }

    public init(name: String, shape: [Int], values: [Float]) {
        self.init(name: name, shape: shape, elements: .floats(values))
    }

    public var count: Int {
        switch elements {
        case .floats(let values): values.count
        case .integers(let values): values.count
        }
    }

    /// The elements as floats; nil for whole numbers.
    public var values: [Float]? {
        if case .floats(let values) = elements { values } else { nil }
    }
}

extension Model {
    /// Everything that is needed to resume training at the same bits: values, history and normalization statistics.
    ///
    /// Names are `conv1.weight`, `history/conv1.weight`, and for a normalization `norm1/mean-sum`, `norm1/variance-sum`,
    /// `norm1/scale-factor`, `norm1/steps`, `norm1/population-mean`, `norm1/population-variance` and
    /// `norm1/population-batches`. Parameters have the engine's layout, [rows, columns].
    public func stateTensors() -> [NamedTensor] { stateEntries().map(\.tensor) }

    /// Puts back what ``stateTensors()`` gave, for a model of an equal network.
    ///
    /// - Throws: ``RestoreError`` with every tensor that is missing, unexpected or of another shape; the model is
    ///   unchanged then.
    public func restore(_ tensors: [NamedTensor]) throws(RestoreError) {
        let entries = stateEntries()
        var problems: [RestoreError.Problem] = []
        var found: [String: NamedTensor] = [:]
        for tensor in tensors where found.updateValue(tensor, forKey: tensor.name) != nil {
            problems.append(.duplicate(name: tensor.name))
        }
        for entry in entries {
            guard let tensor = found.removeValue(forKey: entry.tensor.name) else {
                problems.append(.missing(name: entry.tensor.name))
                continue
            }
            if tensor.layout != entry.tensor.layout || tensor.count != entry.tensor.count {
                problems.append(
                    .mismatch(name: tensor.name, found: tensor.layout, expected: entry.tensor.layout))
            }
        }
        for name in found.keys.sorted() { problems.append(.unexpected(name: name)) }
        guard problems.isEmpty else { throw RestoreError(problems: problems) }
        let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.elements) })
        for entry in entries {
            if let elements = byName[entry.tensor.name] { entry.put(elements) }
        }
    }

    /// A tensor of the state as it is, and how another one takes its place.
    private struct Entry {
        let tensor: NamedTensor
        let put: (NamedTensor.Elements) -> Void
    }

    private func stateEntries() -> [Entry] {
        var entries: [Entry] = []
        for (index, parameter) in network.parameters.enumerated() {
            entries.append(Self.entry(parameter.name, parameter.shape, vector(index, in: values)))
        }
        for (index, parameter) in network.parameters.enumerated() {
            entries.append(Self.entry("history/\(parameter.name)", parameter.shape, vector(index, in: history)))
        }
        for (node, state) in zip(network.nodes, states) {
            guard let state else { continue }
            let channels = [state.statistics.channels]
            entries.append(Self.entry("\(node.name)/mean-sum", channels, state.meanSum))
            entries.append(Self.entry("\(node.name)/variance-sum", channels, state.varianceSum))
            entries.append(
                Entry(
                    tensor: NamedTensor(name: "\(node.name)/scale-factor", shape: [], values: [state.scaleFactor]),
                    put: { if case .floats(let values) = $0 { state.scaleFactor = values[0] } }))
            entries.append(Self.entry("\(node.name)/steps", state.steps) { state.steps = $0 })
            entries.append(Self.entry("\(node.name)/population-mean", channels, state.populationMean))
            entries.append(Self.entry("\(node.name)/population-variance", channels, state.populationVariance))
            entries.append(
                Self.entry("\(node.name)/population-batches", state.populationBatches) { state.populationBatches = $0 })
        }
        return entries
    }

    private static func entry(_ name: String, _ shape: [Int], _ vector: Vector) -> Entry {
        Entry(
            tensor: NamedTensor(name: name, shape: shape, values: vector.elements),
            put: { if case .floats(let values) = $0 { vector.copy(from: values) } })
    }

    private static func entry(_ name: String, _ number: Int, _ set: @escaping (Int) -> Void) -> Entry {
        Entry(
            tensor: NamedTensor(name: name, shape: [], elements: .integers([Int64(number)])),
            put: { if case .integers(let values) = $0 { set(Int(values[0])) } })
    }
}

extension NamedTensor {
    /// The element type and the extents in words: `floats [500, 10]`.
    fileprivate var layout: String {
        switch elements {
        case .floats: "floats \(shape)"
        case .integers: "integers \(shape)"
        }
    }
}

/// Why tensors do not fit a model. Nothing is changed when it is thrown.
public struct RestoreError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        /// The model needs a tensor that is not there.
        case missing(name: String)
        /// A tensor belongs to nothing in the model.
        case unexpected(name: String)
        /// A name comes twice.
        case duplicate(name: String)
        /// A tensor has other extents or another element type.
        case mismatch(name: String, found: String, expected: String)
    }

    public let problems: [Problem]

    public var description: String {
        problems.map { problem in
            switch problem {
            case .missing(let name): "the tensor '\(name)' is missing"
            case .unexpected(let name): "the tensor '\(name)' belongs to nothing in the model"
            case .duplicate(let name): "the tensor '\(name)' comes twice"
            case .mismatch(let name, let found, let expected):
                "the tensor '\(name)' has \(found), expected \(expected)"
            }
        }.joined(separator: "\n")
    }
}

extension Model {
    /// The model as PyTorch's `torch.nn.Module.load_state_dict` takes it, for modules named like the nodes.
    ///
    /// - `torch.nn.Conv2d`: weight [channels, input channels, height, width], bias [channels].
    /// - `torch.nn.Linear`: weight [units, inputs], bias [units]; after a map, inputs are in the order of
    ///   `torch.nn.Flatten` on [channels, height, width].
    /// - `torch.nn.BatchNorm1d` or `2d`: weight γ, bias β (both, or neither where `affine=False`), running_mean and
    ///   running_var (the moving average, the variance unbiased, as PyTorch has it; 0 and 1 before the first step) and
    ///   num_batches_tracked. The same for every normalization that tracks statistics: in inference all are this module.
    /// - `torch.nn.GroupNorm`: weight γ, bias β (likewise). Layer normalization has one group, instance normalization one for
    ///   each channel.
    public func torchTensors() -> [NamedTensor] {
        zip(network.nodes, states).flatMap { node, state in
            parameterTensors(of: node) + constantTensors(of: node)
                + (state.map { statisticsTensors(of: node, $0) } ?? [])
        }
    }

    private func parameterTensors(of node: NetworkNode) -> [NamedTensor] {
        node.parameters.map { index in
            let info = network.parameters[index]
            let arrangement = TorchArrangement(info.declaration)
            return NamedTensor(
                name: info.name, shape: arrangement.shape,
                values: arrangement.arrange(vector(index, in: values).elements))
        }
    }

    /// PyTorch has both γ and β or neither; an untrained one is a constant there.
    private func constantTensors(of node: NetworkNode) -> [NamedTensor] {
        guard node.layer.traits.role == .normalization else { return [] }
        let channels = node.inputShapes[0].channels
        switch node.parameters.map({ network.parameters[$0].kind }) {
        case [.shift]:
            return [
                NamedTensor(
                    name: "\(node.name).weight", shape: [channels], values: Array(repeating: 1, count: channels))
            ]
        case [.scale]:
            return [
                NamedTensor(
                    name: "\(node.name).bias", shape: [channels], values: Array(repeating: 0, count: channels))
            ]
        default: return []
        }
    }

    private func statisticsTensors(of node: NetworkNode, _ state: NormalizationState) -> [NamedTensor] {
        let channels = state.statistics.channels
        let estimates =
            state.estimates(.movingAverage)
            ?? (mean: Array(repeating: 0, count: channels), variance: Array(repeating: 1, count: channels))
        return [
            NamedTensor(name: "\(node.name).running_mean", shape: [channels], values: estimates.mean),
            NamedTensor(name: "\(node.name).running_var", shape: [channels], values: estimates.variance),
            NamedTensor(
                name: "\(node.name).num_batches_tracked", shape: [], elements: .integers([Int64(state.steps)])),
        ]
    }
}

/// The order of a parameter's values in PyTorch.
struct TorchArrangement {
    /// The extents, outermost first.
    let shape: [Int]
    private let rows: Int
    private let columns: Int
    /// For a product: positions and channels of its rows, which are (position, channel) here and (channel, position) there.
    private let positions: Int

    init(_ declaration: ParameterDeclaration) {
        rows = declaration.rows
        columns = declaration.columns
        switch declaration.layout {
        case .vector:
            shape = [declaration.columns]
            positions = 1
        case .linear(let input):
            shape = [declaration.columns, declaration.rows]
            positions = input.positions
        case .convolution(let height, let width, let channels):
            shape = [declaration.columns, channels, height, width]
            positions = height * width
        }
    }

    /// The values in PyTorch's order, given ours: element [column, channel, position] is [(position, channel), column].
    func arrange(_ values: [Float]) -> [Float] {
        guard shape.count > 1 else { return values }
        let channels = rows / positions
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for column in 0..<columns {
            for channel in 0..<channels {
                for position in 0..<positions {
                    result.append(values[(position * channels + channel) * columns + column])
                }
            }
        }
        return result
    }
}
