import Testing
import Vocabulary

@testable import Engine

/// The steps of a network: what is computed together for which purpose, and what its gradients do.
@Suite("A network is lowered to steps")
struct LoweringTests {
    private static func steps(
        _ network: Network, _ purpose: ProgramPurpose, fuses: Bool = true
    ) -> [String: Step] {
        let lowered = LoweredNetwork(network, purpose: purpose, fuses: fuses)
        return Dictionary(uniqueKeysWithValues: lowered.steps.map { (network.nodes[$0.node].name, $0) })
    }

    /// A product, its normalization and its nonlinearity, and a normalization whose backward pass leaves the nonlinearity's to
    /// itself.
    private static func network(behind normalization: any Layer = BatchNormalization()) throws -> Network {
        try Network(
            input: Shape(height: 4, width: 4, channels: 2),
            nodes: [
                Node(name: "conv", layer: Convolution(channels: 3, kernel: 3)),
                Node(name: "norm", layer: normalization), Node(name: "relu", layer: Rectifier()),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
    }

    @Test("in which training gathers moments and runs the nonlinearity's backward pass with the layer before it")
    func training() throws {
        let steps = Self.steps(try Self.network(), .training(inputGradient: false))
        let (conv, norm, relu) = (try #require(steps["conv"]), try #require(steps["norm"]), try #require(steps["relu"]))
        #expect(conv.epilogue.moments == 1 && conv.epilogue.nonlinearity == nil && conv.epilogue.affine == nil)
        #expect(norm.inputMomentsAreGathered && !norm.isAffineEpilogue)
        #expect(norm.epilogue.nonlinearity == 2 && norm.epilogue.function == .rectifier)
        #expect(relu.computer == 1 && relu.backward == nil)
        #expect(norm.backward?.output == 3 && norm.backward?.reads == .inputs)
        #expect(norm.backward?.contributions == [.overwrites])
        #expect(conv.backward?.contributions == [.unwanted])
        #expect(steps["scores"]?.backward?.contributions == [.written])
    }

    @Test("in which a nonlinearity may be computed with a layer and differentiated by itself")
    func forwardOnly() throws {
        let steps = Self.steps(try Self.network(behind: OutsideNormalization()), .training(inputGradient: false))
        #expect(steps["norm"]?.epilogue.nonlinearity == 2 && steps["relu"]?.computer == 1)
        #expect(steps["norm"]?.backward?.output == 2 && steps["norm"]?.backward?.reads == [])
        #expect(steps["relu"]?.backward?.output == 3 && steps["relu"]?.backward?.reads == .output)
    }

    @Test("in which inference applies a normalization by the product before it")
    func inference() throws {
        let network = try Self.network()
        let steps = Self.steps(network, .inference)
        #expect(steps["conv"]?.epilogue.affine == 1 && steps["norm"]?.isAffineEpilogue == true)
        #expect(steps.values.allSatisfy { $0.backward == nil })
        let values = LoweredNetwork(network, purpose: .inference).values.map(\.owner)
        #expect(values == [0, 3, 3, 3, 4])
    }

    @Test("in which nothing is fused that is tapped, or that is to be differentiated in parts")
    func apart() throws {
        let network = try Self.network()
        func isFused(_ purpose: ProgramPurpose, fuses: Bool = true) -> [Bool] {
            let steps = Self.steps(network, purpose, fuses: fuses)
            return [steps["conv"]?.epilogue.affine != nil, steps["norm"]?.epilogue.nonlinearity != nil]
        }
        #expect(isFused(.observation([])) == [true, true])
        #expect(isFused(.observation(network.taps(matching: "conv/preactivation"))) == [false, true])
        #expect(isFused(.observation(network.taps(matching: "conv/normalized"))) == [false, true])
        #expect(isFused(.observation(network.taps(matching: "conv/scaled"))) == [true, false])
        #expect(isFused(.observation(network.taps(matching: "conv/activation"))) == [true, true])
        #expect(isFused(.differentiation) == [false, false])
        #expect(isFused(.inference, fuses: false) == [false, false])
        #expect(
            Self.steps(network, .training(inputGradient: false), fuses: false)["norm"]?.inputMomentsAreGathered == false
        )
    }

    @Test("in which gradients are written, added and copied, the last reader first")
    func contributions() throws {
        let network = try Network(
            input: Shape(height: 4, width: 4, channels: 2),
            nodes: [
                Node(name: "stem", layer: Convolution(channels: 3, kernel: 1)),
                Node(name: "pool", layer: MaxPooling(kernel: 1)),
                Node(name: "conv", layer: Convolution(channels: 3, kernel: 1), inputs: ["stem"]),
                Node(name: "last", layer: Convolution(channels: 3, kernel: 1), inputs: ["stem"]),
                Node(name: "join", layer: Concatenation(), inputs: ["pool", "conv", "last"]),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
        let steps = Self.steps(network, .training(inputGradient: false))
        let found = ["last", "conv", "pool", "join"].map { steps[$0]?.backward?.contributions }
        #expect(found == [[.written], [.added], [.copied], [.part, .part, .part]])
        let apart = Self.steps(network, .training(inputGradient: false), fuses: false)
        #expect(apart["conv"]?.backward?.contributions == [.copied])
    }

    @Test("in which a layer joins its inputs because it says so")
    func joins() throws {
        let network = try Network(
            input: .flat(4),
            nodes: [
                Node(name: "a", layer: Dense(units: 3)), Node(name: "b", layer: Dense(units: 2), inputs: ["input"]),
                Node(name: "join", layer: SideBySide(), inputs: ["a", "b"]),
                Node(name: "scores", layer: Dense(units: 2)),
            ], initializer: Xavier())
        let lowered = LoweredNetwork(network, purpose: .training(inputGradient: false))
        #expect(lowered.values.map(\.owner) == [0, 3, 3, 3, 4])
        #expect(lowered.values.map(\.column) == [0, 0, 3, 0, 0])
        #expect(lowered.steps[2].inputIsPart == [true, true])
        #expect(lowered.steps[2].backward?.contributions == [.part, .part])
    }
}

/// A concatenation under another name.
private struct SideBySide: Layer {
    var layer = Concatenation()
    static let kind = "side-by-side"
    static let summary = "Its inputs side by side."
    static let fields: [Field<Self>] = []
    var traits: LayerTraits { layer.traits }

    func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { try layer.outputShape(inputs) }
    func book(_ booking: inout Booking) -> Concatenation.Workspace { layer.book(&booking) }
    func forward(_ pass: Pass, _ workspace: Concatenation.Workspace) { layer.forward(pass, workspace) }
    func backward(_ pass: Pass, _ workspace: Concatenation.Workspace) { layer.backward(pass, workspace) }
}
