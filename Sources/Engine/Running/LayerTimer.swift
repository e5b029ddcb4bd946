import Kernels

/// How long the passes of one node take.
public struct LayerTiming: Sendable {
    public let name: String
    public let kind: String
    /// Multiply-adds of a forward pass of the batch.
    public let multiplyAdds: Int
    /// Seconds of each forward pass.
    public fileprivate(set) var forward: [Double] = []
    /// Seconds of each backward pass.
    public fileprivate(set) var backward: [Double] = []
}

/// Runs the passes of a training step node by node, to be timed. It updates nothing.
public final class LayerTimer {
    private let program: Program
    private let team: Team
    private let batch: Int
    private let phase = Phase.training(step: 0, seed: 1)
    private let now: () -> Double
    private var labels: [Int32]

    /// A timer for a model and a batch size.
    ///
    /// - Parameter inputGradient: whether the first node computes the gradient by its input too, which training does not
    ///   need: for layers that are measured by themselves.
    public convenience init(model: Model, batch: Int, team: Team, inputGradient: Bool = false) {
        let start = ContinuousClock.now
        self.init(
            model: model, batch: batch, team: team, inputGradient: inputGradient,
            now: { (ContinuousClock.now - start) / .seconds(1) })
    }

    /// - Parameter now: Seconds on a clock.
    init(model: Model, batch: Int, team: Team, inputGradient: Bool = false, now: @escaping () -> Double) {
        self.batch = batch
        self.now = now
        self.team = team
        program = Program(model, batch: batch, purpose: .training(inputGradient: inputGradient))
        labels = [Int32](repeating: 0, count: batch)
    }

    /// Runs `steps` steps without updates and returns what each pass of each node took.
    ///
    /// - Parameter fill: fills the inputs, [batch·positions × channels], and the labels.
    public func run(steps: Int, fill: (Matrix, inout [Int32]) -> Void) -> [LayerTiming] {
        var timings = program.model.network.nodes.map {
            LayerTiming(name: $0.name, kind: type(of: $0.layer).kind, multiplyAdds: batch * $0.multiplyAdds)
        }
        for _ in 0..<steps {
            fill(program.input(images: batch), &labels)
            for index in timings.indices {
                timings[index].forward.append(seconds { forward(node: index) })
            }
            _ = program.loss(labels: labels, images: batch)
            for index in timings.indices.reversed() {
                timings[index].backward.append(seconds { backward(node: index) })
            }
        }
        return timings
    }

    /// Runs one step and holds it at the passes of one node, which `forward` and `backward` are handed: each may be run any
    /// number of times. A backward pass may overwrite the gradient that it began with: only its time means something, and
    /// only for a node that reads the network's input, whose gradient nothing else reads.
    public func isolate(
        node index: Int, fill: (Matrix, inout [Int32]) -> Void, forward: (() -> Void) -> Void,
        backward: (() -> Void) -> Void
    ) {
        let count = program.model.network.nodes.count
        fill(program.input(images: batch), &labels)
        for before in 0..<index { self.forward(node: before) }
        forward { self.forward(node: index) }
        for behind in (index + 1)..<count { self.forward(node: behind) }
        _ = program.loss(labels: labels, images: batch)
        for behind in ((index + 1)..<count).reversed() { self.backward(node: behind) }
        backward { self.backward(node: index) }
    }

    private func forward(node index: Int) {
        program.forward(node: index, images: batch, phase: phase, team: team)
    }

    private func backward(node index: Int) {
        program.backward(node: index, images: batch, phase: phase, team: team)
    }

    private func seconds(_ work: () -> Void) -> Double {
        let start = now()
        work()
        return now() - start
    }
}
