import Engine
import Testing

@testable import Benchmarks

@Suite struct KernelWorkTests {
    private static let network = BenchmarkNetwork.small

    /// So many operations on so many floats.
    private static func work(operations: Int, values: Int) -> KernelWork {
        KernelWork(operations: Double(operations), bytes: Double(4 * values))
    }

    private static func product(operations: Int, values: Int) -> KernelWork {
        KernelWork(operations: Double(operations), bytes: Double(4 * values), effective: Double(operations))
    }

    @Test func productsAreCounted() throws {
        let shapes = ProductShape.all(in: [Self.network, Self.network])
        #expect(shapes.map(\.name) == ["convolution 3×3, 2→4 on 6×5", "dense, 24→10"])
        // Outputs 6·5·4 from windows of 3·3·2, for three images.
        #expect(shapes[0].work(.forward) == Self.product(operations: 2 * 3 * 30 * 4 * 18, values: 180 + 360 + 72))
        #expect(shapes[1].work(.weightGradient) == Self.product(operations: 2 * 3 * 240, values: 72 + 30 + 240))
    }

    @Test func layersAreCounted() throws {
        let shapes = LayerShape.largest(1, in: [Self.network])
        #expect(shapes.map(\.name) == ["batch-norm, 6×5×4", "relu, 6×5×4", "max-pool, 6×5×4"])
        let normalization = shapes[0].work
        #expect(normalization.forward(shapes[0]) == Self.work(operations: 8 * 360, values: 720))
        #expect(normalization.backward(shapes[0]) == Self.work(operations: 7 * 360, values: 1080))
        let pooling = shapes[2].work
        // 2 × 2 windows: three comparisons for each of 3·3·2·4 outputs.
        #expect(pooling.forward(shapes[2]) == Self.work(operations: 3 * 72, values: 360 + 72))
        #expect(pooling.backward(shapes[2]) == Self.work(operations: 72, values: 360 + 72 + 72))
    }

    @Test func everyLayerOfTheCatalogueIsCountedButProductsAndJoins() throws {
        let input = Shape(height: 4, width: 4, channels: 8)
        for kind in LayerCatalogue.all {
            let layer = Self.sized(kind.init())
            let work = LayerWork(layer, input: input)
            switch layer.traits.role {
            case .linear, .junction: #expect(work == nil && !LayerWork.kinds.contains(kind.kind))
            default:
                let found = try #require(work, "\(kind.kind) is not counted")
                #expect(found.forwardOperations > 0 && found.backwardOperations > 0, "\(kind.kind)")
                #expect(LayerWork.kinds.contains(kind.kind))
            }
        }
        #expect(Set(LayerWork.kinds).count == LayerWork.kinds.count)
    }

    /// A layer with a window, where it needs one.
    private static func sized(_ layer: any Layer) -> any Layer {
        switch layer {
        case is MaxPooling: MaxPooling(kernel: 3)
        case is AveragePooling: AveragePooling(kernel: 3)
        default: layer
        }
    }

    @Test func threadsAreCountedInPowersOfTwo() {
        #expect(ScalingSection.threadCounts(upTo: 1) == [1])
        #expect(ScalingSection.threadCounts(upTo: 2) == [1, 2])
        #expect(ScalingSection.threadCounts(upTo: 6) == [1, 2, 4, 6])
        #expect(ScalingSection.threadCounts(upTo: 8) == [1, 2, 4, 8])
    }
}

extension BenchmarkNetwork {
    /// A convolution with everything behind it, on images of 6 × 5 × 2.
    static let small: BenchmarkNetwork = {
        do {
            let network = try Network(
                input: Shape(height: 6, width: 5, channels: 2),
                nodes: [
                    Node(name: "conv", layer: Convolution(channels: 4, kernel: 3, pad: 1, weight: Xavier())),
                    Node(name: "normalize", layer: BatchNormalization()),
                    Node(name: "activate", layer: Rectifier()),
                    Node(name: "pool", layer: MaxPooling(kernel: 2, rounding: .floor)),
                    Node(name: "scores", layer: Dense(units: 10, weight: Xavier())),
                ])
            return BenchmarkNetwork(name: "small", variant: "bn", batch: 3, network: network)
        } catch {
            preconditionFailure("\(error)")
        }
    }()
}
