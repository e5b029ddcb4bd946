import Kernels

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
