import Kernels

/// A network's derivatives on one batch, with everything that a pass computes left to be looked at.
///
/// It has a model and memory of its own: nothing of the model whose parameters it takes changes. Nothing is fused and
/// everything stays in memory, so backward passes can start anywhere and be repeated; it is several times as large as
/// what training needs.
final class Differentiator {
    /// Images of a batch.
    let batch: Int
    let network: Network
    let team: Team
    /// Where the network is looked at: the parameters and their gradient.
    let model: Model
    let program: Program
    private var labels: [Int32]
    private var phase = Phase.inference(.batch)

    /// Derivatives on batches of a size, at least one image.
    init(_ network: Network, batch: Int, team: Team) {
        self.network = network
        self.batch = batch
        self.team = team
        model = Model(network, seed: 0)
        program = Program(model, batch: batch, purpose: .differentiation)
        labels = Array(repeating: 0, count: batch)
    }

    /// Takes the parameters and statistics of a model of an equal network, and a batch of labelled images.
    ///
    /// - Parameters:
    ///   - phase: what the passes are: those of a training step, or those of inference.
    ///   - fill: fills the inputs, [batch·positions × channels], and the labels.
    func take(_ source: Model, phase: Phase, fill: (Matrix, inout [Int32]) -> Void) {
        model.copy(from: source)
        self.phase = phase
        fill(program.input(images: batch), &labels)
    }

    /// Computes every value from the batch that was taken.
    func forward() { program.forward(images: batch, phase: phase, team: team) }

    /// The same in another phase from now on.
    func forward(phase: Phase) {
        self.phase = phase
        forward()
    }

    /// The mean of the network's objective, and its gradient by the network's output. ``forward()`` must have come before.
    func loss() -> Double { program.loss(labels: labels, images: batch).loss / Double(batch) }

    /// Runs the backward passes of the nodes from the last to the first, from the gradient by the network's output.
    ///
    /// - Parameter visit: is given each value (0 is the network's input, i + 1 the output of node i) when the gradient by it
    ///   is complete; a later pass may overwrite the matrix.
    func backward(_ visit: (_ value: Int, _ gradient: Matrix) -> Void = { _, _ in }) {
        for node in network.nodes.indices.reversed() {
            visit(node + 1, gradient(node + 1))
            backward(node: node)
        }
        visit(0, gradient(0))
    }

    /// Runs the backward pass of one node.
    func backward(node: Int) { program.backward(node: node, images: batch, phase: phase, team: team) }

    /// A value: 0 is the network's input, i + 1 the output of node i.
    func value(_ value: Int) -> Matrix { program.value(value, images: batch) }

    /// The gradient by a value.
    func gradient(_ value: Int) -> Matrix {
        guard let gradient = program.gradient(value, images: batch) else {
            preconditionFailure("a gradient by every value is wanted")
        }
        return gradient
    }
}

extension Matrix {
    /// Σ of the squares of all elements, row after row, in Double.
    var squaredNorm: Double {
        var sum = 0.0
        for row in 0..<rows {
            let row = rows(row..<row + 1).vector
            sum += VectorArithmetic.dot(row, row)
        }
        return sum
    }

    /// Σ of the squared differences from a matrix of the same shape, row after row, in Double.
    func squaredDistance(to other: Matrix) -> Double {
        var sum = 0.0
        for row in 0..<rows {
            sum += VectorArithmetic.squaredDistance(rows(row..<row + 1).vector, other.rows(row..<row + 1).vector)
        }
        return sum
    }
}
