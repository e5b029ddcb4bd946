import Kernels
import Testing
import Vocabulary

@testable import Engine

/// What all normalizations promise the rest of the engine, and which of them are special cases of others.
@Suite("Every normalization")
struct NormalizationTests {
    static let cases = LayerCase.all.filter { $0.layer.traits.role == .normalization }
    static let shape = Shape(height: 3, width: 2, channels: 6)

    private func run(
        _ layer: any Layer, input: Shape = shape, images: Int = 5, seed: UInt64 = 1, phase: Phase = LayerBench.phase
    ) throws -> LayerBench.Result {
        let one = LayerCase(layer: layer, input: input, images: images, offset: 0.4)
        let (inputs, parameters, upstream) = one.random(seed: seed)
        return try one.bench.run(inputs, parameters: parameters, upstream: upstream, phase: phase)
    }

    /// The relatives of batch normalization, and their case of it.
    @Test(
        "has batch normalization as a special case, bit by bit",
        arguments: [
            GhostBatchNormalization(ghost: 5), GhostBatchNormalization(ghost: 4),
            LpBatchNormalization(p: .two, of: .deviations), BatchRenormalization(),
        ] as [any Layer])
    func isBatchNormalization(layer: any Layer) throws {
        #expect(try run(layer) == run(BatchNormalization()))
    }

    @Test("of a ghost batch is batch normalization of that part of the batch, bit by bit")
    func isBatchNormalizationOfParts() throws {
        let one = LayerCase(layer: GhostBatchNormalization(ghost: 3), input: Self.shape, images: 8)
        let (inputs, parameters, upstream) = one.random(seed: 2)
        let whole = try one.bench.run(inputs, parameters: parameters, upstream: upstream)
        var sums = [[Double]](repeating: Array(repeating: 0, count: Self.shape.channels), count: 2)
        for part in [0..<3, 3..<6, 6..<8] {
            let values = part.lowerBound * Self.shape.count..<part.upperBound * Self.shape.count
            let found = try LayerBench(layer: BatchNormalization(), input: Self.shape, images: part.count).run(
                [Maps(images: part.count, shape: Self.shape, values: Array(inputs[0].values[values]))],
                parameters: parameters, upstream: Array(upstream[values]))
            #expect(Array(whole.output[values]) == found.output)
            #expect(Array(whole.inputGradients[0][values]) == found.inputGradients[0])
            for kind in 0..<2 {
                for channel in sums[kind].indices {
                    sums[kind][channel] += Double(found.parameterGradients[kind][channel])
                }
            }
        }
        #expect(whole.parameterGradients == sums.map { $0.map(Float.init) })
    }

    @Test("by groups has layer and instance normalization as special cases, bit by bit")
    func groups() throws {
        #expect(try run(GroupNormalization(groups: 1)) == run(LayerNormalization()))
        #expect(try run(GroupNormalization(groups: 6)) == run(InstanceNormalization()))
        #expect(try run(GroupNormalization(groups: 100)) == run(InstanceNormalization()))
        // Five does not divide six: three groups do.
        #expect(try run(GroupNormalization(groups: 5)) == run(GroupNormalization(groups: 3)))
        #expect(try run(GroupNormalization(groups: 3)) != run(GroupNormalization(groups: 2)))
        let divisors = [(32, 64, 2), (32, 48, 2), (32, 20, 1), (32, 37, 37), (4, 6, 2), (1, 6, 6)]
        for (groups, channels, width) in divisors {
            #expect(GroupNormalization(groups: groups).channelsPerGroup(of: channels) == width)
        }
    }

