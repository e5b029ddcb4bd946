import Kernels

@testable import Engine
import Vocabulary

/// A batch normalization with a backward pass that is wrong in one known way: what a gradient check must reject.
struct SabotagedBatchNormalization: Layer {
    /// What is wrong with the backward pass.
    enum Sabotage: String, CaseIterable, Sendable {
        case none
        case dropsMeanTerm
        case dropsNormalizedTerm
        case frozenStatistics
        case sampleVariance
        case sampleCount
        case forgetsScale
        case epsilonOutsideRoot
        case zeros
        case zeroParameters
        case swappedParameters
    }

    var layer = BatchNormalization()
    var sabotage = Sabotage.none

    static let kind = "sabotaged-batch-norm"
    static let summary = "A wrong batch normalization."
    static let fields: [Field<Self>] = []
    static let role = LayerRole.normalization

    init() {}
    init(_ sabotage: Sabotage, epsilon: Double) {
        self.sabotage = sabotage
        layer = BatchNormalization(epsilon: epsilon)
    }

    func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }
    func parameters(_ inputs: [Shape]) -> [ParameterDeclaration] { layer.parameters(inputs) }
    func book(_ booking: inout Booking) -> TrackedNormalizationSlots { layer.book(&booking) }
    var backwardReads: BackwardReads { [.inputs] }
    func forward(_ pass: Pass, _ workspace: TrackedNormalizationSlots) { layer.forward(pass, workspace) }

    func backward(_ pass: Pass, _ workspace: TrackedNormalizationSlots) {
        let (x, dy) = (pass.input, pass.outputGradient)
        guard let dx = pass.inputGradient, let gamma = pass.vectorParameter(.scale) else { return }
        let count = Double(x.rows)
        for channel in 0..<x.columns {
            let values = (0..<x.rows).map { Double(x[$0, channel]) }
            let upstream = (0..<x.rows).map { Double(dy[$0, channel]) }
            let mean = values.reduce(0, +) / count
            let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
            var deviation = (squares / count + layer.epsilon).squareRoot()
            let normalized = values.map { ($0 - mean) / deviation }
            if sabotage == .sampleVariance { deviation = (squares / (count - 1) + layer.epsilon).squareRoot() }
            if sabotage == .epsilonOutsideRoot { deviation = (squares / count).squareRoot() + layer.epsilon }
            let sum = upstream.reduce(0, +)
            let product = zip(upstream, normalized).map { $0 * $1 }.reduce(0, +)
            let divisor = sabotage == .sampleCount ? count - 1 : count
            for row in 0..<x.rows {
                var term = upstream[row]
                if sabotage != .dropsMeanTerm && sabotage != .frozenStatistics { term -= sum / divisor }
                if sabotage != .dropsNormalizedTerm && sabotage != .frozenStatistics {
                    term -= normalized[row] * product / divisor
                }
                let scale = sabotage == .forgetsScale ? 1 : Double(gamma[channel])
                dx[row, channel] = sabotage == .zeros ? 0 : Float(term * scale / deviation)
            }
            let (first, second) = sabotage == .swappedParameters ? (sum, product) : (product, sum)
            pass.vectorGradient(.scale)?[channel] = sabotage == .zeroParameters ? 0 : Float(first)
            pass.vectorGradient(.shift)?[channel] = sabotage == .zeroParameters ? 0 : Float(second)
        }
    }
}
