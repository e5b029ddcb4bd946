import Testing

@testable import Engine

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
