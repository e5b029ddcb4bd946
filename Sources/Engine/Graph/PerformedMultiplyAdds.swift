/// The multiply-adds that a network's passes really do for one sample, which are fewer than those of the equation where an
/// algorithm saves some.
public struct PerformedMultiplyAdds: Equatable, Sendable {
    public let forward: Int
    /// For the gradients by inputs and by weights together.
    public let backward: Int

    public init(forward: Int, backward: Int) {
        (self.forward, self.backward) = (forward, backward)
    }
}

extension Network {
    /// Those of the direct algorithm, which every product uses; ``multiplyAdds`` in each of a step's three products.
    public var performedMultiplyAdds: PerformedMultiplyAdds {
        PerformedMultiplyAdds(forward: multiplyAdds, backward: 2 * multiplyAdds)
    }
}
