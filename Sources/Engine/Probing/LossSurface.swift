import Kernels

/// The loss of a network on one batch as a function of all its parameters: what is asked when a question begins with "what
/// would the loss and its gradient be, if the parameters were …".
///
/// It has a model and memory of its own. Taking a model's parameters and asking changes nothing of that model, so a run has
/// the same bits with and without. Every evaluation is that of the training step whose number is given: statistics of the
/// batch, and the masks and noise of that step.
public final class LossSurface {
    /// Images of a batch.
    public let batch: Int
    let network: Network
    let team: Team
    /// Where the surface is looked at: the parameters and their gradient.
    let model: Model
    private let program: Program
    private let input: Storage
    private var labels: [Int32]
    private var phase = Phase.inference(.batch)

    /// A surface of a network's loss on batches of a size.
    ///
    /// - Parameters:
    ///   - network: the network.
    ///   - batch: images of a batch, at least one.
    ///   - team: who computes.
    public init(_ network: Network, batch: Int, team: Team) {
        self.network = network
        self.batch = batch
        self.team = team
        model = Model(network, seed: 0)
        program = Program(model, batch: batch, purpose: .training(inputGradient: false))
        input = Storage(count: batch * network.input.count)
        labels = Array(repeating: 0, count: batch)
    }

    // MARK: What is looked at

    /// Takes the parameters, statistics and optimizer's history of a model of an equal network.
    public func take(_ source: Model) { model.copy(from: source) }

    /// Takes a batch.
    ///
    /// - Parameters:
    ///   - step: the training step, from 0, whose loss is meant: it names masks and noise together with the seed.
    ///   - seed: the run's.
    ///   - fill: fills the inputs, [batch·positions × channels], and the labels.
    public func take(step: Int, seed: UInt64, fill: (Matrix, inout [Int32]) -> Void) {
        phase = .training(step: step, seed: seed)
        fill(inputMatrix, &labels)
    }

    private var inputMatrix: Matrix {
        input.matrix(rows: batch * network.input.positions, columns: network.input.channels)
    }

    // MARK: What is there

    /// All parameters as one vector, to be read and set: in the order of ``Network/parameters``, with zeros between them.
    var parameters: Vector { model.all(model.values) }
    /// The gradient of the last ``descend()`` by ``parameters``.
    var gradient: Vector { model.all(model.gradients) }

    /// The mean loss of the batch at the present parameters. O(one forward pass).
    public func loss() -> Double {
        program.input(images: batch).copy(from: inputMatrix)
        program.forward(images: batch, phase: phase, team: team)
        return program.loss(labels: labels, images: batch).loss / Double(batch)
    }

    /// The mean loss at the present parameters, and its gradient in ``gradient``. O(one forward and backward pass).
    @discardableResult
    public func descend() -> Double {
        let loss = loss()
        program.backward(images: batch, phase: phase, team: team)
        return loss
    }

    /// A vector as long as ``parameters``.
    func vector() -> (storage: Storage, vector: Vector) {
        let storage = Storage(count: model.values.count)
        return (storage, model.all(storage))
    }
}
