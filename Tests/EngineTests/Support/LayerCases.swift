@testable import Engine

/// A layer with the inputs that it is checked on.
struct LayerCase: CustomStringConvertible, Sendable {
    let layer: any Layer
    let input: Shape
    let images: Int
    var spread = 1.0
    var offset = 0.0

    var description: String { "\(type(of: layer).kind) on \(images)×\(input)" }
    var kind: String { type(of: layer).kind }

    /// Fields in which the cases of a kind differ are worth a case each; every kind of the catalogue needs one.
    static let all: [LayerCase] = {
        let map = Shape(height: 5, width: 4, channels: 3)
        let wide = Shape(height: 3, width: 2, channels: 19)
        return [
            LayerCase(layer: Dense(units: 5), input: .flat(7), images: 4),
            LayerCase(layer: Dense(units: 18), input: map, images: 3),
            LayerCase(layer: Dense(units: 4, bias: .absent), input: .flat(33), images: 2),
            LayerCase(layer: Engine.Convolution(channels: 4, kernel: 3), input: map, images: 2),
            LayerCase(layer: Engine.Convolution(channels: 18, kernel: 2, bias: .absent), input: map, images: 1),
            LayerCase(layer: Engine.Convolution(channels: 3, kernel: 3, stride: 2, pad: 1), input: map, images: 2),
            LayerCase(layer: Engine.Convolution(channels: 5, kernel: 1), input: wide, images: 2),
            LayerCase(layer: MaxPooling(kernel: 2), input: map, images: 2),
            LayerCase(layer: MaxPooling(kernel: 3, stride: 2, pad: 1), input: wide, images: 2),
            LayerCase(layer: MaxPooling(kernel: 3, stride: 2, rounding: .floor), input: map, images: 2),
            LayerCase(layer: AveragePooling(kernel: 2), input: map, images: 2),
            LayerCase(layer: AveragePooling(kernel: 3, stride: 2, pad: 1), input: wide, images: 2),
            LayerCase(layer: AveragePooling(kernel: 3, stride: 1, pad: 1, rounding: .floor), input: map, images: 2),
            LayerCase(layer: GlobalAveragePooling(), input: map, images: 3),
            LayerCase(layer: GlobalAveragePooling(), input: wide, images: 2),
            LayerCase(layer: Rectifier(), input: wide, images: 2),
            LayerCase(layer: Sigmoid(), input: wide, images: 2, spread: 4),
            LayerCase(layer: HyperbolicTangent(), input: wide, images: 2, spread: 3),
            LayerCase(layer: Dropout(ratio: 0.4), input: wide, images: 2),
            LayerCase(layer: Dropout(ratio: 0), input: map, images: 2),
            LayerCase(layer: BatchNormalization(), input: .flat(3), images: 7, spread: 2, offset: 1),
            LayerCase(layer: BatchNormalization(), input: wide, images: 2),
            LayerCase(layer: BatchNormalization(epsilon: 0.3), input: map, images: 2, offset: -3),
            LayerCase(layer: BatchNormalization(scale: false), input: .flat(5), images: 6),
            LayerCase(layer: BatchNormalization(shift: false), input: map, images: 2),
            LayerCase(layer: BatchNormalization(scale: false, shift: false), input: map, images: 2),
            LayerCase(layer: OutsideNormalization(), input: .flat(5), images: 6, offset: 1),
            LayerCase(layer: OutsideNormalization(scale: true, epsilon: 0.3), input: wide, images: 2),
            LayerCase(layer: OutsideNormalization(scale: false), input: map, images: 2, offset: -3),
            LayerCase(layer: CovariateNoise(), input: .flat(21), images: 5),
            LayerCase(
                layer: CovariateNoise(shift: 2, scale: 3, shiftSpread: 0.5, scaleSpread: 0.7), input: wide, images: 3),
            LayerCase(layer: CovariateNoise(shift: 0, scale: 1, shiftSpread: 0, scaleSpread: 0), input: map, images: 2),
        ] + normalizations(map: map, wide: wide) + [
            LayerCase(layer: LocalResponseNormalization(), input: wide, images: 2, spread: 30),
            LayerCase(
                layer: LocalResponseNormalization(.acrossChannels, size: 5, alpha: 1, k: 1.5), input: wide, images: 2),
            LayerCase(layer: LocalResponseNormalization(.acrossChannels, size: 3, alpha: 2), input: map, images: 2),
            LayerCase(
                layer: LocalResponseNormalization(.withinChannel, size: 3, alpha: 1.2, beta: 0.6), input: wide,
                images: 2),
            LayerCase(layer: LocalResponseNormalization(.alexNet, size: 5, alpha: 0.7), input: wide, images: 2),
            LayerCase(layer: Concatenation(), input: map, images: 2),
        ]
    }()

