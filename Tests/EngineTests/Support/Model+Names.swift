@testable import Engine

extension Model {
    /// The values of a parameter in the engine's layout (see ``ParameterInfo/shape``); nil if there is none of that name.
    func values(of name: String) -> [Float]? { index(of: name).map { vector($0, in: values).elements } }

    /// The gradient of the last training step by a parameter; nil if there is none of that name.
    func gradient(of name: String) -> [Float]? {
        index(of: name).map { vector($0, in: gradients).elements }
    }

    /// Sets the values of a parameter. Returns false if there is none of that name and count.
    @discardableResult
    func setValues(of name: String, to newValues: [Float]) -> Bool {
        guard let index = index(of: name), newValues.count == network.parameters[index].count else { return false }
        vector(index, in: values).copy(from: newValues)
        return true
    }

    private func index(of name: String) -> Int? { network.parameters.firstIndex { $0.name == name } }

    /// The tracked statistics of a node; nil if it tracks none.
    func normalizationState(of node: String) -> NormalizationState? {
        network.nodes.firstIndex { $0.name == node }.flatMap { states[$0] }
    }
}
