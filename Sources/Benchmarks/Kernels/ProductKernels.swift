import Engine
import Kernels

/// A product that a network runs: a convolution, or a dense layer as the convolution of a single pixel.
struct ProductShape: Hashable {
    /// The shapes of the convolution; those of a dense layer are 1 × 1 with all inputs as channels.
    let geometry: ConvolutionGeometry
    /// Whether it is a dense layer.
    let isDense: Bool
    /// How a convolution is computed.
    let algorithm: ConvolutionAlgorithm

    /// The product of a node for a batch; nil where the node is none.
    init?(_ node: NetworkNode, batch: Int) {
        let input = node.inputShapes[0]
        if let layer = node.layer as? Engine.Convolution {
            isDense = false
            algorithm = layer.algorithm(for: input)
            geometry = ConvolutionGeometry(
                images: batch, height: input.height, width: input.width, channels: input.channels,
                kernelHeight: layer.kernel, kernelWidth: layer.kernel, strideHeight: layer.stride,
                strideWidth: layer.stride, padHeight: layer.pad, padWidth: layer.pad, outputChannels: layer.channels)
        } else if let layer = node.layer as? Dense {
            isDense = true
            algorithm = .direct
            geometry = ConvolutionGeometry(
                images: batch, height: 1, width: 1, channels: input.count, kernelHeight: 1, kernelWidth: 1,
                outputChannels: layer.units)
        } else {
            return nil
        }
    }

    /// `dense`, or `convolution 3×3`.
    var kind: String {
        isDense
            ? "dense"
            : "convolution \(geometry.kernelHeight)×\(geometry.kernelWidth)"
                + (algorithm == .winograd ? " (Winograd)" : "")
    }

    /// `convolution 3×3, 32→64 on 32×32`.
    var name: String {
        let channels = "\(geometry.channels)→\(geometry.outputChannels)"
        return isDense ? "\(kind), \(channels)" : "\(kind), \(channels) on \(geometry.height)×\(geometry.width)"
    }

    /// Whether it is one of those that networks spend their time in: 1 × 1 or 3 × 3 from and to 32 channels or more.
    var isHeadline: Bool {
        !isDense && geometry.kernelHeight <= 3 && min(geometry.channels, geometry.outputChannels) >= 32
    }

    /// What a pass does at least: it reads two of input, weights and output, and writes the third.
    func work(_ pass: ProductKernels.Pass) -> KernelWork {
        let values =
            geometry.inputPositions * geometry.channels + geometry.outputPositions * geometry.outputChannels
            + geometry.filterSize * geometry.outputChannels
        let done =
            pass == .dataGradient
            ? geometry.dataGradientMultiplyAdds(algorithm) : geometry.multiplyAdds(algorithm)
        return KernelWork(
            operations: 2 * Double(done), bytes: 4 * Double(values), effective: 2 * Double(geometry.multiplyAdds))
    }

    /// The different products of networks, in the order in which they run.
    static func all(in networks: [BenchmarkNetwork]) -> [ProductShape] {
        var seen: Set<ProductShape> = []
        return networks.flatMap { subject in
            subject.network.nodes.compactMap { ProductShape($0, batch: subject.batch) }
        }.filter { seen.insert($0).inserted }
    }
}

/// The three products of one shape, ready to be run: its tensors hold random numbers.
struct ProductKernels {
    enum Pass: String, CaseIterable {
        case forward = "forward"
        case dataGradient = "data gradient"
        case weightGradient = "weight gradient"
    }

    private let shape: ProductShape
    private let storages: [Storage]
    private let input: Matrix
    private let weight: Matrix
    private let output: Matrix
    private let scratch: Vector

    init(_ shape: ProductShape) {
        self.shape = shape
        let geometry = shape.geometry
        func tensor(_ rows: Int, _ columns: Int, _ name: String) -> (Storage, Matrix) {
            let storage = Storage(count: rows * columns)
            RandomStream(seed: 1, "benchmark/\(name)").fill(storage.vector(count: rows * columns), deviation: 0.1)
            return (storage, storage.matrix(rows: rows, columns: columns))
        }
        let input = tensor(geometry.inputPositions, geometry.channels, "input")
        let weight = tensor(geometry.filterSize, geometry.outputChannels, "weight")
        let output = tensor(geometry.outputPositions, geometry.outputChannels, "output")
        let needed = Self.scratch(shape)
        let scratch = Storage(count: needed)
        (self.input, self.weight, self.output) = (input.1, weight.1, output.1)
        self.scratch = scratch.vector(count: needed)
        storages = [input.0, weight.0, output.0, scratch]
    }

    /// The most scratch that a pass needs.
    private static func scratch(_ shape: ProductShape) -> Int {
        let geometry = shape.geometry
        if shape.isDense {
            return max(
                MatrixProduct.dataGradientScratch(inputs: geometry.channels, outputs: geometry.outputChannels),
                MatrixProduct.weightGradientScratch(
                    rows: geometry.images, inputs: geometry.channels, outputs: geometry.outputChannels))
        }
        return max(
            Convolution.forwardScratch(geometry, shape.algorithm),
            Convolution.dataGradientScratch(geometry, shape.algorithm),
            Convolution.weightGradientScratch(geometry, shape.algorithm))
    }

    /// Runs a pass once. Each writes over one of the tensors, which stay of a size that nothing overflows: only a measured
    /// pass is repeated, on the other two.
    func run(_ pass: Pass, team: Team) {
        let geometry = shape.geometry
        switch (pass, shape.isDense) {
        case (.forward, true): MatrixProduct.forward(input, weight, bias: nil, into: output, team: team)
        case (.dataGradient, true):
            MatrixProduct.dataGradient(output, weight, into: input, scratch: scratch, team: team)
        case (.weightGradient, true):
            MatrixProduct.weightGradient(input, output, into: weight, scratch: scratch, team: team)
        case (.forward, false):
            Convolution.forward(
                geometry, input, weight, bias: nil, into: output, algorithm: shape.algorithm, scratch: scratch,
                team: team)
        case (.dataGradient, false):
            Convolution.dataGradient(
                geometry, output, weight, into: input, algorithm: shape.algorithm, scratch: scratch, team: team)
        case (.weightGradient, false):
            Convolution.weightGradient(
                geometry, input, output, into: weight, algorithm: shape.algorithm, scratch: scratch, team: team)
        }
        withExtendedLifetime(storages) {}
    }
}
