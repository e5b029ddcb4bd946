import Engine
import Kernels

/// What an operation has to do at least: the numbers that rates, traffic and the roofline are made of.
///
/// Operations are those of the equation: a multiply-add is two, an exponential or a power one. Bytes are compulsory: every
/// tensor that goes in is read once, every one that comes out is written once, whatever a kernel does in between.
struct KernelWork: Equatable {
    /// Floating-point operations that are really done.
    var operations: Double
    var bytes: Double
    /// The operations of the equation, where an algorithm does fewer.
    var effective: Double?

    init(operations: Double, bytes: Double, effective: Double? = nil) {
        (self.operations, self.bytes, self.effective) = (operations, bytes, effective)
    }

    /// Operations for each byte.
    var intensity: Double { operations / bytes }
}

extension KernelWork {
    /// The measurements of an operation that took `seconds`.
    func measurements(
        seconds: Sample, peaks: MachinePeaks, threads: Int, _ make: (BenchmarkMetric, Sample) -> BenchmarkResult
    ) -> [BenchmarkResult] {
        let rate = seconds.map { operations / $0 / 1e9 }
        let bandwidth = peaks.copyBandwidth(forBytes: bytes, threads: threads).maximum * 1e9
        return [
            make(.time, seconds.map { $0 * 1e6 }),
            make(.effectiveRate, seconds.map { (effective ?? operations) / $0 / 1e9 }),
            make(.rate, rate),
            make(.shareOfPeak, peaks.shareOfPeak(rate, threads: threads)),
            make(.traffic, seconds.map { bytes / $0 / 1e9 }),
            make(.shareOfBandwidth, seconds.map { bytes / $0 / bandwidth * 100 }),
            make(.intensity, Sample(exactly: intensity)),
        ]
    }
}

/// How the work of a layer that is not a product is counted.
struct LayerWork {
    /// Operations for each value of the input, or of the output: forward and backward.
    let forwardOperations, backwardOperations: Double
    /// Whether operations are counted for each value of the output, as of a pooling.
    var isPerOutput = false
    /// Values that a backward pass reads besides the output's gradient, as multiples of inputs and outputs.
    let savedInputs, savedOutputs: Int

    /// The kinds that are counted, in the order of the results: every layer of the catalogue but products and joins.
    static let kinds = LayerRole.allCases.filter { $0 != .linear && $0 != .junction }.flatMap { role in
        LayerCatalogue.all.filter { $0.init().traits.role == role }.map { $0.kind }
    }
}

extension LayerWork {
    /// How a layer's work is counted: by its role, so that no new layer goes unmeasured; nil for products, and for joins, which
    /// the memory plan turns into nothing.
    init?(_ layer: any Layer, input: Shape) {
        let traits = layer.traits
        // A maximum pooling reads where each output came from instead of the output.
        savedOutputs = traits.backwardReads.contains(.output) || layer is MaxPooling ? 1 : 0
        savedInputs = traits.backwardReads.contains(.inputs) ? 1 : 0
        isPerOutput = traits.role == .pooling
        switch traits.role {
        case .linear, .junction: return nil
        case .normalization:
            // As batch normalization, of whose equation the others are variants.
            // Σx, Σ(x−μ)², (x−μ)·s, γx̂+β: 1 + 3 + 2 + 2. Σdy, Σdy·x̂, (dy − a − x̂·b)·s: 1 + 2 + 4.
            (forwardOperations, backwardOperations) = (8, 7)
        case .nonlinearity:
            (forwardOperations, backwardOperations) =
                switch traits.nonlinearity {
                case nil, .identity, .rectifier: (1, 1)
                // 1/(1+e^−x): −, e, +, /. dy·y·(1−y).
                case .sigmoid: (4, 3)
                // 1 − 2/(e^2x+1): ·, e, +, /, −. dy·(1−y²).
                case .tanh: (5, 3)
                }
        case .pooling:
            let extent = (layer as? MaxPooling)?.options.kernel ?? (layer as? AveragePooling)?.options.kernel
            let window = Double(extent.map { $0 * $0 } ?? input.positions)
            (forwardOperations, backwardOperations) = layer is MaxPooling ? (window - 1, 1) : (window, window)
        case .response:
            // Σx² over n, k + α·, ^−β, ·x; likewise Σ dy·y/s, and two products and a difference more.
            let window = Double((layer as? LocalResponseNormalization)?.size ?? 1)
            (forwardOperations, backwardOperations) = (2 * window + 4, 2 * window + 8)
        case .regularization:
            // A comparison and a product, of x and of dy.
            (forwardOperations, backwardOperations) = (2, 2)
        case .disturbance:
            // s·x + m. s·dy.
            (forwardOperations, backwardOperations) = (2, 1)
        }
    }

    /// Forward: the input is read, the output written.
    func forward(_ shape: LayerShape) -> KernelWork {
        KernelWork(
            operations: forwardOperations * Double(isPerOutput ? shape.outputCount : shape.inputCount),
            bytes: 4 * Double(shape.inputCount + shape.outputCount))
    }

    /// Backward: the output's gradient and what was saved are read, the input's gradient is written.
    func backward(_ shape: LayerShape) -> KernelWork {
        let values = (1 + savedInputs) * shape.inputCount + (1 + savedOutputs) * shape.outputCount
        return KernelWork(
            operations: backwardOperations * Double(isPerOutput ? shape.outputCount : shape.inputCount),
            bytes: 4 * Double(values))
    }
}

/// A layer of a network that is not a product: it moves more data than it computes.
struct LayerShape {
    let layer: any Layer
    /// The shape of a sample of its input.
    let input: Shape
    /// The shape of a sample of its output.
    let output: Shape
    let batch: Int
    let work: LayerWork

    /// The layer of a node; nil for products and joins.
    init?(_ node: NetworkNode, batch: Int) {
        guard let work = LayerWork(node.layer, input: node.inputShapes[0]) else { return nil }
        self.work = work
        layer = node.layer
        input = node.inputShapes[0]
        output = node.shape
        self.batch = batch
    }

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
