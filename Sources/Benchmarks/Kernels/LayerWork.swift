import Engine

/// How the work of a layer that is no product is counted.
struct LayerWork {
    /// Operations for each value of the larger side, forward and backward.
    let forwardOperations, backwardOperations: Double
    /// Values that a backward pass reads besides the output's gradient, as multiples of inputs and outputs.
    let savedInputs, savedOutputs: Int
    /// Whether operations are counted for each value of the output, as of a pooling, instead of the input.
    var isPerOutput = false

    /// The layers that are counted, in the order of the results.
    static let kinds = [
        BatchNormalization.kind, Rectifier.kind, Sigmoid.kind, MaxPooling.kind, AveragePooling.kind,
        LocalResponseNormalization.kind,
    ]

    /// How a layer's work is counted; nil for products and joins.
    init?(_ layer: any Layer) {
        switch layer {
        case is BatchNormalization:
            // Σx, Σ(x−μ)², (x−μ)·s, γx̂+β: 1 + 3 + 2 + 2. Σdy, Σdy·x̂, (dy − a − x̂·b)·s: 1 + 2 + 4.
            self.init(forwardOperations: 8, backwardOperations: 7, savedInputs: 1, savedOutputs: 0)
        case is Rectifier:
            self.init(forwardOperations: 1, backwardOperations: 1, savedInputs: 0, savedOutputs: 1)
        case is Sigmoid:
            // 1/(1+e^−x): −, e, +, /. dy·y·(1−y).
            self.init(forwardOperations: 4, backwardOperations: 3, savedInputs: 0, savedOutputs: 1)
        case let layer as MaxPooling:
            let window = Double(layer.options.kernel * layer.options.kernel)
            self.init(
                forwardOperations: window - 1, backwardOperations: 1, savedInputs: 0, savedOutputs: 1,
                isPerOutput: true)
        case let layer as AveragePooling:
            let window = Double(layer.options.kernel * layer.options.kernel)
            self.init(
                forwardOperations: window, backwardOperations: window, savedInputs: 0, savedOutputs: 0,
                isPerOutput: true)
        case let layer as LocalResponseNormalization:
            // Σx² over n, k + α·, ^−β, ·x; likewise Σ dy·y/s, and two products and a difference more.
            let window = Double(layer.size)
            self.init(
                forwardOperations: 2 * window + 4, backwardOperations: 2 * window + 8, savedInputs: 1,
                savedOutputs: 1)
        default: return nil
        }
    }

    private init(
        forwardOperations: Double, backwardOperations: Double, savedInputs: Int, savedOutputs: Int,
        isPerOutput: Bool = false
    ) {
        self.forwardOperations = forwardOperations
        self.backwardOperations = backwardOperations
        self.savedInputs = savedInputs
        self.savedOutputs = savedOutputs
        self.isPerOutput = isPerOutput
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