    @Test("of one image by itself is, on maps, batch normalization of a batch of one")
    func instance() throws {
        let (found, expected) = (
            try run(InstanceNormalization(), images: 1), try run(BatchNormalization(), images: 1)
        )
        for (one, other) in zip(found.output, expected.output) { #expect(abs(one - other) < 1e-5) }
    }

    @Test(
        "by images does not know the others, nor the phase",
        arguments: [
            LayerNormalization(), GroupNormalization(groups: 3), InstanceNormalization(), RootMeanSquareNormalization(),
        ] as [any Layer])
    func independence(layer: any Layer) throws {
        let one = LayerCase(layer: layer, input: Self.shape, images: 40)
        let (inputs, parameters, upstream) = one.random(seed: 6)
        let whole = try one.bench.run(inputs, parameters: parameters, upstream: upstream)
        for phase in [Phase.inference(.batch), .inference(.movingAverage), .inference(.population)] {
            let found = try one.bench.run(inputs, parameters: parameters, upstream: upstream, phase: phase)
            #expect(found == whole)
        }
        for image in [0, 17, 39] {
            let values = image * Self.shape.count..<(image + 1) * Self.shape.count
            let alone = try LayerBench(layer: layer, input: Self.shape, images: 1).run(
                [Maps(images: 1, shape: Self.shape, values: Array(inputs[0].values[values]))], parameters: parameters,
                upstream: Array(upstream[values]))
            #expect(alone.output == Array(whole.output[values]))
            #expect(alone.inputGradients[0] == Array(whole.inputGradients[0][values]))
        }
        #expect(layer.trackedStatistics([Self.shape]) == nil)
    }

    @Test(
        "of single values by themselves is refused",
        arguments: [
            (InstanceNormalization(), .flat(5)), (GroupNormalization(groups: 5), .flat(5)),
            (GroupNormalization(), .flat(20)), (LayerNormalization(), .flat(1)),
            (RootMeanSquareNormalization(), .flat(1)),
        ] as [(any Layer, Shape)])
    func singleValues(layer: any Layer, input: Shape) throws {
        let error = #expect(throws: LayerError.self) { try layer.outputShape([input]) }
        #expect(error?.found == "an input of \(input), of which it takes each value by itself")
        #expect(error?.suggestion?.contains("layer-norm") ?? (input.count == 1))
        // Two positions, or two channels a group, are enough.
        #expect(throws: Never.self) { try layer.outputShape([Shape(height: 1, width: 2, channels: input.channels)]) }
        #expect(throws: Never.self) { try GroupNormalization(groups: 2).outputShape([.flat(4)]) }
    }

    @Test("by the batch needs two values at least", arguments: cases.filter { $0.layer is any TrackedNormalization })
    func singleImages(one: LayerCase) throws {
        func network(_ input: Shape) throws -> Network {
            try Network(
                input: input,
                nodes: [Node(name: "norm", layer: one.layer), Node(name: "scores", layer: Dense(units: 2))],
                initializer: Xavier())
        }
        let error = try #require(throws: NetworkError.self) { try network(.flat(3)).check(trainingBatch: 1) }
        #expect(
            error.description == """
                norm: found a training batch of 1 with a single value a channel, expected a batch of at least 2, or a map: \
                one value has no variance; layer-norm does not need a batch
                """)
        #expect(throws: Never.self) { try network(.flat(3)).check(trainingBatch: 2) }
        #expect(throws: Never.self) { try network(Self.shape).check(trainingBatch: 1) }
    }

    @Test("needs an ε above 0", arguments: cases)
    func epsilon(one: LayerCase) throws {
        guard var layer = one.layer as? any NormalizationLayer else { return }
        for epsilon in [0, -1e-5, 1e-13, 2, .nan, .infinity] {
            layer.epsilon = epsilon
            let error = #expect(throws: LayerError.self) { try layer.outputShape([Self.shape]) }
            #expect(error?.field == "epsilon")
            #expect(error?.found == "epsilon \(epsilon)")
        }
        for epsilon in [1e-12, 1] {
            layer.epsilon = epsilon
            #expect(try layer.outputShape([Self.shape]) == Self.shape)
        }
    }

