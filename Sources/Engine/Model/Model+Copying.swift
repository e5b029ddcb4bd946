import Kernels

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
