import Kernels
import Testing

@testable import Engine

/// What Ioffe & Szegedy 2015 say of batch normalization, and what follows from its equations.
@Suite("Batch normalization's identities")
struct IdentityTests {
    static let (images, inputs, units) = (9, 6, 4)

    /// The gradients of BN(Wu) at a weight, with a random upstream gradient.
    private func run(
        weight: [Float], seed: UInt64, epsilon: Double = 1e-5
    ) throws -> (
        output: [Float], normalized: [Float], byNormInput: [Float], byInput: [Float], byWeight: [Float],
        byNormalized: [Float]
    ) {
        let network = try Network(
            input: .flat(Self.inputs),
            nodes: [
                Node(name: "product", layer: Dense(units: Self.units)),
                Node(name: "norm", layer: BatchNormalization(epsilon: epsilon)),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
        let model = Model(network, seed: 1)
        var numbers = Numbers(seed: seed)
        model.setValues(of: "product.weight", to: weight)
        let gamma = numbers.list(Self.units, offset: 1.5).map(Float.init)
        model.setValues(of: "norm.weight", to: gamma)
        model.setValues(of: "norm.bias", to: numbers.list(Self.units).map(Float.init))
        let tap = try #require(network.taps.first { $0.address == "product/normalized" })
        let program = Program(model, batch: Self.images, purpose: .training(inputGradient: true, taps: [tap]))
        let (team, phase) = (Team(threads: 1), Phase.training(step: 0, seed: 1))
        program.input(images: Self.images).copy(from: numbers.list(Self.images * Self.inputs).map(Float.init))
        program.forward(images: Self.images, phase: phase, team: team)
        let output = program.value(2, images: Self.images).elements
        let normalized = program.tensor(tap, images: Self.images).elements
        let upstream = numbers.list(Self.images * Self.units).map(Float.init)
        program.gradient(2, images: Self.images)?.copy(from: upstream)
        program.backward(node: 1, images: Self.images, phase: phase, team: team)
        let byNormInput = try #require(program.gradient(1, images: Self.images)).elements
        program.backward(node: 0, images: Self.images, phase: phase, team: team)
        return (
            output, normalized, byNormInput, try #require(program.gradient(0, images: Self.images)).elements,
            try #require(model.gradient(of: "product.weight")),
            upstream.indices.map { upstream[$0] * gamma[$0 % Self.units] }
        )
    }

    private func weight(seed: UInt64) -> [Float] {
        var numbers = Numbers(seed: seed)
        return numbers.list(Self.inputs * Self.units, scale: 2).map(Float.init)
    }

    private func column(_ values: [Float], _ channel: Int) -> [Double] {
        stride(from: channel, to: values.count, by: Self.units).map { Double(values[$0]) }
    }

    private func isClose(_ left: [Float], _ right: [Float], factor: Float = 1, within tolerance: Float) -> Bool {
        let scale = left.map(abs).max() ?? 0
        return scale > 0 && zip(left, right).allSatisfy { abs($0 - factor * $1) <= tolerance * scale }
    }

    @Test("Σdx = 0 and Σdx·x̂ = O(ε) for any upstream gradient", arguments: 1...5 as ClosedRange<UInt64>)
    func nullSpace(seed: UInt64) throws {
        for epsilon in [1e-5, 1e-2] {
            let found = try run(weight: weight(seed: seed), seed: seed, epsilon: epsilon)
            for channel in 0..<Self.units {
                let dx = column(found.byNormInput, channel)
                let scale = dx.map(abs).max() ?? 0
                #expect(scale > 0.01)
                #expect(abs(dx.reduce(0, +)) < 1e-5 * scale)
                let products = zip(dx, column(found.normalized, channel)).map { $0 * $1 }
                // Exactly Σdx·x̂ = Σdx̂·x̂ · r / √(σ² + ε) with r = ε / (σ² + ε) = 1 − Σx̂² / m.
                let normalized = column(found.normalized, channel)
                let aligned = zip(column(found.byNormalized, channel), normalized).reduce(0) { $0 + $1.0 * $1.1 }
                let rest = 1 - normalized.reduce(0) { $0 + $1 * $1 } / Double(Self.images)
                guard epsilon == 1e-2 else {
                    #expect(abs(products.reduce(0, +)) < 1e-3 * scale)
                    continue
                }
                let expected = aligned * rest * (rest / epsilon).squareRoot()
                #expect(abs(products.reduce(0, +) - expected) < 1e-4 * scale)
            }
        }
    }

    @Test(
        "BN((aW)u) = BN(Wu), with the same gradient by u and 1/a of the gradient by W (§3.3)",
        arguments: [0.25, 4, 64] as [Float])
    func scaleInvariance(a: Float) throws {
        for seed in [1, 2, 3] as [UInt64] {
            let weight = weight(seed: seed)
            let (one, scaled) = (
                try run(weight: weight, seed: seed), try run(weight: weight.map { a * $0 }, seed: seed)
            )
            // Exact but for ε: its share of the variance is 1/a² of what it was.
            #expect(isClose(one.output, scaled.output, within: 2e-3))
            #expect(isClose(one.byInput, scaled.byInput, within: 2e-3))
            #expect(isClose(one.byWeight, scaled.byWeight, factor: a, within: 2e-3))
        }
    }

    @Test("the gradient by W is orthogonal to W, unit by unit, so that a step can only make W longer")
    func orthogonality() throws {
        for seed in [1, 2, 3] as [UInt64] {
            let weight = weight(seed: seed)
            let found = try run(weight: weight, seed: seed)
            for unit in 0..<Self.units {
                let (w, g) = (column(weight, unit), column(found.byWeight, unit))
                let product = zip(w, g).map { $0 * $1 }.reduce(0, +)
                let norms = w.map { $0 * $0 }.reduce(0, +) * g.map { $0 * $0 }.reduce(0, +)
                #expect(abs(product) < 1e-3 * norms.squareRoot())
                #expect(norms > 0)
            }
        }
    }

    @Test("x̂ has mean 0 and variance σ²/(σ² + ε)")
    func moments() throws {
        let found = try run(weight: weight(seed: 8), seed: 8)
        for channel in 0..<Self.units {
            let values = column(found.normalized, channel)
            #expect(abs(values.reduce(0, +)) < 1e-5)
            #expect(abs(values.map { $0 * $0 }.reduce(0, +) / Double(Self.images) - 1) < 1e-3)
        }
    }

    @Test("a constant channel gives β, and a large offset costs no accuracy")
    func numerics() throws {
        let bench = LayerBench(layer: BatchNormalization(), input: .flat(2), images: 4)
        let input = Maps(images: 4, shape: .flat(2), values: [100, 100_000, 100, 100_001, 100, 100_002, 100, 100_003])
        let output = try bench.run([input], parameters: [[3, 1], [0.5, 0]], upstream: Array(repeating: 1, count: 8))
            .output
        let expected = [-1.34163542, -0.44721181, 0.44721181, 1.34163542]
        for image in 0..<4 {
            #expect(output[2 * image] == 0.5)
            #expect(abs(Double(output[2 * image + 1]) - expected[image]) < 1e-5)
        }
    }
}