    @Test("absorbs a bias only if that has no gradient", arguments: cases)
    func absorbsBias(one: LayerCase) throws {
        let (inputs, parameters, upstream) = one.random(seed: 7)
        let gradient = try one.bench.run(inputs, parameters: parameters, upstream: upstream).inputGradients[0]
        let channels = one.input.channels
        let largest = gradient.map(abs).max() ?? 0
        let sums = (0..<channels).map { channel in
            stride(from: channel, to: gradient.count, by: channels).reduce(0) { $0 + Double(gradient[$1]) }
        }
        let isRedundant = sums.allSatisfy { abs($0) <= 1e-5 * Double(largest) * Double(gradient.count) }
        if one.layer.traits.absorbsBias { #expect(isRedundant) }
        switch one.layer {
        // Its gradient is wrong on purpose, so that a bias has one.
        case is OutsideNormalization: #expect(!isRedundant)
        case let layer as LpBatchNormalization: #expect(isRedundant == (layer.subject == .deviations))
        case let layer as any ImageNormalization:
            // Whatever else shares a group with a channel sees its bias.
            #expect(isRedundant == (layer.subtractsMean && layer.channelsPerGroup(of: channels) == 1))
        default: #expect(isRedundant)
        }
        if let shift = (one.layer[field: "shift"]), shift == .boolean(false) { #expect(!one.layer.traits.absorbsBias) }
    }

    @Test("leaves x̂ where the taps read it: X/scaled = γ · X/normalized + β", arguments: cases)
    func taps(one: LayerCase) throws {
        let network = try Network(
            input: one.input,
            nodes: [
                Node(name: "copy", layer: Dropout(ratio: 0)), Node(name: "norm", layer: one.layer),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
        let taps = try ["normalized", "scaled"].map { name in
            try #require(network.taps.first { $0.address == "norm/\(name)" })
        }
        let (inputs, parameters, _) = one.random(seed: 9)
        let kinds = network.parameters.filter { $0.node == "norm" }
        let purposes = [ProgramPurpose.observation(taps), .training(inputGradient: true, taps: taps)]
        let phases = [
            Phase.training(step: 0, seed: 1), .training(step: 1, seed: 1), .observation(step: 1, seed: 1),
            .inference(.batch),
        ]
        for (purpose, phase) in purposes.flatMap({ purpose in phases.map { (purpose, $0) } }) {
            let model = Model(network, seed: 1)
            for (parameter, values) in zip(kinds, parameters) {
                model.setValues(of: parameter.name, to: values.map(Float.init))
            }
            if phase.step == 1, let state = model.normalizationState(of: "norm") {
                let storage = Storage(count: 2 * one.input.channels)
                let (mean, variance) = (
                    storage.vector(count: one.input.channels),
                    storage.vector(offset: one.input.channels, count: one.input.channels)
                )
                mean.fill(0.2)
                variance.fill(0.7)
                state.accumulate(mean: mean, variance: variance, correction: 1)
                withExtendedLifetime(storage) {}
            }
            let program = Program(model, batch: one.images, purpose: purpose, poisonsReleasedMemory: true)
            program.input(images: one.images).copy(from: inputs[0].floats)
            program.forward(images: one.images, phase: phase, team: Team(threads: 2))
            let (normalized, scaled) = (
                program.tensor(taps[0], images: one.images).elements,
                program.tensor(taps[1], images: one.images).elements
            )
            let gamma = kinds.firstIndex { $0.kind == .scale }.map { parameters[$0] }
            let beta = kinds.firstIndex { $0.kind == .shift }.map { parameters[$0] }
            for (place, value) in scaled.enumerated() {
                let channel = place % one.input.channels
                let expected = (gamma?[channel] ?? 1) * Double(normalized[place]) + (beta?[channel] ?? 0)
                #expect(abs(Double(value) - expected) < 1e-5)
            }
            #expect(one.input == .flat(5) || normalized.contains { abs($0) > 0.1 })
        }
    }
}

/// A normalization of each image by the root mean square of pairs of channels: μ = 0.
private struct UncentredNormalization: ImageNormalization {
    var epsilon = 0.1
    var scaleAndShift = ScaleAndShift()
    var subtractsMean: Bool { false }

    static let kind = "uncentred-norm"
    static let summary = "A normalization without a mean."
    static let fields: [Field<Self>] = []

    func channelsPerGroup(of channels: Int) -> Int { 2 }
}

@Suite("A normalization that leaves the mean out")
struct UncentredNormalizationTests {
    @Test("divides by the root mean square, and has its gradient", arguments: [0.0, 3])
    func gradient(offset: Double) throws {
        let one = LayerCase(
            layer: UncentredNormalization(), input: Shape(height: 2, width: 3, channels: 4), images: 3, offset: offset)
        let reference = Reference { inputs, parameters in
            var output = inputs[0]
            let group = { (index: Int) in (index / inputs[0].shape.count, index % 4 / 2) }
            for index in output.values.indices {
                let values = output.values.indices.filter { group($0) == group(index) }.map { inputs[0].values[$0] }
                let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
                let normalized = inputs[0].values[index] / (square + 0.1).squareRoot()
                output.values[index] = parameters[0][index % 4] * normalized + parameters[1][index % 4]
            }
            return output
        }
        let (check, result) = try #require(try one.check(seed: 5, as: reference))
        #expect(check.objections(to: result) == [])
    }
}
