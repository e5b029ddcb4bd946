@testable import Engine
import Kernels
import Testing
import Vocabulary

/// The check that accepts the catalogue's layers is only worth something if it rejects wrong ones.
@Suite("The gradient check")
struct SabotageTests {
    /// The same batches as the catalogue's batch normalization; ε = 0.3 shows where ε stands.
    private func objections(_ sabotage: SabotagedBatchNormalization.Sabotage) throws -> [[String]] {
        try [(1e-5, Shape.flat(3), 7), (0.3, Shape(height: 2, width: 2, channels: 4), 2)].map {
            epsilon, shape, images in
            let layer = SabotagedBatchNormalization(sabotage, epsilon: epsilon)
            let one = LayerCase(layer: layer, input: shape, images: images)
            let (check, result) = try #require(try one.check(seed: 1, as: Reference.of(layer.layer)))
            return check.objections(to: result)
        }
    }

    @Test("accepts the true backward pass of batch normalization")
    func acceptsTruth() throws { #expect(try objections(.none).allSatisfy(\.isEmpty)) }

    @Test(
        "rejects every known-wrong backward pass of batch normalization",
        arguments: SabotagedBatchNormalization.Sabotage.allCases.filter { $0 != .none })
    func rejects(sabotage: SabotagedBatchNormalization.Sabotage) throws {
        let found = try objections(sabotage)
        #expect(found.contains { !$0.isEmpty }, "\(sabotage) goes unnoticed")
        // Only where ε stands needs a large ε to be seen; everything else must be seen on every batch.
        if sabotage != .epsilonOutsideRoot { #expect(found.allSatisfy { !$0.isEmpty }) }
    }

    @Test("rejects NaN, zeros, wrong counts and a shifted result")
    func rejectsNonsense() {
        #expect(GradientCheck.objection("x", [1, 2], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [.nan, 2], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [0, 0], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [1], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [2, 1], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [1.001, 2], [1, 2]).isEmpty)
    }
}

/// The check that accepts convolutions by tiles must reject what such an algorithm gets wrong.
@Suite("The gradient check of Winograd's algorithm")
struct WinogradSabotageTests {
    enum Sabotage: CaseIterable, Sendable {
        /// A filter that is not turned.
        case turned
        /// A filter whose rows and columns are exchanged: a transform applied from the wrong side.
        case transposed
        /// The last row of tiles left out.
        case truncated
        /// A tile's overlap with the next added twice.
        case overlapped
    }

    private static let cases = [
        LayerCase(
            layer: Engine.Convolution(channels: 4, kernel: 3, pad: 1, algorithm: .winograd),
            input: Shape(height: 8, width: 8, channels: 2), images: 2),
        LayerCase(
            layer: Engine.Convolution(channels: 3, kernel: 5, algorithm: .winograd),
            input: Shape(height: 8, width: 8, channels: 2), images: 2),
    ]

    @Test("accepts the true gradients and rejects every known-wrong one", arguments: cases)
    func rejects(one: LayerCase) throws {
        let (check, result) = try #require(try one.check(seed: 1))
        #expect(check.objections(to: result) == [])
        for sabotage in Sabotage.allCases {
            #expect(check.objections(to: wrong(result, sabotage, one)) != [], "\(sabotage) goes unnoticed")
        }
    }

    private func wrong(_ result: LayerBench.Result, _ sabotage: Sabotage, _ one: LayerCase) -> LayerBench.Result {
        var result = result
        let weight = result.parameterGradients[0]
        let taps = (one.layer as? Engine.Convolution)?.kernel ?? 0
        let block = weight.count / (taps * taps)
        func moved(_ source: (_ y: Int, _ x: Int) -> (Int, Int)) -> [Float] {
            (0..<taps * taps).flatMap { tap in
                let (y, x) = source(tap / taps, tap % taps)
                return weight[(y * taps + x) * block..<(y * taps + x + 1) * block]
            }
        }
        let row = one.input.width * one.input.channels
        switch sabotage {
        case .turned: result.parameterGradients[0] = moved { (taps - 1 - $0, taps - 1 - $1) }
        case .transposed: result.parameterGradients[0] = moved { ($1, $0) }
        case .truncated:
            let end = result.inputGradients[0].count
            result.inputGradients[0].replaceSubrange(end - row..<end, with: repeatElement(0, count: row))
        case .overlapped:
            for index in 4 * row..<5 * row { result.inputGradients[0][index] *= 2 }
        }
        return result
    }
}

/// The check that accepts batch normalization's relatives must reject wrong ones.
@Suite("The gradient check of normalizations")
struct NormalizationSabotageTests {
    typealias Sabotage = PartitionedNormalization.Sabotage

    /// A layer on a batch, with its sets written down once more.
    struct Subject: Sendable, CustomStringConvertible {
        let layer: any Layer
        let input: Shape
        let images: Int
        /// Whether a set has values of several channels.
        let mixesChannels: Bool
        let set: @Sendable (_ image: Int, _ channel: Int) -> Int

        var description: String { type(of: layer).kind }
    }

    static let subjects = [
        Subject(
            layer: GhostBatchNormalization(ghost: 3), input: Shape(height: 2, width: 2, channels: 4), images: 7,
            mixesChannels: false
        ) { image, channel in (image < 3 ? 0 : 4) + channel },
        Subject(
            layer: LayerNormalization(), input: Shape(height: 2, width: 2, channels: 4), images: 2,
            mixesChannels: true
        ) { image, _ in image },
        Subject(
            layer: GroupNormalization(groups: 2), input: Shape(height: 3, width: 1, channels: 6), images: 2,
            mixesChannels: true
        ) { image, channel in 2 * image + channel / 3 },
        Subject(
            layer: InstanceNormalization(), input: Shape(height: 2, width: 3, channels: 4), images: 2,
            mixesChannels: false
        ) { image, channel in 4 * image + channel },
    ]

    private func objections(_ subject: Subject, _ sabotage: Sabotage) throws -> [String] {
        let one = LayerCase(layer: subject.layer, input: subject.input, images: subject.images)
        let (inputs, parameters, upstream) = one.random(seed: 3)
        let check = GradientCheck(
            reference: try #require(Reference.of(subject.layer)), inputs: inputs, parameters: parameters,
            upstream: upstream)
        let normalization = PartitionedNormalization(epsilon: 1e-5, set: subject.set)
        return check.objections(
            to: normalization.result(inputs[0], parameters: parameters, upstream: upstream, sabotage))
    }

    @Test("accepts the closed form in double precision", arguments: subjects)
    func acceptsTruth(subject: Subject) throws { #expect(try objections(subject, .none) == []) }

    @Test("rejects every known-wrong backward pass", arguments: subjects, Sabotage.allCases.filter { $0 != .none })
    func rejects(subject: Subject, sabotage: Sabotage) throws {
        let found = try objections(subject, sabotage)
        if sabotage == .scaleAfterMeans, !subject.mixesChannels {
            #expect(found == [], "γ comes out of the means of a single channel")
        } else {
            #expect(found != [], "\(sabotage) goes unnoticed")
        }
    }

    // MARK: Norms

    /// What can be wrong with the gradient of a norm.
    enum NormSabotage: CaseIterable, Sendable {
        case dropsNorm, otherSubject, oppositeSign, forgetsRatio
    }

    @Test(
        "rejects a wrong gradient of a norm", arguments: LpBatchNormalization.Order.allCases,
        LpBatchNormalization.Subject.allCases)
    func rejectsNorms(p: LpBatchNormalization.Order, subject: LpBatchNormalization.Subject) throws {
        // A large ε makes N/√(N² + ε) a factor that shows.
        let layer = LpBatchNormalization(p: p, of: subject, epsilon: 0.3)
        let one = LayerCase(layer: layer, input: .flat(3), images: 6, offset: 0.2)
        let (inputs, parameters, upstream) = one.random(seed: 4)
        let check = GradientCheck(
            reference: try #require(Reference.of(layer)), inputs: inputs, parameters: parameters, upstream: upstream)
        func found(_ sabotage: NormSabotage?) -> [String] {
            var result = LayerBench.Result(
                output: check.output.map(Float.init), inputGradients: [[]],
                parameterGradients: check.parameterGradients.map { $0.map(Float.init) })
            result.inputGradients[0] = Self.gradient(layer, inputs[0], parameters[0], upstream, sabotage)
            return check.objections(to: result)
        }
        #expect(found(nil) == [])
        for sabotage in NormSabotage.allCases {
            // N · ∂N/∂x is u/m for p = 2: there is no ratio.
            if p == .two, sabotage == .forgetsRatio { continue }
            #expect(found(sabotage) != [], "\(sabotage) goes unnoticed")
        }
    }

    /// dx in double precision, by ∂N/∂x, with a mistake.
    private static func gradient(
        _ layer: LpBatchNormalization, _ input: Maps, _ gamma: [Double], _ upstream: [Double],
        _ sabotage: NormSabotage?
    ) -> [Float] {
        let (channels, rows) = (input.shape.channels, input.images)
        var result = input.values
        for channel in 0..<channels {
            let x = (0..<rows).map { input.values[$0 * channels + channel] }
            let dy = (0..<rows).map { upstream[$0 * channels + channel] }
            let mean = x.reduce(0, +) / Double(rows)
            let u = layer.subject == .values ? x : x.map { $0 - mean }
            let norm: Double
            var slope: [Double]
            switch layer.p {
            case .one:
                norm = u.map(abs).reduce(0, +) / Double(rows)
                slope = u.map { ($0 < 0 ? -1 : 1) / Double(rows) }
            case .two:
                norm = (u.map { $0 * $0 }.reduce(0, +) / Double(rows)).squareRoot()
                slope = u.map { $0 / (Double(rows) * norm) }
            case .infinity:
                norm = u.map(abs).max() ?? 0
                slope = u.map { abs($0) == norm ? ($0 < 0 ? -1 : 1) : 0 }
            }
            let isCentered = (layer.subject == .deviations) != (sabotage == .otherSubject)
            if isCentered {
                let average = slope.reduce(0, +) / Double(rows)
                slope = slope.map { $0 - average }
            } else if layer.p == .two, sabotage == .otherSubject {
                // Deviations have no mean to be subtracted: the other subject's slope is that of x.
                slope = x.map { $0 / (Double(rows) * norm) }
            }
            if sabotage == .dropsNorm { slope = slope.map { _ in 0 } }
            if sabotage == .oppositeSign { slope = slope.map { -$0 } }
            let deviation = (norm * norm + layer.epsilon).squareRoot()
            let product = zip(dy, x).reduce(0) { $0 + $1.0 * ($1.1 - mean) / deviation }
            let ratio = sabotage == .forgetsRatio ? 1 : norm / deviation
            let average = dy.reduce(0, +) / Double(rows)
            for row in 0..<rows {
                result[row * channels + channel] =
                    gamma[channel] / deviation * (dy[row] - average - product * ratio * slope[row])
            }
        }
        return result.map(Float.init)
    }
}

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

    init() {}
    init(_ sabotage: Sabotage, epsilon: Double) {
        self.sabotage = sabotage
        layer = BatchNormalization(epsilon: epsilon)
    }

    func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }
    func parameters(_ inputs: [Shape]) -> [ParameterDeclaration] { layer.parameters(inputs) }
    func book(_ booking: inout Booking) -> TrackedNormalizationSlots { layer.book(&booking) }
    var traits: LayerTraits { LayerTraits(.normalization, backwardReads: .inputs) }
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
