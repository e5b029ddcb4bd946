import Kernels

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

    /// The tap by which is derived.
    public let from: Tap
    /// The tap that is derived.
    public let to: Tap
    private let differentiator: Differentiator
    /// The nodes between the taps, from the last to the first; those that lead elsewhere get no gradient.
    private let passes: [(node: Int, leadsToEnd: Bool)]

    /// Whether a Jacobian can be computed between two taps of a network: a path leads from the first to the second, and each
    /// is a node's output or a normalization's x̂.
    public static func isDefined(from start: Tap, to end: Tap, in network: Network) -> Bool {
        [start, end].allSatisfy { isOutput($0) || isNormalized($0, in: network) }
            && network.ancestors(of: end.node).contains(start.node)
    }

    /// Jacobians between two taps of a network.
    ///
    /// - Parameters:
    ///   - start: the tap by which is derived; ``isDefined(from:to:in:)`` must hold.
    ///   - end: the tap that is derived.
    ///   - batch: the images of a batch.
    public init(_ network: Network, from start: Tap, to end: Tap, batch: Int, team: Team) {
        precondition(
            LayerJacobian.isDefined(from: start, to: end, in: network),
            "no Jacobian from '\(start.address)' to '\(end.address)'")
        from = start
        to = end
        differentiator = Differentiator(network, batch: batch, team: team)
        let ancestors = Set(network.ancestors(of: end.node)).union([end.node])
        // Values that change with a and on which b depends: every reader of one, and no other node, has a share in it.
        var relevant: Set<Int> = [start.node + 1]
        var passes: [(node: Int, leadsToEnd: Bool)] = []
        for node in network.nodes.indices where !relevant.isDisjoint(with: network.nodes[node].inputs) {
            passes.append((node, ancestors.contains(node)))
            if ancestors.contains(node), node != end.node { relevant.insert(node + 1) }
        }
        self.passes = passes.reversed()
    }

    /// Takes a model of the network and a batch; statistics are the batch's, and dropout is off.
    ///
    /// - Parameter fill: fills the inputs, [batch·positions × channels].
    public func take(_ model: Model, fill: (Matrix) -> Void) {
        differentiator.take(model, phase: .inference(.batch)) { input, _ in fill(input) }
        differentiator.forward()
    }

    /// The Jacobian at an image of the batch that was taken.
    ///
    /// Complexity: a backward pass from b to a for each value of b.
    public func jacobian(image: Int) -> Result {
        precondition(image >= 0 && image < differentiator.batch, "image \(image) of \(differentiator.batch)")
        let (rows, columns) = (to.shape.count, from.shape.count)
        let (inverses, factors) = (scales(of: to), scales(of: from))
        var elements: [Double] = []
        elements.reserveCapacity(rows * columns)
        for row in 0..<rows {
            backward(image: image, value: row)
            let gradient = image(image, of: differentiator.gradient(from.node + 1), from.shape).elements
            for (column, element) in gradient.enumerated() {
                elements.append(
                    Double(element) * factors[column % factors.count] / inverses[row % inverses.count])
            }
        }
        return Result(rows: rows, columns: columns, elements: elements)
    }

    /// Leaves the gradient of one value of b at an image by the values of a.
    private func backward(image index: Int, value: Int) {
        for (node, leadsToEnd) in passes {
            let gradient = differentiator.gradient(node + 1)
            if node == to.node {
                gradient.fill(0)
                image(index, of: gradient, to.shape)[value / to.shape.channels, value % to.shape.channels] = 1
            } else if !leadsToEnd {
                gradient.fill(0)
            }
            differentiator.backward(node: node)
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
        return name == "normalized" && type(of: network.nodes[node].layer).role == .normalization
    }
}
