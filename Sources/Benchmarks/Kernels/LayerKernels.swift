import Engine
import Kernels

/// One layer by itself, in front of a dense layer that gives it a gradient: so that what is measured is what the engine
/// runs for it, whichever kernels that are.
struct LayerKernels {
    private let shape: LayerShape
    private let timer: LayerTimer
    private let batches: RandomBatches

    /// The layer of a shape.
    ///
    /// - Throws: ``NetworkError`` for a layer that cannot take its input.
    init(_ shape: LayerShape, team: Team) throws(NetworkError) {
        self.shape = shape
        let network = try Network(
            input: shape.input,
            nodes: [
                Node(name: "layer", layer: shape.layer),
                Node(name: "scores", layer: Dense(units: 2, weight: Xavier())),
            ])
        timer = LayerTimer(model: Model(network, seed: 1), batch: shape.batch, team: team, inputGradient: true)
        batches = RandomBatches(count: 1, batch: shape.batch, values: shape.input.count, classes: 2, team: team)
    }

    /// Seconds of each pass.
    func seconds(_ stopwatch: Stopwatch) -> (forward: Sample, backward: Sample) {
        var forward: Sample?
        var backward: Sample?
        timer.isolate(
            node: 0, fill: { batches.fill(step: 0, $0, &$1) }, forward: { forward = stopwatch.seconds($0) },
            backward: { backward = stopwatch.seconds($0) })
        guard let forward, let backward else { preconditionFailure("a step has both passes") }
        return (forward, backward)
    }
}
