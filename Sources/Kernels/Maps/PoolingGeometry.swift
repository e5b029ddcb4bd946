/// The shapes of a pooling: which square windows of which maps are reduced to one value each.
public struct PoolingGeometry: Hashable, Sendable {
    /// What to do when the windows do not cover the padded map exactly.
    public enum Rounding: String, Hashable, Sendable, CaseIterable {
        /// Leave out the rest: most frameworks' rule.
        case floor
        /// Add one more window that sticks out, as long as it starts inside the map or its upper pad: Caffe's rule.
        case ceil
    }

    /// The number of images in the batch.
    public let images: Int
    /// The height of an input map in pixels.
    public let height: Int
    /// The width of an input map in pixels.
    public let width: Int
    /// The number of channels.
    public let channels: Int
    /// The height and width of a window.
    public let kernel: Int
    /// The distance between windows.
    public let stride: Int
    /// The rows and columns of padding on each side; padding is never a maximum.
    public let pad: Int
    /// The rule for the last window.
    public let rounding: Rounding

    /// A pooling. The window must fit into the padded map, and the pad must be smaller than the window.
    public init(
        images: Int, height: Int, width: Int, channels: Int, kernel: Int, stride: Int, pad: Int = 0,
        rounding: Rounding = .floor
    ) {
        precondition(images >= 0 && height > 0 && width > 0 && channels > 0, "an empty tensor")
        precondition(kernel > 0 && stride > 0 && pad >= 0, "a bad window")
        precondition(pad < kernel, "a pad of \(pad) makes windows of \(kernel) empty")
        precondition(
            kernel <= height + 2 * pad && kernel <= width + 2 * pad,
            "a window of \(kernel) on a map of \(height)×\(width)")
        self.images = images
        self.height = height
        self.width = width
        self.channels = channels
        self.kernel = kernel
        self.stride = stride
        self.pad = pad
        self.rounding = rounding
    }

    /// The height of an output map.
    public var outputHeight: Int { outputSize(height) }
    /// The width of an output map.
    public var outputWidth: Int { outputSize(width) }
    /// The rows of the input matrix: images · height · width.
    public var inputPositions: Int { images * height * width }
    /// The rows of the output matrix: images · outputHeight · outputWidth.
    public var outputPositions: Int { images * outputHeight * outputWidth }

    /// Caffe's `pooling_layer.cpp`: with `ceil`, a last window that would start in the far pad is left out again.
    private func outputSize(_ size: Int) -> Int {
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

    /// What a window covers along one axis.
    struct Extent {
        /// The pixels inside the map.
        var inside: Range<Int>
        /// The number of pixels of the padded map.
        var padded: Int
    }

    /// What the `index`-th window covers along an axis of `size` pixels.
    @inline(__always)
    func extent(_ index: Int, size: Int) -> Extent {
        let start = index * stride - pad
        let end = min(start + kernel, size + pad)
        return Extent(inside: max(start, 0)..<min(end, size), padded: end - start)
    }

    /// The windows that lie inside a map of `size` pixels from end to end.
    func wholeWindows(size: Int) -> Range<Int> {
        // With `floor` as with `ceil`, they are the windows from the first that starts inside the map to the last that
        // ends inside.
        let upper = size + pad < kernel ? 0 : min((size + pad - kernel) / stride + 1, outputSize(size))
        return min((pad + stride - 1) / stride, upper)..<upper
    }

    /// The windows that contain a pixel, of an axis with `count` of them.
    func windows(containing pixel: Int, count: Int) -> Range<Int> {
        let place = pixel + pad
        // The last window that starts at the pixel or before it, and the first that ends behind it.
        let upper = min(place / stride + 1, count)
        let lower = place < kernel ? 0 : (place - kernel) / stride + 1
        return min(lower, upper)..<upper
    }

    /// The windows that contain a pixel, as the pixel moves along an axis.
    struct Cover {
        private let geometry: PoolingGeometry
        private let count: Int
        private(set) var windows = 0..<0

        /// The windows of an axis with `count` of them, before the first pixel.
        init(_ geometry: PoolingGeometry, count: Int) {
            self.geometry = geometry
            self.count = count
        }

        /// Moves on to a later pixel.
        @inline(__always)
        mutating func advance(to pixel: Int) {
            var (lower, upper) = (windows.lowerBound, windows.upperBound)
            let place = pixel + geometry.pad
            while upper < count && upper * geometry.stride <= place { upper += 1 }
            while lower < upper && lower * geometry.stride + geometry.kernel <= place { lower += 1 }
            windows = lower..<upper
        }
    }
}
