extension Convolution {
    // MARK: Gradient of the weights

    /// The scratch floats that `weightGradient` needs: the partial sums.
    public static func weightGradientScratch(_ geometry: ConvolutionGeometry) -> Int {
        PartialSums.scratch(parts: parts(geometry), rows: geometry.filterSize, columns: geometry.outputChannels)
    }

    /// weightGradient = the gradient of `forward` with respect to its weights. Overwrites.
    ///
    /// The images are cut into at most eight groups (a function of the batch alone); each group's sum is one chain over
    /// (image, y, x), without the pixels of the padding, and the groups are added in order in Double.
    public static func weightGradient(
        _ geometry: ConvolutionGeometry, _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix,
        scratch: Vector, team: Team
    ) {
        check(geometry, input: input, weight: weightGradient, output: outputGradient)
        precondition(scratch.count >= weightGradientScratch(geometry), "too little scratch")
        let parts = parts(geometry)
        let sums = PartialSums(parts: parts, into: weightGradient, scratch: scratch)
        let gradient = FilterGradient(geometry, input, outputGradient)
        sums.compute(team: team, operations: geometry.multiplyAdds / Lane.width) { part, target, columns in
            let images = part * geometry.images / parts..<(part + 1) * geometry.images / parts
            gradient.compute(images: images, columns: columns, into: target)
        }
    }

    private static func parts(_ geometry: ConvolutionGeometry) -> Int {
        max(1, min(geometry.images, 8))
    }
}

/// The gradient of a filter, tap by tap: the rows of each product are a tap's channels, its reduction is the pixels under
/// the tap.
private struct FilterGradient: @unchecked Sendable {
    let geometry: ConvolutionGeometry
    let maps: FeatureMaps
    let outputs: FeatureMaps
    /// Filter columns that are one product: all, where pixels lie side by side and none is of a padding.
    let tapsPerProduct: Int

    init(_ geometry: ConvolutionGeometry, _ input: Matrix, _ outputGradient: Matrix) {
        self.geometry = geometry
        maps = FeatureMaps(input, images: geometry.images, height: geometry.height, width: geometry.width)
        outputs = FeatureMaps(
            outputGradient, images: geometry.images, height: geometry.outputHeight, width: geometry.outputWidth)
        tapsPerProduct = geometry.padWidth == 0 && maps.isContiguous ? geometry.kernelWidth : 1
    }

    /// The images whose pixels are one stretch of a chain: their maps are read again for every tap and tile, from a near
    /// cache if they are few.
    private var imagesPerStretch: Int { max(1, 512 / max(geometry.outputHeight * geometry.outputWidth, 1)) }

    /// Adds up the pixels of some images, for some output channels.
    func compute(images: Range<Int>, columns: Range<Int>, into target: Matrix) {
        let target = target.columns(columns)
        if images.isEmpty { target.fill(0) }
        for first in stride(from: images.lowerBound, to: images.upperBound, by: imagesPerStretch) {
            let stretch = first..<min(first + imagesPerStretch, images.upperBound)
            for ky in 0..<geometry.kernelHeight {
                for kx in stride(from: 0, to: geometry.kernelWidth, by: tapsPerProduct) {
                    let row = (ky * geometry.kernelWidth + kx) * geometry.channels
                    product(
                        stretch, tap: (ky, kx), columns: columns,
                        into: target.rows(row..<row + tapsPerProduct * geometry.channels),
                        continues: first > images.lowerBound
                    ).compute()
                }
            }
        }
    }

    /// One stretch of the chains of one tap.
    private func product(
        _ images: Range<Int>, tap: (y: Int, x: Int), columns: Range<Int>, into target: Matrix, continues: Bool
    ) -> Product {
        let rows = Self.places(
            geometry.outputHeight, tap: tap.y - geometry.padHeight, stride: geometry.strideHeight,
            size: geometry.height)
        let pixels = Self.places(
            geometry.outputWidth, tap: tap.x - geometry.padWidth, stride: geometry.strideWidth, size: geometry.width)
        let y = rows.lowerBound * geometry.strideHeight + tap.y - geometry.padHeight
        let x = pixels.lowerBound * geometry.strideWidth + tap.x - geometry.padWidth
        let a = maps.base + (images.lowerBound * maps.imageStride + y * maps.rowStride + x * maps.stride)
        let b =
            outputs.base
            + (images.lowerBound * outputs.imageStride + rows.lowerBound * outputs.rowStride
                + pixels.lowerBound * outputs.stride + columns.lowerBound)
        var reduction = Product.Reduction(
            counts: (images.count, rows.count, pixels.count),
            aSteps: (maps.imageStride, geometry.strideHeight * maps.rowStride, geometry.strideWidth * maps.stride),
            bSteps: (outputs.imageStride, outputs.rowStride, outputs.stride)
        ).merged
        // A pointwise filter reads each pixel for one tap only.
        let isFar = geometry.kernelHeight * geometry.kernelWidth == 1 && reduction.cut(by: Lane.width)
        return Product(
            a: a, aStep: 1, rows: target.rows, reduction: reduction, b: b, columns: target.columns, c: target.base,
            cStep: target.stride, start: continues ? .target : .zero,
            fetch: isFar ? .lines : .nothing)
    }

    /// The places of an axis at which a tap is on a pixel of the map.
    private static func places(_ count: Int, tap: Int, stride: Int, size: Int) -> Range<Int> {
        let first = min(tap >= 0 ? 0 : (-tap + stride - 1) / stride, count)
        let end = size - tap <= 0 ? 0 : min((size - tap + stride - 1) / stride, count)
        return first..<max(first, end)
    }
}

extension Product.Reduction {
    /// Cuts a single counter into pieces of equal length; false if it is none or no multiple of the length.
    fileprivate mutating func cut(by length: Int) -> Bool {
        guard counts.outer == 1, counts.middle == 1, counts.inner % length == 0 else { return false }
        counts = (1, counts.inner / length, length)
        aSteps.middle = length * aSteps.inner
        bSteps.middle = length * bSteps.inner
        return true
    }

    /// The same terms with counters that run on without a gap made one.
    fileprivate var merged: Product.Reduction {
        var merged = self
        if aSteps.middle == counts.inner * aSteps.inner && bSteps.middle == counts.inner * bSteps.inner {
            merged.counts.inner *= counts.middle
            merged.counts.middle = 1
            if aSteps.outer == merged.counts.inner * aSteps.inner && bSteps.outer == merged.counts.inner * bSteps.inner
            {
                merged.counts.inner *= counts.outer
                merged.counts.outer = 1
            }
        }
        return merged
    }
}
