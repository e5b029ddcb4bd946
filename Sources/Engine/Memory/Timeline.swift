/// The moments of a program with `nodes` nodes: the fill, each forward pass, the loss, each backward pass.
struct Timeline: Sendable {
    let nodes: Int
    let hasBackward: Bool

    /// The network's input is filled in.
    var fill: Int { 0 }
    /// Node i computes its output.
    func forward(_ node: Int) -> Int { 1 + node }
    /// The loss is computed from the last node's output, and in training its gradient.
    var loss: Int { 1 + nodes }
    /// Node i computes its gradients.
    func backward(_ node: Int) -> Int { 1 + 2 * nodes - node }
    /// The last moment.
    var end: Int { hasBackward ? backward(0) : loss }
    /// From the first moment to the last.
    var all: ClosedRange<Int> { fill...end }

    /// The moments of a booking's lifetime for node i; nil where the program has no such moment.
    func moments(_ lifetime: BookingLifetime, of node: Int) -> ClosedRange<Int>? {
        switch lifetime {
        case .forward, .fromInput: forward(node)...forward(node)
        case .backward: hasBackward ? backward(node)...backward(node) : nil
        case .untilBackward: forward(node)...(hasBackward ? backward(node) : forward(node))
        case .program: all
        case .observed: nil
        }
    }
}