    /// Batch normalization's relatives, and those by image.
    private static func normalizations(map: Shape, wide: Shape) -> [LayerCase] {
        let even = Shape(height: 2, width: 3, channels: 20)
        let norms = [LpBatchNormalization.Order.one, .two, .infinity].flatMap { p in
            [
                LayerCase(layer: LpBatchNormalization(p: p), input: wide, images: 2, offset: 0.3),
                LayerCase(layer: LpBatchNormalization(p: p, epsilon: 0.3), input: .flat(3), images: 7, offset: -0.2),
                LayerCase(layer: LpBatchNormalization(p: p, of: .deviations), input: map, images: 2, offset: 1),
                LayerCase(
                    layer: LpBatchNormalization(p: p, of: .deviations, epsilon: 0.3, scale: false), input: .flat(5),
                    images: 6),
            ]
        }
        return [
            // Parts of 3 and 4, of 2 and 3, of 4 and 2 images, and one part.
            LayerCase(layer: GhostBatchNormalization(ghost: 3), input: .flat(4), images: 7, offset: 1),
            LayerCase(layer: GhostBatchNormalization(ghost: 2), input: wide, images: 5),
            LayerCase(layer: GhostBatchNormalization(ghost: 4, epsilon: 0.3, scale: false), input: map, images: 6),
            LayerCase(layer: GhostBatchNormalization(), input: map, images: 2),
            // Without moving averages, r is 1 and d is 0; the rest is in BatchRenormalizationTests.
            LayerCase(layer: BatchRenormalization(), input: wide, images: 2),
            LayerCase(layer: BatchRenormalization(warmup: 0, rSteps: 0, dSteps: 0), input: .flat(3), images: 7),
            LayerCase(layer: LayerNormalization(), input: wide, images: 3, offset: 2),
            LayerCase(layer: LayerNormalization(), input: .flat(7), images: 3),
            LayerCase(layer: LayerNormalization(epsilon: 0.3, scale: false), input: even, images: 2),
            LayerCase(layer: LayerNormalization(shift: false), input: map, images: 2),
            LayerCase(layer: GroupNormalization(groups: 5), input: even, images: 3, offset: -1),
            LayerCase(layer: GroupNormalization(groups: 3), input: even, images: 2),
            LayerCase(layer: GroupNormalization(groups: 4, epsilon: 0.3), input: .flat(12), images: 3),
            LayerCase(layer: GroupNormalization(), input: wide, images: 2),
            LayerCase(layer: GroupNormalization(groups: 2, scale: false, shift: false), input: wide, images: 2),
            LayerCase(layer: InstanceNormalization(), input: wide, images: 3, offset: 1),
            LayerCase(layer: InstanceNormalization(epsilon: 0.3, shift: false), input: map, images: 2),
            LayerCase(layer: InstanceNormalization(), input: .flat(5), images: 3),
        ] + norms
    }

    /// Random inputs, parameters and upstream gradient.
    func random(seed: UInt64) -> (inputs: [Maps], parameters: [[Double]], upstream: [Double]) {
        var numbers = Numbers(seed: seed)
        let bench = bench
        let inputs = (0..<bench.inputCount).map { _ in
            Maps(
                images: images, shape: input, values: numbers.list(images * input.count, scale: spread, offset: offset))
        }
        let parameters = bench.parameterCounts.map { numbers.list($0, offset: 0.25) }
        let count = (try? layer.outputShape(bench.inputs))?.count ?? 0
        return (inputs, parameters, numbers.list(images * count))
    }

    var bench: LayerBench { LayerBench(layer: layer, input: input, images: images) }

    /// The check on random numbers, and what the engine computed from them.
    func check(seed: UInt64, as reference: Reference? = nil) throws -> (GradientCheck, LayerBench.Result)? {
        let stream = LayerBench.dropoutStream
        let ratio = (layer as? Dropout).map { Float($0.ratio) } ?? 0
        let keeps = { @Sendable (index: Int) in stream.uniform(at: UInt64(index)) >= ratio }
        guard let reference = reference ?? Reference.of(layer, keeps: keeps) else { return nil }
        let (inputs, parameters, upstream) = random(seed: seed)
        let check = GradientCheck(reference: reference, inputs: inputs, parameters: parameters, upstream: upstream)
        return (check, try bench.run(inputs, parameters: parameters, upstream: upstream))
    }
}
