/// Images × height × width × channels in memory: a matrix of positions, seen as maps.
struct FeatureMaps {
    var base: UnsafeMutablePointer<Float>
    var images: Int
    var height: Int
    var width: Int
    var channels: Int
    /// The number of floats from pixel to pixel.
    var stride: Int

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

    /// Copies the maps into larger ones full of zeros, pixel (y, x) to (top + y·dilationY, left + x·dilationX).
    ///
    /// Pixels that fall outside are dropped. `target` is contiguous; each image is one item.
    func spread(
        into target: FeatureMaps, top: Int, left: Int, dilationHeight: Int, dilationWidth: Int, team: Team
    ) {
        let source = self
        team.forEach(images) { image in
            let to = target.base + image * target.imageStride
            to.update(repeating: 0, count: target.imageStride)
            let from = source.base + image * source.imageStride
            for y in 0..<source.height {
                let targetY = top + y * dilationHeight
                guard targetY >= 0 && targetY < target.height else { continue }
                for x in 0..<source.width {
                    let targetX = left + x * dilationWidth
                    guard targetX >= 0 && targetX < target.width else { continue }
                    (to + targetY * target.rowStride + targetX * target.stride).update(
                        from: from + y * source.rowStride + x * source.stride, count: source.channels)
                }
            }
        }
    }
}

extension FeatureMaps: @unchecked Sendable {}
