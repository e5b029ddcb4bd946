import Kernels

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

    /// The map of a seed.
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

    /// Nil for a network whose objective is no regression.
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
