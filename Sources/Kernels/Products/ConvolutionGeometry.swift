/// The shapes of a convolution: what is convolved, with which filter, at which places.
public struct ConvolutionGeometry: Hashable, Sendable {
    public let images: Int
    /// The height of an input map in pixels.
    public let height: Int
    /// The width of an input map in pixels.
    public let width: Int
    public let channels: Int
    public let kernelHeight: Int
    public let kernelWidth: Int
    /// The distance between filter positions, downwards.
    public let strideHeight: Int
    /// The distance between filter positions, sideways.
    public let strideWidth: Int
    /// The rows of zeros above and below the input.
    public let padHeight: Int
    /// The columns of zeros to the left and right of the input.
    public let padWidth: Int
    /// The number of output channels: of filters.
    public let outputChannels: Int

    /// A convolution; the filter must fit into the padded input.
    public init(
        images: Int, height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int,
        strideHeight: Int = 1, strideWidth: Int = 1, padHeight: Int = 0, padWidth: Int = 0, outputChannels: Int
    ) {
        precondition(images >= 0 && height > 0 && width > 0 && channels > 0 && outputChannels > 0, "an empty tensor")
        precondition(kernelHeight > 0 && kernelWidth > 0, "an empty filter")
        precondition(strideHeight > 0 && strideWidth > 0 && padHeight >= 0 && padWidth >= 0, "a bad stride or pad")
        precondition(
            kernelHeight <= height + 2 * padHeight && kernelWidth <= width + 2 * padWidth,
            "a filter of \(kernelHeight)×\(kernelWidth) on a padded map of "
                + "\(height + 2 * padHeight)×\(width + 2 * padWidth)")
        (self.images, self.height, self.width, self.channels) = (images, height, width, channels)
        (self.kernelHeight, self.kernelWidth) = (kernelHeight, kernelWidth)
        (self.strideHeight, self.strideWidth) = (strideHeight, strideWidth)
        (self.padHeight, self.padWidth, self.outputChannels) = (padHeight, padWidth, outputChannels)
    }

    /// The height of an output map: ⌊(height + 2·pad − kernel) / stride⌋ + 1.
    public var outputHeight: Int { (height + 2 * padHeight - kernelHeight) / strideHeight + 1 }
    /// The width of an output map.
    public var outputWidth: Int { (width + 2 * padWidth - kernelWidth) / strideWidth + 1 }
    /// The rows of the input matrix: images · height · width.
    public var inputPositions: Int { images * height * width }
    /// The rows of the output matrix: images · outputHeight · outputWidth.
    public var outputPositions: Int { images * outputHeight * outputWidth }
    /// The rows of the weight matrix: kernelHeight · kernelWidth · channels.
    public var filterSize: Int { kernelHeight * kernelWidth * channels }
    /// The multiply-adds of one pass over the batch.
    public var multiplyAdds: Int { outputPositions * filterSize * outputChannels }
}

/// How the products of a convolution are computed.
public enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
    /// One chain of multiply-adds over the filter for each output: as the equation says.
    case direct
    /// Winograd's: tiles of outputs with 36 multiplications for each channel, of 144 for 3 × 3 filters and of 100 for 5 × 5.
    case winograd
}

extension ConvolutionGeometry {
    /// Whether Winograd's algorithm can compute it: square filters of three or five taps, stride 1, and a pad smaller than
    /// the filter.
    public var allowsWinograd: Bool {
        (kernelHeight == 3 || kernelHeight == 5) && kernelWidth == kernelHeight && strideHeight == 1 && strideWidth == 1
            && padHeight < kernelHeight && padWidth < kernelWidth
    }

    /// The algorithm that is expected to be faster, from the shapes of one image alone: the results of a network must not depend
    /// on the machine, and a smaller batch computes the same. Winograd's, where it spares three fifths of the multiplications,
    /// those of tiles that stick out of the map counted, and there are enough channels to pay for the transforms.
    public var fasterAlgorithm: ConvolutionAlgorithm {
        guard allowsWinograd, channels >= 8, outputChannels >= 8 else { return .direct }
        return 5 * multiplicationsPerChannel(.winograd) <= 2 * multiplicationsPerChannel(.direct) ? .winograd : .direct
    }

    /// The multiplications of the forward pass of one image for each pair of channels.
    private func multiplicationsPerChannel(_ algorithm: ConvolutionAlgorithm) -> Int {
        switch algorithm {
        case .direct: outputHeight * outputWidth * kernelHeight * kernelWidth
        case .winograd: winogradTiles(height: outputHeight, width: outputWidth) * WinogradPoints.elements
        }
    }

    /// The multiply-adds that an algorithm does over the batch in the forward pass, and as many for the gradient of the weights;
    /// those of transforms are left out.
    public func multiplyAdds(_ algorithm: ConvolutionAlgorithm) -> Int {
        images * multiplicationsPerChannel(algorithm) * channels * outputChannels
    }

    /// The multiply-adds that an algorithm does over the batch for the gradient of the data.
    public func dataGradientMultiplyAdds(_ algorithm: ConvolutionAlgorithm) -> Int {
        guard algorithm == .winograd else { return multiplyAdds }
        let tiles = min(
            winogradTiles(height: outputHeight, width: outputWidth), winogradTiles(height: height, width: width))
        return images * tiles * WinogradPoints.elements * channels * outputChannels
    }
}
