/// The shapes of a correlation, and how its work is cut up.
struct CorrelationShape {
    /// The number of images.
    var images: Int
    /// The maps that the filter moves over.
    var map: (height: Int, width: Int)
    /// The channels of the maps.
    var channels: Int
    /// The taps of the filter.
    var taps: (rows: Int, columns: Int)
    /// The pixels of the map from place to place.
    var stride = (rows: 1, columns: 1)
    /// The pixel under the first tap at the first place; negative where that is in a padding.
    var origin = (y: 0, x: 0)
    /// The places: pixels of the output.
    var places: (rows: Int, columns: Int)

    /// The terms of one element.
    var terms: Int { taps.rows * taps.columns * channels }
    /// Whether places and pixels are the same, so that the product is one of matrices.
    var isPointwise: Bool { taps == (1, 1) && stride == (1, 1) && origin == (0, 0) && places == map }

    // MARK: Padding

    /// The columns of the maps under a row of places.
    var span: Range<Int> {
        origin.x..<origin.x + max((places.columns - 1) * stride.columns + taps.columns, 0)
    }
    /// Whether rows of places need copies of the map between zeros.
    var isPadded: Bool { (span.lowerBound < 0 || span.upperBound > map.width) && !goesAcrossImages }

    /// Whether a product is one place of all images: where it spares an eighth of the work. The number of images takes no
    /// part, so that a smaller batch computes the same terms and needs no more scratch.
    var goesAcrossImages: Bool {
        var inside = 0
        for place in 0..<places.columns {
            let left = origin.x + place * stride.columns
            inside += (-left..<map.width - left).clamped(to: 0..<taps.columns).count
        }
        return 8 * inside < 7 * places.columns * taps.columns
    }

    /// The floats of the largest copy between zeros that a block needs, whole cache lines.
    var copyCount: Int {
        guard isPadded else { return 0 }
        let placeRows = min((placesPerBlock + places.columns - 2) / places.columns + 1, places.rows)
        let rows = min((placeRows - 1) * stride.rows + taps.rows, map.height)
        return (rows * span.count * channels + Storage.slack + 15) & ~15
    }

    /// The scratch floats for all copies.
    var scratch: Int { parts * copyCount }

    // MARK: Partition

    /// The output pixels of one block: as many as the rows of a block of moments, which are taken while it is at hand.
    var placesPerBlock: Int { BlockMoments.rowsPerBlock }
    /// The output pixels of one image.
    var placesPerImage: Int { places.rows * places.columns }
    /// All output pixels.
    var placeCount: Int { images * placesPerImage }
    /// The number of blocks.
    var blocks: Int { (placeCount + placesPerBlock - 1) / placesPerBlock }
    /// The parts of the work, each with scratch memory of its own: enough for many threads.
    var parts: Int { min(blocks, 32) }
}

extension CorrelationShape {
    /// The forward pass of a convolution.
    init(_ geometry: ConvolutionGeometry) {
        self.init(
            images: geometry.images, map: (geometry.height, geometry.width), channels: geometry.channels,
            taps: (geometry.kernelHeight, geometry.kernelWidth), stride: (geometry.strideHeight, geometry.strideWidth),
            origin: (-geometry.padHeight, -geometry.padWidth), places: (geometry.outputHeight, geometry.outputWidth))
    }

    /// The gradient of one phase of the input's pixels, which moves over the output.
    init(_ geometry: ConvolutionGeometry, _ rows: AdjointAxis.Phase, _ columns: AdjointAxis.Phase) {
        self.init(
            images: geometry.images, map: (geometry.outputHeight, geometry.outputWidth),
            channels: geometry.outputChannels, taps: (rows.taps, columns.taps),
            origin: (rows.firstPlace, columns.firstPlace), places: (rows.count, columns.count))
    }
}
