import Kernels

@testable import Engine

/// A whole network in double precision: the layers' references one after the other, and the head.
struct NetworkReference {
    let network: Network
    /// The parameters, in the network's order.
    var parameters: [[Double]]

    init(_ model: Model) {
        network = model.network
        parameters = network.parameters.map { (model.values(of: $0.name) ?? []).map(Double.init) }
    }

    /// The last node's output.
    func scores(_ input: Maps) -> Maps? {
        var values = [input]
        for node in network.nodes {
            guard let reference = Reference.of(node.layer) else { return nil }
            values.append(reference.forward(node.inputs.map { values[$0] }, Array(parameters[node.parameters])))
        }
        return values.last
    }

    /// The mean softmax cross-entropy.
    func loss(_ input: Maps, labels: [Int32]) -> Double {
        guard let scores = scores(input) else { return .nan }
        let classes = scores.shape.channels
        var loss = 0.0
        for (image, label) in labels.enumerated() {
            let row = scores.values[(image * classes)..<((image + 1) * classes)]
            let sum = row.reduce(0) { $0 + DoubleMath.exp($1) }
            loss += DoubleMath.log(sum) - row[row.startIndex + Int(label)]
        }
        return loss / Double(labels.count)
    }

    /// The derivative of the loss by one value of one parameter.
    func derivative(_ input: Maps, labels: [Int32], parameter: Int, index: Int) -> Double {
        func loss(_ change: Double) -> Double {
            var changed = self
            changed.parameters[parameter][index] += change
            return changed.loss(input, labels: labels)
        }
        let step = 1e-5
        return (loss(step) - loss(-step)) / (2 * step)
    }
}
