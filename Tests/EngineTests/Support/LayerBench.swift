import Kernels

@testable import Engine

/// Runs one layer in the engine, with inputs, parameters and an upstream gradient of one's own.
///
/// The layer stands in a small network, input → copies → layer → dense, of which only the layer's passes matter: the
/// copies give a layer with several inputs one each.
struct LayerBench {
    let layer: any Layer
    let input: Shape
    let images: Int
    /// The memory that nobody needs is NaN.
    var isPoisoned = true
    var threads = 1
    /// What the layer has tracked before the pass: one step's mean and unbiased variance.
    var tracked: (mean: [Float], variance: [Float])?

    /// What the engine computed, in its own layout.
    struct Result: Equatable {
        var output: [Float]
        var inputGradients: [[Float]]
        var parameterGradients: [[Float]]
    }

    /// The number of inputs that the layer gets.
    var inputCount: Int { type(of: layer).inputCount.lowerBound }
    /// The inputs' shapes.
    var inputs: [Shape] { Array(repeating: input, count: inputCount) }
    /// The layer with its automatic choices made.
    var resolved: any Layer {
        layer.resolved(for: Surroundings(isFollowedByShift: false, initializer: Constant(value: 0)))
    }
    /// The counts of the layer's parameters.
    var parameterCounts: [Int] { resolved.parameters(inputs).map { $0.rows * $0.columns } }

    static let phase = Phase.training(step: 3, seed: 11)
    /// The stream of a dropout's mask under ``phase``.
    static var dropoutStream: RandomStream { RandomStream(seed: 11, "dropout/layer/step-3") }

    func run(_ values: [Maps], parameters: [[Double]], upstream: [Double], phase: Phase = phase) throws -> Result {
        let names = (0..<inputCount).map { "copy\($0)" }
        let copies = names.map { Node(name: $0, layer: Dropout(ratio: 0), inputs: ["input"]) }
        let network = try Network(
            input: input,
            nodes: copies + [
                Node(name: "layer", layer: layer, inputs: names),
                Node(name: "head", layer: Dense(units: 2)),
            ], initializer: Constant(value: 0.5))
        let model = Model(network, seed: 1)
        for (index, place) in network.nodes[inputCount].parameters.enumerated() {
            model.setValues(of: network.parameters[place].name, to: parameters[index].map(Float.init))
        }
        if let tracked, let state = model.normalizationState(of: "layer") {
            let memory = Storage(count: 2 * tracked.mean.count)
            let mean = memory.vector(count: tracked.mean.count)
            let variance = memory.vector(offset: tracked.mean.count, count: tracked.mean.count)
            mean.copy(from: tracked.mean)
            variance.copy(from: tracked.variance)
            state.accumulate(mean: mean, variance: variance, correction: 1)
            withExtendedLifetime(memory) {}
        }
        let program = Program(
            model, batch: images, purpose: .training(inputGradient: true), poisonsReleasedMemory: isPoisoned,
            fuses: phase.statistics == .batch)
        let team = Team(threads: threads)
        program.input(images: images).copy(from: values[0].floats)
        program.forward(images: images, phase: phase, team: team, through: inputCount) { node in
            // Each copy gets its own input in place of the copied one.
            if node < values.count { program.value(node + 1, images: images).copy(from: values[node].floats) }
        }
        let output = program.value(inputCount + 1, images: images).elements
        program.gradient(inputCount + 1, images: images)?.copy(from: upstream.map(Float.init))
        program.backward(node: inputCount, images: images, phase: phase, team: team)
        return Result(
            output: output,
            inputGradients: (0..<inputCount).map { program.gradient($0 + 1, images: images)?.elements ?? [] },
            parameterGradients: network.nodes[inputCount].parameters.map {
                model.gradient(of: network.parameters[$0].name) ?? []
            })
    }
}

extension Program {
    /// The forward pass of the nodes up to `last`, with a look at each.
    func forward(images: Int, phase: Phase, team: Team, through last: Int, after body: (Int) -> Void) {
        for node in 0...last {
            forward(node: node, images: images, phase: phase, team: team)
            body(node)
        }
    }
}
