/// Images × height × width × channels in memory: a matrix of positions, seen as maps.
struct FeatureMaps: @unchecked Sendable {
    var base: UnsafeMutablePointer<Float>
    var images: Int
    var height: Int
    var width: Int
    var channels: Int
    /// The number of floats from pixel to pixel.
    var stride: Int

    /// A matrix as maps.
    init(_ matrix: Matrix, images: Int, height: Int, width: Int) {
        precondition(matrix.rows == images * height * width, "\(matrix.rows) rows for \(images)×\(height)×\(width)")
        base = matrix.base
        self.images = images
        self.height = height
        self.width = width
        channels = matrix.columns
        stride = matrix.stride
    }

    /// The number of floats from row to row of pixels.
    var rowStride: Int { width * stride }
    /// The number of floats from image to image.
    var imageStride: Int { height * width * stride }
    /// Whether pixels lie side by side.
    var isContiguous: Bool { stride == channels }

    /// Copies rows of one image, with zeros to the left and right of them, side by side into scratch memory.
    ///
    /// - Parameters:
    ///   - rows: The rows to copy, all inside the map.
    ///   - columns: The columns to copy; those outside the map become zeros.
    func copy(
        image: Int, rows: Range<Int>, columns: Range<Int>, into target: UnsafeMutablePointer<Float>
    ) {
        let inside = columns.clamped(to: 0..<width)
        let (before, after) = ((inside.lowerBound - columns.lowerBound), (columns.upperBound - inside.upperBound))
        var target = target
        for y in rows {
            target.update(repeating: 0, count: before * channels)
            target += before * channels
            let source = base + (image * imageStride + y * rowStride + inside.lowerBound * stride)
            if isContiguous {
                target.update(from: source, count: inside.count * channels)
            } else {
                for x in 0..<inside.count {
                    (target + x * channels).update(from: source + x * stride, count: channels)
                }
            }
            target += inside.count * channels
            target.update(repeating: 0, count: after * channels)
            target += after * channels
        }
    }
}
