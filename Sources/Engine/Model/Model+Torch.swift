import Kernels

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
        guard type(of: node.layer).role == .normalization else { return [] }
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
