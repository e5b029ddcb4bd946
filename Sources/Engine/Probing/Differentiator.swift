import Kernels

/// A network's derivatives on one batch, with everything that a pass computes kept for inspection.
///
/// It has a model and memory of its own: nothing of the model whose parameters it takes changes. Nothing is fused and
/// everything stays in memory, so backward passes can start anywhere and be repeated; it is several times as large as
/// what training needs.
final class Differentiator {
    let batch: Int
    let network: Network
    let team: Team
    /// The parameters at which derivatives are taken, and their gradient.
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

    /// The same, and changes the phase of the passes that follow.
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

    func backward(node: Int) { program.backward(node: node, images: batch, phase: phase, team: team) }

    /// A value: 0 is the network's input, i + 1 the output of node i.
    func value(_ value: Int) -> Matrix { program.value(value, images: batch) }

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

/// The Jacobian of a part of a network at one image, in the context of its batch, and its singular values.
///
/// Ioffe & Szegedy 2015, §3.3, conjecture that with batch normalization the Jacobian from one layer's normalized inputs to
/// the next one's has singular values close to 1, which keeps gradients as they are. From tap a to tap b, at image i, it is
///
///     J = ∂bᵢ/∂aᵢ    [values of b × values of a]
///
/// all other images being what they are. The batch's statistics depend on image i, and their change is a part of J.
///
/// Between outputs of nodes that is one backward pass for each value of b. For `X/normalized`, which a normalization keeps
/// only to be observed, it follows from y = γx̂ + β: a row by x̂ of b is that by y, over γ; a column by x̂ of a is that by
/// y, times γ. It is not defined where a γ of b is 0, and has no numbers there.
///
/// Nothing of the model that is measured changes.
public final class LayerJacobian {
    /// ∂bᵢ/∂aᵢ.
    public struct Result: Equatable, Sendable {
        /// The values of b for one image: positions, then channels.
        public let rows: Int
        /// The values of a for one image.
        public let columns: Int
        /// The elements, row by row.
        public let elements: [Double]

        /// The singular values in decreasing order, as many as the shorter side is long.
        ///
        /// Complexity: about ten times long side · short side².
        public var singularValues: [Double] { SingularValues.of(elements, rows: rows, columns: columns) }
    }

    private let differentiator: Differentiator

    /// Whether a Jacobian can be computed between two taps of a network: a path leads from the first to the second, and each
    /// is a node's output or a normalization's x̂.
    public static func isDefined(from start: Tap, to end: Tap, in network: Network) -> Bool {
        [start, end].allSatisfy { isOutput($0) || isNormalized($0, in: network) }
            && network.ancestors(of: end.node).contains(start.node)
    }

    public init(_ network: Network, batch: Int, team: Team) {
        differentiator = Differentiator(network, batch: batch, team: team)
    }

    /// Takes a model of the network and a batch; statistics are the batch's, and dropout is off.
    ///
    /// - Parameter fill: fills the inputs, [batch·positions × channels].
    public func take(_ model: Model, fill: (Matrix) -> Void) {
        differentiator.take(model, phase: .inference(.batch)) { input, _ in fill(input) }
        differentiator.forward()
    }

    /// The Jacobian from one tap to another at an image of the batch that was taken.
    ///
    /// Complexity: a backward pass from b to a for each value of b.
    ///
    /// - Parameters:
    ///   - start: the tap by which is derived; ``isDefined(from:to:in:)`` must hold.
    ///   - end: the tap that is derived.
    public func jacobian(from start: Tap, to end: Tap, image: Int) -> Result {
        precondition(
            LayerJacobian.isDefined(from: start, to: end, in: differentiator.network),
            "no Jacobian from '\(start.address)' to '\(end.address)'")
        precondition(image >= 0 && image < differentiator.batch, "image \(image) of \(differentiator.batch)")
        let passes = passes(from: start, to: end)
        let (rows, columns) = (end.shape.count, start.shape.count)
        let (divisors, factors) = (scales(of: end), scales(of: start))
        var elements: [Double] = []
        elements.reserveCapacity(rows * columns)
        for row in 0..<rows {
            backward(passes, from: end, image: image, value: row)
            let gradient = self.image(image, of: differentiator.gradient(start.node + 1), start.shape).elements
            for (column, element) in gradient.enumerated() {
                elements.append(
                    Double(element) * factors[column % factors.count] / divisors[row % divisors.count])
            }
        }
        return Result(rows: rows, columns: columns, elements: elements)
    }

    /// A node between two taps, and whether it leads to the second; otherwise there is no gradient by its output.
    private struct NodePass {
        let node: Int
        let leadsToEnd: Bool
    }

    /// The nodes whose backward passes have a share in the gradient by a, from the last to the first.
    private func passes(from start: Tap, to end: Tap) -> [NodePass] {
        let network = differentiator.network
        let ancestors = Set(network.ancestors(of: end.node))
        // Values that change with a and on which b depends: all readers of one, and no others, write the gradient by it.
        var relevant: Set<Int> = [start.node + 1]
        var passes: [NodePass] = []
        for node in network.nodes.indices where !relevant.isDisjoint(with: network.nodes[node].inputs) {
            passes.append(NodePass(node: node, leadsToEnd: node == end.node || ancestors.contains(node)))
            if ancestors.contains(node) { relevant.insert(node + 1) }
        }
        return passes.reversed()
    }

    /// Leaves the gradient of one value of b at an image by the values of a.
    private func backward(_ passes: [NodePass], from end: Tap, image index: Int, value: Int) {
        for pass in passes {
            let gradient = differentiator.gradient(pass.node + 1)
            if pass.node == end.node || !pass.leadsToEnd { gradient.fill(0) }
            if pass.node == end.node {
                image(index, of: gradient, end.shape)[value / end.shape.channels, value % end.shape.channels] = 1
            }
            differentiator.backward(node: pass.node)
        }
    }

    private func image(_ image: Int, of matrix: Matrix, _ shape: Shape) -> Matrix {
        matrix.rows(image * shape.positions..<(image + 1) * shape.positions)
    }

    /// γ of each channel where a tap is a normalization's x̂; otherwise 1.
    private func scales(of tap: Tap) -> [Double] {
        let network = differentiator.network
        guard LayerJacobian.isNormalized(tap, in: network),
            let scale = network.nodes[tap.node].parameters.first(where: { network.parameters[$0].kind == .scale })
        else { return [1] }
        return differentiator.model.vector(scale, in: differentiator.model.values).elements.map(Double.init)
    }

    private static func isOutput(_ tap: Tap) -> Bool {
        if case .output = tap.source { true } else { false }
    }

    private static func isNormalized(_ tap: Tap, in network: Network) -> Bool {
        guard case .booked(let node, let name) = tap.source else { return false }
        return name == "normalized" && network.nodes[node].layer.traits.role == .normalization
    }
}
