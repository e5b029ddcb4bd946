/// The shapes of a pooling: which windows of which maps are reduced to one value each.
public struct PoolingGeometry: Hashable, Sendable {
    /// What to do when the windows do not cover the padded map exactly.
    public enum Rounding: String, Hashable, Sendable, CaseIterable {
        /// Leave out the rest: most frameworks' rule.
        case floor
        /// Add one more window that sticks out, as long as it starts inside the map or its upper pad: Caffe's rule.
        case ceil
    }

    public let images: Int
    /// The height of an input map in pixels.
    public let height: Int
    /// The width of an input map in pixels.
    public let width: Int
    public let channels: Int
    public let kernelHeight: Int
    public let kernelWidth: Int
    /// The distance between windows.
    public let stride: Int
    /// The rows and columns of padding on each side; padding is never a maximum.
    public let pad: Int
    /// The rule for the last window.
    public let rounding: Rounding

    /// A pooling with square windows. The window must fit into the padded map, and the pad must be smaller than the window.
    public init(
        images: Int, height: Int, width: Int, channels: Int, kernel: Int, stride: Int, pad: Int = 0,
        rounding: Rounding = .floor
    ) {
        self.init(
            images: images, height: height, width: width, channels: channels, kernelHeight: kernel,
            kernelWidth: kernel, stride: stride, pad: pad, rounding: rounding)
    }

    /// The pooling of whole maps, each to a single position.
    public init(wholeMapsOf images: Int, height: Int, width: Int, channels: Int) {
        self.init(
            images: images, height: height, width: width, channels: channels, kernelHeight: height,
            kernelWidth: width, stride: 1, pad: 0, rounding: .floor)
    }

    private init(
        images: Int, height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int, stride: Int,
        pad: Int, rounding: Rounding
    ) {
        precondition(images >= 0 && height > 0 && width > 0 && channels > 0, "an empty tensor")
        precondition(kernelHeight > 0 && kernelWidth > 0 && stride > 0 && pad >= 0, "a bad window")
        precondition(
            pad < kernelHeight && pad < kernelWidth,
            "a pad of \(pad) makes windows of \(kernelHeight)×\(kernelWidth) empty")
        precondition(
            kernelHeight <= height + 2 * pad && kernelWidth <= width + 2 * pad,
            "a window of \(kernelHeight)×\(kernelWidth) on a map of \(height)×\(width)")
        self.images = images
        self.height = height
        self.width = width
        self.channels = channels
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.stride = stride
        self.pad = pad
        self.rounding = rounding
    }

    /// The height of an output map.
    public var outputHeight: Int { rows.windowCount }
    /// The width of an output map.
    public var outputWidth: Int { columns.windowCount }
    /// The rows of the input matrix: images · height · width.
    public var inputPositions: Int { images * height * width }
    /// The rows of the output matrix: images · outputHeight · outputWidth.
    public var outputPositions: Int { images * outputHeight * outputWidth }

    /// The rows of a map.
    var rows: Axis { Axis(size: height, kernel: kernelHeight, stride: stride, pad: pad, rounding: rounding) }
    /// The columns of a map.
    var columns: Axis { Axis(size: width, kernel: kernelWidth, stride: stride, pad: pad, rounding: rounding) }

    /// The pixels of a map along one axis, and the windows that move over them.
    struct Axis {
        let size: Int
        let kernel: Int
        let stride: Int
        let pad: Int
        let rounding: Rounding

        /// Caffe's `pooling_layer.cpp`: with `ceil`, a last window that would start in the far pad is left out again.
        var windowCount: Int {
            let travel = size + 2 * pad - kernel
            switch rounding {
            case .floor:
                return travel / stride + 1
            case .ceil:
                let windows = (travel + stride - 1) / stride + 1
                // Without a pad the last window can start past the end only if the stride exceeds the window.
                return (windows - 1) * stride >= size + pad ? windows - 1 : windows
            }
        }

        /// What the `index`-th window covers.
        @inline(__always)
        func extent(_ index: Int) -> Extent {
            let start = index * stride - pad
            let end = min(start + kernel, size + pad)
            return Extent(inside: max(start, 0)..<min(end, size), padded: end - start)
        }

        /// The windows that lie inside the map from end to end.
        var wholeWindows: Range<Int> {
            // With `floor` as with `ceil`, they are the windows from the first that starts inside the map to the last that
            // ends inside.
            let upper = size + pad < kernel ? 0 : min((size + pad - kernel) / stride + 1, windowCount)
            return min((pad + stride - 1) / stride, upper)..<upper
        }

