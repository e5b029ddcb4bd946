import Datasets
import Engine

extension RunConfiguration {
    /// What fills the model's slots, and where.
    private var filling: SlotFilling {
        var filling = SlotFilling(
            noise: noise, placement: placement, normalizedProducts: normalizeAt)
        filling.layers[.normalize] = normalization
        filling.layers[.activate] = activation
        filling.layers[.respond] = localResponse
        filling.layers[.drop] = dropout
        return filling
    }

    /// The optimizer with the factors on its rate and its weight decay.
    var scaledOptimizer: any Optimizer { optimizer.scaled(rate: rateMultiplier, decay: decayMultiplier) }

    /// The shape of the network's input for images of a shape: another one only where the input is projected.
    public func inputShape(of image: ImageShape) -> Shape {
        let shape = input.shape(of: image)
        return Shape(height: shape.height, width: shape.width, channels: shape.channels)
    }

    /// The network for inputs of a shape.
    ///
    /// - Throws: ``NetworkError`` if a layer cannot take its input, or the last one does not give one score for each class.
    public func network(input: Shape, classes: Int) throws(NetworkError) -> Network {
        let nodes = expansion.nodes
        let network = try Network(
            input: input, nodes: nodes, initializer: initializer, objective: loss.objective)
        guard network.classes == classes else {
            throw NetworkError(problems: [
                NetworkProblem(
                    .output, node: nodes.last?.name, nodeIndex: nodes.count - 1, found: "\(network.classes) scores",
                    expected: "one for each of the \(classes) classes")
            ])
        }
        return network
    }

    /// The nodes with what was written for each.
    var expansion: ModelExpansion { ModelExpansion(model, filling: filling, width: width) }
}
