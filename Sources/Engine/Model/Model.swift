import Kernels

/// A network's parameters, their gradients and history, and its normalizations' statistics: everything that training
/// changes.
///
/// Values, gradients and history are one slab each, with every parameter at the same offset. Initial values come from
/// streams named after the parameter (`init/<node>/weight`), so networks of different arms that share a node by name and
/// shape start it alike. A model is used by one thread at a time.
public final class Model {
    public let network: Network
    public let seed: UInt64
    /// The parameters' values.
    let values: Storage
    /// The gradients of the last training step.
    let gradients: Storage
    /// What the optimizer remembers.
    let history: Storage
    /// Where each parameter lies in the three slabs.
    let regions: [ParameterRegion]
    /// The tracked statistics, by node; nil for nodes that track none.
    let states: [NormalizationState?]

    /// A model with initial values.
    ///
    /// - Complexity: one random number a parameter.
    public init(_ network: Network, seed: UInt64) {
        self.network = network
        self.seed = seed
        var offset = 0
        var regions: [ParameterRegion] = []
        for parameter in network.parameters {
            let declaration = parameter.declaration
            regions.append(
                ParameterRegion(
                    kind: parameter.kind, offset: offset, rows: declaration.rows, columns: declaration.columns))
            offset += (parameter.count + MemoryPlan.granule - 1) / MemoryPlan.granule * MemoryPlan.granule
        }
        self.regions = regions
        values = Storage(count: offset)
        gradients = Storage(count: offset)
        history = Storage(count: offset)
        states = network.nodes.map { node in
            node.layer.trackedStatistics(node.inputShapes).map(NormalizationState.init)
        }
        for (index, parameter) in network.parameters.enumerated() {
            parameter.declaration.initializer.fill(
                vector(index, in: values), fan: parameter.declaration.fan,
                from: RandomStream(seed: seed, parameter.stream))
        }
    }

    /// Parameter `index` as a vector of one of the slabs.
    func vector(_ index: Int, in storage: Storage) -> Vector {
        storage.vector(offset: regions[index].offset, count: network.parameters[index].count)
    }

    /// The parameters as an optimizer sees them: neighbours in the slabs with equal multipliers are one update. (The gaps
    /// between them are zeros and stay so.)
    var updates: [ParameterUpdate] {
        var updates: [ParameterUpdate] = []
        var start = 0
        for (index, parameter) in network.parameters.enumerated() {
            let next = index + 1 < regions.count ? network.parameters[index + 1] : nil
            if next?.rateMultiplier == parameter.rateMultiplier, next?.decayMultiplier == parameter.decayMultiplier {
                continue
            }
            let range = regions[start].offset..<regions[index].offset + parameter.count
            func part(_ storage: Storage) -> Vector { storage.vector(offset: range.lowerBound, count: range.count) }
            updates.append(
                ParameterUpdate(
                    values: part(values), gradients: part(gradients), history: part(history),
                    rateMultiplier: parameter.rateMultiplier, decayMultiplier: parameter.decayMultiplier))
            start = index + 1
        }
        return updates
    }

    /// Whether a population pass has filled every normalization's population statistics (true if there is none).
    public var hasPopulationStatistics: Bool { states.allSatisfy { ($0?.populationBatches ?? 1) > 0 } }
}

/// Where a parameter lies in the model's slabs of values, of gradients and of history.
struct ParameterRegion: Sendable {
    let kind: ParameterKind
    let offset: Int
    let rows: Int
    let columns: Int
}

extension Model {
    /// Takes over everything that training changes from a model of an equal network: parameters, what the optimizer
    /// remembers, and the normalizations' statistics. Gradients stay. Allocates nothing.
    func copy(from other: Model) {
        precondition(values.count == other.values.count, "models of different networks")
        all(values).copy(from: other.all(other.values))
        all(history).copy(from: other.all(other.history))
        for index in 0..<states.count {
            guard let state = states[index], let source = other.states[index] else { continue }
            state.copy(from: source)
        }
    }

    /// A whole slab as one vector: all parameters in order, with zeros in the gaps between them.
    func all(_ storage: Storage) -> Vector { storage.vector(offset: 0, count: storage.count) }
}