        /// The windows that contain a pixel.
        func windows(containing pixel: Int) -> Range<Int> {
            let place = pixel + pad
            // The last window that starts at the pixel or before it, and the first that ends behind it.
            let upper = min(place / stride + 1, windowCount)
            let lower = place < kernel ? 0 : (place - kernel) / stride + 1
            return min(lower, upper)..<upper
        }
    }

    /// What a window covers along one axis.
    struct Extent {
        /// The pixels inside the map.
        var inside: Range<Int>
        /// The number of pixels of the padded map.
        var padded: Int
    }

    /// The windows that contain a pixel, as the pixel moves along an axis.
    struct Cover {
        private let axis: Axis
        private let count: Int
        private(set) var windows = 0..<0

        /// The windows of an axis, before the first pixel.
        init(_ axis: Axis) {
            self.axis = axis
            count = axis.windowCount
        }

        /// Moves on to a later pixel.
        @inline(__always)
        mutating func advance(to pixel: Int) {
            var (lower, upper) = (windows.lowerBound, windows.upperBound)
            let place = pixel + axis.pad
            while upper < count && upper * axis.stride <= place { upper += 1 }
            while lower < upper && lower * axis.stride + axis.kernel <= place { lower += 1 }
            windows = lower..<upper
        }
    }
}

/// Maximum and average pooling of channels-last maps, with their gradients.
///
/// Inputs are [images·height·width × channels], outputs [images·outputHeight·outputWidth × channels].
/// Complexity of each: output positions · window · channels at most.
public enum Pooling {
    /// output = the greatest element of each window; `winners` remembers where it was.
    ///
    /// The first of equals wins, in reading order, and a NaN wins over everything.
    ///
    /// - Parameter winners: Of the output's shape; is given the bit patterns of Int32 places y·width + x in the input map.
    public static func max(
        _ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, winners: Matrix, team: Team
    ) {
        check(geometry, input: input, output: output)
        winners.requireSameShape(output)
        forEachRow(geometry, of: geometry.outputHeight, team: team) { image, y in
            MaxRow(geometry, input, into: output, winners: winners, image: image, y: y).reduce()
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that p won. Overwrites.
    public static func maxGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, winners: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        winners.requireSameShape(outputGradient)
        forEachRow(geometry, of: geometry.height, team: team) { image, y in
            MaxGradientRow(geometry, outputGradient, winners: winners, into: inputGradient, image: image, y: y)
                .gather()
        }
    }

    /// output = the sum of each window divided by its size within the padded map.
    ///
    /// Caffe's divisor: padding counts as zeros, what sticks out beyond the padding does not count. The sum, in reading
    /// order, is multiplied by the nearest float to 1 / size.
    public static func average(_ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, team: Team) {
        check(geometry, input: input, output: output)
        forEachRow(geometry, of: geometry.outputHeight, team: team) { image, y in
            AverageRow(geometry, input, into: output, image: image, y: y).reduce()
        }
    }

    /// inputGradient[p] = Σ of outputGradient over the windows that contain p, each times 1 / its size. Overwrites.
    ///
    /// One chain of fused multiply-adds over the windows in reading order.
    public static func averageGradient(
        _ geometry: PoolingGeometry, _ outputGradient: Matrix, into inputGradient: Matrix, team: Team
    ) {
        check(geometry, input: inputGradient, output: outputGradient)
        forEachRow(geometry, of: geometry.height, team: team) { image, y in
            AverageGradientRow(geometry, outputGradient, into: inputGradient, image: image, y: y).gather()
        }
    }

    // MARK: Rows

    /// The floats of the larger side that one item handles, about: some 20 microseconds of work.
    private static let floatsPerItem = 65_536

    /// Visits every row of the output maps or of the input maps, whose height is `height`, in items of several rows.
    ///
    /// No row needs another's result, and a row is long enough that nothing outside its loops matters.
    private static func forEachRow(
        _ geometry: PoolingGeometry, of height: Int, team: Team, _ body: @Sendable (_ image: Int, _ y: Int) -> Void
    ) {
        let rows = geometry.images * height
        let floats = Swift.max(geometry.inputPositions, geometry.outputPositions) * geometry.channels
        let items = Swift.min(rows, (floats + floatsPerItem - 1) / floatsPerItem)
        team.forEach(items, operations: floats / Lane.width) { item in
            for row in rows * item / items..<rows * (item + 1) / items {
                let (image, y) = row.quotientAndRemainder(dividingBy: height)
                body(image, y)
            }
        }
    }

    private static func check(_ geometry: PoolingGeometry, input: Matrix, output: Matrix) {
        precondition(
            input.rows == geometry.inputPositions && input.columns == geometry.channels,
            "an input of \(input.rows)×\(input.columns) for \(geometry)")
        precondition(
            output.rows == geometry.outputPositions && output.columns == geometry.channels,
            "an output of \(output.rows)×\(output.columns) for \(geometry)")
    }
}
