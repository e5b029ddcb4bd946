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

    /// The zeros to put around maps.
    struct Frame {
        var top: Int
        var bottom: Int
        var left: Int
        var right: Int

        var isEmpty: Bool { top == 0 && bottom == 0 && left == 0 && right == 0 }

        /// The scratch floats for maps in this frame; none if there is no frame.
        func scratch(images: Int, height: Int, width: Int, channels: Int) -> Int {
            isEmpty ? 0 : images * (height + top + bottom) * (width + left + right) * channels + Storage.slack
        }
    }

    /// The maps with zeros around them, copied into scratch; the maps themselves if the frame is empty.
    func framed(_ frame: Frame, scratch: Vector, team: Team) -> FeatureMaps {
        if frame.isEmpty { return self }
        let newHeight = height + frame.top + frame.bottom
        let newWidth = width + frame.left + frame.right
        let rows = images * newHeight * newWidth
        let target = FeatureMaps(
            scratch.range(0..<rows * channels).matrix(rows: rows, columns: channels),
            images: images, height: newHeight, width: newWidth)
        team.forEach(images) { image in
            let to = target.base + image * target.imageStride
            let from = base + image * imageStride
            to.update(repeating: 0, count: frame.top * target.rowStride)
            for y in 0..<height {
                let row = to + (frame.top + y) * target.rowStride
                row.update(repeating: 0, count: frame.left * channels)
                copyRow(from + y * rowStride, into: row + frame.left * channels)
                (row + (frame.left + width) * channels).update(repeating: 0, count: frame.right * channels)
            }
            (to + (frame.top + height) * target.rowStride).update(repeating: 0, count: frame.bottom * target.rowStride)
        }
        return target
    }

    /// Copies one row of pixels side by side.
    private func copyRow(_ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>) {
        if isContiguous {
            target.update(from: source, count: width * channels)
            return
        }
        for x in 0..<width {
            (target + x * channels).update(from: source + x * stride, count: channels)
        }
    }
}
