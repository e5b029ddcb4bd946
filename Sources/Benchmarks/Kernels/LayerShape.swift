import Engine

/// A layer that a network runs and that is no product: it moves data more than it computes.
struct LayerShape {
    /// The layer.
    let layer: any Layer
    /// The shape of a sample of its input.
    let input: Shape
    /// The shape of a sample of its output.
    let output: Shape
    /// Images.
    let batch: Int

    /// The layer of a node; nil for products, and for joins, which the memory plan turns into nothing.
    init?(_ node: NetworkNode, batch: Int) {
        guard LayerWork(node.layer) != nil else { return nil }
        layer = node.layer
        input = node.inputShapes[0]
        output = node.shape
        self.batch = batch
    }

    /// The word for the layer.
    var kind: String { type(of: layer).kind }
    /// `batch-norm, 32×32×64`.
    var name: String { "\(kind), \(input)" }
    /// Values of a batch of inputs.
    var inputCount: Int { batch * input.count }
    /// Values of a batch of outputs.
    var outputCount: Int { batch * output.count }

    /// The largest layers of each kind and network, each shape once: the small ones take no time.
    static func largest(_ count: Int, in networks: [BenchmarkNetwork]) -> [LayerShape] {
        var seen: Set<String> = []
        var chosen: [LayerShape] = []
        for subject in networks {
            let shapes = subject.network.nodes.compactMap { LayerShape($0, batch: subject.batch) }
            for kind in LayerWork.kinds {
                var different: Set<String> = []
                let ofKind = shapes.filter { $0.kind == kind && different.insert($0.name).inserted }
                chosen += ofKind.sorted { $0.inputCount > $1.inputCount }.prefix(count)
            }
        }
        let order = Dictionary(uniqueKeysWithValues: LayerWork.kinds.enumerated().map { ($1, $0) })
        return chosen.filter { seen.insert("\($0.name)/\($0.batch)").inserted }
            .sorted { (order[$0.kind] ?? 0, -$0.inputCount) < (order[$1.kind] ?? 0, -$1.inputCount) }
    }
}
