import Engine
import Kernels

/// A product that a network runs: a convolution, or a dense layer as the convolution of a single pixel.
struct ProductShape: Hashable {
    /// The shapes of the convolution; those of a dense layer are 1 × 1 with all inputs as channels.
    let geometry: ConvolutionGeometry
    /// Whether it is a dense layer.
    let isDense: Bool

    /// The product of a node for a batch; nil where the node is none.
    init?(_ node: NetworkNode, batch: Int) {
        let input = node.inputShapes[0]
        if let layer = node.layer as? Engine.Convolution {
            isDense = false
            geometry = ConvolutionGeometry(
                images: batch, height: input.height, width: input.width, channels: input.channels,
                kernelHeight: layer.kernel, kernelWidth: layer.kernel, strideHeight: layer.stride,
                strideWidth: layer.stride, padHeight: layer.pad, padWidth: layer.pad, outputChannels: layer.channels)
        } else if let layer = node.layer as? Dense {
            isDense = true
            geometry = ConvolutionGeometry(
                images: batch, height: 1, width: 1, channels: input.count, kernelHeight: 1, kernelWidth: 1,
                outputChannels: layer.units)
        } else {
            return nil
        }
    }

    /// `dense`, or `convolution 3×3`.
    var kind: String {
        isDense ? "dense" : "convolution \(geometry.kernelHeight)×\(geometry.kernelWidth)"
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

    /// What each of the three products does at least: it reads two of input, weights and output, and writes the third.
    var work: KernelWork {
        let values =
            geometry.inputPositions * geometry.channels + geometry.outputPositions * geometry.outputChannels
            + geometry.filterSize * geometry.outputChannels
        return KernelWork(operations: 2 * Double(geometry.multiplyAdds), bytes: 4 * Double(values))
    }

    /// The different products of networks, in the order in which they run.
    static func all(in networks: [BenchmarkNetwork]) -> [ProductShape] {
        var seen: Set<ProductShape> = []
        return networks.flatMap { subject in
            subject.network.nodes.compactMap { ProductShape($0, batch: subject.batch) }
        }.filter { seen.insert($0).inserted }
    }
}
