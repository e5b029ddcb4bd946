/// The shapes of a convolution: what is convolved, with which filter, at which places.
public struct ConvolutionGeometry: Hashable, Sendable {
    /// The number of images in the batch.
    public let images: Int
    /// The height of an input map in pixels.
    public let height: Int
    /// The width of an input map in pixels.
    public let width: Int
    /// The number of input channels.
    public let channels: Int
    /// The height of the filter.
    public let kernelHeight: Int
    /// The width of the filter.
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
        self.images = images
        self.height = height
        self.width = width
        self.channels = channels
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.strideHeight = strideHeight
        self.strideWidth = strideWidth
        self.padHeight = padHeight
        self.padWidth = padWidth
        self.outputChannels = outputChannels
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
