@testable import Engine
import Kernels

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
    var inputCount: Int { layer.traits.inputCount.lowerBound }
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

/// Compares a backward pass with central differences of a reference in double precision.
///
/// The upstream gradient and the parameters are random: with ones, or with the gradient of Σy², the gradient of a batch
/// normalization lies in its null space, and wrong backward passes go unnoticed.
struct GradientCheck {
    let reference: Reference
    let inputs: [Maps]
    let parameters: [[Double]]
    let upstream: [Double]

    /// The largest error allowed, as a share of the largest true value.
    static let tolerance = 1e-4

    /// The loss Σ upstream · output, whose gradients are checked.
    private func loss(_ inputs: [Maps], _ parameters: [[Double]]) -> Double {
        let function = reference.differentiated?(self.inputs) ?? reference.forward
        return zip(function(inputs, parameters).values, upstream).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The derivative of a function of one number by central differences, corrected once (Richardson).
    private func derivative(_ function: (Double) -> Double) -> Double {
        func difference(_ step: Double) -> Double { (function(step) - function(-step)) / (2 * step) }
        let step = 1e-4
        return (4 * difference(step / 2) - difference(step)) / 3
    }

    var inputGradients: [[Double]] {
        inputs.indices.map { input in
            inputs[input].values.indices.map { index in
                derivative { change in
                    var changed = inputs
                    changed[input].values[index] += change
                    return loss(changed, parameters)
                }
            }
        }
    }

    var parameterGradients: [[Double]] {
        parameters.indices.map { parameter in
            parameters[parameter].indices.map { index in
                derivative { change in
                    var changed = parameters
                    changed[parameter][index] += change
                    return loss(inputs, changed)
                }
            }
        }
    }

    var output: [Double] { reference.forward(inputs, parameters).values }

    /// What is wrong with a result: empty if it is right.
    func objections(to result: LayerBench.Result) -> [String] {
        var found = Self.objection("output", result.output, output)
        for (index, gradient) in inputGradients.enumerated() {
            found += Self.objection("gradient by input \(index)", result.inputGradients[index], gradient)
        }
        for (index, gradient) in parameterGradients.enumerated() {
            found += Self.objection("gradient by parameter \(index)", result.parameterGradients[index], gradient)
        }
        return found
    }

    static func objection(_ what: String, _ found: [Float], _ expected: [Double]) -> [String] {
        guard found.count == expected.count else { return ["\(what): \(found.count) values, not \(expected.count)"] }
        let scale = expected.map(abs).max() ?? 0
        var worst = 0.0
        for (found, expected) in zip(found, expected) {
            let error = abs(Double(found) - expected)
            // A NaN is the worst error, not none.
            worst = error.isNaN ? .infinity : max(worst, error)
        }
        return worst <= tolerance * scale ? [] : ["\(what): error \(worst) at a scale of \(scale)"]
    }
}

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
            LayerCase(
                layer: Engine.Convolution(channels: 4, kernel: 3, pad: 1, algorithm: .winograd), input: map, images: 2),
            LayerCase(layer: Engine.Convolution(channels: 3, kernel: 3, algorithm: .winograd), input: map, images: 2),
            LayerCase(
                layer: Engine.Convolution(channels: 3, kernel: 5, pad: 2, algorithm: .winograd), input: map, images: 2),
            LayerCase(
                layer: Engine.Convolution(channels: 2, kernel: 5, algorithm: .winograd),
                input: Shape(height: 8, width: 7, channels: 2), images: 2),
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
            LayerCase(layer: RootMeanSquareNormalization(), input: wide, images: 3, offset: 2),
            LayerCase(layer: RootMeanSquareNormalization(), input: .flat(7), images: 3),
            LayerCase(layer: RootMeanSquareNormalization(epsilon: 0.3, scale: false), input: even, images: 2),
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
